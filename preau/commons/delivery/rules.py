"""When an item leaves: the one rule of the right to disconnect (docs/decisions/0141).

Pure: no database, no clock. A wall clock is a number of minutes since midnight, from 0 to 1 440; a day is 1 (Monday) to 7.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from preau.directory.rules.settings import runs_settings
from preau.directory.viewer import Viewer

HOUR, DAY = 60, 24 * 60
WEEK = frozenset(range(1, 8))
# Beyond, an item has no hour at all: no holiday is so long.
LONGEST = timedelta(days=60)
# What waited for an hour leaves over so many seconds from then on.
SPREAD = 600
# Text messages that one person is sent in a day, whatever happens: somebody pays for each.
TEXTS_A_DAY = 6
# Clocks change at most once in it.
STEP = timedelta(hours=6)

Span = tuple[int, int]


@dataclass(frozen=True)
class SchoolHours:
    """What a school lets leave, on its own clock: from `opens` until `closes`, these days, outside of the closed ones (both included)."""

    zone: str = "Europe/Paris"
    opens: int = 7 * HOUR
    closes: int = 20 * HOUR
    days: Collection[int] = frozenset({1, 2, 3, 4, 5})
    closed: Collection[tuple[date, date]] = ()


@dataclass(frozen=True)
class PersonHours:
    """What a person takes away from these: spans in which nothing comes (one may pass midnight), and other days than theirs."""

    quiet: Collection[Span] = ()
    days: Collection[int] = WEEK


ANY_HOUR = PersonHours()


@dataclass(frozen=True)
class Opening:
    """A run of time in which an item may leave, from the first instant at which it may; `ends` is outside."""

    starts: datetime
    ends: datetime


def departure(
    school: SchoolHours, person: PersonHours, ready: datetime, *, urgent: bool = False
) -> datetime | None:
    """The earliest instant from `ready` on at which an item may leave, on the clock of the school; an urgent one leaves when it is
    ready. None when there is none within sixty days."""
    if urgent:
        return ready.astimezone(ZoneInfo(school.zone))
    found = opening(school, person, ready)
    return found.starts if found else None


def spread(
    school: SchoolHours, person: PersonHours, ready: datetime, rank: int, *, urgent: bool = False
) -> datetime | None:
    """The same, but what waited for an hour leaves some minutes later, by the rank of its person: everything does not leave at once."""
    found = None if urgent else opening(school, person, ready)
    if found is None or found.starts <= ready:
        return departure(school, person, ready, urgent=urgent)
    room = min(SPREAD, max(int((found.ends - found.starts).total_seconds()), 1))
    return found.starts + timedelta(seconds=_scattered(rank) % room)


def day_began(zone: str, moment: datetime) -> datetime:
    """The last midnight on this clock: what is counted by day is counted from then on."""
    return moment.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def next_at(
    school: SchoolHours, moment: datetime, minute: int, days: Collection[int] = frozenset({1, 2, 3, 4, 5})
) -> datetime:
    """The next time, strictly later, that the clock of the school shows this minute on one of these days, whatever may leave then."""
    zone = ZoneInfo(school.zone)
    day = moment.astimezone(zone).date()
    while True:
        hour, left = divmod(minute, HOUR)
        found = datetime(day.year, day.month, day.day, hour, left, tzinfo=zone)
        if found > moment and day.isoweekday() in days:
            return found
        day += timedelta(days=1)


def summary(
    school: SchoolHours, person: PersonHours, moment: datetime, minute: int, days: Collection[int]
) -> datetime | None:
    """When a summary leaves that a person wants at this minute of these days: the next time that something may; else as an item does."""
    first = at = next_at(school, moment, minute, days)
    while at - moment <= LONGEST:
        if departure(school, person, at) == at:
            return at
        at = next_at(school, at, minute, days)
    return departure(school, person, first)


def is_open(school: SchoolHours, moment: datetime) -> bool:
    """May something ordinary leave at this moment, for whoever has no hours of their own?"""
    return departure(school, ANY_HOUR, moment) == moment


def leaves_something(school: SchoolHours, person: PersonHours) -> bool:
    """Is there an hour of an ordinary week at which something reaches this person?"""
    days = set(school.days) & set(person.days)
    return bool(days and list(_open_spans(school, person)))


def runs_hours(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school says when things leave."""
    return runs_settings(viewer)


def runs_carriers(viewer: Viewer, *_: object) -> bool:
    """Whoever runs the whole platform: its gateways carry for every territory."""
    return viewer.seat.everywhere


def opening(school: SchoolHours, person: PersonHours, ready: datetime) -> Opening | None:
    """The first run of time, from `ready` on, in which an item may leave; None within sixty days."""
    days, spans = set(school.days) & set(person.days), list(_open_spans(school, person))
    if not days or not spans:
        return None
    zone = ZoneInfo(school.zone)
    for starts, ends, offset in _same_clock(zone, ready.astimezone(UTC)):
        for day in _days_between(starts + offset, ends + offset):
            if day.isoweekday() not in days or any(first <= day <= last for first, last in school.closed):
                continue
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
            for opens, closes in spans:
                from_, until = midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)
                if max(from_, starts) < min(until, ends):
                    first = max(from_, starts)
                    if first - ready > LONGEST:
                        return None
                    return Opening(first.astimezone(zone), min(until, ends).astimezone(zone))
    return None


def _scattered(rank: int) -> int:
    """Neighbours are far from each other, and everyone always at the same place."""
    return rank * 2_654_435_761 % 2**32 >> 8


def _open_spans(school: SchoolHours, person: PersonHours) -> Iterator[Span]:
    """What the wall clock shows when something may leave, on a day that is open: the hours of the school without the quiet ones."""
    quiet = sorted(part for span in person.quiet for part in _within_a_day(span))
    at = school.opens
    for starts, ends in quiet:
        if at < min(starts, school.closes):
            yield at, min(starts, school.closes)
        at = max(at, ends)
    if at < school.closes:
        yield at, school.closes


def _within_a_day(span: Span) -> list[Span]:
    """A span that passes midnight is the end of each day, and its beginning."""
    starts, ends = span
    return [(starts, ends)] if starts <= ends else [(starts, DAY), (0, ends)]


def _days_between(starts: datetime, ends: datetime) -> Iterator[date]:
    day, last = starts.date(), ends.date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _same_clock(zone: ZoneInfo, ready: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The sixty days from `ready` on, cut where the clocks change: an hour that does not exist is in none of these pieces, one that
    comes twice is in two."""
    starts, last = ready, ready + LONGEST + timedelta(seconds=1)
    for change in (*_changes(zone, ready.year), *_changes(zone, ready.year + 1)):
        if starts < change < last:
            yield starts, change, _offset(zone, starts)
            starts = change
    yield starts, last, _offset(zone, starts)


@lru_cache(maxsize=512)  # sixty schools of one zone ask the same of it
def _changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """The instants of a year at which the clocks of a zone change."""
    at, last, found = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC), []
    while at < last:
        following = at + STEP
        if _offset(zone, following) != _offset(zone, at):
            found.append(_change(zone, at, following))
        at = following
    return tuple(found)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second after `before` with another clock than it: clocks change on a whole second."""
    was, low, high = _offset(zone, before), int(before.timestamp()), int(after.timestamp()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == was:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
