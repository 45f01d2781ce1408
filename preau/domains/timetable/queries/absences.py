"""Absences of teachers, and what somebody was asked: what their own pages and cards show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.counting import number_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import CoverAsk, Lesson, LessonChange, LessonQuerySet, TeacherAbsence
from preau.domains.timetable.queries.cover import NAME, called
from preau.domains.timetable.queries.lessons import COLUMNS, LessonRow, short_rows_from
from preau.foundation import dates
from preau.foundation.prepared import Prepared


def _own_asks(viewer: Viewer, now: datetime) -> "QuerySet[CoverAsk]":
    asked = CoverAsk.objects.in_school(viewer).filter(state=CoverAsk.State.ASKED, person=viewer.person.pk)
    # Of a lesson that a closing has cancelled, the question comes back with it.
    return asked.filter(lesson__ends__gt=now, lesson__state=Lesson.State.HELD)


OWN_ASKS = Prepared(
    lambda viewer, now: (
        _own_asks(viewer, now)
        .order_by("lesson__starts", "pk", "lesson__groups__name")
        .values_list("pk", *(f"lesson__{name}" for name in (*COLUMNS, "groups", "groups__name")))
    )
)


@dataclass(frozen=True)
class OwnAsk:
    """One lesson that the viewer was asked to give."""

    pk: int
    row: LessonRow


def number_of_asks(viewer: Viewer) -> Coalesce:
    """How many of them, as a part of another query."""
    return number_of(_own_asks(viewer, viewer.moment))


def own_asks(viewer: Viewer, now: datetime) -> list[OwnAsk]:
    """What the viewer was asked and has not answered: one query."""
    lines = OWN_ASKS(viewer, now)
    asks = {line[1]: line[0] for line in lines}
    return [OwnAsk(asks[row.pk], row) for row in short_rows_from(line[1:] for line in lines)]


@dataclass(frozen=True)
class AbsenceRow:
    """One absence in a list."""

    pk: int
    name: str
    when: str
    is_waiting: bool
    is_withdrawn: bool
    is_over: bool


def absence_row(absence: TeacherAbsence, now: datetime | None = None) -> AbsenceRow:
    now = now or timezone.now()
    return AbsenceRow(
        absence.pk,
        absence.teacher.formal_name,
        when_said(absence),
        absence.is_waiting,
        absence.is_withdrawn,
        absence.ends <= now,
    )


def absences_of(viewer: Viewer, now: datetime, most: int = 30) -> list[AbsenceRow]:
    """The absences that are not over, those to confirm first; for a teacher, their own."""
    found = TeacherAbsence.objects.visible_to(viewer).standing().filter(ends__gt=now)
    found = found.select_related("teacher", "school").order_by(
        F("confirmed_at").asc(nulls_first=True), "starts", "pk"
    )
    rows = [absence_row(teacher_absence, now) for teacher_absence in found[:most]]
    return sorted(rows, key=lambda row: not row.is_waiting)


def when_said(absence: TeacherAbsence) -> str:
    """« du mardi 24 au jeudi 26 novembre 2026 », « le mardi 24 novembre 2026, de 8 h 00 à 12 h 00 »."""
    zone = absence.school.timezone
    starts, ends = dates.local(absence.starts, zone), dates.local(absence.ends, zone)
    whole = (starts.hour, starts.minute, ends.hour, ends.minute) == (0, 0, 0, 0)
    if whole:
        return dates.span(starts.date(), ends.date() - timedelta(days=1))
    hours = {"from": dates.hour(starts.time()), "to": dates.hour(ends.time())}
    if starts.date() == ends.date():
        return f"{dates.span(starts.date(), starts.date())}, {_('de %(from)s à %(to)s') % hours}"
    last = ends.date() if ends.time() != ends.time().min else ends.date() - timedelta(days=1)
    parts = {"day": dates.day(starts.date()), "last": dates.day(last)} | hours
    if ends.time() == ends.time().min:
        return _("du %(day)s à %(from)s au %(last)s") % parts
    return _("du %(day)s à %(from)s au %(last)s à %(to)s") % parts


def touched_by(absence: TeacherAbsence) -> LessonQuerySet:
    """The lessons that an absence touches: the teacher's own, and those that a colleague has taken over."""
    span = Lesson.objects.filter(school_id=absence.school_id).over_at(absence.starts, absence.ends)
    given = LessonChange.objects.in_force().filter(
        lesson=OuterRef("pk"), kind=LessonChange.Kind.REPLACED, teacher_before=absence.teacher_id
    )
    return span.filter(Exists(_taught(absence.teacher_id)) | Exists(given))


def left_of(absence: TeacherAbsence) -> LessonQuerySet:
    """Of them, those that take place and are not over."""
    own = Exists(_taught(absence.teacher_id))
    return touched_by(absence).held().filter(own, ends__gt=timezone.now()).order_by("starts", "pk")


@dataclass(frozen=True)
class GivenRow:
    """How many lessons to come of an absence one person was given together."""

    person: int
    name: str
    number: int


def given_of(absence: TeacherAbsence, now: datetime) -> list[GivenRow]:
    """Who was given the lessons of an absence, and how many are to come: one query."""
    changes = LessonChange.objects.in_force().filter(
        absence=absence, kind=LessonChange.Kind.REPLACED, lesson__ends__gt=now, teacher_after__isnull=False
    )
    found = changes.exclude(origin="").order_by("teacher_after__family_name", "teacher_after_id")
    names = (f"teacher_after__{name}" for name in NAME)
    lines = found.values_list("teacher_after_id", *names).annotate(number=Count("pk"))
    return [GivenRow(person, called(*name), number) for person, *name, number in lines]


def own_lessons_over(teacher: int, school: int, starts: datetime, ends: datetime) -> LessonQuerySet:
    """What an absence would touch: the lessons that a teacher gives between two moments, those cancelled aside."""
    found = Lesson.objects.held().filter(school_id=school).over_at(starts, ends)
    return found.filter(Exists(_taught(teacher)))


def _taught(teacher: int) -> "QuerySet[Any]":
    return Lesson.teachers.through.objects.filter(lesson=OuterRef("pk"), person=teacher)
