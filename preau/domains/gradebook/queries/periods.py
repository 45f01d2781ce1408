"""The periods of a year as this house sees them: which is now, which is sealed, to whom it is open again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from preau.directory.models import Period
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, PeriodSeal, Reopening
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


def _of_year(viewer: Viewer) -> Any:
    seals = PeriodSeal.objects.filter(period=OuterRef("pk"))
    own = Reopening.objects.filter(period=OuterRef("pk"), teacher=viewer.person.pk).open_on(viewer.today)
    rows = Period.objects.filter(year=viewer.year).order_by("starts", "pk")
    return rows.annotate(is_sealed=Exists(seals), opened_until=Subquery(own.values("until")[:1]))


OF_YEAR = Prepared(_of_year)


def periods_of(viewer: Viewer) -> list[Period]:
    """The periods of the current year, each with `is_sealed` and `opened_until` (this viewer's reopening): one query."""
    return OF_YEAR(viewer) if viewer.year else []


def is_open(period: Period) -> bool:
    """May this viewer write in it, as far as its seal is concerned?"""
    sealed: bool = period.is_sealed  # type: ignore[attr-defined]
    return not sealed or period.opened_until is not None  # type: ignore[attr-defined]


def chosen_period(periods: Sequence[Period], typed: str | None, today: date) -> Period | None:
    """The period of an address, else the one of today, else the last that has begun."""
    named = next((period for period in periods if str(period.pk) == typed), None)
    begun = [period for period in periods if period.starts <= today]
    return named or (begun[-1] if begun else next(iter(periods), None))
