"""The timetable as it is read: by day, week, month or as a list; one's own, or that of a class, a teacher, a room, a pupil."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.queries import layouts, lessons, plans, weeks
from preau.domains.timetable.queries import whose as whose_queries
from preau.domains.timetable.queries.layouts import DayOf, View
from preau.domains.timetable.queries.whose import By, Whose
from preau.foundation import dates, journal
from preau.foundation.access import opens

# What the address says when the lessons of a teacher take the colours of their subjects.
BY_SUBJECT = "matiere"


@opens(to=rules.reads_timetable)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """The lessons around a day: one's own, or for staff those of a class, a teacher, a room or a pupil."""
    viewer, asked = request.viewer, request.GET
    whose = whose_queries.whose(viewer, asked.dict())
    day = dates.parse(asked.get("jour") or asked.get("semaine"), viewer.day_looked_at)
    view = View(asked["vue"]) if asked.get("vue") in set(View) else View.WEEK
    span = layouts.span_of(view, day)
    rows = whose_queries.lessons_of(viewer, whose, span.first, span.last)
    if view == View.DAY:
        rows = lessons.with_day_marks(viewer, rows)
    if whose.pupil and viewer.is_staff:
        journal.record_read(viewer, "timetable.pupil_read", viewer.school, subject_id=whose.pupil.pk)
    # A month counts lessons: what is beside them is in its days.
    beside = [] if view == View.MONTH else whose_queries.beside_of(viewer, whose, rows, span.first, span.last)
    days = layouts.days_of(rows, span, viewer.today, beside)
    children = lessons.pupil_groups(viewer) if viewer.is_guardian and not whose.pupil else {}
    context = {
        "span": span,
        "whose": whose,
        "days": days,
        "today": viewer.today,
        "landings": _landings(days, view, viewer.today),
        "grid": layouts.grid_of(days) if view == View.TABLE else [],
        "names": weeks.names_between(viewer, span.first, span.last),
        "children": children,
        **_drawn(viewer, whose, view, days, children, asked.get("couleurs") == BY_SUBJECT),
        "can_edit": rules.edits_timetable(viewer),
        "announces_own": rules.announces_own(viewer),
        "keeps_slots": rules.keeps_slots(viewer),
        **_booking(viewer, whose),
        **_ways(viewer, whose, view, day),
    }
    return render(request, "timetable/week.html", context)


def _landings(days: list[DayOf], view: View, today: date) -> list[date]:
    """Where the keyboard goes at once; a month and a table have no day that is a place of its own."""
    apart = view not in {View.MONTH, View.TABLE}
    return dates.landings([(one.day, bool(one.lines or one.whole)) for one in days if apart], today)


def _booking(viewer: Viewer, whose: Whose) -> dict[str, Any]:
    """Whether an empty hour may be booked, from when on, and in which room where one is looked at."""
    if not rules.books(viewer):
        return {"can_book": False}
    now = dates.local(viewer.moment, viewer.school.timezone)
    room = f"salle={whose.chosen.pk}&" if whose.by == By.ROOM and whose.chosen else ""
    own_or_room = whose.by in {By.OWN, By.ROOM}
    return {
        "can_book": True,
        "books_holes": own_or_room,
        "book_from": f"{now:%Y-%m-%dT%H:%M}",
        "book_at": f"{reverse('timetable:book')}?{room}",
    }


def _drawn(
    viewer: Viewer,
    whose: Whose,
    view: View,
    days: list[DayOf],
    children: dict[int, list[str]],
    by_subject: bool,
) -> dict[str, Any]:
    """A week or a day drawn to scale. The lessons of one teacher are called, and coloured, after their classes."""
    if view not in {View.WEEK, View.DAY}:
        return {"plan": None}
    of_teacher = whose.by == By.TEACHER or (whose.by == By.OWN and viewer.is_staff)
    booking = _booking(viewer, whose)
    looks = plans.looks_of_groups(row for day in days for row in day.rows) if of_teacher else {}
    way = plans.Way(
        children,
        titles_groups=of_teacher,
        says_teachers=not of_teacher,
        says_room=whose.by != By.ROOM,
        group=_known_group(whose, days),
        colours=looks if looks and not by_subject else None,
        can_edit=rules.edits_timetable(viewer),
        booking=booking["book_at"] if booking.get("books_holes") else "",
        booked_from=booking.get("book_from", ""),
    )
    address = whose.address(vue=View.DAY) + "&jour="
    # Two children, or a class with its groups: what is free for one is not for another.
    shows_free = (
        of_teacher
        or (whose.by == By.OWN and len(children) < 2)
        or (whose.by == By.ROOM and bool(way.booking))
    )
    plan = plans.week_plan(days, way, address, shows_free=shows_free, with_marks=view == View.DAY)
    return {"plan": plan, "colours": way.colours, "of_teacher": of_teacher, "by_subject": by_subject}


def _known_group(whose: Whose, days: list[DayOf]) -> str:
    """The class that needs no saying: the one that is read, or a pupil's own, of which most of their lessons are; of a room
    or a teacher, none: who was there is what is looked for."""
    if whose.by == By.CLASS and whose.chosen:
        return whose.chosen.label
    if whose.by in {By.ROOM, By.TEACHER}:
        return ""
    return plans.usual_group(row for day in days for row in day.rows)


def _ways(viewer: Viewer, whose: Whose, view: View, day: date) -> dict[str, Any]:
    """The other views of the same timetable, the other timetables of the same days."""
    labels = {
        View.DAY: _("Jour"),
        View.WEEK: _("Semaine"),
        View.MONTH: _("Mois"),
        View.LIST: _("Liste"),
        View.TABLE: _("Tableau"),
    }
    views = [(name, whose.address(vue=one, jour=day), one == view) for one, name in labels.items()]
    by = {By.CLASS: _("Classes et groupes"), By.TEACHER: _("Professeurs"), By.ROOM: _("Salles")}
    if not rules.reads_classes_first(viewer):
        by = {By.OWN: _("Mes cours"), **by}
    own = [(viewer.name_of("timetable:week", _("Emploi du temps")), whose.address(vue=view, jour=day), True)]
    ways = [(name, f"?par={one}&vue={view}&jour={day}", one == whose.by) for one, name in by.items()]
    # All that a day holds beside its lessons: work to hand in, assessments, meetings.
    agenda = (_("Agenda"), f"{reverse('agenda:agenda')}?vue={view}&jour={day}", False)
    return {"views": views, "ways": [*(ways if viewer.is_staff else own), agenda]}
