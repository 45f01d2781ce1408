"""The register of a lesson, and what its call says elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import FilteredRelation, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, RollCall, Status
from preau.domains.attendance.rules import EARLY
from preau.domains.timetable.boards import Mark
from preau.domains.timetable.models import Lesson
from preau.foundation import text
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class RegisterRow:
    """A pupil expected in the lesson, and whether they are missing."""

    pupil_id: int
    family_name: str
    given_name: str
    status: str
    minutes_late: int | None
    was_absent_before: bool

    @property
    def list_name(self) -> str:
        return f"{self.family_name.upper()} {self.given_name}"

    @property
    def initials(self) -> str:
        return text.initials(self.family_name, self.given_name)

    @property
    def seen(self) -> str:
        return seen_of(self.status, self.minutes_late)


def seen_of(status: str, minutes_late: int | None) -> str:
    """The short form in which a page remembers what it showed: « present », « late-10 »."""
    return f"{status}-{minutes_late}" if status == Status.LATE else status


EXPECTED = Prepared(lambda lesson, day: _expected(lesson, day).values_list("pk", "family_name", "given_name"))
NOW = Prepared(
    lambda lesson, day: (
        _expected(lesson, day)
        .alias(entry=FilteredRelation("attendance_entries", condition=Q(attendance_entries__lesson=lesson)))
        .values_list("pk", "entry__status", "entry__minutes_late")
    )
)
# What was noted of them that day, in this lesson and in the others.
NOTED = Prepared(
    lambda school, day, pupils: Entry.objects.filter(school=school, day=day, pupil__in=pupils).values(
        "pupil_id", "lesson_id", "lesson__starts", "status", "minutes_late"
    )
)
# When the last lesson began that they had before this moment.
LAST = Prepared(
    lambda school, day, before, pupils: (
        Enrolment.objects.active(day)
        .filter(
            pupil__in=pupils,
            # The school too, though the groups are its own: the lessons of a day are indexed by school.
            group__lessons__school=school,
            group__lessons__day=day,
            group__lessons__starts__lt=before,
        )
        .values_list("pupil_id")
        .annotate(Max("group__lessons__starts"))
    )
)


def register_of(lesson: Lesson) -> list[RegisterRow]:
    """Every pupil expected in the lesson, by name, and whether they are missing (three queries)."""
    pupils = EXPECTED(lesson.pk, lesson.day)
    ids = tuple(pupil[0] for pupil in pupils)
    noted = NOTED(lesson.school_id, lesson.day, ids)
    entries = {entry["pupil_id"]: entry for entry in noted if entry["lesson_id"] == lesson.pk}
    last = dict(LAST(lesson.school_id, lesson.day, lesson.starts, ids))
    before = {entry["pupil_id"] for entry in noted if _was_absent(entry, last)}
    return [_row(pupil, entries.get(pupil[0]), pupil[0] in before) for pupil in pupils]


def _was_absent(entry: Mapping[str, Any], last: Mapping[int, datetime]) -> bool:
    """Absent at the last lesson they had before: an absence of the first hour is over when they came to the second."""
    return entry["status"] == Status.ABSENT and last.get(entry["pupil_id"]) == entry["lesson__starts"]


def _expected(lesson: int, day: date) -> "QuerySet[Person]":
    """The pupils enrolled on the day, and those of whom something was noted: leaving a class later erases nothing."""
    noted = Entry.objects.filter(lesson=lesson).values("pupil_id")
    enrolled = Enrolment.objects.active(day).filter(group__lessons=lesson).values("pupil_id")
    # Together before they are looked for: two lists joined by « or » make a database read everybody it knows.
    return Person.objects.filter(pk__in=enrolled.union(noted))


def _row(pupil: tuple[int, str, str], entry: Mapping[str, Any] | None, was_absent: bool) -> RegisterRow:
    status = entry["status"] if entry else Status.PRESENT.value
    minutes = entry["minutes_late"] if entry else None
    return RegisterRow(pupil[0], pupil[1], pupil[2], status, minutes, was_absent)


CALL = Prepared(lambda lesson: RollCall.objects.filter(lesson=lesson).select_related("called_by"))


def call_of(lesson: Lesson) -> RollCall | None:
    """The call of a lesson, and who made it."""
    return CALL.first(lesson.pk)


def noted_in(lesson: Lesson) -> dict[int, tuple[str, int | None]]:
    """By id, the status and the minutes of every pupil of the register, as they are now (one query)."""
    return {
        pupil: (status or Status.PRESENT.value, late) for pupil, status, late in NOW(lesson.pk, lesson.day)
    }


MARKS = Prepared(
    lambda lessons: Lesson.objects.filter(pk__in=lessons).values_list("pk", "roll_call__called_at", "starts")
)


def marks_of(viewer: Viewer, lesson_ids: Sequence[int]) -> dict[int, Mark]:
    """For those who call the roll: « Appel fait », or the gesture itself once the lesson is near."""
    if not viewer.is_staff:
        return {}
    now = timezone.now()
    lessons = MARKS(tuple(lesson_ids))
    return {pk: mark for pk, called, starts in lessons if (mark := _mark(pk, called, starts, now))}


def _mark(lesson_id: int, called: datetime | None, starts: datetime, now: datetime) -> Mark | None:
    href = reverse("attendance:roll", kwargs={"pk": lesson_id})
    if called:
        return Mark(_("Appel fait"), tone="done", icon="check", href=href, gesture=_("Corriger"))
    if starts > now + EARLY:
        return None
    return Mark(
        _("Appel à faire"), tone="todo", icon="clipboard-check", href=href, gesture=_("Faire l’appel")
    )
