"""What is known of a SAML provider, and of ourselves as it knows us."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from preau.commons.federation.models import Provider, SamlKey
from preau.commons.federation.words import Protocol
from preau.foundation.assertions import keys, metadata, signatures
from preau.foundation.assertions.words import PERSISTENT, POST, REDIRECT, TRANSIENT
from preau.foundation.sealed import unseal

PURPOSE = "federation.saml"
NAME = "Préau"


@dataclass(frozen=True)
class Settled:
    """What was settled for a SAML provider; kept in `Provider.saml`.

    `address`: where its description is read every night, empty when it was pasted; `pinned`: the certificate that signs that
    description, if one was given; `described`: what it said, read at `read_at`; `subject`: the attribute that holds the stable
    name of a person, empty for NameID; `signed`: is the assertion itself signed; `encrypted`: must it be; `again`: do people
    sign in there each time; `contexts`: ways of signing in, one of which is wanted.
    """

    address: str = ""
    pinned: str = ""
    described: dict[str, Any] = field(default_factory=dict)
    read_at: str = ""
    subject: str = ""
    signed: bool = True
    encrypted: bool = False
    again: bool = False
    contexts: Sequence[str] = ()

    @property
    def provider(self) -> metadata.Provider | None:
        return metadata.Provider.from_json(self.described) if self.described else None

    @property
    def name_format(self) -> str:
        """By NameID we must know the same person again; by an attribute, any name will do."""
        return "" if self.subject else PERSISTENT

    def names_well(self, name_format: str) -> bool:
        """A name that lasts one visit names nobody the next time."""
        return bool(self.subject) or name_format != TRANSIENT


def settled(provider: Provider) -> Settled:
    return Settled(**provider.saml)


@dataclass(frozen=True)
class Places:
    """Our addresses, as this provider knows them: its own, so that what was meant for another is of no use here."""

    entity_id: str
    acs: str
    logout: str


def places(provider: Provider) -> Places:
    names = ("saml_metadata", "saml_acs", "saml_logout")
    return Places(
        *(
            f"{settings.PUBLIC_URL}{reverse(f'federation:{name}', args=[provider.public_id])}"
            for name in names
        )
    )


def key_pairs(now: datetime) -> list[keys.KeyPair]:
    """Our keys that SECRET_KEY opens, the one that signs first."""
    rows = list(SamlKey.objects.all())
    rows.sort(key=lambda row: row.signs_from > now)
    found = ((unseal(PURPOSE, row.sealed), row.certificate) for row in rows)
    return [keys.KeyPair(private.decode(), certificate) for private, certificate in found if private]


def our_description(provider: Provider, until: datetime, now: datetime) -> bytes:
    """What we publish for this provider."""
    ours, here = settled(provider), places(provider)
    us = metadata.Us(
        here.entity_id,
        here.acs,
        here.logout,
        [key_pair.certificate for key_pair in key_pairs(now)],
        NAME,
        settings.PUBLIC_URL,
        [name for name in (ours.subject, *provider.rules) if name],
        ours.signed,
    )
    return metadata.our_metadata(us, until)


def logout_place(found: metadata.Provider) -> str:
    """Where one signs out there; empty when it offers no address that a browser opens."""
    return found.logout.get(REDIRECT, "")


def logout_answer_place(found: metadata.Provider) -> str:
    return found.logout_answer.get(REDIRECT) or found.logout_answer.get(POST) or logout_place(found)


def saml_provider(public_id: str) -> Provider | None:
    """The SAML provider of this name, open or not: it must be able to read us before it opens."""
    return Provider.objects.filter(public_id=public_id.replace("\0", " "), protocol=Protocol.SAML).first()


@dataclass(frozen=True)
class Certificate:
    """One key of a provider, as whoever settles it compares it. `mark`: SHA-256 of the certificate, by pairs of digits."""

    mark: str
    ends_on: date


@dataclass(frozen=True)
class ProviderSummary:
    """What a provider says of itself, for whoever settles it."""

    provider: metadata.Provider
    certificates: list[Certificate]
    read_at: datetime | None
    ends_logout: bool


def shown(provider: Provider) -> ProviderSummary | None:
    ours = settled(provider)
    found = ours.provider
    if found is None:
        return None
    read_at = datetime.fromisoformat(ours.read_at) if ours.read_at else None
    return ProviderSummary(
        found,
        [_marked(certificate) for certificate in found.certificates],
        read_at,
        bool(logout_place(found)),
    )


def _marked(text: str) -> Certificate:
    mark, ends_at = signatures.mark_of(text)
    return Certificate(mark, ends_at.date())
