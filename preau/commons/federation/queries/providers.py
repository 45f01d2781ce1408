"""Whom a provider may let in, and who must come in by one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.federation import rules
from preau.commons.federation.models import Coming, Link, LocalDoor, OnlyWay, Provider
from preau.commons.federation.words import Audience, Key
from preau.directory.models import Holding, Person, School
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer, seats_of, viewer_for
from preau.directory.words import Role
from preau.foundation.prepared import Prepared
from preau.foundation.text import fold
from preau.identity.models import Account
from preau.identity.standing import Standing


def can_let_in(provider: Provider, standing: Standing, now: datetime) -> bool:
    """May this provider say who this person is (`rules.may_let_in`)?"""
    heads = _heads_of(provider.school_id, now) if provider.school_id else []
    schools = _schools_of(provider.territory_id) if provider.territory_id else None
    return rules.may_let_in(provider, standing, heads, schools)


def _heads_of(school_id: int, now: datetime) -> list[Viewer]:
    """The heads of a school, each in their seat there."""
    today = timezone.localdate(now)
    held = Holding.objects.filter(active_on(today), school=school_id, role=Role.HEAD, person__erased_at=None)
    found = (
        viewer_for(holding.person, 0, now, f"staff-{school_id}") for holding in held.select_related("person")
    )
    return [
        viewer for viewer in found if viewer and viewer.school_id == school_id and viewer.holds(Role.HEAD)
    ]


def _schools_of(territory_id: int) -> frozenset[int]:
    """The schools of a territory, and of those that are part of it."""
    inside = Q(territory=territory_id) | Q(territory__parent=territory_id)
    inside |= Q(territory__parent__parent=territory_id)
    return frozenset(School.objects.filter(inside).values_list("pk", flat=True))


def bound_here(account: Account, now: datetime) -> bool:
    """Must the person of this account come in by a provider, today (`rules.is_bound`)?"""
    seats = seats_of(account.person, timezone.localdate(now))
    schools = {seat.school.pk for seat in seats if seat.school}
    schools |= {place.school.pk for seat in seats for place in seat.places}
    bound: dict[int, set[str]] = defaultdict(set)
    asked = OnlyWay.objects.filter(school__in=schools).select_related("school")
    ways = [] if not asked else _on(now)
    for only_way in asked:
        # Where no provider is open for them, passwords serve: nobody is shut out by a box that was ticked last year.
        if only_way.audience in _served(ways, only_way.school):
            bound[only_way.school_id].add(only_way.audience)
    if not bound:
        return False
    doors = set(LocalDoor.objects.open(now).filter(school__in=bound).values_list("school_id", flat=True))
    return rules.is_bound(seats, bound, doors)


def said_of_change(details: Mapping[str, Any]) -> str:
    """What a line of the journal adds: which fields changed."""
    changed = [name for name in str(details.get("changed", "")).split(",") if name]
    names = {field.name: str(field.verbose_name) for field in Provider._meta.fields}
    return ", ".join(names.get(name, name) for name in changed)


@dataclass(frozen=True)
class Gate:
    """A provider as the sign-in page and the chooser show it."""

    provider: Provider
    label: str
    place: str
    is_troubled: bool


def gates_for(school: School | None, chosen: str, now: datetime) -> tuple[list[Gate], bool]:
    """The providers that concern this browser: those of the platform, of the school that is known, of its territory, and the one by which
    somebody came last; and whether there are others."""
    every = _on(now)
    near = [one for one in every if _is_near(one, school) or one.public_id == chosen]
    near.sort(key=lambda one: one.public_id != chosen)
    shown = near[: rules.MOST_BUTTONS]
    return [_gate(one, now) for one in shown], len(every) > len(shown)


def all_gates(now: datetime) -> list[Gate]:
    """Every provider that is on: those of the platform first, then by place."""
    gates = [_gate(one, now) for one in _on(now)]
    return sorted(gates, key=lambda gate: (bool(gate.place), fold(gate.place), gate.provider.order))


def _open(today: date) -> "QuerySet[Provider]":
    return Provider.objects.on(today).select_related("school", "territory")


OPEN = Prepared(_open)


def _on(now: datetime) -> list[Provider]:
    return OPEN(timezone.localdate(now))


def _is_near(provider: Provider, school: School | None) -> bool:
    if provider.school_id is None and provider.territory_id is None:
        return True
    if school is None:
        return False
    return provider.school_id == school.pk or (
        provider.territory_id is not None and provider.territory_id == school.territory_id
    )


def _gate(provider: Provider, now: datetime) -> Gate:
    """« Élèves et familles : EduConnect »."""
    whom = "" if provider.audience == Audience.EVERYBODY else f"{provider.get_audience_display()}\u202f: "
    place = provider.school or provider.territory
    return Gate(provider, f"{whom}{provider.name}", place.name if place else "", provider.is_troubled(now))


def open_provider(public_id: str, now: datetime) -> Provider | None:
    # PostgreSQL reads no text with a NUL.
    return _open(timezone.localdate(now)).filter(public_id=public_id.replace("\0", " ")).first()


@dataclass(frozen=True)
class Row:
    """A provider in the list of those who settle it."""

    provider: Provider
    word: str
    tone: str
    icon: str


def providers_of(viewer: Viewer) -> Any:
    """Those that a viewer reads, each with how many accounts it opens."""
    found = Provider.objects.visible_to(viewer).select_related("territory")
    counted = found.annotate(linked=Count("links", filter=Q(links__cut_at=None)))
    return counted.order_by("order", "name", "pk")


def row_of(provider: Provider, now: datetime) -> Row:
    if not provider.is_open(timezone.localdate(now)):
        return Row(provider, _("Fermé"), "neutral", "")
    if provider.is_troubled(now):
        return Row(provider, _("Ne répond pas bien"), "todo", "alert-triangle")
    return Row(provider, _("Ouvert"), "done", "")


def door_of(viewer: Viewer) -> LocalDoor | None:
    """The local door of the viewer's school, while it is open."""
    found = LocalDoor.objects.visible_to(viewer).open(viewer.moment).filter(school=viewer.school_id)
    return found.select_related("opened_by", "school").first()


def only_ways_of(viewer: Viewer) -> list[str]:
    return list(
        OnlyWay.objects.filter(school=viewer.school_id)
        .order_by("audience")
        .values_list("audience", flat=True)
    )


def audiences_served(viewer: Viewer) -> list[str]:
    """The audiences of the viewer's school that some open provider may let in."""
    return _served(_on(viewer.moment), viewer.school)


def _served(providers: Sequence[Provider], school: School | None) -> list[str]:
    known = {provider.audience for provider in providers if _is_near(provider, school)}
    everyone = Audience.EVERYBODY in known
    return [one.value for one in (Audience.FAMILIES, Audience.STAFF) if one in known or everyone]


def links_of(viewer: Viewer, person: Person) -> list[Link]:
    """The accounts of elsewhere that open this person's."""
    found = Link.objects.visible_to(viewer).live().filter(person=person)
    return list(found.select_related("provider"))


def coming_of(session_key: str | None) -> Coming | None:
    """By whom a session of ours was opened."""
    return (
        Coming.objects.select_related("provider").filter(session=session_key).first() if session_key else None
    )


def school_named(public_id: str) -> School | None:
    return School.objects.filter(public_id=public_id[:24].replace("\0", " ")).first() if public_id else None


def keys_told(provider: Provider) -> list[tuple[str, str]]:
    """What its attributes say: (attribute, what it leads to)."""
    return [(name, str(Key(key).label)) for name, key in provider.rules.items() if key in Key.values]


def only_ways_told(viewer: Viewer) -> list[str]:
    return [str(Audience(way).label) for way in only_ways_of(viewer)]
