"""Everybody of a school who holds more than an ordinary seat, for the review of a quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from preau.directory.models import AccessDoubt, Guest, Holding
from preau.directory.queries.powers import PowerRow, function_of, given_here, given_with
from preau.directory.rules.powers import REVIEWED
from preau.directory.viewer import Viewer
from preau.directory.words import Role


@dataclass(frozen=True)
class AccessRow:
    """What one holding gives. `last` is the last sign-in, None for whoever never came. `may_doubt`: a function of the files."""

    holding_id: int
    name: str
    function: str
    powers: tuple[PowerRow, ...]
    guest_id: int | None
    last_day: date | None
    has_account: bool
    last: datetime | None
    doubted_on: datetime | None
    may_doubt: bool
    is_own: bool


@dataclass(frozen=True)
class AccessCounts:
    people: int
    given: int
    guests: int
    doubts: int


def access_of(viewer: Viewer) -> "QuerySet[Holding]":
    """Heads, office, school life, nurse and digital lead; whoever was given something; guests and agents."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id)
    # What was given until a day that is past is still written.
    given = [holding.pk for holding in held.exclude(scope={}).only("scope") if holding.given_on(viewer.today)]
    more = Q(role__in=[*REVIEWED, Role.AGENT]) | Q(pk__in=given) | Q(guest__isnull=False)
    found: QuerySet[Holding] = held.exclude(role=Role.PUPIL).filter(more)
    return found.select_related("person", "guest", "doubt").order_by("person__search_name", "pk")


def access_rows(viewer: Viewer, held: Sequence[Any]) -> list[AccessRow]:
    """These holdings in words; three queries."""
    accounts = get_user_model().objects.filter(person__in=[one.person_id for one in held])
    seen = dict(accounts.values_list("person_id", "last_login"))
    page = Holding.objects.filter(pk__in=[one.pk for one in held]).order_by("pk")
    given: dict[int, list[PowerRow]] = {}
    for one in given_with(page, viewer.today):
        given.setdefault(one.holding_id, []).append(one)
    return [_row(viewer, one, seen, tuple(given.get(one.pk, ()))) for one in held]


def _row(viewer: Viewer, holding: Any, seen: dict[int, Any], given: tuple[PowerRow, ...]) -> AccessRow:
    guest, noted = getattr(holding, "guest", None), getattr(holding, "doubt", None)
    is_own = holding.person_id == viewer.person.pk
    return AccessRow(
        holding_id=holding.pk,
        name=holding.person.full_name,
        function=function_of(holding),
        powers=given,
        guest_id=guest.pk if guest else None,
        last_day=holding.ends - timedelta(days=1) if holding.ends else None,
        has_account=holding.person_id in seen,
        last=seen.get(holding.person_id),
        doubted_on=noted.noted_at if noted else None,
        may_doubt=holding.role in REVIEWED and not is_own,
        is_own=is_own,
    )


def counts_of_access(viewer: Viewer) -> AccessCounts:
    """What a review counts at its end."""
    held = access_of(viewer)
    return AccessCounts(
        people=held.order_by().values("person_id").distinct().count(),
        given=len(given_here(viewer)),
        guests=Guest.objects.in_school(viewer).filter(holding__ends__gt=viewer.today).count(),
        doubts=AccessDoubt.objects.in_school(viewer).filter(holding__in=held.values("pk")).count(),
    )
