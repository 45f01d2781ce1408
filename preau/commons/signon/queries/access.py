"""Which services are open to somebody, from the seat where they sit."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from preau.commons.signon import addresses
from preau.commons.signon.addresses import Place
from preau.commons.signon.models import Address, Opening, Service
from preau.commons.signon.queries.consent import agreed, not_agreed
from preau.commons.signon.words import ADMITTED
from preau.directory.models import Enrolment
from preau.directory.viewer import Viewer


def place_of(address: str) -> Place | None:
    """Where an address leads; None when it is none that a service may have."""
    try:
        return addresses.read(address)
    except addresses.InvalidAddress:
        return None


def is_known(place: Place) -> bool:
    """Is this address of a service that is on, whoever may use it?"""
    rows = Address.objects.filter(origin=place.origin, service__is_on=True).values_list("path", flat=True)
    return any(Place(place.origin, path).holds(place.path) for path in rows.distinct()[:200])


def is_of(service: Service, place: Place) -> bool:
    """Does this address belong to this service?"""
    paths = Address.objects.filter(service=service, origin=place.origin).values_list("path", flat=True)
    return any(Place(place.origin, path).holds(place.path) for path in paths)


def _in_force(viewer: Viewer) -> "QuerySet[Opening]":
    """The openings of the schools of this seat, of services that are on today."""
    if viewer.profile not in ADMITTED:
        return Opening.objects.none()
    schools: Any = viewer.schools_of_own_pupils() if viewer.is_guardian else [viewer.school_id]
    today = viewer.today
    return Opening.objects.filter(
        Q(service__opens_on=None) | Q(service__opens_on__lte=today),
        Q(service__closes_on=None) | Q(service__closes_on__gte=today),
        is_on=True,
        service__is_on=True,
        school__in=schools,
    ).select_related("service__party", "school")


def open_to(viewer: Viewer) -> list[Opening]:
    """Every service that this seat may use, school by school; two queries at most."""
    return _admitted(viewer, _in_force(viewer).order_by("service__name", "service", "school__name"))


def openings_to(viewer: Viewer, place: Place) -> list[Opening]:
    """The openings by which this seat may go there: of one service, in one school or, for a family, in several."""
    found = _in_force(viewer).filter(service__addresses__origin=place.origin)
    found = found.annotate(path=F("service__addresses__path")).order_by("-path", "service", "school")
    near = [one for one in found if Place(place.origin, one.path).holds(place.path)]
    allowed = _admitted(viewer, near)
    first = allowed[0].service_id if allowed else None
    return list({one.pk: one for one in allowed if one.service_id == first}.values())


def openings_of(viewer: Viewer, service_id: int) -> list[Opening]:
    """The openings by which this seat may use this service."""
    return _admitted(viewer, _in_force(viewer).filter(service=service_id).order_by("school"))


def is_in_force(viewer: Viewer, service_id: int) -> bool:
    """Is this service open in a school of this seat, though perhaps not to this person?"""
    return _in_force(viewer).filter(service=service_id).exists()


def known_here(viewer: Viewer, place: Place) -> bool:
    """Is it a service of a school of this seat, though not for this person? What other schools have is not told."""
    rows = _in_force(viewer).filter(service__addresses__origin=place.origin)
    paths = rows.values_list("service__addresses__path", flat=True)
    return any(Place(place.origin, path).holds(place.path) for path in paths)


def open_and_waiting(viewer: Viewer) -> tuple[list[Opening], list[Opening]]:
    """The services that this seat may use; and those that only wait for an agreement."""
    let_in = _let_in(viewer, _in_force(viewer).order_by("service__name", "service", "school__name"))
    kept = agreed(viewer, let_in)
    return kept, not_agreed(let_in, kept)


def waits_at(viewer: Viewer, place: Place) -> bool:
    """Is an agreement all that is missing to go there?"""
    return any(is_of(one.service, place) for one in open_and_waiting(viewer)[1])


def waits_for(viewer: Viewer, service_id: int) -> bool:
    """The same, of a service."""
    return any(one.service_id == service_id for one in open_and_waiting(viewer)[1])


def _admitted(viewer: Viewer, openings: Iterable[Opening]) -> list[Opening]:
    """Of these, those that let this seat in, and that have the agreement which they need."""
    return agreed(viewer, _let_in(viewer, openings))


def _let_in(viewer: Viewer, openings: Iterable[Opening]) -> list[Opening]:
    """Of these, those whose profile, levels and classes let this seat in. Levels and classes are for pupils and families."""
    profile = viewer.profile.value
    found = [
        opening for opening in openings if profile in opening.profiles and profile in opening.service.profiles
    ]
    if viewer.is_staff or not any(opening.levels or opening.classes for opening in found):
        return found
    learnt = _learnt(viewer, {opening.school_id for opening in found})
    return [opening for opening in found if _is_among(opening, learnt)]


def _learnt(viewer: Viewer, schools: set[int]) -> list[tuple[int, int, str]]:
    """School, group and level of each class and group of the pupils of this seat."""
    rows = Enrolment.objects.active(viewer.today).filter(
        pupil__in=viewer.own_pupils(), group__school__in=schools
    )
    return list(rows.values_list("group__school_id", "group_id", "group__level"))


def _is_among(opening: Opening, learnt: Sequence[tuple[int, int, str]]) -> bool:
    if not opening.levels and not opening.classes:
        return True
    return any(
        school == opening.school_id and (level in opening.levels or group in opening.classes)
        for school, group, level in learnt
    )
