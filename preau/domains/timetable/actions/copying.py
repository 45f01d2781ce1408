"""Copying what was changed in one week to another: an exam week, an outing that comes back."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.db.models import Q

from preau.directory.models import SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.changes import (
    NothingChanges,
    NotNow,
    OneOff,
    Why,
    add_lesson,
    cancel_lesson,
    change_room,
    move_lesson,
    replace_teacher,
)
from preau.domains.timetable.actions.patterns import SlotTaken
from preau.domains.timetable.models import Lesson, LessonChange
from preau.foundation import dates
from preau.foundation.locks import lock

Kind = LessonChange.Kind
A_WEEK = timedelta(days=6)


@dataclass(frozen=True)
class Copied:
    """How many changes were made, and of those that could not be, which lesson and why."""

    made: int
    left: tuple[tuple[Lesson, str], ...]


@transaction.atomic
def copy_week(viewer: Viewer, year: SchoolYear, week: date, to: date) -> Copied:
    """Make in the week of `to` the changes in force of the week of `week`; a second time makes nothing more.

    A change that clashes there, or whose lesson does not exist there, is left out and told; the others are made.
    """
    lock(SchoolYear, year.pk)
    monday = dates.monday_of(week)
    shift = dates.monday_of(to) - monday
    made, left = 0, []
    # What a closing cancelled is that closing's, which ends with it.
    of_closing = Q(absence=None) & ~Q(origin="")
    changes = LessonChange.objects.in_force().filter(~of_closing, lesson__year=year)
    changes = changes.order_by("made_at", "pk").select_related(
        "lesson__school", "lesson__subject", "lesson__room", "room_after"
    )
    for change in changes.filter(lesson__day__range=(monday, monday + A_WEEK)):
        try:
            with transaction.atomic():
                _copy(viewer, year, change, shift)
        except NothingChanges:
            continue
        except (NotNow, SlotTaken) as refused:
            reason = (
                " ".join(c.said for c in refused.clashes) if isinstance(refused, SlotTaken) else str(refused)
            )
            left.append((change.lesson, reason))
        else:
            made += 1
    return Copied(made, tuple(left))


def _copy(viewer: Viewer, year: SchoolYear, change: LessonChange, shift: timedelta) -> None:
    """The same change, so many days later."""
    lesson, why = change.lesson, Why(change.reason, change.note)
    if change.kind == Kind.ADDED:
        _add(viewer, year, lesson, why, shift)
        return
    twin = _same_lesson(lesson, shift)
    if twin is None:
        raise NothingChanges
    if change.kind == Kind.CANCELLED:
        cancel_lesson(viewer, twin, why)
    elif change.kind == Kind.ROOM:
        change_room(viewer, twin, change.room_after, why)
    elif change.kind == Kind.MOVED:
        move_lesson(viewer, twin, _hours(lesson, shift), lesson.room, why)
    elif change.teacher_before and change.teacher_after:
        replace_teacher(viewer, twin, change.teacher_before, change.teacher_after, why)


def _hours(lesson: Lesson, shift: timedelta) -> tuple[date, time, time]:
    zone = lesson.school.timezone
    starts, ends = (dates.local(one, zone).time() for one in (lesson.starts, lesson.ends))
    return lesson.day + shift, starts, ends


def _add(viewer: Viewer, year: SchoolYear, lesson: Lesson, why: Why, shift: timedelta) -> None:
    day, starts, ends = _hours(lesson, shift)
    groups, teachers = tuple(lesson.groups.all()), tuple(lesson.teachers.all())
    same = Lesson.objects.held().filter(year=year, day=day, subject=lesson.subject, pattern=None)
    if any(
        tuple(lesson.groups.all()) == groups and _hours(lesson, timedelta())[1] == starts for lesson in same
    ):
        raise NothingChanges
    add_lesson(viewer, year, OneOff(lesson.subject, groups, teachers, lesson.room, day, starts, ends), why)


def _same_lesson(lesson: Lesson, shift: timedelta) -> Lesson | None:
    """The lesson that the same pattern gives in the other week, were it moved since."""
    if lesson.pattern_id is None:
        return None
    planned = lesson.planned_day + shift
    found = Lesson.objects.filter(pattern=lesson.pattern_id).planned_on(planned)
    return found.first()
