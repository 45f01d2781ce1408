"""What a file changes in the weekly lessons of a year, written in one transaction; and the life of an import."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Room, SchoolYear, Subject
from preau.domains.timetable.actions.by_hand import Hands, by_week, hands_on, teachers_kept
from preau.domains.timetable.actions.calendar import join_new
from preau.domains.timetable.actions.patterns import (
    IMMINENT,
    Weekly,
    closures_of,
    dated,
    join,
    join_lessons,
    lessons_planned,
    open_days,
    pattern_of,
)
from preau.domains.timetable.actions.remembering import Remembered, remember
from preau.domains.timetable.models import Alternation, Lesson, ToldCourse, WeeklyPattern
from preau.foundation import dates
from preau.foundation.db import insert
from preau.foundation.locks import lock

DAY = timedelta(days=1)


@dataclass
class Changes:
    """What is to be written: rows to make, and weekly lessons that arrive, change or stop; what is remembered of the file.

    What a weekly lesson points at may be one of the rows to make. `loosened`: weekly lessons that the file says no more and
    that stay as people made them; `taken`: lessons changed one by one for which somebody (`by`) chose what the file says.
    """

    year: SchoolYear
    subjects: list[Subject] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    alternations: list[Alternation] = field(default_factory=list)
    created: list[Weekly] = field(default_factory=list)
    changed: list[tuple[WeeklyPattern, Weekly]] = field(default_factory=list)
    stopped: list[WeeklyPattern] = field(default_factory=list)
    source: str = ""
    told: list[Remembered] = field(default_factory=list)
    gone: list[ToldCourse] = field(default_factory=list)
    loosened: list[WeeklyPattern] = field(default_factory=list)
    taken: frozenset[int] = frozenset()
    by: int | None = None

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.stopped)


def lock_year(year: SchoolYear) -> None:
    """Nobody else writes weekly lessons of this year until the transaction ends."""
    lock(SchoolYear, year.pk)


@transaction.atomic
def write(changes: Changes) -> None:
    """Write what a file changes: past lessons stay, those to come follow but what people decided; a second time there is nothing to write."""
    if changes:
        _write(changes, timezone.now())
        lessons_planned.send(sender=Lesson, school_id=changes.year.school_id)
    loosened = [one.pk for one in changes.loosened]
    WeeklyPattern.objects.filter(pk__in=loosened).exclude(source_key="").update(source_key="")
    remember(changes.year, changes.source, changes.told, changes.gone)


def _write(changes: Changes, now: datetime) -> None:
    for row in (*changes.subjects, *changes.rooms, *changes.alternations):
        row.save()
    touched = [*changes.stopped, *(old for old, _weekly in changes.changed)]
    hands = hands_on(touched, now + IMMINENT, changes.taken, changes.by)
    _stop(changes.stopped, now, hands)
    _release(changes)
    _replace(changes.changed, now, hands)
    _plan(changes.created, now)


def _release(changes: Changes) -> None:
    """Keys go to the weekly lessons that are going on: those that are over let them go."""
    wanted = [weekly.source_key for weekly in changes.created] + [w.source_key for _old, w in changes.changed]
    if not wanted:
        return
    source = next(weekly.source for weekly in (*changes.created, *(w for _old, w in changes.changed)))
    known = WeeklyPattern.objects.filter(year=changes.year, source=source)
    for start in range(0, len(wanted), 500):
        known.filter(source_key__in=wanted[start : start + 500]).update(source_key="")


def _plan(weeklies: Sequence[Weekly], now: datetime) -> None:
    patterns = _patterns(weeklies)
    _date(patterns, weeklies, {}, [_begins(weekly, now) for weekly in weeklies])
    join_lessons(patterns)


def _begins(weekly: Weekly, now: datetime, held: date | None = None) -> date:
    """The day of its first lesson at the soonest: not today when it would be over, nor beside one that is under way (`held`)."""
    zone = ZoneInfo(weekly.year.school.timezone)
    today = now.astimezone(zone).date()
    if held and held >= weekly.first_day:
        return held + DAY
    is_over = datetime.combine(today, weekly.ends_at, tzinfo=zone) <= now
    return today + DAY if weekly.first_day == today and is_over else weekly.first_day


def _patterns(weeklies: Sequence[Weekly]) -> list[WeeklyPattern]:
    patterns = [pattern_of(weekly) for weekly in weeklies]
    insert(patterns)
    join(patterns, weeklies)
    return patterns


def _date(
    patterns: Sequence[WeeklyPattern],
    weeklies: Sequence[Weekly],
    kept: Mapping[int, Collection[date]],
    begins: Sequence[date],
) -> list[Lesson]:
    """The dated lessons of patterns, but in the weeks that `kept` says they have one in already."""
    if not patterns:
        return []
    closed = closures_of(weeklies[0].year.school)
    lessons = [
        dated(pattern, weekly.year.school, day)
        for pattern, weekly, first in zip(patterns, weeklies, begins, strict=True)
        for day in open_days(pattern, closed)
        if day >= first and dates.monday_of(day) not in kept.get(pattern.pk, ())
    ]
    insert(lessons)
    return lessons


# Those that stop


def _to_come(patterns: Sequence[WeeklyPattern], now: datetime) -> list[Lesson]:
    keys, found = [pattern.pk for pattern in patterns], []
    for start in range(0, len(keys), 500):
        lessons = Lesson.objects.filter(pattern__in=keys[start : start + 500], starts__gt=now + IMMINENT)
        found += list(lessons.order_by("day"))
    return found


def _stop(patterns: Sequence[WeeklyPattern], now: datetime, hands: Hands) -> None:
    gone = hands.loosen(_to_come(patterns, now))
    for start in range(0, len(gone), 500):
        Lesson.objects.filter(pk__in=[one.pk for one in gone[start : start + 500]]).delete()
    _end(patterns)


def _end(patterns: Sequence[WeeklyPattern]) -> None:
    """Each ends on its last lesson; one that has none left goes altogether."""
    last: dict[int | None, date] = {}
    keys = [pattern.pk for pattern in patterns]
    for start in range(0, len(keys), 500):
        rows = Lesson.objects.filter(pattern__in=keys[start : start + 500]).order_by("day")
        last |= dict(rows.values_list("pattern", "day"))
    empty = [pattern.pk for pattern in patterns if pattern.pk not in last]
    for start in range(0, len(empty), 500):
        WeeklyPattern.objects.filter(pk__in=empty[start : start + 500]).delete()
    ended = [pattern for pattern in patterns if pattern.pk in last]
    for pattern in ended:
        pattern.last_day, pattern.source_key = last[pattern.pk], ""
    WeeklyPattern.objects.bulk_update(ended, ["last_day", "source_key"], batch_size=200)


# Those that change


def _replace(changed: Sequence[tuple[WeeklyPattern, Weekly]], now: datetime, hands: Hands) -> None:
    """A new weekly lesson takes over the lessons to come of the old one, week by week: what hangs on them stays on them."""
    if not changed:
        return
    waiting = by_week(_to_come([old for old, _weekly in changed], now))
    held = _held([old for old, _weekly in changed], now)
    weeklies = [weekly for _old, weekly in changed]
    begins = [_begins(weekly, now, held.get(old.pk)) for old, weekly in changed]
    patterns = _patterns(weeklies)
    moved, kept = [], {}
    closed = closures_of(weeklies[0].year.school)
    for (old, weekly), pattern, first in zip(changed, patterns, begins, strict=True):
        days = {dates.monday_of(day): day for day in open_days(pattern, closed) if day >= first}
        mine = waiting.get(old.pk, {})
        kept[pattern.pk] = days.keys() & mine.keys()
        for monday in sorted(kept[pattern.pk]):
            hands.leave(mine[monday], dated(pattern, weekly.year.school, days[monday]))
            moved.append(mine[monday])
    fields = ["pattern", "pattern_day", "subject", "room", "starts", "ends", "day", "state", "revision"]
    Lesson.objects.bulk_update(moved, fields, batch_size=80)
    _rejoin(moved, hands)
    hands.finish(moved)
    join_new(_date(patterns, weeklies, kept, begins))
    _stop([old for old, _weekly in changed], now, hands)


def _rejoin(lessons: Sequence[Lesson], hands: Hands) -> None:
    """Give lessons the groups and teachers of their new pattern, but a teacher who replaces another."""
    staying = teachers_kept(lessons, hands)
    keys = [lesson.pk for lesson in lessons]
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        Lesson.groups.through.objects.filter(lesson__in=some).delete()
        Lesson.teachers.through.objects.filter(lesson__in=some).delete()
    join_new(lessons)
    for lesson in lessons:
        if lesson.pk in staying:
            lesson.teachers.set(staying[lesson.pk])


def _held(patterns: Sequence[WeeklyPattern], now: datetime) -> dict[int | None, date]:
    """The last lesson of each that has begun, or is about to."""
    found: dict[int | None, date] = {}
    keys = [pattern.pk for pattern in patterns]
    for start in range(0, len(keys), 500):
        begun = Lesson.objects.filter(pattern__in=keys[start : start + 500], starts__lte=now + IMMINENT)
        found |= dict(begun.order_by("day").values_list("pattern", "day"))
    return found
