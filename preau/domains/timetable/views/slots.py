"""Pages of the slots of the day: canteen and study, and who is expected in study."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.timetable import rules
from preau.domains.timetable.actions import slots as actions
from preau.domains.timetable.forms.slots import SlotForm
from preau.domains.timetable.models import DaySlot
from preau.domains.timetable.queries.slots import SlotLine, expected_in_study, slots_kept, studies_on
from preau.foundation import dates, journal
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

A_PAGE = 60


@opens(to=rules.keeps_slots)
@require_safe
def day_slots(request: HttpRequest) -> HttpResponse:
    """The slots of the year."""
    page = page_for(request, slots_kept(request.viewer), 30)
    context = {"page_obj": page, "reads_study": rules.reads_study(request.viewer)}
    return render(request, "timetable/slots.html", context)


@opens(to=rules.keeps_slots)
@require_http_methods(["GET", "POST"])
def create_slot(request: HttpRequest) -> HttpResponse:
    """A new slot."""
    return _edit(request, None)


@removes
@opens(DaySlot, to=rules.changes_slot)
@require_http_methods(["GET", "POST"])
def change_slot(request: HttpRequest, slot: DaySlot) -> HttpResponse:
    """Other hours, days, people."""
    return _edit(request, slot)


def _edit(request: HttpRequest, slot: DaySlot | None) -> HttpResponse:
    form = SlotForm(request.viewer, request.POST or None, slot=slot)
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_slot(request.viewer, request.viewer.year, form.cleaned_data, slot)
        except actions.SlotTaken as taken:
            form.add_clashes(taken.clashes)
        else:
            messages.success(request, _("Le créneau est enregistré."))
            return redirect("timetable:slots")
    context = {"form": form, "slot": slot}
    return render_form(request, "timetable/slot.html", context)


@removes
@opens(DaySlot, to=rules.changes_slot)
@require_POST
def remove_slot(request: HttpRequest, slot: DaySlot) -> HttpResponseRedirect:
    actions.remove_slot(request.viewer, slot)
    messages.success(request, _("Le créneau est retiré."))
    return redirect("timetable:slots")


@opens(to=rules.reads_study)
@require_safe
def study(request: HttpRequest) -> HttpResponse:
    """Who is expected in study at an hour of a day: now, else the next one."""
    viewer = request.viewer
    day = dates.parse(request.GET.get("jour"), viewer.today)
    slots = studies_on(viewer, day)
    slot = _chosen(slots, request.GET.get("heure", ""), day)
    expected = expected_in_study(viewer, day, slot.span_on(day)) if slot else []
    page = page_for(request, expected, A_PAGE)
    if page.object_list:
        journal.record_reads(
            viewer, "timetable.study_read", viewer.school, subject_ids=[one.pk for one in page.object_list]
        )
    hours = [
        (
            f"{one.name} · {dates.hours(one.starts_at, one.ends_at)}",
            f"?jour={day}&heure={one.pk}",
            one is slot,
        )
        for one in slots
    ]
    context: dict[str, Any] = {
        "day": day,
        "today": viewer.today,
        "hours": hours,
        "slot": slot,
        "page_obj": page,
        "keeps": rules.keeps_slots(viewer),
        "query": f"jour={day}" + (f"&heure={slot.pk}" if slot else ""),
        "before": _next(day, -1),
        "after": _next(day, 1),
        "here": sum(1 for one in expected if not one.away),
    }
    return render(request, "timetable/study.html", context)


def _next(day: date, step: int) -> date:
    """The day before or after, never a Sunday."""
    found = date.fromordinal(day.toordinal() + step)
    return found if found.weekday() != 6 else date.fromordinal(found.toordinal() + step)


def _chosen(slots: list[SlotLine], asked: str, day: date) -> SlotLine | None:
    now = timezone.now()
    by_hand = next((slot for slot in slots if str(slot.pk) == asked), None)
    to_come = next((slot for slot in slots if slot.span_on(day)[1] > now), None)
    return by_hand or to_come or next(iter(slots), None)
