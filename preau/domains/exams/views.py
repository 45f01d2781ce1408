"""The pages of exam papers: open to anyone, with or without an account; they keep nothing of who reads them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from preau.domains.exams import exports, rules
from preau.domains.exams.models import Exam, Exercise, Paper
from preau.domains.exams.queries import basket as baskets
from preau.domains.exams.queries import files, index, pages, search, training
from preau.domains.exams.queries.basket import Basket
from preau.foundation import boards, pdf, throttle
from preau.foundation.access import anyone, opens
from preau.foundation.downloads import as_file
from preau.foundation.http import client_address
from preau.foundation.linked import as_script
from preau.foundation.paging import page_of
from preau.foundation.shared_pages import same_for_visitors
from preau.foundation.text import weight

OF_AN_EXAM, SUGGESTED = 20, "suggestions"
ATOM, PDF = "application/atom+xml; charset=utf-8", "application/pdf"
BUSY, RETRY_AFTER, TOO_OFTEN = 503, "10", 429
# A file that was sent by others runs nothing, opened by itself or in a page.
RUNS_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
LONGEST_TITLE = 100


@opens(to=anyone)
@same_for_visitors
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where to begin: a word, an exam, a subject, a paper to train on."""
    return render(request, "exams/home.html", {"home": pages.home()} | _carried(request))


@opens(to=anyone)
@same_for_visitors
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What a search found; its address is the search and the basket, to keep or to send."""
    asked = search.Search.read(request.GET)
    try:
        results = search.results(asked)
    except index.BeingBuilt:
        page = render(request, "exams/being_built.html", {"search": asked}, status=BUSY)
        page.headers["Retry-After"] = RETRY_AFTER
        return page
    there, carried = reverse("exams:search"), _carried(request, _said(results.search))
    with_basket = carried["basket"].query

    def at(query: str) -> str:
        return f"{there}?{'&'.join(filter(None, [query, with_basket]))}".rstrip("?")

    context = carried | {
        "search": results.search,
        "results": results,
        "at": at,
        "query": "&".join(filter(None, [asked.query(), with_basket])),
        "kinds": [
            (f"{label} ({results.by_kind.get(kind, 0)})", at(asked.query(kind=kind)), kind == asked.kind)
            for kind, label in search.KINDS.items()
        ],
        "sorts": [
            (label, at(asked.query(sort=key)), key == asked.sort)
            for key, (_sort, label) in search.SORTS.items()
        ],
    }
    return render(request, "exams/search.html", context)


def _said(asked: search.Search) -> str:
    """The part of the address that says a search, its page included."""
    return "&".join(filter(None, [asked.query(), f"page={asked.page}" if asked.page > 1 else ""]))


def _carried(request: HttpRequest, query: str = "") -> dict[str, Any]:
    """The basket of the address, and the address of this page with an exercise more or less in it."""
    basket = Basket.read(request.GET)

    def here(changed: Basket, code: str) -> str:
        parameters = "&".join(filter(None, [query, changed.query]))
        return f"{request.path}{'?' if parameters else ''}{parameters}#x-{code}"

    return {
        "basket": basket,
        "points": exports.points_said,
        "most": baskets.MOST,
        "added": lambda code: here(basket.plus(code), code),
        "taken": lambda code: here(basket.minus(code), code),
    }


@opens(to=anyone)
@require_safe
def suggest(request: Any) -> HttpResponse:
    """What may be meant by what is being typed, exercises or papers as the page says; the search itself, for whoever opens this address."""
    asked, carried = search.Search.read(request.GET), _carried(request)["basket"].query
    there = reverse("exams:search")
    if request.htmx.target != SUGGESTED:
        return redirect("?".join(filter(None, [there, "&".join(filter(None, [asked.query(), carried]))])))
    try:
        found = search.suggestions(asked.typed)
    except index.BeingBuilt:
        found = []
    rows = [
        (suggestion, "&".join(filter(None, [replace(asked, typed=suggestion).query(), carried])))
        for suggestion in found
    ]
    return render(request, "catalogue/_suggestions.html", {"found": rows, "there": there})


@opens(to=anyone)
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The last exercises or papers of a search, for whoever follows it in a feed reader."""
    asked = search.Search.read(request.GET)
    try:
        rows = search.newest(asked)
    except index.BeingBuilt:
        return HttpResponse(status=BUSY, headers={"Retry-After": RETRY_AFTER})
    entries = [_entry(row) for row in rows]
    context = {
        "search": asked,
        "entries": entries,
        "site": settings.PUBLIC_URL,
        "updated": max((paper.changed for _title, _address, paper in entries), default=timezone.localdate()),
    }
    return render(request, "exams/feed.xml", context, content_type=ATOM)


def _entry(row: Exercise | Paper) -> tuple[str, str, Paper]:
    if isinstance(row, Paper):
        return row.title, exports.permalink(row), row
    return row.title, exports.permalink_of_exercise(row), row.paper


@opens(to=anyone)
@same_for_visitors
@require_safe
def exam(request: HttpRequest, exam: str) -> HttpResponse:
    """What an exam is, and its papers."""
    found = Exam.objects.visible_to(None).filter(slug=exam).first()
    if found is None:
        raise Http404
    page = page_of(pages.papers_of(found), request.GET.get("page"), OF_AN_EXAM)
    context = _carried(request, _page_said(page.number))
    return render(request, "exams/exam.html", context | {"exam": found, "page": page})


def _page_said(number: int) -> str:
    return f"page={number}" if number > 1 else ""


def _paper(exam: str, slug: str) -> Paper:
    found = pages.paper_at(exam, slug)
    if found is None:
        raise Http404
    return found


@opens(to=anyone)
@same_for_visitors
@require_safe
def paper(request: HttpRequest, exam: str, slug: str) -> HttpResponse:
    """A paper: its record, its accessible version, and what corrects it once the day has come."""
    found = pages.shown(_paper(exam, slug))
    whole = Basket.of(found.exercises)
    context = _carried(request) | {
        "found": found,
        "paper": found.paper,
        "facts": exports.facts_of(found.paper),
        "shown": exports.shown,
        "deed": exports.deed_of(found.paper),
        "permalink": exports.permalink(found.paper),
        "citation": exports.citation(found.paper),
        "record": as_script(exports.record_of(found.paper, found.exercises)),
        "has_text": any(exercise.html for exercise in found.exercises),
        "can_print": pdf.is_possible(),
        "train": _training_of(whole, found.paper.duration or 0),
        "weight": weight,
        "uses": _uses(request, exports.address_of(found.paper), found.paper.title),
    }
    return render(request, "exams/paper.html", context)


def _training_of(basket: Basket, minutes: int) -> str:
    parameter = f"&minutes={minutes}" if minutes else ""
    return f"{reverse('exams:training')}{basket.beside}{parameter}"


@opens(to=anyone)
@require_safe
def paper_pdf(request: HttpRequest, exam: str, slug: str) -> HttpResponseBase:
    """The PDF of a paper: the one that was brought, else one made from its accessible version."""
    found = _paper(exam, slug)
    if found.pdf:
        return _file(found.pdf, f"{slug}.pdf")
    exercises = list(pages.exercises_of(found))
    if not pdf.is_possible() or not any(exercise.html for exercise in exercises):
        raise Http404
    return _printed(request, lambda: exports.page_of_paper(found, exercises, in_browser=False), f"{slug}.pdf")


def _file(digest: str, name: str) -> HttpResponseBase:
    """A file that the operator brought. Its address does not change when it does: browsers ask again after an hour."""
    path = files.path_of(digest)
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=PDF)
    return _inert(response, name)


def _inert(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=name) or ""
    )
    response.headers["Content-Security-Policy"] = RUNS_NOTHING
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _printed(request: HttpRequest, page: Callable[[], str], name: str) -> HttpResponseBase:
    """A PDF made for whoever asks, unless they ask too often."""
    times = throttle.hit("exams.printed", client_address(request), window=rules.WINDOW)
    if times > rules.MOST_PRINTED:
        return render(request, "exams/too_often.html", status=TOO_OFTEN)
    return _inert(HttpResponse(exports.pdf_of(page()), content_type=PDF), name)


@opens(to=anyone)
@require_safe
def correction(request: HttpRequest, exam: str, slug: str) -> HttpResponse:
    """The elements of correction of a paper, a document of its own. Before its day there is none."""
    found = _paper(exam, slug)
    document = pages.correction_of(found)
    if document is None:
        raise Http404
    context = _carried(request) | {
        "paper": found,
        "document": document,
        "parts": pages.corrected(found),
        "shown": exports.shown,
        "permalink": exports.permalink(found),
        "weight": weight,
    }
    return render(request, "exams/correction.html", context)


@opens(to=anyone)
@require_safe
def correction_pdf(request: HttpRequest, exam: str, slug: str) -> HttpResponseBase:
    """The PDF of the elements of correction, from their day on."""
    document = pages.correction_of(_paper(exam, slug))
    if document is None or not document.pdf:
        raise Http404
    return _file(document.pdf, f"{slug}-corrige.pdf")


@opens(to=anyone)
@same_for_visitors
@require_safe
def exercise(request: HttpRequest, code: str) -> HttpResponse:
    """One exercise alone, and its correction behind a click once its day has come."""
    found = pages.exercise_at(code)
    if found is None:
        raise Http404
    context = _carried(request) | {
        "exercise": found,
        "paper": found.paper,
        "facts": exports.facts_of(found.paper),
        "shown": exports.shown,
        "part": baskets.correction_of(found),
        "permalink": exports.permalink_of_exercise(found),
        "record": as_script(exports.record_of_exercise(found)),
        "train": _training_of(Basket((found.code,)), found.duration or 0),
        "uses": _uses(request, reverse("exams:exercise", args=[found.code]), found.title),
    }
    return render(request, "exams/exercise.html", context)


@opens(to=anyone)
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    """The exercises put together: their order, their time, and what to do with them."""
    found = baskets.held(Basket.read(request.GET))
    title = _title_of(request)
    address = f"{reverse('exams:basket')}{found.basket.beside}"
    context = _carried(request) | {
        "found": found,
        "title": title,
        "permalink": f"{settings.PUBLIC_URL}{address}",
        "can_print": pdf.is_possible(),
        "moved": lambda code, by: f"{request.path}{found.basket.moved(code, by).beside}#x-{code}",
        "train": _training_of(found.basket, found.minutes),
        "uses": _uses(request, address, title),
    }
    return render(request, "exams/basket.html", context)


def _title_of(request: HttpRequest) -> str:
    typed = " ".join(request.GET.get("titre", "").replace("\0", " ").split())[:LONGEST_TITLE]
    return typed or _("Sujet d’entraînement")


def _uses(request: Any, address: str, title: str) -> list[tuple[str, str, str]]:
    """Where the viewer may put it to use: label, address and icon of each page that asks where."""
    viewer = request.viewer
    offered = boards.offered(boards.uses, viewer) if viewer else ()
    query = urlencode({"adresse": address, "titre": title})
    return [
        (str(use.label), f"{reverse(use.url_name)}?{query}", use.icon)
        for use, seated in offered
        if use.open_to(seated)
    ]


@opens(to=anyone)
@require_safe
def basket_page(request: HttpRequest) -> HttpResponse:
    """The basket in one file to print: the exercises, then their corrections on the last sheet."""
    found, address = _held(request)
    page = exports.page_of_basket(found, _title_of(request), address)
    return as_file(HttpResponse(page), "sujet.html")


@opens(to=anyone)
@require_safe
def basket_pdf(request: HttpRequest) -> HttpResponseBase:
    """The same, as a PDF."""
    found, address = _held(request)
    if not pdf.is_possible():
        raise Http404
    title = _title_of(request)
    return _printed(
        request, lambda: exports.page_of_basket(found, title, address, in_browser=False), "sujet.pdf"
    )


def _held(request: HttpRequest) -> tuple[baskets.BasketContents, str]:
    found = baskets.held(Basket.read(request.GET))
    if not found.exercises:
        raise Http404
    return found, f"{settings.PUBLIC_URL}{reverse('exams:basket')}{found.basket.beside}"


@opens(to=anyone)
@require_safe
def train(request: HttpRequest) -> HttpResponse:
    """Work against the clock: when it began is in the address, and kept by nobody."""
    found = baskets.held(Basket.read(request.GET))
    asked = training.Training.read(request.GET, found.minutes)
    if "commencer" in request.GET and found.exercises:
        # The moment of the click, which only this machine knows without a script.
        answer = redirect(f"{request.path}?{found.basket.query}&{asked.begun(timezone.now()).query}")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    context = _carried(request) | {
        "found": found,
        "training": asked,
        "shown": exports.shown,
        "longest": rules.LONGEST,
        "part_of": baskets.correction_of,
        "address": request.path,
    }
    return render(request, "exams/training.html", context)
