"""The periods of a year as this house sees them: which is now, which is sealed, to whom it is open again; and the years that one reads."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from preau.directory.models import Period, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, PeriodSeal, Reopening
from preau.domains.gradebook.models.reading import charges
from preau.domains.gradebook.rules.access import reads_every_class
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class PeriodRow:
    """A period for the head: what is assessed in it, its seal, and to whom it is open again."""

    period: Period
    count: int
    drafts: int
    seal: PeriodSeal | None
    reopenings: tuple[Reopening, ...]


def period_rows(viewer: Viewer) -> list[PeriodRow]:
    """The periods of the current year: four queries."""
    periods = list(Period.objects.visible_to(viewer).filter(year=viewer.year).order_by("starts", "pk"))
    seals = PeriodSeal.objects.visible_to(viewer).filter(period__in=periods).select_related("by")
    sealed = {seal.period_id: seal for seal in seals}
    again: dict[int, list[Reopening]] = defaultdict(list)
    rows = Reopening.objects.visible_to(viewer).filter(period__in=periods).open_on(viewer.today)
    for one in rows.select_related("teacher").order_by("teacher__search_name"):
        again[one.period_id].append(one)
    counted = Assessment.objects.visible_to(viewer).kept().filter(period__in=periods).order_by()
    counts = {
        row["period_id"]: row
        for row in counted.values("period_id").annotate(
            number=Count("pk"), drafts=Count("pk", filter=Q(published_at=None))
        )
    }
    return [
        PeriodRow(
            period,
            counts.get(period.pk, {}).get("number", 0),
            counts.get(period.pk, {}).get("drafts", 0),
            sealed.get(period.pk),
            tuple(again[period.pk]),
        )
        for period in periods
    ]


def _of_year(viewer: Viewer, year: int) -> Any:
    seals = PeriodSeal.objects.filter(period=OuterRef("pk"))
    own = Reopening.objects.filter(period=OuterRef("pk"), teacher=viewer.person.pk).open_on(viewer.today)
    rows = Period.objects.filter(year=year, school=viewer.school_id).order_by("starts", "pk")
    return rows.annotate(is_sealed=Exists(seals), opened_until=Subquery(own.values("until")[:1]))


OF_YEAR = Prepared(_of_year)


def periods_of(viewer: Viewer, year: int | None = None) -> list[Period]:
    """The periods of the current year, or of another of the school, each with `is_sealed` and `opened_until` (this viewer's
    reopening): one query."""
    year = year or (viewer.year.pk if viewer.year else None)
    return OF_YEAR(viewer, year) if year else []


@dataclass(frozen=True)
class YearChoice:
    """A school year of which marks are read; `is_now`: the one that goes on, the only one in which anything is written."""

    pk: int
    name: str
    is_now: bool


def years_with(rows: "Callable[[], QuerySet[Any]]") -> Prepared:
    """The years that a member of the staff reads, where there are such rows (of a `period`): what `years_of` asks."""

    def asked(viewer: Viewer) -> Any:
        held = SchoolYear.objects.in_school(viewer).filter(Exists(rows().filter(period__year=OuterRef("pk"))))
        if not reads_every_class(viewer):
            held = held.filter(pk__in=charges(viewer).values("group__year_id"))
        return held.order_by("-starts").values_list("pk", "name")

    return Prepared(asked)


YEARS = years_with(Assessment.objects.all)


def years_of(viewer: Viewer, asked: Prepared = YEARS) -> list[YearChoice]:
    """The year that goes on, then those before it in which there is something that this member of the staff may have read: one query."""
    if viewer.year is None:
        return []
    now = YearChoice(viewer.year.pk, viewer.year.name, is_now=True)
    return [now, *(YearChoice(pk, name, is_now=False) for pk, name in asked(viewer) if pk != now.pk)]


def year_choices(periods: Sequence[Period]) -> list[YearChoice]:
    """The years of these periods (with `is_now`), which are in the order of time: the latest first."""
    choices: dict[int, YearChoice] = {}
    for one in reversed(periods):
        is_now: bool = one.is_now  # type: ignore[attr-defined]
        choices.setdefault(one.year_id, YearChoice(one.year_id, one.year.name, is_now))
    return list(choices.values())


def chosen_year(years: Sequence[YearChoice], typed: str | None) -> YearChoice | None:
    """The year of an address among those that one reads, else the first."""
    return next((year for year in years if str(year.pk) == typed), next(iter(years), None))


def is_open(period: Period) -> bool:
    """May this viewer write in it, as far as its seal is concerned?"""
    sealed: bool = period.is_sealed  # type: ignore[attr-defined]
    return not sealed or period.opened_until is not None  # type: ignore[attr-defined]


def chosen_period(periods: Sequence[Period], typed: str | None, today: date) -> Period | None:
    """The period of an address, else the one of today, else the last that has begun."""
    named = next((period for period in periods if str(period.pk) == typed), None)
    begun = [period for period in periods if period.starts <= today]
    return named or (begun[-1] if begun else next(iter(periods), None))


def opened_period(periods: Sequence[Period], typed: str | None, today: date) -> Period | None:
    """The period of an address, else the last begun in which there is something to read (`is_held`), else as `chosen_period`."""
    held = [period for period in periods if period.starts <= today and getattr(period, "is_held", True)]
    return chosen_period(periods, typed or (str(held[-1].pk) if held else None), today)
