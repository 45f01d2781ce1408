"""The lessons of an hour, a half-day or a day cancelled together, and brought back together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from preau.directory.models import Group, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.following import bring_back, follow_lesson
from preau.domains.timetable.boards import held_by_others
from preau.domains.timetable.models import (
    Booking,
    Lesson,
    LessonChange,
    LessonChangeQuerySet,
    LessonQuerySet,
)
from preau.domains.timetable.queries.clashes import Needs, clashes_at
from preau.foundation.locks import lock

Kind, State = LessonChange.Kind, Lesson.State
# What was brought back with the rest keeps where it came from under another name: it may be cancelled again with it.
OVER = "/rétabli"


@dataclass(frozen=True)
class Stop:
    """Which lessons go: those that begin in this span, of everybody or of these classes and groups. `origin` names what asks."""

    year: SchoolYear
    starts: datetime
    ends: datetime
    origin: str
    reason: str
    groups: frozenset[int] | None = None


@transaction.atomic
def stop_lessons(by: int, stop: Stop, viewer: Viewer | None = None) -> int:
    """Cancel the lessons of a span, and bring back those that it no longer holds; returns how many were cancelled.

    Left as they are: what is over, what was under way when it begins, what a roll holds, what somebody brought back by hand,
    and what other classes attend too. A second run changes nothing. Without a viewer, lessons are new: nothing hangs on them.
    """
    lock(SchoolYear, stop.year.pk)
    wanted = _wanted(stop)
    _bring_back(by, _in_force(stop.origin).exclude(lesson__in=wanted), viewer)
    going = _that_go(_standing(stop, wanted).select_for_update(of=("self",)).select_related("school", "year"))
    now = timezone.now()
    for lesson in going:
        lesson.state, lesson.revision = State.CANCELLED, lesson.revision + 1
    Lesson.objects.bulk_update(going, ["state", "revision"], batch_size=200)
    LessonChange.objects.bulk_create(
        LessonChange(
            school_id=lesson.school_id,
            lesson=lesson,
            kind=Kind.CANCELLED,
            reason=stop.reason,
            origin=stop.origin,
            made_by_id=by,
            made_at=now,
        )
        for lesson in going
    )
    if viewer:
        _release(viewer, going, now)
    return len(going)


def lessons_stopped(stop: Stop) -> list[int]:
    """The lessons that `stop_lessons` would cancel now; nothing is written."""
    wanted = _wanted(stop) if stop.groups is not None else _begun_in(stop).values("pk")
    return [lesson.pk for lesson in _that_go(_standing(stop, wanted))]


def _standing(stop: Stop, wanted: "Collection[int] | QuerySet[Any, Any]") -> LessonQuerySet:
    """Of these lessons, those that take place and that nobody brought back by hand."""
    by_hand = LessonChange.objects.filter(origin=stop.origin).exclude(undone_at=None).values("lesson_id")
    held = Lesson.objects.filter(pk__in=wanted).held().filter(ends__gt=timezone.now())
    return held.exclude(pk__in=by_hand)


def _that_go(lessons: "QuerySet[Lesson]") -> list[Lesson]:
    """All but those that a roll holds."""
    found = list(lessons)
    kept = held_by_others([lesson.pk for lesson in found])
    return [lesson for lesson in found if lesson.pk not in kept]


@transaction.atomic
def resume_lessons(by: int, year: SchoolYear, origin: str, viewer: Viewer | None = None) -> tuple[int, int]:
    """Bring back what was cancelled under this name; returns how many came back, and how many could not: they are over, they
    were changed since, or their place was given away."""
    lock(SchoolYear, year.pk)
    return _bring_back(by, _in_force(origin), viewer)


def _in_force(origin: str) -> LessonChangeQuerySet:
    return LessonChange.objects.in_force().filter(origin=origin)


def _wanted(stop: Stop) -> list[int]:
    """The lessons that begin in the span; of classes, those that nobody else attends."""
    lessons = _begun_in(stop)
    if stop.groups is None:
        return list(lessons.values_list("pk", flat=True))
    inside = _with_drawn(stop.groups)
    attended: dict[int, list[int]] = {}
    for lesson, group in lessons.values_list("pk", "groups"):
        attended.setdefault(lesson, []).append(group)
    return [lesson for lesson, groups in attended.items() if set(groups) <= inside]


def _begun_in(stop: Stop) -> LessonQuerySet:
    return Lesson.objects.filter(year=stop.year, starts__gte=stop.starts, starts__lt=stop.ends)


def _with_drawn(groups: Collection[int]) -> set[int]:
    """These classes and groups, and the groups that are drawn from these classes alone."""
    drawn: dict[int, set[int]] = {}
    pairs = Group.classes.through.objects.filter(
        from_group__in=Group.objects.filter(classes__in=groups).values("pk")
    )
    for group, one_class in pairs.values_list("from_group_id", "to_group_id"):
        drawn.setdefault(group, set()).add(one_class)
    return set(groups) | {group for group, classes in drawn.items() if classes <= set(groups)}


def _release(viewer: Viewer, lessons: Sequence[Lesson], at: datetime) -> None:
    """What was booked for them is free, and comes back with them. Who is asked to give one is asked again once it comes back: until then nothing shows it."""
    keys = [lesson.pk for lesson in lessons]
    booked = set(Booking.objects.in_force().filter(lesson__in=keys).values_list("lesson_id", flat=True))
    for lesson in lessons:
        if lesson.pk in booked:
            follow_lesson(viewer, lesson, at)


def _bring_back(by: int, changes: LessonChangeQuerySet, viewer: Viewer | None) -> tuple[int, int]:
    found = list(changes.select_related("lesson__year__school", "lesson__room").order_by("pk"))
    if not found:
        return 0, 0
    now = timezone.now()
    crowded = _may_be_taken([change.lesson for change in found], min(change.made_at for change in found))
    if crowded:
        prefetch_related_objects([change.lesson for change in found], "teachers", "groups")
    back = [change for change in found if _is_free(change.lesson, now, crowded=crowded)]
    lessons = [change.lesson for change in back]
    for change, lesson in zip(back, lessons, strict=True):
        lesson.state, lesson.revision = State.HELD, lesson.revision + 1
        change.undone_at, change.undone_by_id, change.origin = now, by, change.origin + OVER
    Lesson.objects.bulk_update(lessons, ["state", "revision"], batch_size=200)
    LessonChange.objects.bulk_update(back, ["undone_at", "undone_by", "origin"], batch_size=200)
    if viewer:
        bring_back(viewer, {change.lesson_id: change.made_at for change in back})
    return len(back), len(found) - len(back)


def _may_be_taken(lessons: Sequence[Lesson], since: datetime) -> bool:
    """Was anything put at the hours of these since? Where nothing was, no place was given away."""
    year = lessons[0].year_id
    starts, ends = min(lesson.starts for lesson in lessons), max(lesson.ends for lesson in lessons)
    moved = LessonChange.objects.in_force().filter(
        lesson__year=year, lesson__starts__lt=ends, lesson__ends__gt=starts, made_at__gte=since
    )
    booked = Booking.objects.in_force().filter(
        year=year, starts__lt=ends, ends__gt=starts, made_at__gte=since
    )
    return moved.exclude(kind=Kind.CANCELLED).exists() or booked.exists()


def _is_free(lesson: Lesson, now: datetime, *, crowded: bool) -> bool:
    if lesson.ends <= now or not lesson.is_cancelled:
        return False
    if not crowded:
        return True
    needs = Needs(tuple(lesson.teachers.all()), tuple(lesson.groups.all()), lesson.room)
    return not clashes_at(lesson.year, lesson.starts, lesson.ends, needs, apart_from=lesson.pk)
