"""Who or what a timetable would need twice at one hour: between the courses of a file, and with what was made by hand."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import combinations

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.domains.timetable.imports.resolving import Course
from preau.domains.timetable.imports.weeks import Calendar, Weeks
from preau.domains.timetable.models import Weekday, WeeklyPattern
from preau.foundation import dates

KEPT = 500


@dataclass(frozen=True)
class _OccupiedSlot:
    """One weekly lesson as something that takes people and a room. `line` is None when it was made by hand."""

    number: int
    line: int | None
    file: str
    weekday: int
    starts: time
    ends: time
    weeks: Weeks
    days: tuple[date, date]
    needs: dict[Hashable, str]


@dataclass(frozen=True)
class Overlap:
    """`who` may name a person: it is for the preview alone."""

    file: str
    line: int
    said: str
    who: str


def overlaps(courses: Sequence[Course], year: SchoolYear, source: str, calendar: Calendar) -> list[Overlap]:
    """In the order of the file, no pair twice."""
    each = frozenset(calendar.mondays)
    taken = [_of_course(number, course, each) for number, course in enumerate(courses)]
    taken += [
        _of_pattern(len(taken) + number, one, each) for number, one in enumerate(_by_hand(year, source))
    ]
    by_need: dict[tuple[int, Hashable], list[_OccupiedSlot]] = defaultdict(list)
    for one in taken:
        for need in one.needs:
            by_need[one.weekday, need].append(one)
    found: dict[tuple[int, int], tuple[_OccupiedSlot, _OccupiedSlot]] = {}
    for rows in by_need.values():
        for first, second in _pairs(rows):
            # What was made by hand is nobody's doing here.
            if first.line is not None or second.line is not None:
                found[first.number, second.number] = first, second
    return _gathered(_said(*pair) for pair in found.values())[:KEPT]


def _gathered(found: Iterable[Overlap]) -> list[Overlap]:
    """What is said twice of one line is said once, of all those whom it is about."""
    people: dict[tuple[str, int, str], dict[str, None]] = defaultdict(dict)
    for overlap in found:
        people[overlap.file, overlap.line, overlap.said] |= dict.fromkeys(overlap.who.split(", "))
    return [Overlap(*key, ", ".join(who)) for key, who in sorted(people.items())]


def _pairs(rows: Sequence[_OccupiedSlot]) -> Iterator[tuple[_OccupiedSlot, _OccupiedSlot]]:
    for first, second in combinations(rows, 2):
        in_hours = first.starts < second.ends and second.starts < first.ends
        in_days = first.days[0] <= second.days[1] and second.days[0] <= first.days[1]
        if in_hours and in_days and first.weeks & second.weeks:
            yield first, second


def _by_hand(year: SchoolYear, source: str) -> Iterable[WeeklyPattern]:
    rows = WeeklyPattern.objects.filter(~Q(source=source), year=year)
    return rows.select_related("room", "alternation").prefetch_related("groups", "teachers")


def _of_course(number: int, course: Course, each: Weeks) -> _OccupiedSlot:
    needs: dict[Hashable, str] = {("t", p.pk): p.formal_name for p in course.teachers}
    needs |= {("g", g.pk): g.name for g in course.groups}
    if course.room:
        needs["r", course.room.pk or course.room.name] = course.room.place
    slot = course.slot
    weeks = each if course.weeks is None else course.weeks
    return _OccupiedSlot(
        number,
        slot.line,
        slot.file,
        slot.weekday,
        slot.starts,
        slot.ends,
        weeks,
        (course.first, course.last),
        needs,
    )


def _of_pattern(number: int, weekly_pattern: WeeklyPattern, each: Weeks) -> _OccupiedSlot:
    needs: dict[Hashable, str] = {("t", p.pk): p.formal_name for p in weekly_pattern.teachers.all()}
    needs |= {("g", g.pk): g.name for g in weekly_pattern.groups.all()}
    if weekly_pattern.room:
        needs["r", weekly_pattern.room.pk] = weekly_pattern.room.place
    weeks = (
        frozenset(map(date.fromisoformat, weekly_pattern.alternation.mondays))
        if weekly_pattern.alternation
        else each
    )
    return _OccupiedSlot(
        number,
        None,
        "",
        weekly_pattern.weekday,
        weekly_pattern.starts_at,
        weekly_pattern.ends_at,
        weeks,
        (weekly_pattern.first_day, weekly_pattern.last_day),
        needs,
    )


def _said(first: _OccupiedSlot, second: _OccupiedSlot) -> Overlap:
    slot = first if first.line is not None else second
    other = second if slot is first else first
    who = ", ".join(name for need, name in slot.needs.items() if need in other.needs)
    when = {"day": Weekday(slot.weekday).label, "hours": dates.hours(slot.starts, slot.ends)}
    if other.line is None:
        sentence = _("%(day)s, %(hours)s : en même temps qu’un cours qui n’est pas de ce fichier.") % when
    else:
        sentence = _("%(day)s, %(hours)s : en même temps que la ligne %(line)s.") % (
            when | {"line": other.line}
        )
    return Overlap(slot.file, slot.line or 0, dates.capital(sentence), who)
