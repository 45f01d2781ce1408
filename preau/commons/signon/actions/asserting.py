"""SAML: what is said, signed, to a service: who came, why nobody did, that a session is over."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from preau.commons.signon.actions.granting import Session, sid_of
from preau.commons.signon.actions.keys import saml_signer
from preau.commons.signon.actions.tickets import come, digest_of
from preau.commons.signon.models import Connection, Opening, Party
from preau.commons.signon.queries import keys, parties
from preau.commons.signon.rules import ASKED_AHEAD, ASKED_BEFORE, WORD_LIFE
from preau.commons.signon.saml import signing, writing
from preau.commons.signon.words import Binding
from preau.directory.viewer import Viewer
from preau.foundation import throttle
from preau.identity.rules import limits_of

METADATA, SIGNING_IN, SIGNING_OUT = "/saml/metadata", "/saml/sso", "/saml/slo"


class Replayed(Exception):
    """This request was answered already."""


@dataclass(frozen=True)
class Coming:
    """What a service asks: `to`, one of its addresses, exactly; `request`, the ID of what it sent, « » when it sent nothing;
    `context`, how we say that somebody proved who they are."""

    party: Party
    to: str
    request: str
    context: str


def our_name() -> str:
    """What we are called in SAML: the address of our metadata."""
    return f"{settings.PUBLIC_URL}{METADATA}"


def metadata() -> bytes:
    by, here = saml_signer(), settings.PUBLIC_URL
    known = [one.certificate for one in keys.saml_keys()]
    return writing.metadata(our_name(), f"{here}{SIGNING_IN}", f"{here}{SIGNING_OUT}", known, by)


@transaction.atomic
def say_who(viewer: Viewer, openings: Sequence[Opening], coming: Coming, session: Session) -> str:
    """An answer for whoever goes to a service, in base64; counted, without their name. Raises Replayed."""
    party, now = coming.party, timezone.now()
    if coming.request and note_request(party, coming.request) > 1:
        raise Replayed
    come(viewer, openings)
    digest, index = digest_of(session.key), sid_of(session.key, party.service_id)
    if party.told_at:
        here = {"service": party.service, "account_id": viewer.account_id, "session": digest, "index": index}
        if not Connection.objects.filter(**here).exists():
            Connection.objects.create(**here, url=party.told_at, opened_at=now)
    who = writing.Who(
        audience=party.entity_id,
        name=parties.name_at(party, viewer.person.pk, digest),
        form=parties.FORMS[party.name_form],
        index=index,
        signed_in_at=session.signed_in_at,
        ends_at=_end_of(viewer, session, now),
        context=coming.context,
        facts=parties.saml_facts(viewer, openings),
    )
    envelope = writing.Envelope(our_name(), coming.to, coming.request, now)
    hide_for = party.encryption if party.hides else ""
    return _packed(writing.response(envelope, who, saml_signer(), hide_for=hide_for, cipher=party.cipher))


def _end_of(viewer: Viewer, session: Session, now: datetime) -> datetime:
    """When the session ends here at the latest; for whoever has just given a password again, not before now."""
    longest = limits_of(seat.profile for seat in viewer.seats).absolute
    return max(session.signed_in_at + longest, now + timedelta(minutes=1))


def note_request(party: Party, request: str) -> int:
    """How often this request of a service was answered, with this time, for as long as it could be shown again."""
    window = ASKED_BEFORE + ASKED_AHEAD + WORD_LIFE
    return throttle.hit("saml_request", str(party.pk), request, window=window)


def say_why(party: Party, to: str, request: str, code: str, under: str) -> str:
    """An answer without anybody: a status of the protocol, in base64."""
    envelope = writing.Envelope(our_name(), to, request, timezone.now())
    return _packed(writing.refusal(envelope, code, under, saml_signer()))


@dataclass(frozen=True)
class BrowserMessage:
    """A message for a service, by its browser: an address to go to, or fields to post there."""

    address: str
    fields: Mapping[str, str] | None = None


def say_left(
    party: Party, request: str, relay: str, *, code: str = "Success", under: str = ""
) -> BrowserMessage | None:
    """The answer to a service that asked to end a session; None when it says nowhere where answers go."""
    to = party.logout_answer or party.logout
    if not to:
        return None
    envelope = writing.Envelope(our_name(), to, request, timezone.now())
    return _sent(party, writing.logout_response(envelope, code, under), to, "SAMLResponse", relay)


def _sent(party: Party, root: Any, to: str, kind: str, relay: str = "") -> BrowserMessage:
    word = {"RelayState": relay} if relay else {}
    if party.logout_binding == Binding.POST:
        return BrowserMessage(to, {kind: _packed(signing.sign(root, saml_signer(), 1))} | word)
    packed = {kind: signing.deflated(writing.plain(root))}
    return BrowserMessage(signing.redirected(to, packed | word, saml_signer()))


@dataclass(frozen=True)
class Telling:
    """What our server sends to a service: by which verb, where, what, and as what."""

    method: str
    address: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def say_over(party: Party, connection: Connection, name: str) -> Telling:
    """A session is over here, said from server to server: by SOAP when the service reads it, else as a browser would."""
    envelope = writing.Envelope(our_name(), party.told_at, "", timezone.now())
    form = parties.FORMS[party.name_form]
    root = writing.logout_request(envelope, name, form, party.entity_id, connection.index)
    if party.soap:
        body = writing.in_soap(signing.sign(root, saml_signer(), 1))
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": '"http://www.oasis-open.org/committees/security"',
        }
        return Telling("POST", party.soap, body, headers)
    sent = _sent(party, root, party.logout, "SAMLRequest")
    if sent.fields is None:
        return Telling("GET", sent.address)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Telling("POST", sent.address, urlencode(sent.fields).encode(), headers)


def drop_connection(viewer: Viewer, party: Party, index: str) -> None:
    """A service that ended its session by itself is not told of it."""
    Connection.objects.filter(service=party.service_id, account=viewer.account_id, index=index).delete()


def _packed(xml: bytes) -> str:
    return base64.b64encode(xml).decode()
