"""A session ends on one side, and the other is told: single logout, in both directions.

What we send travels in an address, signed (HTTP-Redirect). What we receive comes so, or in a form (HTTP-POST), signed as a
document; unsigned, it ends nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preau.foundation.assertions.keys import KeyPair
from preau.foundation.assertions.opening import opened
from preau.foundation.assertions.reading import (
    at_most_one,
    decoded,
    inflated,
    moment,
    name_of,
    only,
    parsed,
    text_of,
    written,
)
from preau.foundation.assertions.signatures import is_signed, signed_query, verified
from preau.foundation.assertions.words import (
    ENTITY,
    FRESH,
    LONGEST_MESSAGE,
    SAML,
    SAMLP,
    SKEW,
    STATUS,
    SUCCESS,
    AssertionRefused,
    Reason,
)
from preau.foundation.assertions.writing import add, bytes_of, new_id, redirected, root

MOST_SESSIONS = 50


@dataclass(frozen=True)
class Ending:
    """The provider asks that we end sessions. `sessions`: all those of this person when it is empty."""

    number: str
    subject: str
    sessions: tuple[str, ...]
    relay: str


@dataclass(frozen=True)
class Ended:
    """The provider answers that it ended the session, or could not."""

    request: str
    is_done: bool
    relay: str


@dataclass(frozen=True)
class Between:
    """Who speaks to whom. `here`: our address of logout; `keys` open an encrypted name."""

    us: str
    here: str
    issuer: str
    certificates: Sequence[str]
    keys: Sequence[KeyPair] = ()


def make_end(
    us: str,
    address: str,
    subject: tuple[str, str, str],
    key: KeyPair,
    now: datetime,
    *,
    session: str = "",
    relay: str = "",
) -> tuple[str, str]:
    """Ask the provider to end its session; returns the name of the request and the address. `subject`: name, format, qualifier."""
    number = new_id()
    top = root(SAMLP, "LogoutRequest", _said(number, address, now))
    add(top, SAML, "Issuer", us)
    name, kind, qualifier = subject
    attributes = {"Format": kind} if kind else {}
    add(top, SAML, "NameID", name, **attributes, **({"NameQualifier": qualifier} if qualifier else {}))
    if session:
        add(top, SAMLP, "SessionIndex", session)
    return number, redirected(address, "SAMLRequest", bytes_of(top), relay, key)


def make_ended(
    us: str, address: str, request: str, key: KeyPair, now: datetime, *, relay: str = "", is_done: bool = True
) -> str:
    """Answer the provider that asked: it is done, or in part only. Returns the address."""
    top = root(SAMLP, "LogoutResponse", _said(new_id(), address, now) | {"InResponseTo": request})
    add(top, SAML, "Issuer", us)
    code = add(add(top, SAMLP, "Status"), SAMLP, "StatusCode", Value=SUCCESS)
    if not is_done:
        add(code, SAMLP, "StatusCode", Value=f"{STATUS}PartialLogout")
    return redirected(address, "SAMLResponse", bytes_of(top), relay, key)


def _said(number: str, address: str, now: datetime) -> dict[str, str]:
    return {"ID": number, "Version": "2.0", "IssueInstant": written(now), "Destination": address}


def read_end(between: Between, now: datetime, *, query: str = "", form: tuple[str, str] = ("", "")) -> Ending:
    """A LogoutRequest, from an address (`query`, as it came) or a form (its field, and RelayState). Raises AssertionRefused."""
    top, relay = _received("SAMLRequest", "LogoutRequest", between, query, form)
    _check(top, between, now)
    end = moment(top.get("NotOnOrAfter"))
    if end is not None and end <= now - SKEW:
        raise AssertionRefused(Reason.TOO_LATE)
    sessions = tuple(text_of(one) for one in top.findall(f"{{{SAMLP}}}SessionIndex"))
    if len(sessions) > MOST_SESSIONS:
        raise AssertionRefused(Reason.TOO_LONG)
    return Ending(name_of(top), _name(top, between), sessions, relay)


def read_ended(
    between: Between, now: datetime, *, query: str = "", form: tuple[str, str] = ("", "")
) -> Ended:
    """A LogoutResponse, by the same ways."""
    top, relay = _received("SAMLResponse", "LogoutResponse", between, query, form)
    _check(top, between, now)
    code = only(only(top, f"{{{SAMLP}}}Status"), f"{{{SAMLP}}}StatusCode")
    inner = at_most_one(code, f"{{{SAMLP}}}StatusCode")
    is_partial = inner is not None and inner.get("Value") == f"{STATUS}PartialLogout"
    return Ended(top.get("InResponseTo") or "", code.get("Value") == SUCCESS and not is_partial, relay)


def _received(field: str, tag: str, between: Between, query: str, form: tuple[str, str]) -> tuple[Any, str]:
    if query:
        came = signed_query(query, field, between.certificates)
        top, relay = parsed(inflated(decoded(came[field]))), came.get("RelayState", "")
    else:
        top, relay = parsed(decoded(form[0])), form[1]
        if not is_signed(top):
            raise AssertionRefused(Reason.UNSIGNED)
        top = verified(top, between.certificates, LONGEST_MESSAGE)
    if top.tag != f"{{{SAMLP}}}{tag}" or top.get("Version") != "2.0":
        raise AssertionRefused(Reason.ODD_SHAPE)
    return top, relay


def _check(top: Any, between: Between, now: datetime) -> None:
    issuer = only(top, f"{{{SAML}}}Issuer")
    if text_of(issuer) != between.issuer or issuer.get("Format") not in {None, ENTITY}:
        raise AssertionRefused(Reason.WRONG_ISSUER)
    if top.get("Destination") != between.here:
        raise AssertionRefused(Reason.WRONG_DESTINATION)
    made = moment(top.get("IssueInstant"))
    if made is None or made > now + SKEW:
        raise AssertionRefused(Reason.TOO_EARLY)
    if made < now - FRESH - SKEW:
        raise AssertionRefused(Reason.TOO_LATE)


def _name(top: Any, between: Between) -> str:
    name = at_most_one(top, f"{{{SAML}}}NameID")
    closed = at_most_one(top, f"{{{SAML}}}EncryptedID")
    if (name is None) == (closed is None):
        raise AssertionRefused(Reason.NO_SUBJECT)
    # The whole message was signed.
    found = name if name is not None else opened(closed, between.keys, is_sealed=True)
    if found.tag != f"{{{SAML}}}NameID" or not text_of(found):
        raise AssertionRefused(Reason.NO_SUBJECT)
    return text_of(found)
