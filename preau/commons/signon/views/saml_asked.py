"""What a service asks by SAML, read strictly. Nothing goes back to an address that the register does not hold.

Until it is answered (a password to type, a profile to choose), a word of ours carries it from page to page: signed, for half
an hour, and without anybody's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from preau.commons.signon import rules
from preau.commons.signon.actions import asserting
from preau.commons.signon.models import Party
from preau.commons.signon.queries import parties
from preau.commons.signon.saml import reading
from preau.commons.signon.saml.names import (
    ALSO_TRUE,
    ANY_NAME,
    ONE_PROOF,
    PERSISTENT,
    POST,
    SAML,
    SAMLP,
    TRANSIENT,
    TWO_PROOFS,
    tag,
)
from preau.commons.signon.saml.reading import Message, Unproved
from preau.commons.signon.saml.xml import Malformed, instant, is_true, text_of
from preau.foundation import throttle
from preau.foundation.http import client_address
from preau.identity.devices import network_of

COMING, LEAVING = "preau.signon.saml.coming", "preau.signon.saml.leaving"
COMPARISONS = {"exact", "minimum", "better", "maximum"}
INDEX_LENGTH = 6


class Unknown(Exception):
    """No service of this name."""


class Misdirected(Exception):
    """A known service, with an address that is not one of its own: nobody is sent there."""


class RequestRefused(Exception):
    """Nobody is sent anywhere: `why` is « unread », « unproved », « elsewhere », « late », « again » or « often »; `party`,
    when it is known who asks."""

    def __init__(self, why: str, party: Party | None = None) -> None:
        super().__init__(why)
        self.why, self.party = why, party


@dataclass(frozen=True)
class SamlRequest:
    """What is asked. `to`: one of the service's addresses, exactly; `request`: the ID of its message, « » when it sent none;
    `relay`: its own word; `silent`: without any page; `again`: whoever is signed in proves it again; `proofs`: how they may
    have proved it, by its own comparison, none when it does not care."""

    party: Party
    to: str
    request: str = ""
    relay: str = ""
    silent: bool = False
    again: bool = False
    comparison: str = "exact"
    proofs: Sequence[str] = ()

    def context(self, *, is_strong: bool) -> str:
        """How we say that they proved it; « » when that is not what the service wants."""
        ours = [TWO_PROOFS, ONE_PROOF, *ALSO_TRUE] if is_strong else [ONE_PROOF, *ALSO_TRUE]
        if not self.proofs:
            return ours[0]
        if self.comparison == "exact":
            return next((proof for proof in self.proofs if proof in ours), "")
        ranks = {TWO_PROOFS: 2, ONE_PROOF: 1} | dict.fromkeys(ALSO_TRUE, 0)
        wanted = [ranks[proof] for proof in self.proofs if proof in ranks]
        fits = {
            "minimum": lambda rank: rank >= min(wanted),
            "better": lambda rank: rank > max(wanted),
            "maximum": lambda rank: rank <= max(wanted),
        }[self.comparison]
        return next((one for one in ours if wanted and fits(ranks[one])), "")


class Wrong(Exception):
    """A known service and address: the mistake is told to it, by the two words of the protocol."""

    def __init__(self, wanted: SamlRequest, code: str, under: str = "") -> None:
        super().__init__(code)
        self.wanted, self.code, self.under = wanted, code, under


# Received


def receive(request: HttpRequest, kind: str, address: str, *, signed: bool = False) -> tuple[Party, Message]:
    """A message of a service that is known, for this address of ours, of this moment, and signed when it must be.

    Raises Unknown, RequestRefused, or Malformed.
    """
    if any(len(values) > 1 for _name, values in request.POST.lists()):
        raise Malformed("a parameter twice")
    message = (
        reading.from_form(request.POST.dict(), kind)
        if request.method == "POST"
        else reading.from_query(request.META.get("QUERY_STRING", ""), kind)
    )
    party = parties.party_of(message.issuer)
    if party is None:
        raise Unknown
    _prove(request, party, message, is_required=signed or party.must_sign)
    destination = message.root.get("Destination", "")
    if (destination or message.is_signed) and destination != address:
        raise RequestRefused("elsewhere", party)
    now, at = timezone.now(), instant(message.root.get("IssueInstant", ""))
    if not now - rules.ASKED_BEFORE <= at <= now + rules.ASKED_AHEAD:
        raise RequestRefused("late", party)
    return party, message


def _prove(request: HttpRequest, party: Party, message: Message, *, is_required: bool) -> None:
    """Signatures are checked when there is one, and wanted when the register says so; wrong ones are counted."""
    if not (is_required or message.is_signed):
        return
    door = (str(party.pk), network_of(client_address(request)))
    if throttle.tries("saml_signature", *door) >= rules.WRONG_SIGNATURES:
        raise RequestRefused("often", party)
    try:
        reading.check_signed(message, party.signing)
    except Unproved as failure:
        throttle.hit("saml_signature", *door, window=rules.WRONG_WINDOW)
        raise RequestRefused("unproved", party) from failure


def read_wanted(request: HttpRequest, address: str) -> SamlRequest:
    """What is asked. Raises Unknown, Misdirected, RequestRefused, or Wrong."""
    try:
        party, message = receive(request, "AuthnRequest", address)
        return _wanted(party, message)
    except Malformed as failure:
        raise RequestRefused("unread") from failure


def _wanted(party: Party, message: Message) -> SamlRequest:
    root = message.root
    wanted = SamlRequest(party, _to(party, root), message.id)
    if len(message.relay.encode()) > rules.LONGEST_RELAY:
        raise Wrong(wanted, "Requester")
    wanted = replace(wanted, relay=message.relay)
    if root.get("Version") != "2.0":
        raise Wrong(wanted, "VersionMismatch")
    if root.get("ProtocolBinding", POST) != POST:
        raise Wrong(wanted, "Requester", "UnsupportedBinding")
    for name in ("Subject", "Conditions"):
        if root.find(tag(SAML, name)) is not None:
            raise Wrong(wanted, "Requester", "RequestUnsupported")
    _check_name(wanted, root.find(tag(SAMLP, "NameIDPolicy")))
    comparison, proofs = _proofs(wanted, root.find(tag(SAMLP, "RequestedAuthnContext")))
    silent, again = is_true(root.get("IsPassive")), is_true(root.get("ForceAuthn"))
    return replace(wanted, silent=silent, again=again, comparison=comparison, proofs=proofs)


def _to(party: Party, root: Any) -> str:
    """Where the answer goes: what was asked, if the register holds it, letter by letter; the first one when nothing was."""
    url, index = root.get("AssertionConsumerServiceURL"), root.get("AssertionConsumerServiceIndex")
    if not party.receives or (url is not None and index is not None):
        raise Misdirected
    if url is not None:
        found = next((receive["url"] for receive in party.receives if receive["url"] == url), None)
    elif index is not None:
        found = next((receive["url"] for receive in party.receives if str(receive["index"]) == index), None)
    else:
        found = party.receives[0]["url"]
    if found is None:
        raise Misdirected
    return str(found)


def _check_name(wanted: SamlRequest, policy: Any) -> None:
    """We give one form of name, that of the register; a service that wants another gets none."""
    if policy is None:
        return
    form, ours = policy.get("Format", ANY_NAME), parties.FORMS[wanted.party.name_form]
    is_for = policy.get("SPNameQualifier", wanted.party.entity_id) == wanted.party.entity_id
    if form not in {ANY_NAME, ours} or form not in {ANY_NAME, PERSISTENT, TRANSIENT} or not is_for:
        raise Wrong(wanted, "Requester", "InvalidNameIDPolicy")


def _proofs(wanted: SamlRequest, asked: Any) -> tuple[str, list[str]]:
    if asked is None:
        return "exact", []
    comparison = asked.get("Comparison", "exact")
    proofs = [text_of(one) for one in asked.findall(tag(SAML, "AuthnContextClassRef"))][:20]
    if comparison not in COMPARISONS or not proofs:
        raise Wrong(wanted, "Responder", "NoAuthnContext")
    return comparison, proofs


# Carried


def word_of(wanted: SamlRequest) -> str:
    held = {
        "n": wanted.party.pk,
        "t": wanted.to,
        "r": wanted.request,
        "k": wanted.relay,
        "s": wanted.silent,
        "a": wanted.again,
        "c": wanted.comparison,
        "p": [proof for proof in wanted.proofs if proof in {TWO_PROOFS, ONE_PROOF, *ALSO_TRUE}]
        or list(wanted.proofs)[:1],
    }
    return signing.dumps(held, salt=COMING, compress=True)


def read_word(word: str) -> SamlRequest:
    """The same, once more: the service may have changed meanwhile. Raises Unknown, Misdirected, or Refused."""
    held = _opened(word, COMING)
    party = parties.party_numbered(held["n"])
    if party is None:
        raise Unknown
    if held["t"] not in party.addresses:
        raise Misdirected
    return SamlRequest(party, held["t"], held["r"], held["k"], held["s"], held["a"], held["c"], held["p"])


def _opened(word: str, salt: str) -> dict[str, Any]:
    try:
        held: dict[str, Any] = signing.loads(word, salt=salt, max_age=rules.WORD_LIFE)
    except (signing.BadSignature, ValueError) as failure:
        raise RequestRefused("late") from failure
    return held


# Leaving


@dataclass(frozen=True)
class Leaving:
    """A service asks to end a session. `name` and `indexes` are digests: their words are somebody's."""

    party: Party
    request: str
    relay: str
    name: str
    indexes: Sequence[str]

    def is_of(self, name: str) -> bool:
        return bool(name) and constant_time_compare(self.name, digest(name))

    def is_here(self, index: str) -> bool:
        """Is it this session of theirs? One that names no session means every one."""
        return not self.indexes or digest(index) in self.indexes


def digest(word: str) -> str:
    return salted_hmac("preau.signon.saml.name", word, algorithm="sha256").hexdigest()[:32]


def read_leaving(request: HttpRequest, address: str) -> Leaving:
    """Always signed: it would end somebody's session. Raises Unknown or RequestRefused."""
    try:
        party, message = receive(request, "LogoutRequest", address, signed=True)
        return _leaving(party, message, timezone.now())
    except Malformed as failure:
        raise RequestRefused("unread") from failure


def _leaving(party: Party, message: Message, now: datetime) -> Leaving:
    root = message.root
    until = root.get("NotOnOrAfter")
    if until and instant(until) <= now - rules.ASKED_AHEAD:
        raise RequestRefused("late", party)
    name = text_of(root.find(tag(SAML, "NameID")))
    too_long = len(message.relay.encode()) > rules.LONGEST_RELAY
    if root.get("Version") != "2.0" or not name or too_long:
        raise RequestRefused("unread", party)
    if asserting.note_request(party, message.id) > 1:
        raise RequestRefused("again", party)
    indexes = [digest(text_of(one)) for one in root.findall(tag(SAMLP, "SessionIndex"))][:20]
    return Leaving(party, message.id, message.relay, digest(name), indexes)


def leaving_word(leaving: Leaving) -> str:
    held = {
        "n": leaving.party.pk,
        "r": leaving.request,
        "k": leaving.relay,
        "u": leaving.name,
        "i": list(leaving.indexes),
    }
    return signing.dumps(held, salt=LEAVING, compress=True)


def read_leaving_word(word: str) -> Leaving:
    held = _opened(word, LEAVING)
    party = parties.party_numbered(held["n"])
    if party is None:
        raise Unknown
    return Leaving(party, held["r"], held["k"], held["u"], held["i"])
