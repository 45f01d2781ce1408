"""Lessons to come follow the calendar: days that close or open, weeks that an alternation takes or leaves."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from preau.directory.models import Closure, School
from preau.domains.timetable.actions.patterns import closures_of, dated, lessons_planned, open_days
from preau.domains.timetable.boards import held_by_others
from preau.domains.timetable.models import Lesson, LessonQuerySet, WeeklyPattern
from preau.foundation.db import insert
from preau.foundation.locks import lock


@transaction.atomic
def follow_calendar(
    school_id: int, closed: Sequence[tuple[date, date]], opened: Sequence[tuple[date, date]]
) -> tuple[int, int]:
    """Lessons to come follow a calendar that changed: those of closed days go, those of opened days come back.

    Past lessons and those of today are never touched, nor lessons that no weekly pattern made on opened days. Returns
    how many went and how many came; a second run changes nothing.
    """
    school = lock(School, school_id)
    today = timezone.localdate(timezone=ZoneInfo(school.timezone))
    still_closed = closures_of(school)
    gone = _without_closed_days(school, closed, today)
    patterns = WeeklyPattern.objects.filter(school=school, last_day__gt=today).select_related("alternation")
    days = [
        (pattern, day)
        for pattern in patterns
        for day in open_days(pattern, still_closed)
        if day > today and any(first <= day <= last for first, last in opened)
    ]
    return gone, len(_made(school, days, _planned(Lesson.objects.filter(school=school), today)))


def _planned(lessons: LessonQuerySet, today: date) -> set[tuple[int | None, date]]:
    """The days to come that patterns have given already, were the lesson moved elsewhere since."""
    planned = lessons.annotate(planned=Coalesce("pattern_day", "day")).filter(planned__gt=today)
    return set(planned.values_list("pattern_id", "planned"))


def _made(
    school: School, days: Sequence[tuple[WeeklyPattern, date]], known: set[tuple[int | None, date]]
) -> list[Lesson]:
    """The lessons of these days that are not there yet."""
    new = [dated(pattern, school, day) for pattern, day in days if (pattern.pk, day) not in known]
    insert(new)
    join_new(new)
    if new:
        lessons_planned.send(sender=Lesson, school_id=school.pk)
    return new


def _without_closed_days(school: School, closed: Sequence[tuple[date, date]], today: date) -> int:
    """A closure that was opened again meanwhile takes nothing away: the calendar of now decides."""
    days = Closure.objects.filter(school=school, starts__lte=OuterRef("day"), ends__gte=OuterRef("day"))
    gone = 0
    for starts, ends in closed:
        lessons = Lesson.objects.filter(school=school, day__range=(starts, ends), day__gt=today)
        gone += lessons.filter(Exists(days)).delete()[1].get(Lesson._meta.label, 0)
    return gone


def join_new(lessons: Sequence[Lesson]) -> None:
    """Give lessons that came back the groups and teachers of their pattern."""
    keys = {lesson.pattern_id for lesson in lessons}
    for field, column in ((Lesson.groups, "group_id"), (Lesson.teachers, "person_id")):
        through: Any = field.through
        source: Any = getattr(WeeklyPattern, field.field.name).through
        joined = defaultdict(list)
        for pattern, key in source.objects.filter(weeklypattern__in=keys).values_list(
            "weeklypattern", column
        ):
            joined[pattern].append(key)
        insert(
            [
                through(lesson_id=lesson.pk, **{column: key})
                for lesson in lessons
                for key in joined[lesson.pattern_id]
            ]
        )


@transaction.atomic
def follow_weeks(alternation_ids: Sequence[int]) -> tuple[int, int]:
    """Lessons to come follow the weeks of these alternations. Returns how many went and how many came.

    Past lessons and those of today are never touched, nor those that were changed or that another house holds; a second
    run changes nothing.
    """
    patterns = WeeklyPattern.objects.filter(alternation__in=alternation_ids)
    schools = School.objects.filter(pk__in=patterns.values("school_id")).order_by("pk")
    gone = came = 0
    for school in schools.select_for_update():
        own = list(patterns.filter(school=school).select_related("alternation"))
        went, new = _follow(school, own)
        gone, came = gone + went, came + new
    return gone, came


def _follow(school: School, patterns: Sequence[WeeklyPattern]) -> tuple[int, int]:
    today = timezone.localdate(timezone=ZoneInfo(school.timezone))
    closed = closures_of(school)
    days = [(pattern, day) for pattern in patterns for day in open_days(pattern, closed) if day > today]
    wanted = {(pattern.pk, day) for pattern, day in days}
    lessons = Lesson.objects.filter(pattern__in=patterns, school=school)
    known = _planned(lessons, today)
    left = lessons.filter(day__gt=today, revision=0).values_list("pk", "pattern_id", "day")
    going = [pk for pk, pattern, day in left if (pattern, day) not in wanted]
    going = sorted(set(going) - held_by_others(going))
    gone = 0
    for start in range(0, len(going), 500):
        deleted = Lesson.objects.filter(pk__in=going[start : start + 500]).delete()
        gone += deleted[1].get(Lesson._meta.label, 0)
    return gone, len(_made(school, days, known))
