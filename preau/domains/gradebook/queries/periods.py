"""The periods of a year as this house sees them: which is now, which is sealed, to whom it is open again."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Subquery

from preau.directory.models import Period
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import PeriodSeal, Reopening


def periods_of(viewer: Viewer) -> list[Period]:
    """The periods of the current year, each with `is_sealed` and `opened_until` (this viewer's reopening): one query."""
    seals = PeriodSeal.objects.filter(period=OuterRef("pk"))
    own = Reopening.objects.filter(period=OuterRef("pk"), teacher=viewer.person.pk).open_on(viewer.today)
    rows = Period.objects.filter(year=viewer.year) if viewer.year else Period.objects.none()
    return list(
        rows.annotate(is_sealed=Exists(seals), opened_until=Subquery(own.values("until")[:1])).order_by(
            "starts", "pk"
        )
    )


def is_open(period: Period) -> bool:
    """May this viewer write in it, as far as its seal is concerned?"""
    sealed: bool = period.is_sealed  # type: ignore[attr-defined]
    return not sealed or period.opened_until is not None  # type: ignore[attr-defined]


def chosen_period(periods: Sequence[Period], typed: str | None, today: date) -> Period | None:
    """The period of an address, else the one of today, else the last that has begun."""
    named = next((one for one in periods if str(one.pk) == typed), None)
    begun = [one for one in periods if one.starts <= today]
    return named or (begun[-1] if begun else next(iter(periods), None))
