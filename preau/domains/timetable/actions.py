"""Verbs of the timetable."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from preau.directory.models import Closure, Group, Person, Room, School, SchoolYear, Subject
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.domains.timetable.queries import Clash, clashes
from preau.foundation import journal
from preau.foundation.db import insert

# A lesson about to begin may already be under someone's eyes: it is not taken away.
IMMINENT = timedelta(minutes=15)


@dataclass(frozen=True)
class Weekly:
    """A weekly lesson as a person describes it. `last_day` is included."""

    year: SchoolYear
    subject: Subject
    groups: tuple[Group, ...]
    teachers: tuple[Person, ...]
    room: Room | None
    weekday: int
    starts_at: time
    ends_at: time
    first_day: date
    last_day: date


class AlreadyStopped(Exception):
    """Nothing of this weekly lesson is left to take away."""


class Taken(Exception):
    """Somebody or some room is already taken at these hours; `clashes` says by what."""

    def __init__(self, found: Sequence[Clash]) -> None:
        super().__init__(f"{len(found)} clashes")
        self.clashes = found


@transaction.atomic
def create_weekly_lesson(viewer: Viewer, weekly: Weekly) -> WeeklyPattern:
    """Create a pattern and its dated lessons, closures left out.

    Raises Taken, and writes nothing, when a teacher, a class or the room is taken, were it by a second click.
    """
    SchoolYear.objects.select_for_update().get(pk=weekly.year.pk)
    hours, days = (weekly.starts_at, weekly.ends_at), (weekly.first_day, weekly.last_day)
    found = clashes(weekly.year, weekly.weekday, hours, days, (weekly.teachers, weekly.groups, weekly.room))
    if found:
        raise Taken(found)
    pattern = plan(weekly)
    journal.record(viewer, "timetable.weekly_lesson_created", pattern, lessons=pattern.lessons.count())
    return pattern


def plan(weekly: Weekly) -> WeeklyPattern:
    """The pattern and its lessons, without a trace: for imports and demonstrations, which leave their own."""
    return plan_all([weekly])[0]


def plan_all(weeklies: Sequence[Weekly]) -> list[WeeklyPattern]:
    """Many patterns and their lessons at once, without a trace. Nobody looks for clashes."""
    patterns = [_pattern(weekly) for weekly in weeklies]
    insert(patterns)
    _join(patterns, weeklies)
    closed = {school.pk: closures_of(school) for school in {weekly.year.school for weekly in weeklies}}
    insert(
        [
            _dated(pattern, weekly.year.school, day)
            for pattern, weekly in zip(patterns, weeklies, strict=True)
            for day in open_days(pattern, closed[pattern.school_id])
        ]
    )
    _join_lessons(patterns)
    return patterns


def _pattern(weekly: Weekly) -> WeeklyPattern:
    return WeeklyPattern(
        school_id=weekly.year.school_id,
        year=weekly.year,
        subject=weekly.subject,
        room=weekly.room,
        weekday=weekly.weekday,
        starts_at=weekly.starts_at,
        ends_at=weekly.ends_at,
        first_day=weekly.first_day,
        last_day=weekly.last_day,
    )


def _join(patterns: Sequence[WeeklyPattern], weeklies: Sequence[Weekly]) -> None:
    """Give each pattern its groups and teachers."""
    grouped, taught = WeeklyPattern.groups.through, WeeklyPattern.teachers.through
    described = list(zip(patterns, weeklies, strict=True))
    insert(
        [grouped(weeklypattern_id=one.pk, group_id=g.pk) for one, weekly in described for g in weekly.groups]
    )
    insert(
        [
            taught(weeklypattern_id=one.pk, person_id=p.pk)
            for one, weekly in described
            for p in weekly.teachers
        ]
    )


def _join_lessons(patterns: Sequence[WeeklyPattern]) -> None:
    """Give each lesson the groups and teachers of its pattern: the database copies them, a school has fifty thousand."""
    lesson, keys = Lesson._meta.db_table, [pattern.pk for pattern in patterns]
    for field, column in ((Lesson.groups, "group_id"), (Lesson.teachers, "person_id")):
        to = field.through._meta.db_table
        source = getattr(WeeklyPattern, field.field.name).through._meta.db_table
        with connection.cursor() as cursor:
            for start in range(0, len(keys), 500):
                some = keys[start : start + 500]
                # Every name comes from a model.
                cursor.execute(
                    f"INSERT INTO {to} (lesson_id, {column}) SELECT lesson.id, source.{column} FROM {lesson} lesson "  # nosec B608  # noqa: S608 - names of tables
                    f"JOIN {source} source ON source.weeklypattern_id = lesson.pattern_id "
                    f"WHERE lesson.pattern_id IN ({', '.join(['%s'] * len(some))}) ORDER BY lesson.id, source.id",
                    some,
                )


def _dated(pattern: WeeklyPattern, school: School, day: date) -> Lesson:
    return Lesson(
        school_id=pattern.school_id,
        year_id=pattern.year_id,
        pattern=pattern,
        subject_id=pattern.subject_id,
        room_id=pattern.room_id,
        starts=at(school, day, pattern.starts_at),
        ends=at(school, day, pattern.ends_at),
        day=day,
    )


def at(school: School, day: date, clock: time) -> datetime:
    """The moment when the school's wall clock shows this hour on this day."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(school.timezone))


def closures_of(school: School) -> list[tuple[date, date]]:
    """First and last days of what is closed."""
    return list(Closure.objects.filter(school=school).values_list("starts", "ends"))


def open_days(pattern: WeeklyPattern, closures: Sequence[tuple[date, date]]) -> Iterator[date]:
    """The days of a pattern on which its school is open."""
    day = pattern.first_day + timedelta(days=(pattern.weekday - pattern.first_day.weekday()) % 7)
    while day <= pattern.last_day:
        if not any(starts <= day <= ends for starts, ends in closures):
            yield day
        day += timedelta(days=7)


@transaction.atomic
def follow_calendar(
    school_id: int, closed: Sequence[tuple[date, date]], opened: Sequence[tuple[date, date]]
) -> tuple[int, int]:
    """Lessons to come follow a calendar that changed: those of closed days go, those of opened days come back.

    Past lessons and those of today are never touched, nor lessons that no weekly pattern made on opened days. Returns
    how many went and how many came; a second run changes nothing.
    """
    school = School.objects.select_for_update().get(pk=school_id)
    today = timezone.localdate(timezone=ZoneInfo(school.timezone))
    still_closed = closures_of(school)
    gone = _without_closed_days(school, closed, today)
    known = set(Lesson.objects.filter(school=school, day__gt=today).values_list("pattern_id", "day"))
    days = [
        (pattern, day)
        for pattern in WeeklyPattern.objects.filter(school=school, last_day__gt=today)
        for day in open_days(pattern, still_closed)
        if day > today and any(first <= day <= last for first, last in opened)
    ]
    new = [_dated(pattern, school, day) for pattern, day in days if (pattern.pk, day) not in known]
    insert(new)
    _join_new(new)
    return gone, len(new)


def _without_closed_days(school: School, closed: Sequence[tuple[date, date]], today: date) -> int:
    """A closure that was opened again meanwhile takes nothing away: the calendar of now decides."""
    days = Closure.objects.filter(school=school, starts__lte=OuterRef("day"), ends__gte=OuterRef("day"))
    gone = 0
    for starts, ends in closed:
        lessons = Lesson.objects.filter(school=school, day__range=(starts, ends), day__gt=today)
        gone += lessons.filter(Exists(days)).delete()[1].get(Lesson._meta.label, 0)
    return gone


def _join_new(lessons: Sequence[Lesson]) -> None:
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
            [through(lesson_id=one.pk, **{column: key}) for one in lessons for key in joined[one.pattern_id]]
        )


@transaction.atomic
def stop_weekly_lesson(viewer: Viewer, pattern: WeeklyPattern) -> int:
    """Take away the lessons to come and end the pattern today; past lessons stay. Returns how many went.

    A pattern that has no past goes altogether: it was a mistake. Raises AlreadyStopped.
    """
    locked = WeeklyPattern.objects.select_for_update().filter(pk=pattern.pk).first()
    if locked is None:
        raise AlreadyStopped
    limit = timezone.now() + IMMINENT
    to_come = pattern.lessons.filter(starts__gt=limit)
    last = pattern.lessons.filter(starts__lte=limit).order_by("day").last()
    gone = to_come.count()
    if last and not gone and last.day == locked.last_day:
        raise AlreadyStopped
    journal.record(viewer, "timetable.weekly_lesson_stopped", pattern, lessons=gone)
    to_come.delete()
    if last:
        pattern.last_day = last.day
        pattern.save(update_fields=["last_day"])
    else:
        pattern.delete()
    return gone
