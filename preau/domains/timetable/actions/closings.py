"""The lessons of an hour, a half-day or a day cancelled together, and brought back together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from preau.directory.models import Group, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.covering import cancel_asks
from preau.domains.timetable.actions.following import follow_lesson
from preau.domains.timetable.boards import held_by_others
from preau.domains.timetable.models import Booking, CoverAsk, Lesson, LessonChange, LessonChangeQuerySet
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
    held = Lesson.objects.filter(pk__in=wanted).held().filter(ends__gt=timezone.now())
    by_hand = LessonChange.objects.filter(origin=stop.origin).exclude(undone_at=None).values("lesson_id")
    lessons = list(
        held.exclude(pk__in=by_hand).select_for_update(of=("self",)).select_related("school", "year")
    )
    kept = held_by_others([lesson.pk for lesson in lessons])
    going = [lesson for lesson in lessons if lesson.pk not in kept]
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
        _release(viewer, going)
    return len(going)


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
    lessons = Lesson.objects.filter(year=stop.year, starts__gte=stop.starts, starts__lt=stop.ends)
    if stop.groups is None:
        return list(lessons.values_list("pk", flat=True))
    inside = _with_drawn(stop.groups)
    attended: dict[int, list[int]] = {}
    for lesson, group in lessons.values_list("pk", "groups"):
        attended.setdefault(lesson, []).append(group)
    return [lesson for lesson, groups in attended.items() if set(groups) <= inside]


def _with_drawn(groups: Collection[int]) -> set[int]:
    """These classes and groups, and the groups that are drawn from these classes alone."""
    drawn: dict[int, set[int]] = {}
    pairs = Group.classes.through.objects.filter(
        from_group__in=Group.objects.filter(classes__in=groups).values("pk")
    )
    for group, one_class in pairs.values_list("from_group_id", "to_group_id"):
        drawn.setdefault(group, set()).add(one_class)
    return set(groups) | {group for group, classes in drawn.items() if classes <= set(groups)}


def _release(viewer: Viewer, lessons: Sequence[Lesson]) -> None:
    """Nobody is asked any more to give them, and what was booked for them is free."""
    keys = [lesson.pk for lesson in lessons]
    cancel_asks(viewer, CoverAsk.objects.filter(lesson__in=keys, state=CoverAsk.State.ASKED))
    booked = set(Booking.objects.in_force().filter(lesson__in=keys).values_list("lesson_id", flat=True))
    for lesson in lessons:
        if lesson.pk in booked:
            follow_lesson(viewer, lesson)


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
