"""Writing what SAML needs to know of a service."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from preau.commons.signon.models import Party, Service


class SameEntity(Exception):
    """Another service has this name in SAML: answers for one would be read by the other."""


def write_party(service: Service, facts: Mapping[str, Any] | None) -> bool:
    """Put what was said on the row; returns whether it changed. None: it speaks otherwise now, and keeps no name here.

    Raises SameEntity.
    """
    known = Party.objects.filter(service=service)
    if facts is None:
        known.delete()
        return False
    if Party.objects.filter(entity_id=facts["entity_id"]).exclude(service=service).exists():
        raise SameEntity
    party = known.first() or Party(service=service)
    changed = party.pk is None or any(getattr(party, name) != value for name, value in facts.items())
    if changed:
        for name, value in facts.items():
            setattr(party, name, value)
        try:
            with transaction.atomic():
                party.save()
        except IntegrityError as failure:
            # Another school wrote it at the same moment.
            raise SameEntity from failure
    return changed


def is_party_as_said(service: Service, facts: Mapping[str, Any]) -> bool:
    party = Party.objects.filter(service=service).first()
    return party is not None and all(getattr(party, name) == value for name, value in facts.items())
