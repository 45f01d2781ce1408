"""What a REPORT asks of a calendar: what happens between two moments, or these very things."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from preau.commons.agenda.queries.calendars import Calendar, Thing
from preau.foundation.dav import DavError, caldav, dav, steps_below

MOMENT = re.compile(r"[0-9]{8}T[0-9]{6}Z")
# A client that wants more asks in several times, as they all do.
MOST_NAMED = 1000
EVER, NEVER_MORE = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
OTHERS = frozenset({"VTODO", "VJOURNAL", "VFREEBUSY"})

Found = tuple[list[Thing], list[str]]


@dataclass(frozen=True)
class Between:
    """Two moments, each of which may be missing. `nothing`: of a kind that no calendar of ours holds."""

    start: datetime = EVER
    end: datetime = NEVER_MORE
    nothing: bool = False

    def holds(self, thing: Thing) -> bool:
        starts = _moment(thing.entry.starts)
        ends = _moment(thing.entry.ends, after=True)
        return not self.nothing and starts < self.end and ends > self.start


def _moment(when: datetime | date, *, after: bool = False) -> datetime:
    """A day begins at midnight of no clock in particular; the last one ends with the next."""
    if isinstance(when, datetime):
        return when
    return datetime.combine(when + timedelta(days=after), time(), tzinfo=UTC)


def report_of(root: Any) -> Callable[[Calendar, str], Found]:
    """How to find what is asked for, in a calendar at an address. Raises DavError for the reports that we do not give."""
    if root is None:
        raise DavError(HTTPStatus.BAD_REQUEST)
    if root.tag == caldav("calendar-query"):
        between = _filter_of(root)
        return lambda calendar, _base: (
            [thing for thing in calendar.things.values() if between.holds(thing)],
            [],
        )
    if root.tag == caldav("calendar-multiget"):
        addresses = [child.text or "" for child in root.findall(dav("href"))]
        if len(addresses) > MOST_NAMED:
            raise DavError(HTTPStatus.FORBIDDEN, dav("number-of-matches-within-limits"))
        return lambda calendar, base: _named(calendar, base, addresses)
    raise DavError(HTTPStatus.FORBIDDEN, dav("supported-report"))


def _named(calendar: Calendar, base: str, addresses: Iterable[str]) -> Found:
    found: dict[str, Thing] = {}
    missing: dict[str, None] = {}
    for address in addresses:
        steps = steps_below(address.strip(), base)
        thing = calendar.things.get(steps[0]) if steps and len(steps) == 1 else None
        if thing:
            found[thing.name] = thing
        else:
            missing[address] = None
    return list(found.values()), list(missing)


def _filter_of(root: Any) -> Between:
    """`filter` holds VCALENDAR, which may hold one kind of component, which may hold two moments."""
    asked = root.find(caldav("filter"))
    if asked is None:
        return Between()
    whole = _only(asked)
    if whole is None or whole.tag != caldav("comp-filter") or whole.get("name") != "VCALENDAR":
        raise DavError(HTTPStatus.FORBIDDEN, caldav("valid-filter"))
    part = _only(whole)
    if part is None:
        return Between()
    if part.tag != caldav("comp-filter"):
        raise _not_known()
    within = _only(part)
    if within is not None and within.tag != caldav("time-range"):
        raise _not_known()
    between = Between() if within is None else _range_of(within)
    if part.get("name") == "VEVENT":
        return between
    if part.get("name") in OTHERS:
        return Between(nothing=True)
    raise _not_known()


def _only(parent: Any) -> Any | None:
    if len(parent) > 1:
        raise _not_known()
    return parent[0] if len(parent) else None


def _not_known() -> DavError:
    return DavError(HTTPStatus.FORBIDDEN, caldav("supported-filter"))


def _range_of(element: Any) -> Between:
    start, end = element.get("start"), element.get("end")
    if start is None and end is None:
        raise DavError(HTTPStatus.FORBIDDEN, caldav("valid-filter"))
    return Between(_read(start, EVER), _read(end, NEVER_MORE))


def _read(text: str | None, otherwise: datetime) -> datetime:
    """« 20261124T093000Z »."""
    if text is None:
        return otherwise
    try:
        found = MOMENT.fullmatch(text)
        return datetime.fromisoformat(f"{text[:-1]}+00:00") if found else _none()
    except ValueError as failure:
        raise DavError(HTTPStatus.FORBIDDEN, caldav("valid-filter")) from failure


def _none() -> datetime:
    raise ValueError("no moment")
