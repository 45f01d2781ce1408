"""Pages of those who have left the school."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory import rules
from preau.directory.actions import departures as actions
from preau.directory.forms.departures import HoldForm, LeaverFilter
from preau.directory.models import Leaver
from preau.directory.queries.departures import (
    KINDS,
    Kind,
    erasure_day,
    leaver_lines,
    leaver_rows,
    leavers_of,
    pupils_to_leave,
)
from preau.directory.rules.departures import keeps_longer, may_let_go
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_file
from preau.foundation.pages import CONFLICT, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 40


@opens(to=rules.keeps_directory)
@require_http_methods(["GET", "HEAD", "POST"])
def departures(request: HttpRequest) -> HttpResponse:
    """Who has left, and what becomes of them. A name is looked for in a POST: it must stay out of addresses."""
    form = LeaverFilter(request.POST if request.method == "POST" else request.GET)
    kind, name = form.chosen()
    name = name if request.method == "POST" else ""
    page = page_for(request, leavers_of(request.viewer, kind, name), A_PAGE)
    context = {
        "form": form,
        "kind": kind,
        "kinds": KINDS,
        "filtered": bool(name),
        "page_obj": page,
        "to_leave": pupils_to_leave(request.viewer) if kind == Kind.PUPILS and not name else [],
        "rows": leaver_rows(request.viewer, page.object_list, kind),
        "too_many": bool(name) and page.has_other_pages(),
        "query": urlencode({"qui": kind}),
    }
    return render(request, "directory/departures.html", context)


@opens(to=rules.exports_directory)
@confirmed()
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """One list for a spreadsheet. The journal says who took it away, and how many rows."""
    viewer, (kind, _name) = request.viewer, LeaverFilter(request.POST).chosen()
    rows = list(leaver_lines(viewer, kind))
    journal.record(viewer, "directory.departures_exported", viewer.school, table=kind, rows=len(rows))
    header = [_("Nom"), _("Prénom"), _("Précision"), _("Départ"), _("Suite")]
    return csv_file(f"departs-{kind}-{viewer.today:%Y-%m-%d}", header, rows)


@opens(Leaver, to=keeps_longer, by="public_id")
@require_http_methods(["GET", "POST"])
def leaver(request: HttpRequest, leaver: Leaver) -> HttpResponse:
    """What is left of one who has left: a name, a day, and until when they are kept."""
    viewer, hold, moved = request.viewer, actions.hold_of(request.viewer, leaver), False
    form = HoldForm(viewer, leaver, hold, request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            actions.keep_longer(
                viewer, leaver, last_day=values["last_day"], reason=values["reason"], seen=values["avant"]
            )
        except actions.MovedOn:
            hold, moved = actions.hold_of(viewer, leaver), True
            # What was typed stays; what is asked now is what is seen from here on.
            form.data = form.data | {"avant": actions.mark_of(hold)}
        else:
            messages.success(request, _("C’est noté : cette personne est gardée plus longtemps."))
            return redirect("directory:departures")
    context = {
        "form": form,
        "leaver": leaver,
        "hold": hold,
        "moved": moved,
        "mark": actions.mark_of(hold),
        "erased_on": erasure_day(leaver, viewer.today),
    }
    status = status_of(form, CONFLICT if moved else 200)
    return render(request, "directory/leaver.html", context, status=status)


@opens(Leaver, to=may_let_go, by="public_id")
@require_POST
def let_go(request: HttpRequest, leaver: Leaver) -> HttpResponseRedirect:
    """Keep them no longer than everyone."""
    try:
        done = actions.let_go(request.viewer, leaver, seen=request.POST.get("avant", ""))
    except actions.MovedOn:
        messages.error(request, _("Quelqu’un d’autre vient de changer ce qui est demandé : relisez-le."))
        return redirect("directory:leaver", public_id=leaver.public_id)
    tell_outcome(
        request, done, _("C’est retiré : cette personne sera effacée au terme, après une semaine d’annonce.")
    )
    return redirect("directory:departures")
