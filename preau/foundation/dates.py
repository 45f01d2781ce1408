"""Dates and hours as French people write them: « 8 h 05 », « mardi 24 novembre »."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.foundation.text import NBSP, number

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
FAR = 50
SHORT_MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)


def local(moment: datetime, zone: str = "") -> datetime:
    """An aware moment on the wall clock of `zone` (« Indian/Reunion »), else of the school being looked at."""
    return moment.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(moment)


def hour(moment: datetime | time, zone: str = "") -> str:
    """8 h 05. Datetimes are put on the local wall clock first."""
    if zone and isinstance(moment, datetime):
        return _hour_there(moment, zone)
    clock = local(moment, zone) if isinstance(moment, datetime) else moment
    return f"{clock.hour}{NBSP}h{NBSP}{clock.minute:02d}"


@lru_cache(maxsize=4_096)  # a day says the same hours on every page of the school
def _hour_there(moment: datetime, zone: str) -> str:
    return hour(moment.astimezone(ZoneInfo(zone)).time())


def hours(starts: datetime | time, ends: datetime | time, zone: str = "") -> str:
    """8 h 05 – 9 h 00; a line never begins with the dash."""
    return f"{hour(starts, zone)}{NBSP}– {hour(ends, zone)}"


def day(value: date | datetime, *, year: bool = False) -> str:
    """mardi 24 novembre; the first of a month is « 1er »."""
    value = local(value).date() if isinstance(value, datetime) else value
    rank = "1er" if value.day == 1 else str(value.day)
    text = f"{DAYS[value.weekday()]} {rank} {MONTHS[value.month - 1]}"
    return f"{text} {value.year}" if year else text


def span(first: date, last: date) -> str:
    """du mardi 1er au vendredi 4 décembre 2026; one day alone is « le mardi 1er décembre 2026 »."""
    if first == last:
        return f"le {day(first, year=True)}"
    return f"du {day(first, year=first.year != last.year)} au {day(last, year=True)}"


def plain_day(value: date) -> str:
    """24 novembre 2015: a date of birth, whose weekday tells nothing."""
    return f"{'1er' if value.day == 1 else value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """novembre 2026."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def month_after(value: date, count: int = 1) -> date:
    """The first day of the month that comes `count` months later; before, when negative."""
    months = value.year * 12 + value.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def months_later(value: date, count: int) -> date:
    """The same day `count` months later, before when negative; the last of that month when it has no such day."""
    first = month_after(value, count)
    return first.replace(day=min(value.day, (month_after(first) - timedelta(days=1)).day))


def short_day(value: date) -> str:
    """mar. 24 nov.: for narrow columns, where the whole date stands elsewhere."""
    return f"{DAYS[value.weekday()][:3]}. {'1er' if value.day == 1 else value.day}{NBSP}{SHORT_MONTHS[value.month - 1]}"


def day_and_hour(moment: datetime, zone: str = "") -> str:
    """mardi 24 novembre à 8 h 05; on the wall clock of `zone`, else of the school being looked at."""
    return f"{day(local(moment, zone).date())} à {hour(moment, zone)}"


def near_day(value: date, today: date) -> str:
    """aujourd’hui, hier, demain, else the day; the year is said when it is another one."""
    near = {0: "aujourd’hui", -1: "hier", 1: "demain"}.get((value - today).days)
    return near or day(value, year=value.year != today.year)


def minutes(count: int) -> str:
    """10 min, 1 h 05, 1 204 h 30."""
    if count < 60:
        return f"{count}{NBSP}min"
    return f"{number(count // 60)}{NBSP}h{NBSP}{count % 60:02d}"


def parse(typed: str | None, fallback: date) -> date:
    """A day from an address (2026-11-24); anything else is `fallback`, never an error page."""
    try:
        found = date.fromisoformat(typed or "")
    except ValueError:
        return fallback
    # Far years break the arithmetic of weeks, and no school has lessons in them.
    return found if abs(found.year - fallback.year) <= FAR else fallback


# On a Saturday, lessons end at noon.
NOON = 12


def looked_at(moment: datetime) -> date:
    """The day around which people look at a week, at a moment of their wall clock: today; once the week is over, the Monday that comes."""
    day = moment.date()
    over = day.weekday() == 6 or (day.weekday() == 5 and moment.hour >= NOON)
    return day + timedelta(days=7 - day.weekday()) if over else day


def landings(days: Iterable[tuple[date, bool]], today: date) -> list[date]:
    """Of the days of a page, each with whether it holds anything, those for which it is opened: today and the next one that does; else its first."""
    shown = list(days)
    here = [day for day, _holds in shown if day == today]
    coming = [day for day, holds in shown if holds and day > today]
    return [*here, *coming[:1]] or [day for day, _holds in shown[:1]]


def monday_of(value: date) -> date:
    return value - timedelta(days=value.weekday())


def capital(text: str) -> str:
    """A first capital, the rest untouched (`str.capitalize` would lower names)."""
    return text[:1].upper() + text[1:]
