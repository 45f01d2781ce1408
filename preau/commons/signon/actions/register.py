"""Writing a service, and opening it in a school. The journal says which fields changed, never what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.signon.actions.clients import is_client_as_said, write_client
from preau.commons.signon.actions.keys import keep_keys
from preau.commons.signon.actions.parties import is_party_as_said, write_party
from preau.commons.signon.addresses import Place
from preau.commons.signon.models import Address, Opening, Service
from preau.commons.signon.words import KeyUse
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock


@dataclass(frozen=True)
class ServiceDescription:
    """What was said of a service. `facts`: plain fields; `why`: what leaves, each with its purpose; `places`: where it lives,
    for CAS; `client`: what OpenID Connect needs, `party`: what SAML needs, None for the others."""

    facts: Mapping[str, Any]
    why: Mapping[str, str]
    places: Sequence[Place]
    client: Mapping[str, Any] | None = None
    party: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Settled:
    """What a school said of a service."""

    is_on: bool
    agreed: Sequence[str] = field(default_factory=list)
    profiles: Sequence[str] = field(default_factory=list)
    levels: Sequence[str] = field(default_factory=list)
    classes: Sequence[int] = field(default_factory=list)


class SameName(Exception):
    """The school, or the platform, has another service of this name."""


@transaction.atomic
def save(
    viewer: Viewer, said: ServiceDescription, service: Service | None = None
) -> tuple[Service, list[str]]:
    """Write a service; returns it, and the names of what changed. Raises SameName, SameEntity.

    A new one is the viewer's school's, or the platform's when they have none; a second click on its form finds the first's.
    A school's own is open there from the start.
    """
    is_new = service is None
    service = _held(viewer, said, service)
    changed = _write(service, said, viewer.today)
    if changed or service.pk is None:
        service.changed_at = timezone.now()
        service.save()
    if _place(service, said.places):
        changed.append("addresses")
    changed += _speak(service, said)
    if changed and is_new:
        journal.record(viewer, "signon.service_created", service, leaves=",".join(service.asks))
        if service.school_id:
            settle(viewer, service, Settled(is_on=True, agreed=service.asks, profiles=service.profiles))
    elif changed:
        leaves = ",".join(service.asks)
        journal.record(viewer, "signon.service_changed", service, changed=",".join(changed), leaves=leaves)
    return service, changed


def _speak(service: Service, description: ServiceDescription) -> list[str]:
    """Write what its protocol needs; returns the names of what changed."""
    changed = (
        ["client"] if description.client is not None and write_client(service, description.client) else []
    )
    if description.party is not None:
        # The page of the service shows our certificate.
        keep_keys(timezone.now(), KeyUse.SAML)
    return [*changed, "party"] if write_party(service, description.party) else changed


def _held(viewer: Viewer, description: ServiceDescription, service: Service | None) -> Service:
    """The row to write, locked; another of the same name is the same click twice, or a mistake."""
    school_id = service.school_id if service else viewer.school_id
    # Whoever adds to one register waits for the other: the names are looked at under the same lock.
    list(School.objects.select_for_update().filter(pk=school_id or 0))
    namesake = Service.objects.filter(school=school_id, name=description.facts["name"])
    if service:
        if namesake.exclude(pk=service.pk).exists():
            raise SameName
        return lock(Service, service.pk)
    found = namesake.first()
    if found is None:
        return Service(school_id=school_id, released={})
    if not _is_as_said(found, description):
        raise SameName
    return found


def _is_as_said(service: Service, description: ServiceDescription) -> bool:
    why = {key: one["why"] for key, one in service.released.items()}
    places = {(address.origin, address.path) for address in service.addresses.all()}
    same = all(getattr(service, name) == value for name, value in description.facts.items())
    if description.client is not None and not is_client_as_said(service, description.client):
        return False
    if description.party is not None and not is_party_as_said(service, description.party):
        return False
    return (
        same
        and why == description.why
        and places == {(place.origin, place.path) for place in description.places}
    )


def _write(service: Service, description: ServiceDescription, today: date) -> list[str]:
    """Put what was said on the row; what already left keeps the day since when it does."""
    known = service.released
    released = {
        key: {"why": why, "since": known.get(key, {}).get("since", today.isoformat())}
        for key, why in description.why.items()
    }
    facts = {**description.facts, "released": released}
    changed = [name for name, value in facts.items() if getattr(service, name) != value]
    for name in changed:
        setattr(service, name, facts[name])
    return changed


def _place(service: Service, places: Sequence[Place]) -> bool:
    """Write the addresses; returns whether they changed."""
    wanted = {(place.origin, place.path) for place in places}
    known = {
        (address.origin, address.path): address.pk for address in Address.objects.filter(service=service)
    }
    if wanted == set(known):
        return False
    Address.objects.filter(pk__in=[pk for key, pk in known.items() if key not in wanted]).delete()
    Address.objects.bulk_create(
        Address(service=service, origin=origin, path=path)
        for origin, path in sorted(wanted)
        if (origin, path) not in known
    )
    return True


@transaction.atomic
def settle(viewer: Viewer, service: Service, settled: Settled) -> list[str]:
    """Open a service in the viewer's school, close it, or change for whom; returns the names of what changed."""
    lock(Service, service.pk)
    here = {"service": service, "school": viewer.school}
    opening = Opening.objects.filter(**here).first() or Opening(**here)
    facts = {
        "is_on": settled.is_on,
        "agreed": [key for key in service.asks if key in settled.agreed],
        "profiles": list(settled.profiles),
        "levels": list(settled.levels),
        "classes": list(settled.classes),
    }
    changed = [name for name, value in facts.items() if getattr(opening, name) != value]
    if not changed and opening.pk:
        return []
    if settled.is_on and not opening.is_on:
        opening.since = viewer.today
    for name in changed:
        setattr(opening, name, facts[name])
    opening.save()
    verb = "is_on" not in changed and "signon.opening_changed"
    verb = verb or ("signon.service_opened" if settled.is_on else "signon.service_closed")
    rest = ",".join(name for name in changed if name != "is_on")
    journal.record(viewer, verb, opening, service=service.pk, changed=rest, leaves=",".join(opening.leaves))
    return changed
