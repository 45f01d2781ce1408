"""Verbs of the timetable."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Closure, Group, Person, Room, School, SchoolYear, Subject
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.domains.timetable.queries import Clash, clashes
from preau.foundation import journal

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
    pattern = WeeklyPattern.objects.create(
        school=weekly.year.school,
        year=weekly.year,
        subject=weekly.subject,
        room=weekly.room,
        weekday=weekly.weekday,
        starts_at=weekly.starts_at,
        ends_at=weekly.ends_at,
        first_day=weekly.first_day,
        last_day=weekly.last_day,
    )
    pattern.groups.set(weekly.groups)
    pattern.teachers.set(weekly.teachers)
    make_lessons(pattern, weekly.groups, weekly.teachers)
    return pattern


def make_lessons(pattern: WeeklyPattern, groups: Iterable[Group], teachers: Iterable[Person]) -> list[Lesson]:
    """One dated lesson a week between the pattern's days, except when the school is closed."""
    lessons = Lesson.objects.bulk_create(_dated(pattern, day) for day in open_days(pattern))
    _join(Lesson.groups.through, lessons, "group_id", groups)
    _join(Lesson.teachers.through, lessons, "person_id", teachers)
    return lessons


def _join(through: type, lessons: Iterable[Lesson], column: str, others: Iterable[Group | Person]) -> None:
    links = [through(lesson_id=lesson.pk, **{column: other.pk}) for lesson in lessons for other in others]
    through.objects.bulk_create(links)  # type: ignore[attr-defined]


def _dated(pattern: WeeklyPattern, day: date) -> Lesson:
    return Lesson(
        school_id=pattern.school_id,
        year_id=pattern.year_id,
        pattern=pattern,
        subject_id=pattern.subject_id,
        room_id=pattern.room_id,
        starts=at(pattern.school, day, pattern.starts_at),
        ends=at(pattern.school, day, pattern.ends_at),
        day=day,
    )


def at(school: School, day: date, clock: time) -> datetime:
    """The moment when the school's wall clock shows this hour on this day."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(school.timezone))


def open_days(pattern: WeeklyPattern) -> Iterator[date]:
    """The days of a pattern on which its school is open."""
    closures = list(
        Closure.objects.filter(
            school_id=pattern.school_id, starts__lte=pattern.last_day, ends__gte=pattern.first_day
        ).values_list("starts", "ends")
    )
    day = pattern.first_day + timedelta(days=(pattern.weekday - pattern.first_day.weekday()) % 7)
    while day <= pattern.last_day:
        if not any(starts <= day <= ends for starts, ends in closures):
            yield day
        day += timedelta(days=7)


@transaction.atomic
def stop_weekly_lesson(viewer: Viewer, pattern: WeeklyPattern) -> int:
    """Take away the lessons to come and end the pattern today; past lessons stay. Returns how many went.

    A pattern that has no past goes altogether: it was a mistake.
    """
    to_come = pattern.lessons.filter(starts__gt=timezone.now() + IMMINENT)
    gone = to_come.count()
    journal.record(viewer, "timetable.weekly_lesson_stopped", pattern, lessons=gone)
    to_come.delete()
    last = pattern.lessons.order_by("day").last()
    if last:
        pattern.last_day = last.day
        pattern.save(update_fields=["last_day"])
    else:
        pattern.delete()
    return gone
