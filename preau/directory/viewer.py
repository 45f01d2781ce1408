"""The Viewer: who looks, from which seat. Rules and queries take a viewer, never a request.

A seat is one profile in one place: « enseignante au collège des Tilleuls », « mère de Nina et d’Hugo ». A person has
one seat for each school they work or learn in, and one for all their children together (docs/decisions/0008 and 0009).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Guardianship, Holding, Person, School, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.words import Profile, Role

SETTINGS = "settings"


@dataclass(frozen=True)
class Seat:
    """`key` names the seat in a session, a form's stamp and the journal: « staff-12 », « guardian ».

    `delegated`: what the head has given until a day, beyond the roles (`Holding.scope`).
    """

    profile: Profile
    school: School | None = None
    roles: frozenset[Role] = frozenset()
    title: str = ""
    civility: str = ""
    delegated: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return f"{self.profile.value}-{self.school.pk}" if self.school else self.profile.value

    @property
    def label(self) -> str:
        """« Enseignant · mathématiques, Collège des Tilleuls »."""
        return f"{self.role_label}, {self.school.name}" if self.school else self.role_label

    @property
    def role_label(self) -> str:
        if self.profile != Profile.STAFF:
            return str(self.profile.label)
        words = _(" et ").join(role.said_of(self.civility) for role in Role if role in self.roles)
        return f"{words} · {self.title}" if self.title else words


@dataclass(frozen=True)
class Viewer:
    """A person in one of their seats, at a moment. Built once a request by the middleware."""

    person: Person
    account_id: int
    seat: Seat
    moment: datetime
    seats: tuple[Seat, ...] = field(repr=False)

    @cached_property
    def today(self) -> date:
        """The date on the wall of this seat's school: at 20:00 in Guadeloupe it is already tomorrow in Paris."""
        return timezone.localdate(self.moment, ZoneInfo(self.school.timezone) if self.school else None)

    @property
    def profile(self) -> Profile:
        return self.seat.profile

    @property
    def roles(self) -> frozenset[Role]:
        return self.seat.roles

    @property
    def school(self) -> School | None:
        return self.seat.school

    @property
    def school_id(self) -> int | None:
        return self.seat.school.pk if self.seat.school else None

    @property
    def year(self) -> SchoolYear | None:
        return self.seat.school.current_year if self.seat.school else None

    @property
    def key(self) -> str:
        return self.seat.key

    @property
    def label(self) -> str:
        return self.seat.label

    @property
    def is_staff(self) -> bool:
        return self.profile == Profile.STAFF

    @property
    def works_with_pupils(self) -> bool:
        """Staff whose function is about pupils: « autre personnel » (a cook, a technician) sees no child's row."""
        return self.is_staff and self.roles != {Role.OTHER}

    @property
    def is_guardian(self) -> bool:
        return self.profile == Profile.GUARDIAN

    def holds(self, *roles: Role) -> bool:
        """Does this seat give one of these roles?"""
        return not self.roles.isdisjoint(roles)

    def school_ids(self) -> list[int]:
        """The schools this person works or learns in, whatever the seat."""
        return [seat.school.pk for seat in self.seats if seat.school]

    def own_pupils(self) -> "QuerySet[Guardianship, dict[str, int]] | QuerySet[Person, dict[str, int]]":
        """Ids of the pupils this seat answers for: oneself for a pupil, the children for a guardian, else nobody.

        A subquery, to be used in a filter. Authority is dated: the right ends with it.
        """
        if self.profile == Profile.PUPIL:
            return Person.objects.filter(pk=self.person.pk).values("pk")
        if self.is_guardian:
            return (
                Guardianship.objects.informed(self.today)
                .of_another()
                .filter(guardian_id=self.person.pk)
                .values("pupil_id")
            )
        return Person.objects.none().values("pk")

    def schools_of_own_pupils(self) -> "QuerySet[Holding, dict[str, int | None]]":
        pupils = Holding.objects.filter(active_on(self.today), role=Role.PUPIL, person__in=self.own_pupils())
        return pupils.values("school_id")

    def seated(self, seat: Seat) -> "Viewer":
        return self if seat.key == self.seat.key else replace(self, seat=seat)

    def every_seat(self) -> Iterator["Viewer"]:
        """This person in each of their seats, the present one first."""
        yield self
        for seat in self.seats:
            if seat.key != self.seat.key:
                yield replace(self, seat=seat)

    def enter(self) -> None:
        """Put the clock on the wall of this seat's school."""
        if self.school:
            timezone.activate(ZoneInfo(self.school.timezone))
        else:
            timezone.deactivate()

    @cached_property
    def other_seats(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.key != self.seat.key]


def seats_of(person: Person, today: date) -> tuple[Seat, ...]:
    """Every seat a person has on a day, in two queries: holdings by school, then guardianships."""
    places: dict[tuple[Profile, int | None], list[Holding]] = {}
    held = Holding.objects.filter(active_on(today), person=person).select_related("school__current_year")
    for holding in held.order_by("school__name", "pk"):
        places.setdefault((Role(holding.role).profile, holding.school_id), []).append(holding)
    seats = [_seat(profile, holdings, person.civility, today) for (profile, _), holdings in places.items()]
    if Guardianship.objects.informed(today).of_another().filter(guardian=person).exists():
        seats.append(Seat(Profile.GUARDIAN))
    return tuple(seats)


def _seat(profile: Profile, holdings: list[Holding], civility: str, today: date) -> Seat:
    titles = dict.fromkeys(holding.title for holding in holdings if holding.title)
    roles = frozenset(Role(holding.role) for holding in holdings)
    delegated = frozenset(name for holding in holdings for name in holding.delegations(today))
    return Seat(profile, holdings[0].school, roles, ", ".join(titles), civility, delegated)


def viewer_for(person: Person, account_id: int, moment: datetime, seat_key: str = "") -> Viewer | None:
    """The person in the seat named `seat_key`, else in their first; None for a person who has none (any more)."""
    seats = seats_of(person, timezone.localdate(moment))
    if not seats:
        return None
    seat = next((known for known in seats if known.key == seat_key), seats[0])
    return Viewer(person=person, account_id=account_id, seat=seat, moment=moment, seats=seats)
