"""The Viewer: who looks, from which seat. Rules and queries take a viewer, never a request.

A seat is one profile in one place: « enseignante au collège des Tilleuls », « mère de Nina et d’Hugo ». A person has
one seat for each school they work or learn in, and one for all their children together (docs/decisions/0008 and 0009).
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.boards import power_of, powers, verbs_of
from preau.directory.models import Enrolment, Guardianship, Holding, Person, School, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.words import SETTINGS, Profile, Role
from preau.foundation import boards, dates
from preau.foundation.prepared import Places, Prepared, padded

__all__ = ["SETTINGS", "Place", "Seat", "Viewer", "seats_of", "viewer_for"]


@dataclass(frozen=True)
class Seat:
    """`key` names the seat in a session, a form's stamp and the journal: « staff-12 », « guardian ».

    `delegated`: what the head has given until a day, beyond the roles (`Holding.scope`); `givers`: each with who gave it.
    `everywhere`: an operator of the whole platform, not of one territory.
    `pupils`: whom this seat answers for, today: oneself for a pupil, the children for a guardian, who learn at `places`.
    """

    profile: Profile
    school: School | None = None
    roles: frozenset[Role] = frozenset()
    title: str = ""
    civility: str = ""
    delegated: frozenset[str] = frozenset()
    givers: tuple[tuple[str, int], ...] = ()
    pupils: tuple[int, ...] = ()
    places: "tuple[Place, ...]" = field(default=(), repr=False, compare=False)
    everywhere: bool = False

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
        names = [role.said_of(self.civility) for role in Role if role in self.roles]
        words = _(" et ").join([*names[:1], *(f"{name[:1].lower()}{name[1:]}" for name in names[1:])])
        return f"{words} · {self.title}" if self.title else words


@dataclass(frozen=True)
class Place:
    """A school where a seat sits: one's own, or that of a child (`pupil_id`, and the child's level)."""

    school: School
    level: str = ""
    pupil_id: int | None = None

    def offers(self, service: str) -> bool:
        """Is this service open here? A level is closed to its pupils and their families; staff keep the service."""
        options = self.school.services.get(service, {})
        known = boards.services.named(service)
        meant = known is None or not known.kinds or self.school.kind in known.kinds
        return (
            meant
            and not options.get("off")
            and (not self.level or self.level not in options.get("levels", []))
        )


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
        """The schools of this seat. A guardian's came with the seat; a pupil's cost one query, only where some level is closed."""
        if self.is_guardian:
            return self.seat.places
        if self.school is None:
            return ()
        closes_levels = any(options.get("levels") for options in self.school.services.values())
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
    def closed(self) -> frozenset[str]:
        """The services that no school of this seat offers to it."""
        return frozenset(service.key for service in boards.services if not self.offers(service.key))

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
        entry = boards.menu.named(url_name, by="url_name") if self.in_primary else None
        fallback = entry.in_primary or fallback if entry else fallback
        if not self._are_renamed:
            return fallback
        called = {_name_in(place.school, url_name) for place in self.places}
        return (called.pop() if len(called) == 1 else "") or fallback

    @cached_property
    def in_primary(self) -> bool:
        """Do all the schools of this seat teach the first degree?"""
        return bool(self.places) and all(place.school.kind == School.Kind.ECOLE for place in self.places)

    def is_ecole(self, school_id: int) -> bool:
        """Does this school of the seat teach the first degree?"""
        return any(
            place.school.pk == school_id and place.school.kind == School.Kind.ECOLE for place in self.places
        )

    @cached_property
    def _are_renamed(self) -> bool:
        """Does a school of this seat call some service its own way?"""
        return any(
            options.get("names") for place in self.places for options in place.school.services.values()
        )

    def _changed(self, **changes: Any) -> "Viewer":
        changed = replace(self, **changes)
        if changed.seat is self.seat:
            changed.__dict__["found"] = self.found
            changed.__dict__["_known_offers"] = self._known_offers
            if "places" in self.__dict__:
                changed.__dict__["places"] = self.places
        return changed

    @cached_property
    def found(self) -> dict[tuple[str, int], Any]:
        """What rules, and the blocks of one record, have asked the database for this seat in this request, by a name and the object:
        once each."""
        return {}

    @cached_property
    def today(self) -> date:
        """The date on the wall of this seat's school: at 20:00 in Guadeloupe it is already tomorrow in Paris."""
        return timezone.localdate(self.moment, ZoneInfo(self.school.timezone) if self.school else None)

    @property
    def day_looked_at(self) -> date:
        """The day around which they look at a week: today, or the Monday that comes once the week of school is over."""
        zone = ZoneInfo(self.school.timezone) if self.school else timezone.get_current_timezone()
        return dates.looked_at(self.moment.astimezone(zone))

    def ago(self, time: timedelta) -> datetime:
        """The moment that was so long before now."""
        return self.moment - time

    def days_ago(self, time: timedelta) -> date:
        """The day that was so many days before today."""
        return self.today - time

    def years_ago(self, count: int) -> date:
        """The same day so many years before today; the 28th for a 29 February."""
        return dates.months_later(self.today, -12 * count)

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
        """The year of the seat's school, which is at hand on it."""
        school = self.seat.school
        year = school.current_year if school else None
        if year is not None and school is not None:
            year.school = school
        return year

    @cached_property
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
        """Staff whose function is about pupils, or who were given something that is: « autre personnel » (a cook, a
        technician) sees no child's row."""
        return self.is_staff and (self.roles != {Role.OTHER} or self._was_given_pupils)

    @property
    def _was_given_pupils(self) -> bool:
        return any(power.about_pupils and self.was_given(power.key) for power in powers)

    @property
    def is_guardian(self) -> bool:
        return self.profile == Profile.GUARDIAN

    def holds(self, *roles: Role) -> bool:
        """Does this seat give one of these roles?"""
        return not self.roles.isdisjoint(roles)

    def has_power(self, key: str) -> bool:
        """Does this seat have this power of the board, by its function or because it was given?"""
        power = power_of(key)
        return power is not None and (self.holds(*power.roles) or self.was_given(key))

    def was_given(self, key: str) -> bool:
        """Was this power given to this person, and is it still today? What was written beside a family's name gives nothing."""
        power = power_of(key)
        return key in self.seat.delegated and power is not None and self.profile in power.to

    def stands_in_for(self, verb: str) -> int | None:
        """For whom this viewer does what `verb` says: who gave the power that allows it, when no function does."""
        for power in powers:
            if self.was_given(power.key) and not self.holds(*power.roles) and verb in verbs_of(power):
                return dict(self.seat.givers).get(power.key) or None
        return None

    def school_ids(self) -> list[int]:
        """The schools this person works or learns in, whatever the seat."""
        return [seat.school.pk for seat in self.seats if seat.school]

    def own_pupils(self) -> tuple[int, ...]:
        """Ids of the pupils this seat answers for, for a filter: oneself for a pupil, the children for a guardian, else nobody.

        Authority is dated: the right ends with it. Ids and not a subquery: a database plans a list better than its origin.
        """
        return self._own_pupils

    @cached_property
    def _own_pupils(self) -> tuple[int, ...]:
        if self.is_guardian and self.service:
            closed = self._closed_pupils()
            return tuple(pupil for pupil in self.seat.pupils if pupil not in closed)
        return self.seat.pupils

    def _closed_pupils(self) -> list[int]:
        """The children to whom the service of this page is closed wherever they learn."""
        offered = {place.pupil_id for place in self.places if place.offers(self.service)}
        return [place.pupil_id for place in self.places if place.pupil_id and place.pupil_id not in offered]

    @property
    def follows_several(self) -> bool:
        """Answers for several pupils: what is shown of one names them, even where only one of them has the service."""
        return self.is_guardian and len(self.seat.pupils) > 1

    def schools_of_own_pupils(self) -> "QuerySet[Holding, dict[str, int | None]]":
        pupils = Holding.objects.filter(active_on(self.today), role=Role.PUPIL, person__in=self.own_pupils())
        return pupils.values("school_id")

    def seated(self, seat: Seat) -> "Viewer":
        return self if seat.key == self.seat.key else self._changed(seat=seat)

    def for_child(self, pupil_id: int) -> "Viewer":
        """The same guardian, looking at one of their children alone."""
        pupils = tuple(pupil for pupil in self.seat.pupils if pupil == pupil_id)
        places = tuple(place for place in self.seat.places if place.pupil_id == pupil_id)
        seat = replace(self.seat, pupils=pupils, places=places)
        return self._changed(seat=seat, seats=(seat,))

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
            self.seat.delegated,
            self.seat.everywhere,
            self.school is None,
            self.year is None,
            len(padded(self.own_pupils())),
            self.closed,
        )

    def stand_in(self, places: Places) -> "Viewer":
        """Anyone of this profile, with these roles: nobody's ids, no moment known, and no other seat to look at."""
        school: Any = None
        if self.school:
            year = places.value(lambda viewer: viewer.school.current_year_id, int) if self.year else None
            school = SimpleNamespace(pk=places.value(lambda viewer: viewer.school_id, int), current_year=year)
        pupils: Any = places.ids(lambda viewer: viewer.own_pupils(), len(padded(self.own_pupils())))
        person: Any = SimpleNamespace(pk=places.value(lambda viewer: viewer.person.pk, int))
        account: Any = places.value(lambda viewer: viewer.account_id, int)
        moment: Any = places.value(lambda viewer: viewer.moment, datetime)
        nothing: Any = None
        anyone = Viewer(
            person,
            account,
            Seat(
                self.profile,
                school,
                self.roles,
                delegated=self.seat.delegated,
                pupils=pupils,
                everywhere=self.seat.everywhere,
            ),
            moment,
            nothing,
        )
        anyone.__dict__["key"] = places.value(lambda viewer: viewer.key, str)
        anyone.__dict__["today"] = places.value(lambda viewer: viewer.today, date)
        anyone.__dict__["ago"] = lambda time: places.value(lambda viewer: viewer.ago(time), datetime)
        anyone.__dict__["days_ago"] = lambda time: places.value(lambda viewer: viewer.days_ago(time), date)
        anyone.__dict__["years_ago"] = lambda count: places.value(
            lambda viewer: viewer.years_ago(count), date
        )
        anyone.__dict__["_known_offers"] = {one.key: one.key not in self.closed for one in boards.services}
        if not self.is_guardian:
            # They answer for the same pupils on the pages of every service.
            anyone.__dict__["_known_within"] = {one.key: anyone for one in boards.services}
        return anyone


def _held_and_followed(person: int, today: date) -> "QuerySet[Holding]":
    """What somebody holds; and, as a guardian, where each child whom they follow learns, at which level: a family's access
    ends with its child's."""
    held = Holding.objects.filter(active_on(today), person=person)
    held = held.annotate(level=Value("", CharField()), of_child=Value(value=False))
    followed = Guardianship.objects.informed(today).of_another().filter(guardian=person).values("pupil_id")
    learnt = _learning(followed, today).order_by().annotate(of_child=Value(value=True))
    school = "school__current_year"
    return held.select_related(school).union(learnt.select_related(school), all=True)


HELD_AND_FOLLOWED = Prepared(_held_and_followed)


def _learning(pupils: Any, today: date) -> "QuerySet[Holding]":
    learnt = Holding.objects.filter(active_on(today), role=Role.PUPIL, person__in=pupils)
    level = Subquery(_levels(today).values("group__level")[:1])
    return learnt.select_related("school").annotate(level=level).order_by("pk")


LEARNING = Prepared(_learning)


def _levels(today: date) -> "QuerySet[Enrolment]":
    learnt = Enrolment.objects.filter(
        active_on(today), pupil=OuterRef("person"), group__school=OuterRef("school")
    )
    return learnt.exclude(group__level="")


def _places_of(pupils: tuple[int, ...], today: date) -> tuple[Place, ...]:
    """Where these pupils learn and at which level, in one query."""
    return _as_places(LEARNING(pupils, today))


def _as_places(held: list[Holding]) -> tuple[Place, ...]:
    return tuple(
        Place(holding.school, holding.level or "", holding.person_id) for holding in held if holding.school
    )  # type: ignore[attr-defined]


def _name_in(school: School, url_name: str) -> str:
    if not school.services:
        return ""
    names = (options.get("names", {}).get(url_name, "") for options in school.services.values())
    return next(filter(None, names), "")


def seats_of(person: Person, today: date) -> tuple[Seat, ...]:
    """Every seat a person has on a day: holdings by school, then guardianships (one query)."""
    places: dict[tuple[Profile, int | None], list[Holding]] = {}
    held, learning = [], []
    for one in HELD_AND_FOLLOWED(person.pk, today):
        (learning if one.of_child else held).append(one)
    held.sort(key=lambda one: (one.school.name if one.school else "", one.pk))
    learning.sort(key=lambda one: one.pk)
    for holding in held:
        places.setdefault((Role(holding.role).profile, holding.school_id), []).append(holding)
    seats = [_seat(profile, holdings, person.civility, today) for (profile, _), holdings in places.items()]
    # An agent of a commune who was invited to a school sits there first.
    seats.sort(key=lambda seat: seat.school is None)
    if learning:
        pupils = tuple(dict.fromkeys(one.person_id for one in learning))
        seats.append(Seat(Profile.GUARDIAN, pupils=pupils, places=_as_places(learning)))
    return tuple(seats)


def _seat(profile: Profile, holdings: list[Holding], civility: str, today: date) -> Seat:
    titles = dict.fromkeys(holding.title for holding in holdings if holding.title)
    roles = frozenset(Role(holding.role) for holding in holdings)
    given = {name: by for holding in holdings for name, by in holding.given_on(today).items()}
    pupils = (holdings[0].person_id,) if profile == Profile.PUPIL else ()
    everywhere = profile == Profile.OPERATOR and any(
        holding.territory_id is None and holding.school_id is None for holding in holdings
    )
    return Seat(
        profile,
        holdings[0].school,
        roles,
        ", ".join(titles),
        civility,
        delegated=frozenset(given),
        givers=tuple(sorted(given.items())),
        pupils=pupils,
        everywhere=everywhere,
    )


def viewer_for(person: Person, account_id: int, moment: datetime, seat_key: str = "") -> Viewer | None:
    """The person in the seat named `seat_key`, else in their first; None for a person who has none (any more)."""
    seats = seats_of(person, timezone.localdate(moment))
    if not seats:
        return None
    seat = next((known for known in seats if known.key == seat_key), seats[0])
    return Viewer(person=person, account_id=account_id, seat=seat, moment=moment, seats=seats)
