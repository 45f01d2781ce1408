"""Weekly lessons: created, changed from a day on, stopped; the dated lessons that they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.directory.models import Closure, Group, Person, Room, School, SchoolYear, Subject
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.remembering import decided_here
from preau.domains.timetable.models import Alternation, Lesson, WeeklyPattern
from preau.domains.timetable.queries.clashes import Clash, Needs, Times, clashes
from preau.foundation import journal
from preau.foundation.db import insert
from preau.foundation.locks import lock

# A lesson about to begin may already be under someone's eyes: it is not taken away.
IMMINENT = timedelta(minutes=15)
# Sent inside the transaction that makes dated lessons: its receivers only enqueue tasks, in the same database.
lessons_planned = Signal()  # school_id


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
    alternation: Alternation | None = None
    source: str = ""
    source_key: str = ""
    made_with: str = ""

    @property
    def times(self) -> Times:
        days = (self.first_day, self.last_day)
        return Times(self.weekday, (self.starts_at, self.ends_at), days, self.alternation)

    @property
    def needs(self) -> Needs:
        return Needs(self.teachers, self.groups, self.room)


class AlreadyStopped(Exception):
    """Nothing of this weekly lesson is left to take away."""


class SlotTaken(Exception):
    """Somebody or some room is already taken at these hours; `clashes` says by what."""

    def __init__(self, found: Sequence[Clash]) -> None:
        super().__init__(f"{len(found)} clashes")
        self.clashes = found


@transaction.atomic
def create_weekly_lesson(viewer: Viewer, weekly: Weekly) -> WeeklyPattern:
    """Create a pattern and its dated lessons, closures left out.

    Raises SlotTaken, and writes nothing, when a teacher, a class or the room is taken, were it by a second click.
    """
    lock(SchoolYear, weekly.year.pk)
    if found := clashes(weekly.year, weekly.times, weekly.needs):
        raise SlotTaken(found)
    pattern = plan(weekly)
    journal.record(viewer, "timetable.weekly_lesson_created", pattern, lessons=pattern.lessons.count())
    lessons_planned.send(sender=WeeklyPattern, school_id=pattern.school_id)
    return pattern


def plan(weekly: Weekly) -> WeeklyPattern:
    """The pattern and its lessons, without a trace: for imports and demonstrations, which leave their own."""
    return plan_all([weekly])[0]


def plan_all(weeklies: Sequence[Weekly]) -> list[WeeklyPattern]:
    """Many patterns and their lessons at once, without a trace. Nobody looks for clashes."""
    patterns = [pattern_of(weekly) for weekly in weeklies]
    insert(patterns)
    join(patterns, weeklies)
    closed = {school.pk: closures_of(school) for school in {weekly.year.school for weekly in weeklies}}
    insert(
        [
            dated(pattern, weekly.year.school, day)
            for pattern, weekly in zip(patterns, weeklies, strict=True)
            for day in open_days(pattern, closed[pattern.school_id])
        ]
    )
    join_lessons(patterns)
    return patterns


def pattern_of(weekly: Weekly) -> WeeklyPattern:
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
        alternation=weekly.alternation,
        source=weekly.source,
        source_key=weekly.source_key,
        made_with=weekly.made_with,
    )


def join(patterns: Sequence[WeeklyPattern], weeklies: Sequence[Weekly]) -> None:
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


def join_lessons(patterns: Sequence[WeeklyPattern]) -> None:
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


def dated(pattern: WeeklyPattern, school: School, day: date) -> Lesson:
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
    """The days of a pattern on which its school is open, in the weeks of its alternation."""
    day = pattern.first_day + timedelta(days=(pattern.weekday - pattern.first_day.weekday()) % 7)
    while day <= pattern.last_day:
        of_week = pattern.alternation is None or pattern.alternation.holds(day)
        if of_week and not any(starts <= day <= ends for starts, ends in closures):
            yield day
        day += timedelta(days=7)


class TooEarly(Exception):
    """A weekly lesson changes from tomorrow on at the earliest: what was given today was given."""


@transaction.atomic
def change_weekly_lesson(viewer: Viewer, pattern: WeeklyPattern, weekly: Weekly) -> WeeklyPattern:
    """Give a weekly lesson other hours, people or room from a day on; before that day it stays as it was.

    Raises TooEarly, SlotTaken, or AlreadyStopped when it has no day left from then on: nothing is written.
    """
    lock(SchoolYear, weekly.year.pk)
    locked = WeeklyPattern.objects.select_for_update(of=("self",)).filter(pk=pattern.pk).first()
    if locked is None or locked.last_day < weekly.first_day:
        raise AlreadyStopped
    if weekly.first_day <= viewer.today:
        raise TooEarly
    if found := clashes(weekly.year, weekly.times, weekly.needs, apart_from=locked):
        raise SlotTaken(found)
    # A change of one lesson goes with it: it was made of hours that are no more.
    gone = locked.lessons.filter(day__gte=weekly.first_day).delete()[1].get(Lesson._meta.label, 0)
    (new,) = plan_all([weekly])
    decided_here(viewer, locked, new)
    journal.record(viewer, "timetable.weekly_lesson_changed", new, former=locked.pk, gone=gone)
    lessons_planned.send(sender=WeeklyPattern, school_id=new.school_id)
    if locked.lessons.exists():
        # What its file calls it is now the name of the new one.
        locked.last_day, locked.source_key = weekly.first_day - timedelta(days=1), ""
        locked.save(update_fields=["last_day", "source_key"])
    else:
        locked.delete()
    return new


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
    decided_here(viewer, locked, locked if last else None)
    to_come.delete()
    if last:
        pattern.last_day = last.day
        pattern.save(update_fields=["last_day"])
    else:
        pattern.delete()
    return gone
