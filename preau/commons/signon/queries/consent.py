"""Optional services: no pupil goes there without the agreement of whoever must give it (docs/decisions/0112)."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from preau.commons.signon.models import Opening
from preau.commons.signon.words import ATTRIBUTES
from preau.directory.boards import Thing
from preau.directory.models import ConsentRequest, Person
from preau.directory.queries import consents
from preau.directory.viewer import Viewer
from preau.directory.words import Profile

PURPOSE = "service"


def version_of(opening: Opening) -> str:
    """Changes with what a family reads before it answers: what the service is, what it is for, and what leaves for it."""
    service = opening.service
    text = "\n".join([service.name, service.text, service.address.split("/")[2], *opening.leaves])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def optional_things(school_id: int) -> list[Thing]:
    """The optional services that are open to the pupils of a school; one query."""
    found = Opening.objects.filter(
        is_on=True, service__is_on=True, service__asks_consent=True, school=school_id
    ).select_related("service")
    return [
        Thing(
            key=opening.service.public_id,
            label=opening.service.name,
            text=opening.service.text,
            version=version_of(opening),
            leaves=tuple(str(ATTRIBUTES[key].label) for key in opening.leaves),
        )
        for opening in found.order_by("service__name", "pk")
        if Profile.PUPIL.value in opening.profiles and Profile.PUPIL.value in opening.service.profiles
    ]


def agreed(viewer: Viewer, openings: Sequence[Opening]) -> list[Opening]:
    """Of these, those that ask for no agreement, and those that have it. Three queries for a pupil, where one asks; else none.

    Staff use a service as their work; a grown-up who opens one for themselves agrees by opening it.
    """
    asking = [opening for opening in openings if opening.service.asks_consent]
    if viewer.profile != Profile.PUPIL or not asking:
        return list(openings)
    wanted = {(opening.school_id, opening.service.public_id): version_of(opening) for opening in asking}
    given = consents.agreed_things(PURPOSE, wanted, viewer.person, viewer.today)
    return [
        opening
        for opening in openings
        if not opening.service.asks_consent or (opening.school_id, opening.service.public_id) in given
    ]


def agreed_pupils(opening: Opening, pupils: Collection[int], today: date) -> set[int]:
    """Of these pupils, those for whom this service was agreed to; all of them where it asks nothing. Four queries where it
    asks, else none."""
    if not opening.service.asks_consent or not pupils:
        return set(pupils)
    asked = ConsentRequest.objects.in_force().filter(
        purpose=PURPOSE,
        school=opening.school_id,
        about=opening.service.public_id,
        version=version_of(opening),
    )
    request = asked.select_related("school").first()
    return consents.agreed(request, Person.objects.filter(pk__in=pupils), today) if request else set()


def not_agreed(openings: Iterable[Opening], kept: Iterable[Opening]) -> list[Opening]:
    """Those that wait for an agreement."""
    known = {opening.pk for opening in kept}
    return [opening for opening in openings if opening.pk not in known]
