"""Letting somebody in from outside until a day, for longer, or no longer (docs/decisions/0079)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.directory.actions.powers import tell_given
from preau.directory.models import AccessDoubt, Guardianship, Guest, Holding, Person, School, Territory
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.text import fold

A_DAY = timedelta(days=1)


class AlreadyHere(Exception):
    """This person works in the school already, by a function of the files or as a guest."""


@dataclass(frozen=True)
class Invitation:
    """Who comes, why, until when (included), and what they are given."""

    role: Role
    civility: str
    given_name: str
    family_name: str
    email: str
    title: str
    reason: str
    until: date
    powers: tuple[str, ...] = ()


@transaction.atomic
def invite(viewer: Viewer, sent: Invitation) -> Guest:
    """Let somebody in. Whoever the school or its commune knows under this name and e-mail keeps one row and one account.

    The same invitation sent twice is one. Raises AlreadyHere.
    """
    school = lock(School, viewer.school_id)
    person = _known(viewer, school, sent)
    if person and (same := _same(person, school, sent)):
        return same
    if person is None:
        person = Person.objects.create(
            civility=sent.civility, given_name=sent.given_name, family_name=sent.family_name, email=sent.email
        )
    elif _works_here(person, school, viewer.today):
        raise AlreadyHere
    holding = Holding.objects.create(
        person=person,
        role=sent.role,
        school=school,
        title=sent.title,
        starts=viewer.today,
        ends=sent.until + A_DAY,
        given_by=viewer.person,
        scope=_scope(viewer, sent.powers, sent.until),
    )
    guest = Guest.objects.create(holding=holding, reason=sent.reason, invited_at=timezone.now())
    _record(viewer, "directory.guest_invited", guest, until=sent.until.isoformat())
    for key in sent.powers:
        tell_given(viewer, holding, key)
    return guest


def _scope(viewer: Viewer, keys: Iterable[str], until: date) -> dict[str, Any]:
    return {key: {"until": until.isoformat(), "by": viewer.person.pk} for key in keys}


def _known(viewer: Viewer, school: School, sent: Invitation) -> Person | None:
    """Somebody of this name and e-mail among the staff and families of the school, its former guests, or its commune's agents."""
    places = _territories(school)
    held = Holding.objects.filter(Q(school=school) | Q(territory__in=places, role=Role.AGENT))
    pupils = Holding.objects.filter(active_on(viewer.today), school=school, role=Role.PUPIL).values(
        "person_id"
    )
    families = Guardianship.objects.filter(active_on(viewer.today), pupil__in=pupils)
    near = Q(pk__in=held.exclude(role=Role.PUPIL).values("person_id"))
    near |= Q(pk__in=families.values("guardian_id"))
    name = fold(f"{sent.family_name} {sent.given_name}")[:220]
    found = Person.objects.filter(near, search_name=name, email__iexact=sent.email, erased_at=None)
    return found.exclude(pk__in=pupils).order_by("pk").first()


def _territories(school: School) -> list[int]:
    """Those of a school: its own, and what that is part of."""
    found: list[int] = []
    wider = Territory.objects.select_related("parent__parent__parent")
    place = wider.filter(schools=school).first()
    while place is not None:
        found.append(place.pk)
        place = place.parent
    return found


def _same(person: Person, school: School, sent: Invitation) -> Guest | None:
    """The guest that the first of two clicks made."""
    known = Guest.objects.filter(
        holding__person=person,
        holding__school=school,
        holding__role=sent.role,
        holding__title=sent.title,
        holding__ends=sent.until + A_DAY,
        reason=sent.reason,
    )
    return known.select_related("holding__person").first()


def _works_here(person: Person, school: School, today: date) -> bool:
    held = Holding.objects.active(today).filter(person=person, school=school)
    return held.exclude(role=Role.PUPIL).exists()


@transaction.atomic
def prolong(viewer: Viewer, guest: Guest, until: date) -> bool:
    """Another last day, sooner or later, for what was given too. False when nothing changes; whoever is gone stays gone."""
    holding = Holding.objects.select_for_update().select_related("person").get(pk=guest.holding_id)
    if holding.ends == until + A_DAY or (holding.ends and holding.ends <= viewer.today):
        return False
    holding.ends = until + A_DAY
    holding.scope = _scope(viewer, holding.scope, until)
    holding.save(update_fields=["ends", "scope"])
    _record(viewer, "directory.guest_prolonged", guest, until=until.isoformat())
    return True


@transaction.atomic
def end(viewer: Viewer, guest: Guest) -> bool:
    """Show somebody out: today is the first day without. False when it was done already."""
    holding = lock(Holding, guest.holding_id)
    if holding.ends and holding.ends <= viewer.today:
        return False
    holding.ends, holding.scope = viewer.today, {}
    holding.save(update_fields=["ends", "scope"])
    _record(viewer, "directory.guest_ended", guest)
    return True


def forget_guest(person_id: int) -> int:
    """Why somebody was let in goes with them."""
    return Guest.objects.filter(holding__person_id=person_id).delete()[0]


def forget_doubts(person_id: int) -> int:
    """That a function of theirs was to correct goes with them."""
    return AccessDoubt.objects.filter(holding__person_id=person_id).delete()[0]


def _record(viewer: Viewer, verb: str, guest: Guest, **details: str) -> None:
    journal.record(viewer, verb, guest, subject_id=guest.holding.person_id, **details)
