"""The same rule, written a second time without a thought for speed: minute after minute, the wall clock is asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def departure(written: dict[str, Any], item: dict[str, Any]) -> str | None:
    """When an item of a file of `manage.py compute_deliveries` leaves."""
    zone, ready = ZoneInfo(written["timezone"]), datetime.fromisoformat(item["ready"])
    person = written["people"][item["to"]]
    for moment in _minutes_from(ready):
        wall = moment.astimezone(zone)
        if item["kind"] == "urgent" or _may_leave(written, person, wall):
            return wall.isoformat()
    return None


def _minutes_from(ready: datetime) -> Iterator[datetime]:
    """This instant, then each whole minute, for sixty days."""
    at = ready.astimezone(UTC)
    last = at + timedelta(days=60)
    while at <= last:
        yield at
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _may_leave(written: dict[str, Any], person: dict[str, Any], wall: datetime) -> bool:
    weekday = wall.isoweekday()
    if weekday not in written["days"] or weekday not in person.get("days", range(1, 8)):
        return False
    hour, day = f"{wall.hour:02}:{wall.minute:02}", wall.date().isoformat()
    if not written["opens"] <= hour < written["closes"]:
        return False
    if any(first <= day <= last for first, last in written["closed"]):
        return False
    return not any(_holds(span, hour) for span in person.get("quiet", []))


def _holds(span: list[str], hour: str) -> bool:
    starts, ends = span
    if starts <= ends:
        return starts <= hour < ends
    return hour >= starts or hour < ends
