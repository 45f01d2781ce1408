"""The right to disconnect: nothing leaves from 20 h to 7 h, nor from Friday 20 h to Monday 7 h (docs/decisions/0063)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

OPENS, CLOSES = 7, 20
SATURDAY = 5
HOURS = range(OPENS, CLOSES)


def is_open(moment: datetime, zone: str = "") -> bool:
    """May a message leave at this moment, on the wall of `zone`?"""
    wall = _wall(moment, zone)
    return wall.weekday() < SATURDAY and wall.hour in HOURS


def next_open(moment: datetime, zone: str = "") -> datetime:
    """This moment, or the next one at which a message may leave."""
    if is_open(moment, zone):
        return moment
    wall = _wall(moment, zone)
    day = wall.date() if wall.hour < OPENS else wall.date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return at(day, OPENS, zone)


def next_at(moment: datetime, hour: int, zone: str = "", weekday: int | None = None) -> datetime:
    """The next time that it is `hour` o'clock on an open day, or on `weekday` (0: Monday); strictly later."""
    day = _wall(moment, zone).date()
    while True:
        found = at(day, hour, zone)
        wanted = day.weekday() < SATURDAY if weekday is None else day.weekday() == weekday
        if wanted and found > moment:
            return found
        day += timedelta(days=1)


def at(day: date, hour: int, zone: str = "") -> datetime:
    return datetime.combine(day, time(hour), tzinfo=_zone(zone))


def _zone(zone: str) -> ZoneInfo:
    return ZoneInfo(zone or timezone.get_default_timezone_name())


def _wall(moment: datetime, zone: str) -> datetime:
    return timezone.localtime(moment, _zone(zone))
