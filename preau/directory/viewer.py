"""The Viewer: who looks, from which seat. Rules and queries take a viewer, never a request.

A seat is one profile in one place: « enseignante au collège des Tilleuls », « mère de Nina et d’Hugo ». A person has
one seat for each school they work or learn in, and one for all their children together (docs/decisions/0008 and 0009).
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Guardianship, Holding, Person, School, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.words import Profile, Role
from preau.foundation import boards
from preau.foundation.prepared import Places, Prepared, padded

SETTINGS = "settings"


@dataclass(frozen=True)
class Seat:
    """`key` names the seat in a session, a form's stamp and the journal: « staff-12 », « guardian ».

    `delegated`: what the head has given until a day, beyond the roles (`Holding.scope`).
    `pupils`: whom this seat answers for, today: oneself for a pupil, the children for a guardian.
    """

    profile: Profile
    school: School | None = None
    roles: frozenset[Role] = frozenset()
    title: str = ""
    civility: str = ""
    delegated: frozenset[str] = frozenset()
    pupils: tuple[int, ...] = ()

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
class Place:
    """A school where a seat sits: one's own, or that of a child (`pupil_id`, and the child's level)."""

    school: School
    level: str = ""
    pupil_id: int | None = None

    def offers(self, service: str) -> bool:
        """Is this service open here? A level is closed to its pupils and their families; staff keep the service."""
        said = self.school.services.get(service, {})
        known = next((one for one in boards.services if one.key == service), None)
        meant = known is None or not known.kinds or self.school.kind in known.kinds
        return meant and not said.get("off") and (not self.level or self.level not in said.get("levels", []))


@dataclass(frozen=True)
class Viewer:
    """A person in one of their seats, at a moment. Built once a request by the middleware.

    `service` is the one whose page is being opened: children of schools where it is closed are then left out.
    """

    person: Person
    account_id: int
    seat: Seat
    moment: datetime
    seats: tuple[Seat, ...] = field(repr=False)
    service: str = ""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The schools of this seat. A guardian's cost one query; a pupil's one, only where some level is closed."""
        if self.is_guardian:
            return _places_of(self.seat.pupils, self.today)
        if self.school is None:
            return ()
        closes_levels = any(said.get("levels") for said in self.school.services.values())
        if self.profile == Profile.PUPIL and closes_levels:
            return _places_of(self.seat.pupils, self.today)
        return (Place(self.school),)

    @property
    def only_school(self) -> School | None:
        """The school of this seat; for a guardian, that of all the children when it is the same."""
        schools = {place.school.pk: place.school for place in self.places}
        return next(iter(schools.values())) if len(schools) == 1 else None

    def offers(self, service: str) -> bool:
        """Is this service open to this seat somewhere? Whoever has no school yet is refused nothing."""
        known = self._known_offers
        if service not in known:
            known[service] = not self.places or any(place.offers(service) for place in self.places)
        return known[service]

    @cached_property
    def _known_offers(self) -> dict[str, bool]:
        """A home asks thirty times about five services."""
        return {}

    def within(self, service: str) -> "Viewer":
        """The same viewer, on a page of this service."""
        if service == self.service:
            return self
        if service not in self._known_within:
            self._known_within[service] = self._changed(service=service)
        return self._known_within[service]

    @cached_property
    def _known_within(self) -> dict[str, "Viewer"]:
        return {}

    def name_of(self, url_name: str, fallback: str) -> str:
        """What the school calls an entry of the menu; two schools that differ are not shown each other's word."""
        called = {_name_in(place.school, url_name) for place in self.places}
        return (called.pop() if len(called) == 1 else "") or fallback

    def _changed(self, **changes: Any) -> "Viewer":
        changed = replace(self, **changes)
        if "places" in self.__dict__ and changed.seat is self.seat:
            changed.__dict__["places"] = self.places
        return changed

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

    def own_pupils(self) -> tuple[int, ...]:
        """Ids of the pupils this seat answers for, for a filter: oneself for a pupil, the children for a guardian, else nobody.

        Authority is dated: the right ends with it. Ids and not a subquery: a database plans a list better than its origin.
        """
        if self.is_guardian and self.service:
            closed = self._closed_pupils()
            return tuple(pupil for pupil in self.seat.pupils if pupil not in closed)
        return self.seat.pupils

    def _closed_pupils(self) -> list[int]:
        """The children to whom the service of this page is closed wherever they learn."""
        offered = {place.pupil_id for place in self.places if place.offers(self.service)}
        return [place.pupil_id for place in self.places if place.pupil_id and place.pupil_id not in offered]

    def schools_of_own_pupils(self) -> "QuerySet[Holding, dict[str, int | None]]":
        pupils = Holding.objects.filter(active_on(self.today), role=Role.PUPIL, person__in=self.own_pupils())
        return pupils.values("school_id")

    def seated(self, seat: Seat) -> "Viewer":
        return self if seat.key == self.seat.key else self._changed(seat=seat)

    def every_seat(self) -> Iterator["Viewer"]:
        """This person in each of their seats, the present one first."""
        yield self
        for seat in self.seats:
            if seat.key != self.seat.key:
                yield self._changed(seat=seat)

    def enter(self) -> None:
        """Put the clock on the wall of this seat's school."""
        if self.school:
            timezone.activate(ZoneInfo(self.school.timezone))
        else:
            timezone.deactivate()

    @cached_property
    def other_seats(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.key != self.seat.key]

    def shape(self) -> Hashable:
        """All that `visible_to` may choose a query by (see `foundation.prepared`)."""
        return (
            self.profile,
            self.roles,
            self.school is None,
            self.year is None,
            len(padded(self.own_pupils())),
        )

    def stand_in(self, places: Places) -> "Viewer":
        """Anyone of this profile, with these roles: nobody's ids, and no moment nor other seat to look at."""
        school: Any = None
        if self.school:
            year = places.value(lambda viewer: viewer.school.current_year_id, int) if self.year else None
            school = SimpleNamespace(pk=places.value(lambda viewer: viewer.school_id, int), current_year=year)
        pupils: Any = places.ids(lambda viewer: viewer.own_pupils(), len(padded(self.own_pupils())))
        person: Any = SimpleNamespace(pk=places.value(lambda viewer: viewer.person.pk, int))
        account: Any = places.value(lambda viewer: viewer.account_id, int)
        nothing: Any = None
        anyone = Viewer(
            person, account, Seat(self.profile, school, self.roles, pupils=pupils), nothing, nothing
        )
        anyone.__dict__["today"] = places.value(lambda viewer: viewer.today, date)
        return anyone


def _informed(today: date) -> "QuerySet[Guardianship]":
    """The links that give a right to follow a child who is a pupil: a family's access ends with its child's."""
    learns = Holding.objects.filter(active_on(today), person=OuterRef("pupil"), role=Role.PUPIL)
    return Guardianship.objects.informed(today).of_another().filter(Exists(learns))


HELD = Prepared(
    lambda person, today: (
        Holding.objects.filter(active_on(today), person=person)
        .select_related("school__current_year")
        # Most of the staff and every pupil answer for nobody: asked in passing, it is one query less for them.
        .annotate(follows=Exists(_informed(today).filter(guardian=OuterRef("person"))))
        .order_by("school__name", "pk")
    )
)
FOLLOWED = Prepared(
    lambda person, today: (
        _informed(today).filter(guardian=person).order_by("pk").values_list("pupil_id", flat=True)
    )
)


LEARNING = Prepared(
    lambda pupils, today: (
        Holding.objects.filter(active_on(today), role=Role.PUPIL, person__in=pupils)
        .select_related("school")
        .annotate(level=Subquery(_levels(today).values("group__level")[:1]))
        .order_by("pk")
    )
)


def _levels(today: date) -> "QuerySet[Enrolment]":
    learnt = Enrolment.objects.filter(
        active_on(today), pupil=OuterRef("person"), group__school=OuterRef("school")
    )
    return learnt.exclude(group__level="")


def _places_of(pupils: tuple[int, ...], today: date) -> tuple[Place, ...]:
    """Where these pupils learn and at which level, in one query."""
    held = LEARNING(pupils, today)
    return tuple(Place(one.school, one.level or "", one.person_id) for one in held if one.school)


def _name_in(school: School, url_name: str) -> str:
    if not school.services:
        return ""
    names = (said.get("names", {}).get(url_name, "") for said in school.services.values())
    return next(filter(None, names), "")


def seats_of(person: Person, today: date) -> tuple[Seat, ...]:
    """Every seat a person has on a day: holdings by school, then guardianships; one query, two for guardians."""
    places: dict[tuple[Profile, int | None], list[Holding]] = {}
    held = list(HELD(person.pk, today))
    for holding in held:
        places.setdefault((Role(holding.role).profile, holding.school_id), []).append(holding)
    seats = [_seat(profile, holdings, person.civility, today) for (profile, _), holdings in places.items()]
    pupils = FOLLOWED(person.pk, today) if not held or held[0].follows else ()
    if pupils:
        seats.append(Seat(Profile.GUARDIAN, pupils=tuple(dict.fromkeys(pupils))))
    return tuple(seats)


def _seat(profile: Profile, holdings: list[Holding], civility: str, today: date) -> Seat:
    titles = dict.fromkeys(holding.title for holding in holdings if holding.title)
    roles = frozenset(Role(holding.role) for holding in holdings)
    delegated = frozenset(name for holding in holdings for name in holding.delegations(today))
    pupils = (holdings[0].person_id,) if profile == Profile.PUPIL else ()
    return Seat(profile, holdings[0].school, roles, ", ".join(titles), civility, delegated, pupils)


def viewer_for(person: Person, account_id: int, moment: datetime, seat_key: str = "") -> Viewer | None:
    """The person in the seat named `seat_key`, else in their first; None for a person who has none (any more)."""
    seats = seats_of(person, timezone.localdate(moment))
    if not seats:
        return None
    seat = next((known for known in seats if known.key == seat_key), seats[0])
    return Viewer(person=person, account_id=account_id, seat=seat, moment=moment, seats=seats)
