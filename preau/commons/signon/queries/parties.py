"""Services that speak SAML, what they are told of somebody, and under which name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preau.commons.signon.models import Alias, Opening, Party, Service
from preau.commons.signon.queries.facts import facts_of
from preau.commons.signon.queries.keys import saml_keys
from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import BASIC, PERSISTENT, TRANSIENT, URI
from preau.commons.signon.saml.writing import Fact
from preau.commons.signon.words import SAML_NAMES, NameForm, Protocol
from preau.directory.viewer import Viewer

FORMS: dict[str, str] = {NameForm.PERSISTENT: PERSISTENT, NameForm.TRANSIENT: TRANSIENT}


def party_of(entity_id: str) -> Party | None:
    """The service of this name, while it is on and speaks SAML."""
    return _live().filter(entity_id=entity_id).first()


def party_numbered(pk: int) -> Party | None:
    """The same, by the number that a word of ours holds."""
    return _live().filter(pk=pk).first()


def _live() -> "QuerySet[Party]":
    return Party.objects.select_related("service").filter(
        service__protocol=Protocol.SAML, service__is_on=True
    )


def party_told(viewer: Viewer, service: Service) -> Party | None:
    """What the register shows of it."""
    if service.protocol != Protocol.SAML:
        return None
    return Party.objects.visible_to(viewer).filter(service=service).first()


def saml_facts(viewer: Viewer, openings: Sequence[Opening]) -> list[Fact]:
    """What the school agreed to, under the names that services of SAML know."""
    return [
        Fact(name, URI if name.startswith("urn:") else BASIC, friendly, values)
        for key, values in facts_of(viewer, openings).items()
        for name, friendly in (SAML_NAMES[key],)
    ]


def name_at(party: Party, person_id: int, session: str) -> str:
    """The name of somebody at this service; « » when they never went there. `session`: the digest of the session's key.

    A transient one is drawn from the session: the same until it ends, another one afterwards, and nothing links them.
    """
    if party.name_form == NameForm.TRANSIENT:
        drawn = salted_hmac("preau.signon.transient", f"{session}\0{party.service_id}", algorithm="sha256")
        return f"_{drawn.hexdigest()[:40]}"
    known = Alias.objects.filter(service=party.service_id, person=person_id)
    return known.values_list("value", flat=True).first() or ""


@dataclass(frozen=True)
class Certificate:
    """A certificate on a page. `since`: from when its key signs, for ours that waits; `is_over`: its last day is past."""

    text: str
    fingerprint: str
    until: datetime
    is_over: bool
    since: datetime | None = None


def certificates_told(kept: Sequence[str]) -> list[Certificate]:
    """Theirs."""
    return [_told(one) for one in kept]


def our_certificates() -> list[Certificate]:
    """Ours: of the key that signs, and of the one that will."""
    now, rows, public_certificates = timezone.now(), saml_keys(), []
    for row in rows:
        waits = row.signs_from > now
        public_certificates.append(_told(row.certificate, row.signs_from if waits else None))
        if not waits:
            break
    return public_certificates[::-1]


def _told(kept: str, since: datetime | None = None) -> Certificate:
    shown = certificates.shown(kept)
    return Certificate(
        certificates.pem(kept), shown.fingerprint, shown.until, shown.until <= timezone.now(), since
    )
