"""What we write: who came, a mistake, the end of a session, and what we are."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from preau.commons.signon.saml.names import (
    BEARER,
    DS,
    MD,
    PERSISTENT,
    POST,
    REDIRECT,
    SAML,
    SAMLP,
    SOAP,
    STATUS,
    TRANSIENT,
    UNSAYABLE,
    tag,
)
from preau.commons.signon.saml.signing import Signer, hidden, sign
from preau.commons.signon.saml.xml import said_at

# An assertion is for now: clocks differ by this much, and a browser goes on within that.
BEFORE, HOLDS = timedelta(minutes=1), timedelta(minutes=5)
PREFIXES = {"saml": SAML, "samlp": SAMLP}


@dataclass(frozen=True)
class Fact:
    """An attribute: its name, the format of its name, what people call it, and its values."""

    name: str
    form: str
    friendly: str
    values: Sequence[str]


@dataclass(frozen=True)
class Envelope:
    """From whom (`issuer`) to which address, in answer to which message (« » when nothing was asked)."""

    issuer: str
    to: str
    answers: str
    now: datetime


@dataclass(frozen=True)
class Who:
    """Who came, as one service may know them; how and since when they are signed in; until when at most."""

    audience: str
    name: str
    form: str
    index: str
    signed_in_at: datetime
    ends_at: datetime
    context: str
    facts: Sequence[Fact]


def new_id() -> str:
    return f"_{secrets.token_hex(20)}"


def _add(parent: Any, space: str, name: str, text: str = "", /, **attributes: str) -> Any:
    child = etree.SubElement(
        parent, tag(space, name), {key: value for key, value in attributes.items() if value}
    )
    child.text = UNSAYABLE.sub("", text) or None
    return child


def _message(kind: str, envelope: Envelope) -> Any:
    facts = {
        "ID": new_id(),
        "Version": "2.0",
        "IssueInstant": said_at(envelope.now),
        "Destination": envelope.to,
    }
    root = etree.Element(tag(SAMLP, kind), facts, nsmap=PREFIXES)
    if envelope.answers:
        root.set("InResponseTo", envelope.answers)
    _add(root, SAML, "Issuer", envelope.issuer)
    return root


def _status(root: Any, code: str, under: str = "") -> None:
    """`code`: of the two levels, the upper one; `under`: the lower one."""
    upper = _add(_add(root, SAMLP, "Status"), SAMLP, "StatusCode", Value=f"{STATUS}{code}")
    if under:
        _add(upper, SAMLP, "StatusCode", Value=f"{STATUS}{under}")


def response(envelope: Envelope, who: Who, by: Signer, *, hide_for: str = "", cipher: str = "gcm") -> bytes:
    """Who came: an assertion that is signed, hidden for the holder of the certificate `hide_for`, in a signed response."""
    assertion = sign(_assertion(envelope, who), by, 1)
    root = _message("Response", envelope)
    _status(root, "Success")
    if hide_for:
        _add(root, SAML, "EncryptedAssertion").append(hidden(assertion, hide_for, cipher))
    else:
        root.append(etree.fromstring(assertion))
    return sign(root, by, 1)


def refusal(envelope: Envelope, code: str, under: str, by: Signer) -> bytes:
    root = _message("Response", envelope)
    _status(root, code, under)
    return sign(root, by, 1)


def _assertion(envelope: Envelope, who: Who) -> Any:
    now, until = envelope.now, said_at(envelope.now + HOLDS)
    facts = {"ID": new_id(), "Version": "2.0", "IssueInstant": said_at(now)}
    root = etree.Element(tag(SAML, "Assertion"), facts, nsmap={"saml": SAML})
    _add(root, SAML, "Issuer", envelope.issuer)
    subject = _add(root, SAML, "Subject")
    _add(
        subject,
        SAML,
        "NameID",
        who.name,
        Format=who.form,
        NameQualifier=envelope.issuer,
        SPNameQualifier=who.audience,
    )
    confirmed = _add(subject, SAML, "SubjectConfirmation", Method=BEARER)
    _add(
        confirmed,
        SAML,
        "SubjectConfirmationData",
        NotOnOrAfter=until,
        Recipient=envelope.to,
        InResponseTo=envelope.answers,
    )
    held = _add(root, SAML, "Conditions", NotBefore=said_at(now - BEFORE), NotOnOrAfter=until)
    _add(_add(held, SAML, "AudienceRestriction"), SAML, "Audience", who.audience)
    times = {"AuthnInstant": said_at(who.signed_in_at), "SessionNotOnOrAfter": said_at(who.ends_at)}
    proved = _add(root, SAML, "AuthnStatement", **times, SessionIndex=who.index)
    _add(_add(proved, SAML, "AuthnContext"), SAML, "AuthnContextClassRef", who.context)
    if who.facts:
        _facts(_add(root, SAML, "AttributeStatement"), who.facts)
    return root


def _facts(parent: Any, facts: Sequence[Fact]) -> None:
    for fact in facts:
        one = _add(
            parent, SAML, "Attribute", Name=fact.name, NameFormat=fact.form, FriendlyName=fact.friendly
        )
        for value in fact.values:
            _add(one, SAML, "AttributeValue", value)


# The end of a session


def logout_request(envelope: Envelope, name: str, form: str, audience: str, index: str) -> Any:
    """The session `index` of somebody is over. The root: each binding signs it in its own way."""
    root = _message("LogoutRequest", envelope)
    root.set("NotOnOrAfter", said_at(envelope.now + HOLDS))
    _add(root, SAML, "NameID", name, Format=form, NameQualifier=envelope.issuer, SPNameQualifier=audience)
    _add(root, SAMLP, "SessionIndex", index)
    return root


def logout_response(envelope: Envelope, code: str, under: str = "") -> Any:
    root = _message("LogoutResponse", envelope)
    _status(root, code, under)
    return root


def plain(root: Any) -> bytes:
    return etree.tostring(root)


def in_soap(signed: bytes) -> bytes:
    root = etree.Element(tag(SOAP, "Envelope"), nsmap={"soap": SOAP})
    etree.SubElement(root, tag(SOAP, "Body")).append(etree.fromstring(signed))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


# What we are


def metadata(entity: str, signing_in: str, signing_out: str, known: Sequence[str], by: Signer) -> bytes:
    """Our addresses, and the certificates of every key that signs or is about to."""
    facts = {"ID": new_id(), "entityID": entity, "cacheDuration": "P1D"}
    root = etree.Element(tag(MD, "EntityDescriptor"), facts, nsmap={"md": MD, "ds": DS})
    role = _add(
        root, MD, "IDPSSODescriptor", protocolSupportEnumeration=SAMLP, WantAuthnRequestsSigned="false"
    )
    for one in known:
        info = _add(_add(role, MD, "KeyDescriptor", use="signing"), DS, "KeyInfo")
        _add(_add(info, DS, "X509Data"), DS, "X509Certificate", one)
    for binding in (REDIRECT, POST):
        _add(role, MD, "SingleLogoutService", Binding=binding, Location=signing_out)
    for form in (PERSISTENT, TRANSIENT):
        _add(role, MD, "NameIDFormat", form)
    for binding in (REDIRECT, POST):
        _add(role, MD, "SingleSignOnService", Binding=binding, Location=signing_in)
    return sign(root, by, 0)
