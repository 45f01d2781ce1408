"""The French school calendar: holidays by zone, public holidays, as closures of a school."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import holidays
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException, UnsupportedZoneException

from preau.directory.models import Closure, SchoolYear


def closures_of(year: SchoolYear) -> list[Closure]:
    """Unsaved closures of a year: the zone's holidays and the public holidays, one row a run of days.

    Sources: the ministry's calendar as published in open data (PyPI `vacances-scolaires-france`), public holidays of
    the code du travail (PyPI `holidays`). Beyond the last published year, and outside zones A, B and C, there are only public holidays.
    """
    named = _school_holidays(year) | _public_holidays(year)
    return [
        Closure(school_id=year.school_id, name=name, starts=first, ends=last)
        for name, first, last in _runs(named)
    ]


def _school_holidays(year: SchoolYear) -> dict[date, str]:
    zone = year.school.holiday_zone
    published = (
        [_published(civil_year, zone) for civil_year in (year.starts.year, year.ends.year)] if zone else []
    )
    return {day: name for days in published for day, name in days.items() if year.starts <= day <= year.ends}


@cache
def _published(civil_year: int, zone: str) -> dict[date, str]:
    """Days of holidays as the calendar names them. Reading it takes half a second, and an import opens a hundred years."""
    try:
        days = SchoolHolidayDates().holidays_for_year_and_zone(civil_year, zone)
    except (UnsupportedYearException, UnsupportedZoneException):
        return {}
    return {day: facts["nom_vacances"] for day, facts in days.items()}


def _public_holidays(year: SchoolYear) -> dict[date, str]:
    days = holidays.country_holidays("FR", years=[year.starts.year, year.ends.year], language="fr")
    return {day: name for day, name in days.items() if year.starts <= day <= year.ends}


def _runs(named: dict[date, str]) -> Iterable[tuple[str, date, date]]:
    """Consecutive days of one name, as (name, first, last)."""
    runs: list[tuple[str, date, date]] = []
    for day in sorted(named):
        name = named[day]
        if runs and runs[-1][0] == name and runs[-1][2] == day - timedelta(days=1):
            runs[-1] = (name, runs[-1][1], day)
        else:
            runs.append((name, day, day))
    return runs
