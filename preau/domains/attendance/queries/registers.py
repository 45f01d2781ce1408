"""The register of a lesson, and what its call says elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, Status
from preau.domains.attendance.rules import EARLY
from preau.domains.timetable.boards import Mark
from preau.domains.timetable.models import Lesson
from preau.foundation import text


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


def register_of(lesson: Lesson) -> list[RegisterRow]:
    """Every pupil expected in the lesson, by name, and whether they are missing (three queries)."""
    entries = {
        entry["pupil_id"]: entry
        for entry in Entry.objects.filter(lesson=lesson).values("pupil_id", "status", "minutes_late")
    }
    before = absent_before(lesson)
    pupils = expected_in(lesson).values_list("pk", "family_name", "given_name")
    return [_row(pupil, entries.get(pupil[0]), pupil[0] in before) for pupil in pupils]


def expected_in(lesson: Lesson) -> "QuerySet[Person]":
    """The pupils enrolled on the day, and those of whom something was noted: leaving a class later erases nothing."""
    noted = Entry.objects.filter(lesson=lesson).values("pupil_id")
    return Person.objects.filter(Q(pk__in=lesson.pupils().values("pk")) | Q(pk__in=noted))


def _row(pupil: tuple[int, str, str], entry: Mapping[str, Any] | None, was_absent: bool) -> RegisterRow:
    status = entry["status"] if entry else Status.PRESENT.value
    minutes = entry["minutes_late"] if entry else None
    return RegisterRow(pupil[0], pupil[1], pupil[2], status, minutes, was_absent)


def absent_before(lesson: Lesson) -> set[int]:
    """Pupils absent at the last lesson they had that day before this one (two queries)."""
    had = {"group__lessons__day": lesson.day, "group__lessons__starts__lt": lesson.starts}
    before = Enrolment.objects.active(lesson.day).filter(pupil__in=lesson.pupils(), **had)
    last = dict(before.values_list("pupil_id").annotate(Max("group__lessons__starts")))
    absent = Entry.objects.absences().filter(day=lesson.day, school_id=lesson.school_id, pupil__in=last)
    return {
        pupil for pupil, starts in absent.values_list("pupil_id", "lesson__starts") if last[pupil] == starts
    }


def marks_of(viewer: Viewer, lesson_ids: Sequence[int]) -> dict[int, Mark]:
    """For those who call the roll: « Appel fait », or the gesture itself once the lesson is near."""
    if not viewer.is_staff:
        return {}
    lessons = Lesson.objects.filter(pk__in=lesson_ids).values_list("pk", "roll_call__called_at", "starts")
    now = timezone.now()
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
