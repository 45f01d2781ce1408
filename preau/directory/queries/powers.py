"""Who may do what in a school: what each function opens, and what was given beyond it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from preau.directory.boards import Power, power_of, powers
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.queries.finding import pupils_here
from preau.directory.viewer import Place, Seat, Viewer
from preau.directory.words import Profile, Role
from preau.foundation import boards

GUARDIAN = "guardian"
# The page itself, which does not say that it opens.
PAGE = "directory:powers"


@dataclass(frozen=True)
class PowerRow:
    """One power, to whom, until when (included) and by whom. `is_guest`: it ends with the invitation."""

    holding_id: int
    name: str
    function: str
    key: str
    power: str
    text: str
    url_name: str
    until: date
    given_by: str
    is_guest: bool


def given_here(viewer: Viewer) -> list[PowerRow]:
    """What was given in the viewer's school and is in force, by name; two queries."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id).exclude(scope={})
    return given_with(held.order_by("person__search_name", "pk"), viewer.today)


def entrusted_to(viewer: Viewer) -> list[PowerRow]:
    """What the viewer was given in the school where they sit; two queries."""
    held = Holding.objects.active(viewer.today).filter(person=viewer.person.pk, school_id=viewer.school_id)
    return [one for one in given_with(held.order_by("pk"), viewer.today) if viewer.was_given(one.key)]


def given_with(held: "QuerySet[Holding]", today: date) -> list[PowerRow]:
    """What was given with these holdings; two queries."""
    found = list(held.select_related("person", "guest"))
    givers = Person.objects.in_bulk({by for holding in found for by in holding.given_on(today).values()})
    order = {power.key: rank for rank, power in enumerate(powers)}
    return [
        _one_given(holding, power, givers.get(by))
        for holding in found
        for key, by in sorted(holding.given_on(today).items(), key=lambda pair: order.get(pair[0], 0))
        if (power := power_of(key)) is not None
    ]


def _one_given(holding: Holding, power: Power, giver: Person | None) -> PowerRow:
    return PowerRow(
        holding_id=holding.pk,
        name=holding.person.full_name,
        function=function_of(holding),
        key=power.key,
        power=str(power.label),
        text=str(power.text),
        url_name=power.url_name,
        until=date.fromisoformat(holding.scope[power.key]["until"]),
        given_by=giver.full_name if giver else "",
        is_guest=hasattr(holding, "guest"),
    )


def function_of(holding: Holding) -> str:
    """« Enseignante · mathématiques »."""
    label = Role(holding.role).said_of(holding.person.civility)
    return f"{label} · {holding.title}" if holding.title else label


def powers_to_give(profile: Profile = Profile.STAFF) -> list[Power]:
    return [power for power in powers if profile in power.to]


def given_holdings(viewer: Viewer) -> "QuerySet[Holding]":
    """The holdings of the viewer's school with which something was given."""
    found: QuerySet[Holding] = Holding.objects.in_school(viewer).exclude(scope={})
    return found


def staff_to_name(viewer: Viewer) -> "QuerySet[Holding]":
    """One holding for each member of the staff who may be given something: neither a head, nor oneself, nor a guest."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id)
    heads = held.filter(role=Role.HEAD).values("person_id")
    staff = held.exclude(role__in=[Role.PUPIL, Role.AGENT]).exclude(person__in=heads).filter(guest=None)
    first = {holding.person_id: holding.pk for holding in staff.order_by("-pk")}
    found: QuerySet[Holding] = staff.filter(pk__in=first.values()).select_related("person")
    return found.order_by("person__search_name", "pk")


def said_of_power(details: Mapping[str, Any]) -> str:
    """« Tenir l’annuaire, jusqu’au 04/07/2027 »."""
    power = power_of(str(details["power"]))
    label = str(power.label) if power else ""
    if "until" not in details:
        return label
    day = {"power": label, "day": f"{date.fromisoformat(str(details['until'])):%d/%m/%Y}"}
    return _("%(power)s, jusqu’au %(day)s") % day


# What each function opens


@dataclass(frozen=True)
class PowerReach:
    """Pages of the menu, pages of settings, and gestures (each with its sentence), in words."""

    pages: tuple[str, ...]
    settings: tuple[str, ...]
    gestures: tuple[tuple[str, str], ...]

    def without(self, other: "PowerReach") -> "PowerReach":
        return PowerReach(
            tuple(page for page in self.pages if page not in other.pages),
            tuple(setting for setting in self.settings if setting not in other.settings),
            tuple(gesture for gesture in self.gestures if gesture not in other.gestures),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.pages or self.settings or self.gestures)


@dataclass(frozen=True)
class RoleRow:
    """A function, how many people have it here, and what it opens beyond what everyone has. `has_names`: they may be listed."""

    key: str
    label: str
    count: int
    opened: PowerReach
    has_names: bool


def roles_here(viewer: Viewer) -> tuple[PowerReach, list[RoleRow]]:
    """What everyone has but agents, then each function of the school with the rest. Asked of the rules themselves, for somebody who holds
    that function and nothing else: no table to forget."""
    counts = _counts(viewer)
    found = {key: (label, _opened_to(_as(viewer, key))) for key, label in _roles()}
    shared = _shared([opened for key, (_label, opened) in found.items() if key != Role.AGENT])
    rows = [
        RoleRow(
            key,
            label,
            counts.get(key, 0),
            opened if key == Role.AGENT else opened.without(shared),
            key not in {GUARDIAN, Role.PUPIL, Role.AGENT},
        )
        for key, (label, opened) in found.items()
    ]
    return shared, rows


def _roles() -> Iterable[tuple[str, str]]:
    for role in Role:
        if role != Role.OPERATOR:
            yield role.value, str(role.label)
        if role == Role.PUPIL:
            yield GUARDIAN, str(Profile.GUARDIAN.label)


def _as(viewer: Viewer, key: str) -> Viewer:
    """Somebody who holds this function in the viewer's school, and nothing else."""
    if key == GUARDIAN:
        seat = Seat(Profile.GUARDIAN)
    else:
        seat = Seat(Role(key).profile, viewer.school, frozenset({Role(key)}))
    one = Viewer(person=Person(), account_id=0, seat=seat, moment=viewer.moment, seats=(seat,))
    if viewer.school:
        # A family has no school of its own: its children's is this one.
        one.__dict__["places"] = (Place(viewer.school),)
    return one


def _opened_to(viewer: Viewer) -> PowerReach:
    pages = [
        viewer.name_of(entry.url_name, str(entry.label))
        for entry, seated in boards.offered(boards.menu, viewer)
        if entry.open_to(seated)
    ]
    settings = [
        str(page.label) for page in boards.settings_pages if page.url_name != PAGE and page.open_to(viewer)
    ]
    gestures = [
        (str(step.label), str(step.text))
        for step, seated in boards.offered(boards.first_steps, viewer)
        if step.url_name != PAGE and step.open_to(seated)
    ]
    return PowerReach(tuple(pages), tuple(settings), tuple(gestures))


def _shared(found: list[PowerReach]) -> PowerReach:
    """What all of them have."""
    first, rest = found[0], found[1:]
    return PowerReach(
        tuple(page for page in first.pages if all(page in other.pages for other in rest)),
        tuple(setting for setting in first.settings if all(setting in other.settings for other in rest)),
        tuple(gesture for gesture in first.gestures if all(gesture in other.gestures for other in rest)),
    )


def _counts(viewer: Viewer) -> dict[str, int]:
    """How many people hold each function here today, and how many follow a pupil; two queries."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id).order_by()
    counts = dict(held.values_list("role").annotate(people=Count("person", distinct=True)))
    followed = Guardianship.objects.informed(viewer.today).of_another()
    followed = followed.filter(pupil__in=pupils_here(viewer).values("person_id"))
    return counts | {GUARDIAN: followed.values("guardian_id").distinct().count()}


def people_in(viewer: Viewer, key: str) -> "QuerySet[Holding]":
    """Who holds a function in the viewer's school today, by name."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id, role=key)
    found: QuerySet[Holding] = held.select_related("person").order_by("person__search_name", "pk")
    return found
