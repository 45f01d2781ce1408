"""What school life and teachers have to do: calls, explanations, the history of an entry."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person, School
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Decision, Entry, Explanation, Status
from preau.domains.attendance.rules import CORRECTION
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import LessonRow, rows_from
from preau.domains.timetable.queries import lines_of as lesson_lines
from preau.foundation import dates
from preau.foundation.prepared import Prepared

# A call not validated a quarter of an hour after the bell is a forgotten call.
FORGOTTEN = timedelta(minutes=15)


def calls_of(viewer: Viewer, day: date) -> "QuerySet[Lesson]":
    """The lessons of a day in the viewer's school, with what their call found."""
    missing = Count("attendance_entries", filter=Q(attendance_entries__status=Status.ABSENT), distinct=True)
    lessons = Lesson.objects.visible_to(viewer).on(day).annotate(absent=missing)
    # Counting drops the model's own order.
    lessons = lessons.order_by("starts", "pk").select_related("subject", "room", "school", "roll_call")
    return lessons.prefetch_related("groups", "teachers")


def calls_missing(viewer: Viewer, day: date, now: datetime) -> "QuerySet[Lesson]":
    """Those of a day that began a quarter of an hour ago without a call."""
    return calls_of(viewer, day).filter(starts__lte=now - FORGOTTEN, roll_call=None)


TO_MAKE = Prepared(
    lambda viewer, first, last, before: lesson_lines(
        Lesson.objects.visible_to(viewer)
        .taught_by(viewer.person)
        .between(first, last)
        .filter(starts__lte=before, roll_call=None)
    )
)


def calls_to_make(viewer: Viewer, now: datetime) -> list[LessonRow]:
    """A teacher's own lessons of the last seven days whose roll was never called, newest first."""
    return rows_from(TO_MAKE(viewer, viewer.today - CORRECTION, viewer.today, now - FORGOTTEN))[::-1]


@dataclass(frozen=True)
class Figures:
    """What waits for school life."""

    to_read: int
    forgotten: int
    absent: int


def figures_of(viewer: Viewer, now: datetime) -> Figures:
    """Three counts, in one query."""
    return Figures(*(FIGURES.first(viewer, now - FORGOTTEN) or (0, 0, 0)))


def _figures(viewer: Viewer, before: datetime) -> "QuerySet[School, tuple[int, ...]]":
    absent = Entry.objects.visible_to(viewer).absences().filter(day=viewer.today)
    late = Lesson.objects.visible_to(viewer).on(viewer.today).filter(starts__lte=before, roll_call=None)
    to_read = Explanation.objects.visible_to(viewer).pending()
    counts = [_count(to_read, "pk"), _count(late, "pk"), _count(absent, "pupil_id")]
    return School.objects.filter(pk=viewer.school_id or 0).values_list(*counts)


FIGURES = Prepared(_figures)


def _count(rows: "QuerySet[Any]", column: str) -> Coalesce:
    """How many different values a column has, as a part of another query."""
    counted = rows.order_by().annotate(every=Value(1)).values("every")
    return Coalesce(Subquery(counted.annotate(number=Count(column, distinct=True)).values("number")), 0)


MOST_TO_READ = 10
TO_READ = Prepared(lambda viewer: _to_read(viewer)[:MOST_TO_READ])


def explanations_to_read(viewer: Viewer) -> list[Explanation]:
    """The ten that have waited longest."""
    return TO_READ(viewer)


def _to_read(viewer: Viewer) -> "QuerySet[Explanation]":
    """Oldest first: who has waited longest is read first."""
    waiting = Explanation.objects.visible_to(viewer).pending()
    waiting = waiting.annotate(entry_id=Min("entries")).exclude(entry_id=None)
    return waiting.select_related("pupil", "reason", "given_by").order_by("given_at", "pk")


@dataclass(frozen=True)
class Step:
    """One line of an entry's history, ready for the timeline."""

    at: datetime
    when: str
    title: str
    text: str


def whole_entry(pk: int) -> Entry:
    """An entry with its pupil, the class of that day (`group_name`) and its explanation, in one query."""
    learnt = Enrolment.objects.filter(active_on(OuterRef("day"))).filter(pupil=OuterRef("pupil"))
    name = learnt.filter(group__kind=Group.Kind.CLASS).values("group__name")[:1]
    found = Entry.objects.select_related("pupil", "explanation__reason", "explanation__given_by")
    return found.annotate(group_name=Coalesce(Subquery(name), Value(""))).get(pk=pk)


def history_of(entry: Entry) -> list[Step]:
    """Everything that happened to an entry, oldest first: seen, corrected, explained, decided."""
    steps = [
        _step(change.changed_at, change.state_label, change.changed_by)
        for change in entry.changes.select_related("changed_by")
    ]
    decided = Prefetch("decisions", Decision.objects.select_related("decided_by"))
    told = Explanation.objects.filter(pupil_id=entry.pupil_id, day=entry.day, school_id=entry.school_id)
    for explanation in told.select_related("given_by", "reason").prefetch_related(decided):
        steps.append(
            _step(
                explanation.given_at,
                _("Expliquée : %(reason)s") % {"reason": explanation.reason.label},
                explanation.given_by,
                explanation.comment,
            )
        )
        steps += [
            _step(
                decision.decided_at,
                _("Explication %(state)s") % {"state": decision.get_state_display().lower()},
                decision.decided_by,
                decision.comment,
            )
            for decision in explanation.decisions.all()
        ]
    return sorted(steps, key=lambda step: step.at)


def _step(at: datetime, title: str, who: Person, comment: str = "") -> Step:
    by = _("par %(name)s") % {"name": who.full_name}
    return Step(
        at,
        dates.capital(dates.day_and_hour(at)),
        title,
        f"{by}\u202f: «\u202f{comment}\u202f»" if comment else by,
    )
