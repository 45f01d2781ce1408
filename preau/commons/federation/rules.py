"""Who settles providers, whom a provider may let in, and to whom a password still opens."""

from collections.abc import Iterable
from datetime import timedelta

from preau.commons.federation.models import Link, Provider
from preau.commons.federation.words import Audience
from preau.directory.models import Person, School
from preau.directory.rules.settings import runs_settings
from preau.directory.viewer import Seat, Viewer
from preau.directory.words import Profile, Role
from preau.identity.rules import can_give_code, can_give_way_in, keeps_accounts, runs_platform
from preau.identity.standing import Standing

# What was asked of a provider is answered within ten minutes, or not at all; whoever is not known yet has as long to link.
ASKED_LIFE = LINK_LIFE = timedelta(minutes=10)
# « Le guichet ne répond pas »: three days at most.
DOOR_LIFE = timedelta(days=3)
# SAML: between the form that brings an answer and the browser that takes it.
BELIEVED_LIFE = timedelta(minutes=2)
# A key of ours is published so long before it signs, and so long after another does: providers read our description when they can.
SAML_KEY_AHEAD = SAML_KEY_KEPT = timedelta(days=30)
# Keys of a provider are read again after a day; for a key that is not among them, once in this time.
KEYS_LIFE, KEYS_AGAIN = timedelta(days=1), timedelta(minutes=2)
# Buttons of the sign-in page; the others are on a page of their own.
MOST_BUTTONS = 3
A_BROWSER_REMEMBERS = timedelta(days=180)


def reads_providers(viewer: Viewer, *_: object) -> bool:
    """Whoever settles a school, and operators."""
    return viewer.profile == Profile.OPERATOR or (runs_settings(viewer) and viewer.school_id is not None)


def settles_platform(viewer: Viewer, *_: object) -> bool:
    """Operators, who have no page of settings."""
    return viewer.profile == Profile.OPERATOR


def adds_providers(viewer: Viewer, *_: object) -> bool:
    """The head, for their school; whoever runs the whole platform, for the others.

    A provider gives ways in as a code does: it is not among what a head may entrust to somebody.
    """
    return (viewer.holds(Role.HEAD) and viewer.school_id is not None) or runs_platform(viewer)


def changes(viewer: Viewer, provider: Provider) -> bool:
    """A school's own by its head, the others by whoever runs the platform."""
    if provider.school_id is None:
        return runs_platform(viewer)
    return provider.school_id == viewer.school_id and viewer.holds(Role.HEAD)


def says_only_way(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school."""
    return runs_settings(viewer) and viewer.school_id is not None


def opens_local_door(viewer: Viewer, *_: object) -> bool:
    """« Le guichet ne répond pas »: the head and the office."""
    return keeps_accounts(viewer) and viewer.school_id is not None


def cuts_links(viewer: Viewer, person: Person) -> bool:
    """The office, of whoever it may give a code to."""
    return keeps_accounts(viewer) and can_give_code(viewer, person)


def cuts(viewer: Viewer, link: Link) -> bool:
    """One's own, and those that the office may cut."""
    return link.person_id == viewer.person.pk or cuts_links(viewer, link.person)


def reads_links(viewer: Viewer, person: Person) -> bool:
    """The office, of the people whose account it keeps."""
    return keeps_accounts(viewer)


def is_meant_for(audience: str, standing: Standing) -> bool:
    """Is this person, today, among those whom a provider of this audience knows?"""
    is_family = bool(standing.wards) or any(role == Role.PUPIL for role, _ in standing.held)
    works = any(role.profile in {Profile.STAFF, Profile.AGENT} for role, _ in standing.held)
    return {Audience.FAMILIES: is_family, Audience.STAFF: works}.get(Audience(audience), is_family or works)


def may_let_in(
    provider: Provider, standing: Standing, heads: Iterable[Viewer], schools: frozenset[int] | None
) -> bool:
    """May this provider say who this person is? `heads`: those of its school; `schools`: those of its territory, None elsewhere.

    An operator signs in here. A school's provider is as strong as its head: it lets in whom the head could give a code to, so
    that nobody climbs by it (docs/decisions/0046).
    """
    if standing.schools_as(Role.OPERATOR) or not is_meant_for(provider.audience, standing):
        return False
    if provider.school_id is not None:
        return any(can_give_way_in(head, standing) for head in heads)
    if schools is None:
        return True
    places = {school for _, school in standing.held} | standing.wards
    return not places.isdisjoint(schools)


def is_bound(seats: Iterable[Seat], bound: dict[int, set[str]], doors: set[int]) -> bool:
    """Must somebody who sits in these seats come in by a provider? `bound`: audiences by school; `doors`: schools of the moment
    where passwords open all the same.

    Only when each place says so: a password that still serves a lesson elsewhere is not taken away. Heads and operators always
    sign in here; pupils of an école, who have no account elsewhere, too.
    """
    places = [(audience, school) for seat in seats for audience, school in _places(seat)]
    return bool(places) and all(
        school is not None and school.pk not in doors and audience in bound.get(school.pk, set())
        for audience, school in places
    )


def _places(seat: Seat) -> list[tuple[str, School | None]]:
    """Where a seat sits, and among whom; without a school where nothing may ever be demanded."""
    if seat.profile == Profile.GUARDIAN:
        return [(Audience.FAMILIES, place.school) for place in seat.places]
    if seat.profile == Profile.PUPIL and seat.school and seat.school.kind != School.Kind.ECOLE:
        return [(Audience.FAMILIES, seat.school)]
    if seat.profile == Profile.STAFF and Role.HEAD not in seat.roles:
        return [(Audience.STAFF, seat.school)]
    return [(Audience.STAFF, None)]
