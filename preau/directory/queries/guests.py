"""The guests of a school, those who are there first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When

from preau.directory.boards import power_of
from preau.directory.models import Guardianship, Guest, Holding
from preau.directory.queries.powers import function_of
from preau.directory.viewer import Viewer


@dataclass(frozen=True)
class GuestRow:
    """`last_day` is included. `is_known`: something else is known of this person, who has an account already."""

    pk: int
    public_id: str
    name: str
    list_name: str
    function: str
    email: str
    reason: str
    last_day: date
    is_over: bool
    invited_at: Any
    invited_by: str
    powers: tuple[str, ...]
    is_known: bool


def guests_of(viewer: Viewer) -> "QuerySet[Guest]":
    """Those who are there, the nearest end first; then those who have gone, the last one first."""
    over = Case(When(holding__ends__lte=viewer.today, then=Value(1)), default=Value(0))
    elsewhere = Holding.objects.filter(person=OuterRef("holding__person")).exclude(pk=OuterRef("holding"))
    follows = Guardianship.objects.filter(guardian=OuterRef("holding__person"))
    found: Any = Guest.objects.visible_to(viewer).annotate(
        over=over, elsewhere=Exists(elsewhere), follows=Exists(follows)
    )
    return found.select_related("holding__person", "holding__given_by").order_by(  # type: ignore[no-any-return]
        "over",
        Case(When(over=0, then=F("holding__ends"))),
        F("holding__ends").desc(),
        "pk",
    )


def guest_rows(viewer: Viewer, guests: Iterable[Any]) -> list[GuestRow]:
    return [_row(guest, viewer.today) for guest in guests]


def _row(guest: Any, today: date) -> GuestRow:
    holding, person = guest.holding, guest.holding.person
    given = [power_of(key) for key in holding.given_on(today)]
    return GuestRow(
        pk=guest.pk,
        public_id=person.public_id,
        name=person.full_name,
        list_name=person.list_name,
        function=function_of(holding),
        email=person.email,
        reason=guest.reason,
        last_day=holding.ends - timedelta(days=1),
        is_over=guest.is_over(today),
        invited_at=guest.invited_at,
        invited_by=holding.given_by.full_name if holding.given_by else "",
        powers=tuple(str(power.label) for power in given if power),
        is_known=guest.elsewhere or guest.follows,
    )
