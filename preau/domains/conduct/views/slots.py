"""Slots of detention: those of a week, a new one, and the roll of one."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.domains.conduct import rules
from preau.domains.conduct.actions import punitions as actions
from preau.domains.conduct.forms.punitions import SlotForm, SlotRoll
from preau.domains.conduct.models import Slot
from preau.domains.conduct.queries import punitions as queries
from preau.domains.conduct.views.incidents import CONFLICT, TYPED_WRONG, parts_open_to
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.pages import render_form

WEEK = timedelta(days=7)


@opens(to=rules.reports_incidents)
@require_safe
def slots(request: HttpRequest) -> HttpResponse:
    """The slots of a week: every one for school life, one's own for whoever watches over some."""
    monday = dates.monday_of(dates.parse(request.GET.get("semaine"), request.viewer.today))
    context = {
        "rows": queries.slots_between(request.viewer, monday, monday + timedelta(days=6)),
        "monday": monday,
        "before": monday - WEEK,
        "after": monday + WEEK,
        "me": request.viewer.person.pk,
    }
    return render(request, "conduct/slots.html", context | parts_open_to(request))


@opens(to=rules.follows_incidents)
@require_http_methods(["GET", "POST"])
def open_slot(request: HttpRequest) -> HttpResponse:
    """Open a slot: an hour, a room, somebody who watches over it."""
    form = SlotForm(request.viewer, request.POST or None, initial={"day": request.viewer.today, "places": 12})
    if request.method == "POST" and form.is_valid():
        slot = actions.open_slot(request.viewer, form.opening())
        messages.success(request, _("Le créneau est ouvert."))
        return redirect("conduct:slot", pk=slot.pk)
    return render_form(request, "conduct/open_slot.html", {"form": form})


@opens(Slot, to=rules.calls_slot)
@require_http_methods(["GET", "POST"])
def slot(request: HttpRequest, slot: Slot) -> HttpResponse:
    """Who is expected, with what to work on, and who came."""
    rows, status = queries.roll_of(slot), 200
    roll = SlotRoll(rows, request.POST or None)
    if request.method == "POST" and not roll.is_valid():
        status = TYPED_WRONG
    elif request.method == "POST":
        try:
            actions.call_slot(request.viewer, slot, roll.marks)
        except actions.RollConflict:
            rows, status = queries.roll_of(slot), CONFLICT
        else:
            messages.success(request, _("La retenue est notée."))
            return redirect("conduct:slot", pk=slot.pk)
    slot = Slot.objects.select_related("school", "room", "supervisor").get(pk=slot.pk)
    now_said = {row.pk: row.state for row in rows}
    context = {
        "slot": slot,
        "lines": roll.lines(),
        "now_said": now_said,
        "status": status,
        "states": SlotRoll.STATES,
    }
    return render(request, "conduct/slot.html", context, status=status)
