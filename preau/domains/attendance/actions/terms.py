"""What becomes of absences at their term: the rows that point at each other go together (docs/decisions/0113)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from preau.directory.models import School
from preau.directory.queries.terms import last_day_of, midnight_after, until
from preau.domains.attendance.models import (
    Alert,
    Arrangement,
    Decision,
    Entry,
    EntryChange,
    Explanation,
    FollowUp,
    FollowUpAction,
    Handling,
    Notice,
)


@transaction.atomic
def erase_entries(keys: Sequence[int]) -> int:
    """Absences with what became of them, step by step. What settled several hours of a day goes with the first of them."""
    handled = Q(handling__entry__in=keys) | Q(pk__in=keys)
    Entry.objects.filter(handled).update(handling=None)
    models: tuple[Any, ...] = (Handling, EntryChange, Notice)
    for model in models:
        model._base_manager.filter(entry__in=keys).delete()  # noqa: SLF001
    return _gone(Entry, keys)


@transaction.atomic
def erase_explanations(keys: Sequence[int]) -> int:
    """Explanations, and what was answered. Their documents go with the next sweep of the files."""
    Decision.objects.filter(explanation__in=keys).delete()
    Entry.objects.filter(explanation__in=keys).update(explanation=None)
    return _gone(Explanation, keys)


@transaction.atomic
def erase_follow_ups(keys: Sequence[int]) -> int:
    """What was done about an absent pupil, with the alerts that led to it."""
    FollowUpAction.objects.filter(follow_up__in=keys).delete()
    Alert.objects.filter(follow_up__in=keys).delete()
    return _gone(FollowUp, keys)


def _gone(model: Any, keys: Sequence[int]) -> int:
    rows = model._base_manager.filter(pk__in=keys)  # noqa: SLF001 - all of them, whoever sees them
    found: int = rows.count()
    rows.delete()
    return found


# Past their term


def follow_ups_due(school: School | None, day: date) -> Any:
    """Those that are over; of one that nobody has ended, those of which everything is old."""
    last = last_day_of(school, day)
    before = midnight_after(school, last)
    own = Q(follow_up=OuterRef("pk"))
    recent = Exists(FollowUpAction.objects.filter(own, day__gt=last)) | Exists(
        Alert.objects.filter(own, month__gt=last)
    )
    over = Q(closed_at__lt=before) | Q(closed_at=None, opened_at__lt=before)
    return FollowUp.objects.filter(over, ~recent, school=school)


def arrangements_due(school: School | None, day: date) -> Any:
    """Those of which the last day is old; of one without a last day, the day on which it was ended."""
    last = last_day_of(school, day)
    ended = Q(last_day=None) & until(Arrangement, "ended_at", school, last)
    return Arrangement.objects.filter(Q(last_day__lte=last) | ended, school=school)
