"""Figures of use that name nobody: how much is assessed in a school from a day to another, both counted. One statement each."""

from datetime import date
from typing import Any

from django.db.models import Q

from preau.domains.competences.models import Balance, Level, SelfLevel, Sheet
from preau.domains.competences.queries.levels import dated


def _levels(school_id: int, first: date, last: date) -> Any:
    rows = dated(Level.objects.filter(column__sheet__school=school_id, value__isnull=False))
    return rows.filter(
        Q(column__sheet__assessment=None) | Q(column__sheet__assessment__deleted_at=None),
        day_shown__range=(first, last),
    )


def levels(school_id: int, first: date, last: date) -> int:
    """Levels that were found, codes left out."""
    found: int = _levels(school_id, first, last).count()
    return found


def observed_levels(school_id: int, first: date, last: date) -> int:
    """Those of them that were seen in class."""
    found: int = _levels(school_id, first, last).filter(column__sheet__kind=Sheet.Kind.OBSERVED).count()
    return found


def proved_levels(school_id: int, first: date, last: date) -> int:
    """Those of them that a photo or a sound proves."""
    found: int = _levels(school_id, first, last).exclude(proof=None).count()
    return found


def groups(school_id: int, first: date, last: date) -> int:
    """Classes and groups in which something was found."""
    found: int = _levels(school_id, first, last).values("column__sheet__group_id").distinct().count()
    return found


def self_levels(school_id: int, first: date, last: date) -> int:
    """What pupils said of themselves."""
    rows = SelfLevel.objects.filter(column__sheet__school=school_id, at__date__range=(first, last))
    return rows.count()


def balances(school_id: int, first: date, last: date) -> int:
    """Components that councils have settled."""
    return Balance.objects.filter(school=school_id, at__date__range=(first, last)).count()
