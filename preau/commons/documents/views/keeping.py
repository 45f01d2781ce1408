"""Documents in a list; one begun, given another title, taken away, thrown away."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.documents import exports, imports, rules
from preau.commons.documents.actions import bringing, keeping, leaving, writing
from preau.commons.documents.actions.bringing import Brought, Taken
from preau.commons.documents.forms import FindForm, NewForm, TitleForm, known_title, title_from
from preau.commons.documents.models import Document
from preau.commons.documents.queries import lists, pictures, places, texts
from preau.foundation import dates, downloads, pdf, uploads
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE = 30
# Of the pictures that a file brought and that are not taken, how many are told apart.
MOST_REASONS = 5


@opens(to=rules.has_documents)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All that one reads, the last changed first; with « lieu », those of a place."""
    viewer = request.viewer
    form = FindForm(request.GET)
    chosen = form.chosen()
    key = chosen.get("lieu", "")
    place = places.read_at(viewer, key) if key else None
    rows = lists.at(viewer, place) if place else lists.seen(viewer)
    page = page_for(request, lists.narrowed(rows, chosen.get("q", "")), A_PAGE)
    context = {
        "form": form,
        "place": place,
        "gone": bool(key) and place is None,
        "typed": chosen.get("q", ""),
        "page_obj": page,
        "rows": lists.rows_of(viewer, page.object_list, with_place=place is None),
        "query": query_of(request),
        "may_begin": place is None or place.may_write,
        "mine": places.MINE,
    }
    return render(request, "documents/home.html", context)


@opens(to=rules.has_documents)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A document to begin, empty or from a file."""
    key = request.GET.get("lieu", "")[:40] or places.MINE
    files = request.FILES or None
    form = NewForm(request.viewer, key, request.POST if request.method == "POST" else None, files)
    if uploads.was_cut(request):
        form.add_error("fichier", _("Ce fichier est trop lourd."))
    elif request.method == "POST" and form.is_valid():
        made = _begun(request, form)
        if made:
            return redirect("documents:document", pk=made.pk)
    return render_form(
        request, "documents/new.html", {"form": form, "place": places.read_at(request.viewer, key)}
    )


def _begun(request: HttpRequest, form: NewForm) -> Document | None:
    data = form.cleaned_data
    file, brought = data["fichier"], Brought("")
    try:
        place = form.place
        if file:
            brought = imports.read(file)
    except imports.Unreadable as error:
        form.add_error("fichier", str(error))
        return None
    except ValidationError as error:
        form.add_error("lieu", error)
        return None
    title = data["titre"] or title_from(file.name)
    try:
        made, taken = bringing.bring(request.viewer, place, title, brought, data["sent_as"])
    except keeping.TooMany:
        sentence = _(
            "Il y a déjà %(number)s documents ici, corbeille comprise : jetez-en avant d’en commencer un."
        )
        form.add_error("titre", sentence % {"number": rules.MOST_DOCUMENTS})
        return None
    _tell_pictures(request, taken)
    return made


def _tell_pictures(request: HttpRequest, taken: Taken) -> None:
    """What became of the pictures of the file, each that is left out with its reason."""
    if count := len(taken.files):
        said = ngettext(
            "L’image du fichier est dans le document.",
            "Les %(num)s images du fichier sont dans le document.",
            count,
        )
        messages.success(request, said % {"num": count})
    if taken.silent:
        said = ngettext(
            "Le fichier ne dit pas ce que montre une image, pour qui ne la voit pas.",
            "Le fichier ne dit pas ce que montrent %(num)s images, pour qui ne les voit pas.",
            taken.silent,
        )
        messages.info(request, said % {"num": taken.silent})
    if left := len(taken.refused):
        said = ngettext(
            "Une image du fichier n’est pas dans le document.",
            "%(num)s images du fichier ne sont pas dans le document.",
            left,
        )
        reasons = list(dict.fromkeys(taken.refused))[:MOST_REASONS]
        messages.warning(request, " ".join([said % {"num": left}, *reasons]))


@opens(Document, to=rules.writes)
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, document: Document) -> HttpResponse:
    """Another title."""
    form = TitleForm(request.POST or None, initial=known_title(document))
    if request.method == "POST" and form.is_valid():
        try:
            changed = keeping.rename(request.viewer, document.pk, form.cleaned_data["titre"])
        except writing.NotOpen:
            form.add_error("titre", _("Vous n’écrivez plus dans ce document."))
        else:
            tell_outcome(request, changed, _("Le titre est changé."), NOTHING_CHANGED)
            return redirect("documents:document", pk=document.pk)
    return render_form(request, "documents/rename.html", {"form": form, "document": document})


@opens(Document, to=rules.is_shown)
@require_safe
def export(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The document as a file: « format » is odt, docx, pdf, html or md, which is an archive where there are pictures."""
    kind = request.GET.get("format", "")
    html = texts.html_now(document)

    def prints() -> exports.Prints:
        return exports.prints_of(pictures.files_of(document, html))

    if kind == "pdf":
        if not pdf.is_possible():
            return downloads.no_pdf()
        return downloads.pdf_file(exports.plain_name(document), exports.paper(document, html, prints()))
    if kind not in exports.MADE:
        return render(request, "documents/export.html", {"document": document, "kinds": exports.KINDS})
    made = exports.taken(kind, document.title, html, prints())
    response: Any = HttpResponse(made.content, content_type=made.content_type)
    return downloads.as_file(response, f"{exports.plain_name(document)}.{made.ending}")


@removes
@opens(Document, to=rules.throws_away)
@require_POST
def throw_away(request: HttpRequest, document: Document) -> HttpResponseRedirect:
    """To the bin."""
    thrown = leaving.throw_away(request.viewer, document.pk)
    sentence = _("« %(title)s » est à la corbeille, pour %(days)s jours.")
    tell_outcome(request, thrown, sentence % {"title": document.title, "days": rules.BIN_DAYS})
    return redirect("documents:bin")


@opens(to=rules.has_documents)
@require_safe
def trash_bin(request: HttpRequest) -> HttpResponse:
    """What was thrown away: thirty days to take it out again."""
    page = page_for(request, lists.bin_of(request.viewer), A_PAGE)
    rows = [
        (row, dates.near_day(dates.local(row.trashed_at).date(), request.viewer.today))
        for row in page.object_list
        if row.trashed_at
    ]
    context = {"page_obj": page, "rows": rows, "query": query_of(request), "days": rules.BIN_DAYS}
    return render(request, "documents/bin.html", context)


@opens(Document, to=rules.may_restore)
@require_POST
def restore(request: HttpRequest, document: Document) -> HttpResponseRedirect:
    """Out of the bin."""
    restored = leaving.restore(request.viewer, document.pk)
    tell_outcome(request, restored, _("« %(title)s » est de nouveau à sa place.") % {"title": document.title})
    return redirect("documents:document", pk=document.pk)
