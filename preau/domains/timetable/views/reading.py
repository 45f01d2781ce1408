"""The timetable as it is read: by day, week, month or as a list; one's own, or that of a class, a teacher, a room, a pupil."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from preau.directory.viewer import Viewer
from preau.domains.timetable import queries, rules
from preau.domains.timetable.queries import By, View, Whose
from preau.foundation import dates, journal
from preau.foundation.access import opens


@opens(to=rules.reads_timetable)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """The lessons around a day: one's own, or for staff those of a class, a teacher, a room or a pupil."""
    viewer, asked = request.viewer, request.GET
    whose = queries.whose(viewer, asked.dict())
    day = dates.parse(asked.get("jour") or asked.get("semaine"), viewer.today)
    view = View(asked["vue"]) if asked.get("vue") in set(View) else View.WEEK
    span = queries.span_of(view, day)
    rows = queries.lessons_of(viewer, whose, span.first, span.last)
    if view == View.DAY:
        rows = queries.with_marks(viewer, rows)
    if whose.pupil and viewer.is_staff:
        journal.record_read(viewer, "timetable.pupil_read", viewer.school, subject_id=whose.pupil.pk)
    # A month counts lessons: what is beside them is in its days.
    beside = [] if view == View.MONTH else queries.beside_of(viewer, whose, rows, span.first, span.last)
    days = queries.days_of(rows, span, viewer.today, beside)
    context = {
        "span": span, "whose": whose, "days": days, "today": viewer.today,
        "grid": queries.grid_of(days) if view == View.WEEK else [],
        "names": queries.names_between(viewer, span.first, span.last),
        "children": queries.pupil_groups(viewer) if viewer.is_guardian and not whose.pupil else {},
        "can_edit": rules.edits_timetable(viewer), "announces_own": rules.announces_own(viewer),
        "keeps_slots": rules.keeps_slots(viewer),
        **_ways(viewer, whose, view, day),
    }  # fmt: skip
    return render(request, "timetable/week.html", context)


def _ways(viewer: Viewer, whose: Whose, view: View, day: date) -> dict[str, Any]:
    """The other views of the same timetable, the other timetables of the same days."""
    said = {View.DAY: _("Jour"), View.WEEK: _("Semaine"), View.MONTH: _("Mois"), View.LIST: _("Liste")}
    views = [(name, whose.address(vue=one, jour=day), one == view) for one, name in said.items()]
    by = {By.CLASS: _("Classes et groupes"), By.TEACHER: _("Professeurs"), By.ROOM: _("Salles")}
    if not rules.reads_classes_first(viewer):
        by = {By.OWN: _("Mes cours"), **by}
    own = [(viewer.name_of("timetable:week", _("Emploi du temps")), whose.address(vue=view, jour=day), True)]
    ways = [(name, f"?par={one}&vue={view}&jour={day}", one == whose.by) for one, name in by.items()]
    # All that a day holds beside its lessons: work to hand in, assessments, meetings.
    agenda = (_("Agenda"), f"{reverse('agenda:agenda')}?vue={view}&jour={day}", False)
    return {"views": views, "ways": [*(ways if viewer.is_staff else own), agenda]}
