"""How many pupils are absent, day by day over a few weeks: what a head sees before reading figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, PastAbsence
from preau.foundation import dates
from preau.foundation.prepared import Prepared
from preau.foundation.text import number

WEEKS, STRENGTHS, SCHOOL_DAYS = 6, 5, 5
# A day of the week stands out when it has this much more than the others.
STANDS_OUT = 1.25


def _by_day(viewer: Viewer, first: date) -> "QuerySet[Any, tuple[date, int]]":
    """By rolls, then as another program said it before: a day of both has two lines."""
    rolls, before = (
        found.filter(day__gte=first, day__lte=viewer.today)
        .order_by()
        .values("day")
        .annotate(pupils=Count("pupil", distinct=True))
        .values_list("day", "pupils")
        for found in (
            Entry.objects.visible_to(viewer).absences(),
            PastAbsence.objects.visible_to(viewer).standing().absences(),
        )
    )
    return rolls.union(before, all=True)


ABSENT = Prepared(_by_day)
Square = tuple[str, int] | None


@dataclass(frozen=True)
class Trend:
    """A column a week, a row a day of the week; a sentence that says what is to be seen."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[Square]]]
    said: str


def absence_trend(viewer: Viewer) -> Trend | None:
    """Of the last six weeks (one statement); None while no roll found anybody absent."""
    monday = dates.monday_of(viewer.today)
    first = monday - timedelta(weeks=WEEKS - 1)
    counts: Counter[date] = Counter()
    for day, pupils in ABSENT(viewer, first):
        counts[day] += pupils
    if not counts:
        return None
    mondays = [first + timedelta(weeks=week) for week in range(WEEKS)]
    days = [day for day in range(7) if day < SCHOOL_DAYS or any(count.weekday() == day for count in counts)]
    low, high = min(counts.values()), max(counts.values())
    return Trend(
        columns=[
            (_short(monday), _("semaine du %(day)s") % {"day": dates.plain_day(monday)}) for monday in mondays
        ],
        rows=[
            (
                f"{dates.DAYS[day][:3]}.",
                [_square(counts.get(monday + timedelta(days=day)), low, high) for monday in mondays],
            )
            for day in days
        ],
        said=_said(counts),
    )


def _short(monday: date) -> str:
    return f"{monday.day} {dates.SHORT_MONTHS[monday.month - 1]}"


def _square(count: int | None, low: int, high: int) -> Square:
    """The stronger, the nearer to the day with the most; the weakest for the day with the fewest."""
    if count is None:
        return None
    return number(count), 1 + round((STRENGTHS - 1) * (count - low) / ((high - low) or 1))


def _said(counts: Mapping[date, int]) -> str:
    """« 9 élèves absents par jour. Le vendredi : 14. »"""
    mean = round(sum(counts.values()) / len(counts))
    sentence = ngettext("%(num)s élève absent par jour", "%(num)s élèves absents par jour", mean) % {
        "num": number(mean)
    }
    by_weekday: dict[int, list[int]] = {}
    for day, count in counts.items():
        by_weekday.setdefault(day.weekday(), []).append(count)
    means = {day: sum(found) / len(found) for day, found in by_weekday.items()}
    most = max(means, key=lambda mean: means[mean])
    if len(means) > 1 and means[most] > STANDS_OUT * mean:
        facts = {"sentence": sentence, "day": dates.DAYS[most], "count": number(round(means[most]))}
        return _("%(sentence)s ; le %(day)s, %(count)s.") % facts
    return f"{sentence}."
