"""The pages of the resources: open to anyone, with or without an account; they keep nothing of who reads them."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from markupsafe import Markup

from preau.commons.media.queries import players
from preau.directory.words import Profile
from preau.domains.catalogue import boards, rules
from preau.domains.catalogue.actions import publishing
from preau.domains.catalogue.exports import cards, records
from preau.domains.catalogue.models import Collection, Media, Resource
from preau.domains.catalogue.queries import following, index, pages, search
from preau.domains.catalogue.queries.links import uses_for
from preau.domains.catalogue.queries.questions import KINDS, questions_of, score_of
from preau.foundation import shared_pages, throttle
from preau.foundation.access import anyone, opens
from preau.foundation.downloads import as_file
from preau.foundation.http import client_address
from preau.foundation.linked import as_script
from preau.foundation.paging import page_of
from preau.foundation.richtext import documents
from preau.foundation.shared_pages import same_for_visitors

T = TypeVar("T")
IN_A_COLLECTION = 30
ATOM, SVG = "application/atom+xml; charset=utf-8", "image/svg+xml"
# A drawing of ours may have its own colours, and nothing else.
DRAWS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
SUGGESTED = "suggestions"
# Fewer uses than this say nothing, and might say who.
USED_ENOUGH = 5
BUSY, RETRY_AFTER, TOO_OFTEN, GONE = 503, "10", 429, 410


@opens(to=anyone)
@same_for_visitors
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where to begin: a word, a level, a subject, a collection."""
    return render(request, "catalogue/home.html", {"home": pages.home()})


@opens(to=anyone)
@same_for_visitors
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What a search found; its address is the search, to keep or to send."""
    asked = search.Search.read(request.GET)
    try:
        context = _same_for_all(request, f"found {asked.page} {asked.query()}", lambda: _found_by(asked))
    except index.BeingBuilt:
        return _being_built(request, asked)
    results, there = context["results"], reverse("catalogue:search")
    sorts = [
        (label, f"{there}?{asked.query(sort=key)}", key == asked.sort)
        for key, (_sort, label) in search.SORTS.items()
    ]
    mine = {"sorts": sorts, "following": _following(request, results.search)}
    return render(request, "catalogue/search.html", context | mine)


def _found_by(asked: search.Search) -> dict[str, Any]:
    """What the page of a search says to all."""
    results = search.results(asked)
    return {
        "search": results.search,
        "results": results,
        "nearby": [] if results.total else search.nearby(results),
        "beside": _beside_words(results.search.typed),
    }


def _following(request: Any, asked: search.Search) -> Any:
    """For whoever is signed in and asks for something: the row by which they follow this search, or False; None for others."""
    if not request.viewer or asked.is_empty:
        return None
    return following.following(request.viewer, asked) or False


def _beside_words(typed: str) -> list[tuple[str, str, str]]:
    """What other houses have for these words: a sentence, its address, its icon."""
    found = [(one.found(typed), one.icon) for one in boards.beside_search] if typed else []
    return [(*pair, icon) for pair, icon in found if pair]


def _being_built(request: HttpRequest, asked: search.Search) -> HttpResponse:
    """This machine has no index yet: what to do meanwhile."""
    page = render(request, "catalogue/being_built.html", {"search": asked}, status=BUSY)
    page.headers["Retry-After"] = RETRY_AFTER
    return page


@opens(to=anyone)
@require_safe
def suggest(request: Any) -> HttpResponse:
    """What may be meant by what is being typed; the search itself, for whoever opens this address."""
    asked = search.Search.read(request.GET)
    if request.htmx.target != SUGGESTED:
        return redirect(f"{reverse('catalogue:search')}?{asked.query()}")
    try:
        found = search.suggestions(asked.typed)
    except index.BeingBuilt:
        found = []
    rows = [(suggestion, search.Search(typed=suggestion).query()) for suggestion in found]
    return render(
        request, "catalogue/_suggestions.html", {"found": rows, "there": reverse("catalogue:search")}
    )


@opens(to=anyone)
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The last resources of a search, for whoever follows it in a feed reader."""
    asked = search.Search.read(request.GET)
    try:
        rows = search.newest(asked)
    except index.BeingBuilt:
        return HttpResponse(status=BUSY, headers={"Retry-After": RETRY_AFTER})
    context = {
        "search": asked,
        "rows": [(row, records.permalink(row)) for row in rows],
        "site": settings.PUBLIC_URL,
        "updated": max((row.changed for row in rows), default=timezone.localdate()),
    }
    return render(request, "catalogue/feed.xml", context, content_type=ATOM)


@opens(to=anyone)
@require_POST
def tell_miss(request: HttpRequest) -> HttpResponseRedirect:
    """Somebody tells that a search finds nothing: the words are counted, nobody is."""
    asked = search.Search.read(QueryDict(request.POST.get("recherche", "")[:1_000]))
    times = throttle.hit("catalogue.miss", client_address(request), window=rules.WINDOW)
    if times <= rules.MOST_MISSES_TOLD and publishing.count_miss(asked.typed):
        messages.success(request, _("Merci. Ces mots sont notés, sans rien de vous."))
    else:
        messages.error(request, _("Ces mots n’ont pas été notés."))
    return redirect(f"{reverse('catalogue:search')}?{asked.query()}")


@opens(to=anyone)
@same_for_visitors
@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """A collection: why these resources go together, and each of them in order."""
    found = Collection.objects.filter(slug=slug).first()
    rows = pages.resources_in(found) if found else Resource.objects.none()
    page = page_of(rows, request.GET.get("page"), IN_A_COLLECTION)
    if found is None or not page.object_list:
        raise Http404
    editorial = documents.shown(found.editorial, lambda _name: "")
    return render(
        request, "catalogue/collection.html", {"shelf": found, "page": page, "editorial": editorial}
    )


@opens(to=anyone)
@same_for_visitors
@require_safe
def resource(request: Any, collection: str, slug: str) -> HttpResponse:
    """A resource and its record. Answers to its exercises come in the address, are marked, and are kept by nobody."""
    if alone := _asked_alone(request):
        found = _found(collection, slug)
        questions = questions_of(found, request.GET)
        if alone in questions:
            return render(request, "catalogue/_question.html", _facts(found) | {"question": questions[alone]})
    # Answers are somebody's: nothing of them is kept.
    key = "" if request.GET else f"resource {collection}/{slug}"
    context = _same_for_all(request, key, lambda: _told(collection, slug, request.GET))
    if context is None:
        return _withdrawn(request, collection, slug)
    found = context["resource"]
    mine = {
        "uses": uses_for(request.viewer, found.address, found.title),
        "beside": _beside(request.viewer, found),
    }
    return render(request, "catalogue/resource.html", context | mine)


def _same_for_all(request: Any, key: str, make: Callable[[], T]) -> T:
    """Whoever may change what it says reads it as it is now; pupils and families, who change nothing there, as visitors do. Without `key`, nothing is kept."""
    reads = request.viewer is not None and request.viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}
    return shared_pages.shared_value(key, make) if reads and key else make()


def _told(collection: str, slug: str, given: QueryDict) -> dict[str, Any] | None:
    """What the page of a resource says to all, its document drawn; None where there is none."""
    found = pages.resource_at(collection, slug)
    if found is None:
        return None
    questions, outside = questions_of(found, given), getattr(found, "outside", None)
    context = (
        _facts(found)
        | {
            "content": _content(found, questions),
            "questions": questions,
            "score": score_of(questions.values()),
            "related": search.related_to(found),
            "citation": records.citation(found),
            "deed": records.deed_of(found),
            "permalink": records.permalink(found),
            "record": as_script(records.record_of(found)),
            "described": cards.described_at(found),
            "reader": pages.reader_of(found),
            "outside": outside,
            "named_by": pages.sources_of(found) if outside else [],
            "used_enough": USED_ENOUGH,
        }
        | _played(found, given.get("transcription"))
    )
    document = render_to_string("catalogue/_document.html", context) if found.parts else ""
    return context | {"document": Markup(document)}  # nosec B704  # noqa: S704 - a template of ours


def _played(found: Resource, part: str | None) -> dict[str, Any]:
    """Its medium, and a page of what it says."""
    if found.medium is None:
        return {"player": None}
    passages = players.passages_of(found.medium)
    return {
        "player": players.player_of(found.medium),
        "transcript_page": players.part_of(passages, part),
    }


def _beside(viewer: Any, found: Resource) -> list[tuple[str, Any]]:
    """What other houses show on this page, with their templates."""
    parts = [
        (beside_resource.template, beside_resource.content(viewer, found))
        for beside_resource in boards.beside_resources
    ]
    return [(template, content) for template, content in parts if content is not None]


def _withdrawn(request: HttpRequest, collection: str, slug: str) -> HttpResponse:
    """An address that does not change says what became of its resource."""
    gone = pages.withdrawn_at(collection, slug)
    if gone is None:
        raise Http404
    return render(request, "catalogue/withdrawn.html", {"resource": gone}, status=GONE)


def _found(collection: str, slug: str) -> Resource:
    found = pages.resource_at(collection, slug)
    if found is None:
        raise Http404
    return found


def _asked_alone(request: Any) -> int:
    """The number of the question that htmx asks for by itself, or 0."""
    name, _, number = (request.htmx.target or "").partition("-")
    return int(number) if name == "question" and number.isascii() and number.isdigit() else 0


def _facts(found: Resource) -> dict[str, Any]:
    address = reverse("catalogue:resource", args=found.key.split("/"))
    return {
        "resource": found,
        "address": address,
        "shown": lambda html: documents.shown(html, _drawings(found)),
    }


def _drawings(found: Resource) -> Any:
    known = {media.name: media.digest for media in found.media.all()}

    def address(name: str) -> str:
        """With its digest, so that a browser keeps it until it changes."""
        if name not in known:
            return ""
        where = reverse("catalogue:media", args=[*found.key.split("/"), name])
        return f"{where}?v={known[name][:12]}"

    return address


def _content(found: Resource, questions: Any) -> list[tuple[str, Any]]:
    """The parts in order: ("html", text) or ("question", Question)."""
    marked = iter(questions.values())
    return [
        ("question", next(marked)) if part["kind"] in KINDS else ("html", part["html"])
        for part in found.parts
    ]


@opens(to=anyone)
@require_safe
def paper(request: HttpRequest, collection: str, slug: str) -> HttpResponse:
    """The page alone in one file, its drawings inside, ready to print: questions first, answers on the last sheet."""
    found = _found(collection, slug)
    if hasattr(found, "outside"):
        # Nothing of it is here.
        raise Http404
    questions = questions_of(found, QueryDict())
    inside = {media.name: records.embedded(media.content) for media in found.media.all()}
    context = {
        "resource": found,
        "content": _content(found, questions),
        "questions": questions.values(),
        "score": None,
        "shown": lambda html: documents.shown(html, lambda name: inside.get(name, "")),
        "citation": records.citation(found),
        "passages": players.passages_of(found.medium) if found.medium else [],
    }
    return as_file(render(request, "catalogue/paper.html", context), f"{slug}.html")


@opens(to=anyone)
@require_safe
def media(request: HttpRequest, collection: str, slug: str, name: str) -> HttpResponse:
    """A drawing of a published resource."""
    rows = Media.objects.visible_to(None).filter(resource__key=f"{collection}/{slug}", name=name)
    content = rows.values_list("content", flat=True).first()
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=SVG)
    response.headers["Content-Security-Policy"] = DRAWS
    # Its address changes with it.
    kept = "public, max-age=31536000, immutable" if request.GET.get("v") else "public, max-age=3600"
    response.headers["Cache-Control"] = kept
    return response
