"""Entries of an agenda as iCalendar (RFC 5545), for the calendars of phones and computers.

A lesson is written on the wall clock of its school, with the rules of that clock (VTIMEZONE) in the file: a parent who
travels, and a school of Réunion, read the right hour whatever the reader knows of time zones (docs/decisions/0062).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from preau.foundation.boards import AgendaEntry

A_DAY = timedelta(days=1)
# Far enough before what is shown to hold the last change of clock.
A_YEAR = timedelta(days=370)
TTL = "PT1H"
PRODUCT = "-//Preau//Agenda//FR"
OBJECT = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODUCT}\r\nCALSCALE:GREGORIAN\r\n".encode()


def calendar_of(entries: Sequence[AgendaEntry], *, opened_at: datetime, now: datetime) -> bytes:
    """The file. Each answer is newer than those before (SEQUENCE, LAST-MODIFIED): a calendar takes what changed."""
    calendar = Calendar()
    for name, value in (
        ("prodid", PRODUCT),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("name", "Préau"),
        ("x-wr-calname", "Préau"),
        ("x-published-ttl", TTL),
    ):
        calendar.add(name, value)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for zone in sorted({entry.zone for entry in entries if entry.zone}):
        of_zone = [entry for entry in entries if entry.zone == zone]
        calendar.add_component(clock_of(zone, of_zone[0].first_day, of_zone[-1].last_day))
    age = int((now - opened_at).total_seconds() // 60)
    for entry in entries:
        event = _event(entry)
        event.add("sequence", age)
        for name in ("dtstamp", "last-modified"):
            event.add(name, now.astimezone(UTC))
        calendar.add_component(event)
    return calendar.to_ical()


def object_of(entry: AgendaEntry) -> bytes:
    """One entry as a calendar of its own, as CalDAV wants them (RFC 4791).

    The same bytes as long as the entry is the same: what changes is told by its tag, so that no line says when it was asked for.
    """
    event = _event(entry)
    event.add("dtstamp", datetime.combine(entry.first_day, time(), tzinfo=UTC))
    clock = _clock_of_year(entry.zone, entry.first_day.year) if entry.zone else b""
    return b"".join((OBJECT, clock, event.to_ical(), b"END:VCALENDAR\r\n"))


@lru_cache(maxsize=64)
def _clock_of_year(zone: str, year: int) -> bytes:
    return clock_of(zone, date(year, 1, 1), date(year, 12, 31)).to_ical()


def _event(entry: AgendaEntry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("summary", f"{entry.whose}\u202f: {entry.title}" if entry.whose else entry.title)
    if isinstance(entry.starts, datetime) and isinstance(entry.ends, datetime):
        zone = ZoneInfo(entry.zone)
        event.add("dtstart", entry.starts.astimezone(zone))
        event.add("dtend", entry.ends.astimezone(zone))
    else:
        # The end of iCalendar is the first day without.
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.ends + A_DAY)
        event.add("transp", "TRANSPARENT")
    for name, value in (("location", entry.place), ("description", entry.detail)):
        if value:
            event.add(name, value)
    if entry.cancelled:
        event.add("status", "CANCELLED")
    event.add("class", "PRIVATE")
    return event


def clock_of(name: str, first: date, last: date) -> Timezone:
    """The changes of a wall clock between two days, each at its hour, and the one in force before them."""
    zone = ZoneInfo(name)
    clock = Timezone()
    clock.add("tzid", name)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - A_YEAR
    clock.add_component(_observance(zone, start, start))
    for before, moment in _changes(
        zone, start, datetime(last.year, last.month, last.day, tzinfo=UTC) + 2 * A_DAY
    ):
        clock.add_component(_observance(zone, before, moment))
    return clock


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Each change as (the last minute before, the first minute after)."""
    while start < end:
        after = start + A_DAY
        if _offset(zone, start) != _offset(zone, after):
            low, high = start, after
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, low) else (low, middle)
            yield low, high
        start = after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _observance(zone: ZoneInfo, before: datetime, moment: datetime) -> TimezoneStandard | TimezoneDaylight:
    """RFC 5545: its start is written on the clock in force *before* it."""
    local, former = moment.astimezone(zone), _offset(zone, before)
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    observance.add("dtstart", (moment + former).replace(tzinfo=None))
    observance.add("tzoffsetfrom", former)
    observance.add("tzoffsetto", _offset(zone, moment))
    observance.add("tzname", local.tzname() or zone.key)
    return observance
