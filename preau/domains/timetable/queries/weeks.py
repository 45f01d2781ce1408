"""The weeks of a year, and the name that a week has (« Semaine A »)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from preau.directory.models import Closure, Enrolment, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Alternation
from preau.foundation import dates
from preau.foundation.prepared import Prepared

A_WEEK = timedelta(days=7)
SCHOOL_DAYS = 5
Spans = Sequence[tuple[date, date]]


@dataclass(frozen=True)
class Week:
    """A week of a year. `is_closed`: no day of it, Monday to Friday, has lessons. `name`: A, B, or nothing."""

    monday: date
    is_closed: bool = False
    name: str = ""

    @property
    def friday(self) -> date:
        return self.monday + timedelta(days=4)


def weeks_between(first: date, last: date, closed: Spans) -> list[Week]:
    """Every week that has a day between two days, in order."""
    found: list[Week] = []
    monday = dates.monday_of(first)
    while monday <= last:
        days = [monday + timedelta(days=number) for number in range(SCHOOL_DAYS)]
        lessons = [day for day in days if first <= day <= last and not _is_in(day, closed)]
        found.append(Week(monday, not lessons))
        monday += A_WEEK
    return found


def _is_in(day: date, spans: Spans) -> bool:
    return any(starts <= day <= ends for starts, ends in spans)


def in_turn(weeks: Iterable[Week], since: date | None = None) -> tuple[list[date], list[date]]:
    """The Mondays of weeks taken in turn, since the first or the one given: a closed week takes no turn."""
    mondays = [
        week.monday for week in weeks if not week.is_closed and (since is None or week.monday >= since)
    ]
    return mondays[::2], mondays[1::2]


def weeks_of(year: SchoolYear) -> list[Week]:
    """The weeks of a year with what is closed and their names (two queries)."""
    closed = list(Closure.objects.filter(school=year.school_id).values_list("starts", "ends"))
    named = Alternation.objects.filter(year=year, names_weeks=True).values_list("name", "mondays")
    names = {monday: name for name, mondays in named for monday in mondays}
    return [
        Week(week.monday, week.is_closed, names.get(week.monday.isoformat(), ""))
        for week in weeks_between(year.starts, year.ends, closed)
    ]


def named_alternations(year: SchoolYear) -> list[Alternation]:
    """The two that give weeks their names, in order; none where the school has no such weeks."""
    return list(Alternation.objects.filter(year=year, names_weeks=True).order_by("name", "pk"))


def alternations_of(viewer: Viewer) -> "QuerySet[Alternation]":
    """Those of the viewer's year, each with how many weekly lessons follow it (`used`)."""
    found = Alternation.objects.visible_to(viewer).filter(year=viewer.year)
    going_on = Q(patterns__last_day__gte=viewer.today)
    return found.annotate(used=Count("patterns", filter=going_on)).order_by("-names_weeks", "name", "pk")


def named_weeks(viewer: Viewer, first: date, last: date) -> "QuerySet[Alternation]":
    """What names weeks between two days, in the schools that a viewer sees."""
    seen = Alternation.objects.visible_to(viewer)
    return seen.filter(names_weeks=True, year__starts__lte=last, year__ends__gte=first)


def groups_of_children(viewer: Viewer) -> "QuerySet[Enrolment]":
    """The enrolments, today, of the pupils whom the viewer answers for."""
    return Enrolment.objects.active(viewer.today).filter(pupil__in=viewer.own_pupils())


NAMED = Prepared(
    lambda viewer, first, last: named_weeks(viewer, first, last).values_list("school_id", "name", "mondays")
)


def names_between(viewer: Viewer, first: date, last: date) -> dict[date, str]:
    """The name of each week that has one, by its Monday; where two schools of a family differ, none (one query)."""
    return names_of(NAMED(viewer, first, last))


def names_of(lines: Iterable[tuple[int, str, list[str]]]) -> dict[date, str]:
    by_monday: dict[date, dict[int, str]] = {}
    schools: set[int] = set()
    for school, name, mondays in lines:
        schools.add(school)
        for monday in mondays:
            by_monday.setdefault(date.fromisoformat(monday), {})[school] = name
    return {monday: name for monday, by in by_monday.items() if (name := _shared(by, schools))}


def _shared(names: Mapping[int, str], schools: set[int]) -> str:
    return next(iter(names.values())) if set(names) == schools and len(set(names.values())) == 1 else ""


def name_of_week(viewer: Viewer, monday: date) -> str:
    """« Semaine A », or nothing (one query)."""
    return names_between(viewer, monday, monday + A_WEEK).get(monday, "")


def parsed(mondays: Iterable[Any]) -> list[date]:
    """Mondays as days, in order."""
    return sorted(date.fromisoformat(monday) for monday in mondays)
