"""The rows of a school past their term, on a day: what the dated rules of retention are made of (docs/decisions/0113)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import DateTimeField, Q

from preau.directory.models import Hold, School, SchoolYear
from preau.directory.rules.terms import last_day_over
from preau.foundation import dates

# The first rules hold from this day (docs/decisions/0113).
SINCE = date(2026, 9, 1)
# `due(school, day)`; None is what is of no school.
Due = Callable[[School | None, date], Any]


def by_year(model: str, when: str, after: int = 1, but: Q | None = None) -> Due:
    """Rows of which the school year is over, and so are `after` more; `when`: the lookup of their day. `but`: those that may be.

    What is of no school, or of one that has said no year, is counted in years that end on 31 July.
    """

    def due(school: School | None, day: date) -> Any:
        return rows_until(model, when, school, last_day_of(school, day, after), but)

    return due


def by_months(model: str, when: str, months: int, but: Q | None = None) -> Due:
    """Rows of which so many months are over."""

    def due(school: School | None, day: date) -> Any:
        last = dates.months_later(day, -months) - timedelta(days=1)
        return rows_until(model, when, school, last, but)

    return due


def last_day_of(school: School | None, day: date, after: int = 1) -> date:
    """The last day of which what happened in a school may go, when `after` years after its own are kept."""
    years = SchoolYear.objects.filter(school=school).order_by("starts").values_list("starts", "ends")
    if school is None or not years:
        return date(day.year - after - (day <= date(day.year, 7, 31)), 7, 31)
    return last_day_over(after, day, list(years))


def rows_until(model: str, when: str, school: School | None, last: date, but: Q | None = None) -> Any:
    """The rows of a school of which the day is that one, or before."""
    table: Any = apps.get_model(model)
    rows = table._base_manager.filter(school=school)  # noqa: SLF001 - whoever may not see them erases them all the same
    if last == date.min:
        return rows.none()
    if but is not None:
        rows = rows.filter(but)
    return rows.filter(until(table, when, school, last))


def until(table: Any, when: str, school: School | None, last: date) -> Q:
    """Is the day `when`, or the moment on the wall of the school, that day or before?"""
    if not isinstance(_field(table, when), DateTimeField):
        return Q(**{f"{when}__lte": last})
    return Q(**{f"{when}__lt": midnight_after(school, last)})


def midnight_after(school: School | None, last: date) -> datetime:
    zone = ZoneInfo(school.timezone if school else settings.TIME_ZONE)
    return datetime.combine(last + timedelta(days=1), time(), zone)


def _field(table: Any, lookup: str) -> Any:
    first, _, rest = lookup.partition("__")
    field = table._meta.get_field(first)
    return _field(field.related_model, rest) if rest else field


def held_in(school: School | None, day: date) -> set[int]:
    """Those whom a school keeps longer on that day."""
    held = Hold.objects.filter(school=school, last_day__gte=day)
    return set(held.values_list("person_id", flat=True))
