"""A document, or the folder of an address; sharing it, throwing it away, taking it away."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.drive import exports, rules
from preau.commons.drive.actions import keeping, leaving, sharing
from preau.commons.drive.forms import ShareForm, VersionForm
from preau.commons.drive.models import Item, Share, Version
from preau.commons.drive.queries import lists, places, shown
from preau.commons.drive.views.listing import listing
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, status_of, tell_outcome

# A PDF is read by the browser, in a frame of this site.
reads_in_page = csp_update({"frame-src": [SELF]})


@opens(Item, to=rules.is_shown)
@reads_in_page
@require_safe
def item(request: HttpRequest, item: Item) -> HttpResponse:
    """A folder opened, or a document read."""
    if item.is_folder:
        return listing(request, places.place_of(item), item)
    return document(request, item)


def document(request: HttpRequest, item: Item, form: VersionForm | None = None) -> HttpResponse:
    """A document read in its page, with what one may do with it."""
    viewer = request.viewer
    shares = lists.shares_of(viewer, [item.pk]).get(item.pk, []) if rules.shares(viewer, item) else []
    sees = rules.sees_openings(viewer, item)
    reading = shown.reading_of(item)
    context: dict[str, Any] = {
        "item": item,
        "way": lists.way_to(viewer, item),
        "readings": [reading] if reading else [],
        "advice": shown.advice_of(item) if rules.keeps(viewer, item) else [],
        "detail": lists.rows_of(viewer, [item], {})[0].detail,
        "keeps": rules.keeps(viewer, item),
        "may_share": rules.shares(viewer, item),
        "shares": shown.share_rows(viewer, shares),
        "sees_openings": sees,
        "openings": shown.opening_rows(viewer, item) if sees else [],
        "readers": shown.readers_count(viewer, shares, item) if sees else 0,
        "is_noted": rules.notes_opening(viewer, item),
        "owner": item.owner or item.made_by,
        "versions": shown.version_rows(viewer, item) if item.versions > 1 else [],
        "form": form or VersionForm(),
        "stops": _stopped_here(request, item),
    }
    return render(request, "drive/document.html", context, status=status_of(form))


def _stopped_here(request: HttpRequest, item: Item) -> list[shown.ShareRow]:
    """The shares of a pupil's document with a class that this teacher may stop."""
    if rules.shares(request.viewer, item) or item.owner_id is None or not request.viewer.is_staff:
        return []
    rows = Share.objects.received_by(request.viewer).filter(item=item, to=Share.To.CLASS)
    return shown.share_rows(request.viewer, list(rows.select_related("group", "person")))


@opens(Item, to=rules.shares)
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, item: Item) -> HttpResponse:
    """With whom, until when."""
    form = ShareForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["jusque"]
        changed = sharing.share(request.viewer, item, form.readers(), until)
        sentence = _("C’est partagé. %(until)s.") % {"until": lists.until_said(until, request.viewer.today)}
        tell_outcome(request, changed, sentence, _("C’était déjà partagé jusqu’à ce jour."))
        return redirect("drive:item", pk=item.pk)
    shares = lists.shares_of(request.viewer, [item.pk]).get(item.pk, [])
    context = {"form": form, "item": item, "shares": shown.share_rows(request.viewer, shares)}
    return render_form(request, "drive/share.html", context)


@opens(Share, to=rules.ends_share)
@require_POST
def end_share(request: HttpRequest, share: Share) -> HttpResponseRedirect:
    """Stop sharing: nothing is erased."""
    ended = sharing.end_share(request.viewer, share)
    tell_outcome(request, ended, _("Le partage est arrêté. Rien n’est effacé."))
    if share.item.owner_id == request.viewer.person.pk:
        return redirect("drive:item", pk=share.item_id)
    return redirect("drive:received")


@removes
@opens(Item, to=rules.keeps)
@require_POST
def trash(request: HttpRequest, item: Item) -> HttpResponseRedirect:
    """To the bin."""
    thrown = leaving.trash(request.viewer, item)
    sentence = _("« %(name)s » est à la corbeille, pour %(days)s jours.")
    tell_outcome(request, thrown, sentence % {"name": item.name, "days": rules.BIN_DAYS})
    if item.parent_id:
        return redirect("drive:item", pk=item.parent_id)
    return HttpResponseRedirect(places.place_of(item).url)


@opens(Item, to=rules.keeps)
@require_POST
def restore(request: HttpRequest, item: Item) -> HttpResponseRedirect:
    """Out of the bin."""
    try:
        restored = leaving.restore(request.viewer, item)
    except keeping.Refusal as error:
        messages.error(request, str(error))
        return redirect("drive:bin")
    tell_outcome(request, restored, _("« %(name)s » est de nouveau à sa place.") % {"name": item.name})
    return redirect("drive:bin")


@opens(Item, to=rules.is_shown)
@require_safe
def archive(request: HttpRequest, item: Item) -> HttpResponseBase:
    """A folder, as one ZIP."""
    return _archive(request, item)


@opens(to=rules.has_files)
@confirmed(reading=True)
@require_safe
def take_away(request: HttpRequest) -> HttpResponseBase:
    """All that is one's own, as one ZIP: whoever leaves takes it with them."""
    return _archive(request, None)


def _archive(request: HttpRequest, folder: Item | None) -> HttpResponseBase:
    try:
        rows = exports.items_of(request.viewer, folder)
    except exports.TooHeavy:
        return render(request, "drive/too_heavy.html", {"item": folder}, status=422)
    sharing.note_openings(request.viewer, rows)
    name = f"{exports.plain_name(folder)}.zip"
    return FileResponse(
        exports.archive_of(folder, rows), as_attachment=True, filename=name, content_type="application/zip"
    )


@opens(Version, to=rules.compares)
@require_safe
def compare(request: HttpRequest, version: Version) -> HttpResponse:
    """A former version of a text beside the last one, line by line."""
    last = version.item.all_versions.select_related("file").order_by("-number").first()
    context = {
        "item": version.item,
        "version": version,
        "lines": shown.compared(version, last or version),
    }
    return render(request, "drive/compare.html", context)
