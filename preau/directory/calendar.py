"""The French school calendar: holidays by zone, public holidays, as closures of a school."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import holidays
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException, UnsupportedZoneException

from preau.directory.models import Closure, SchoolYear
from preau.directory.words import Zone

# How the package names the territories that have public holidays of their own.
OVERSEAS_DAYS = {
    Zone.GUADELOUPE: "971",
    Zone.MARTINIQUE: "972",
    Zone.GUYANE: "973",
    Zone.REUNION: "974",
    Zone.MAYOTTE: "976",
    Zone.CALEDONIE: "NC",
    Zone.POLYNESIE: "PF",
    Zone.MIQUELON: "PM",
    Zone.WALLIS: "WF",
}


def closures_of(year: SchoolYear) -> list[Closure]:
    """Unsaved closures of a year: the zone's holidays and the public holidays, one row a run of days.

    Sources: the ministry's calendar as published in open data (PyPI `vacances-scolaires-france`), public holidays of
    the code du travail (PyPI `holidays`). Beyond the last published year, and outside zones A, B and C, there are only public holidays.
    """
    return closures_in(year, year.school.holiday_zone)


def closures_in(year: SchoolYear, zone: str) -> list[Closure]:
    """The same, were the school in that zone."""
    named = _school_holidays(year, zone) | _public_holidays(year, zone)
    return [
        Closure(school_id=year.school_id, name=name, starts=first, ends=last)
        for name, first, last in _runs(named)
    ]


def school_days_around(civil_year: int, zone: str) -> tuple[date | None, date | None]:
    """The first day after the summer of a civil year, and the last one before the next summer, where they are published."""
    before, after = (_summer(year, zone) for year in (civil_year, civil_year + 1))
    return (
        max(before) + timedelta(days=1) if before else None,
        min(after) - timedelta(days=1) if after else None,
    )


def _summer(civil_year: int, zone: str) -> list[date]:
    return [day for day, name in (_published(civil_year, zone) if zone else {}).items() if "été" in name]


def _school_holidays(year: SchoolYear, zone: str) -> dict[date, str]:
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


def is_public_holiday(day: date, zone: str) -> bool:
    """Is this a public holiday there? For delays counted in working days."""
    return day in holidays.country_holidays("FR", subdiv=OVERSEAS_DAYS.get(Zone(zone)), years=day.year)


def _public_holidays(year: SchoolYear, zone: str) -> dict[date, str]:
    """National days, and those of an overseas territory (the abolition of slavery has a day of its own in each)."""
    years = [year.starts.year, year.ends.year]
    days = holidays.country_holidays("FR", subdiv=OVERSEAS_DAYS.get(zone), years=years, language="fr")
    return {day: name for day, name in days.items() if year.starts <= day <= year.ends}


def _runs(named: dict[date, str]) -> Iterable[tuple[str, date, date]]:
    """Consecutive days of one name, as (name, first, last). The packages type « Vacances d'hiver »."""
    runs: list[tuple[str, date, date]] = []
    for day in sorted(named):
        name = named[day].replace("'", "’")
        if runs and runs[-1][0] == name and runs[-1][2] == day - timedelta(days=1):
            runs[-1] = (name, runs[-1][1], day)
        else:
            runs.append((name, day, day))
    return runs
