"""What a provider answers: who came, checked from the first byte to the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preau.foundation.assertions.keys import KeyPair
from preau.foundation.assertions.opening import opened
from preau.foundation.assertions.reading import at_most_one, decoded, moment, name_of, only, parsed, text_of
from preau.foundation.assertions.signatures import is_signed, verified
from preau.foundation.assertions.words import (
    BEARER,
    DS,
    ENTITY,
    FRESH,
    LONGEST_MESSAGE,
    MOST_VALUES,
    SAML,
    SAMLP,
    SKEW,
    STATUS,
    SUCCESS,
    AssertionRefused,
    Reason,
)

ASSERTION, CLOSED = f"{{{SAML}}}Assertion", f"{{{SAML}}}EncryptedAssertion"
ISSUER, SIGNATURE = f"{{{SAML}}}Issuer", f"{{{DS}}}Signature"
IN_RESPONSE = (
    ISSUER,
    SIGNATURE,
    f"{{{SAMLP}}}Extensions",
    f"{{{SAMLP}}}Status",
    ASSERTION,
    CLOSED,
)
IN_ASSERTION = tuple(
    f"{{{SAML}}}{name}"
    for name in (
        "Subject",
        "Conditions",
        "Advice",
        "AuthnStatement",
        "AuthzDecisionStatement",
        "AttributeStatement",
    )
)
KNOWN_CONDITIONS = tuple(
    f"{{{SAML}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)


@dataclass(frozen=True)
class Expected:
    """What an answer must be. `request`: the name of our question; "" accepts an answer to none, and only such a one;
    `asked_at`: a sign-in older than that is not the one we asked for (None: any will do)."""

    us: str
    acs: str
    issuer: str
    certificates: Sequence[str]
    request: str
    keys: Sequence[KeyPair] = ()
    signed_assertion: bool = True
    encrypted: bool = False
    contexts: Sequence[str] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True)
class Coming:
    """Who the provider says has come. `facts`: by its own names; `number`: of the assertion, to be accepted once, until
    `ends_at`; `session`: by which it will end this one; `context`: how they signed in, at `signed_in_at`."""

    subject: str
    name_format: str
    qualifier: str
    facts: dict[str, list[str]]
    session: str
    context: str
    number: str
    ends_at: datetime
    signed_in_at: datetime


def read_response(field: str, expected: Expected, now: datetime) -> Coming:
    """What the field SAMLResponse holds. Raises AssertionRefused, and nothing else."""
    top = parsed(decoded(field))
    if top.tag != f"{{{SAMLP}}}Response":
        raise AssertionRefused(Reason.ODD_SHAPE)
    # Before anything is believed: one assertion in the whole document, and it is where it must be.
    many = sum(1 for one in top.iter(ASSERTION, CLOSED))
    if many > 1:
        raise AssertionRefused(Reason.SEVERAL)
    is_whole = is_signed(top)
    response = verified(top, expected.certificates, LONGEST_MESSAGE) if is_whole else top
    _check_response(response, expected, now, is_whole=is_whole)
    assertion = _believed(top, response, expected, is_whole=is_whole)
    return _read(assertion, expected, now)


def _check_response(response: Any, expected: Expected, now: datetime, *, is_whole: bool) -> None:
    _in_order(response, IN_RESPONSE)
    name_of(response)
    if response.get("Version") != "2.0":
        raise AssertionRefused(Reason.ODD_SHAPE)
    _check_issuer(response, expected, required=is_whole)
    destination = response.get("Destination")
    if destination != expected.acs and (destination or is_whole):
        raise AssertionRefused(Reason.WRONG_DESTINATION)
    _check_request(response, expected)
    _check_fresh(response, now)
    _check_status(only(response, f"{{{SAMLP}}}Status"))


def _in_order(response: Any, names: Sequence[str]) -> None:
    """Only what the standard lets stand there, in its order."""
    places = [names.index(child.tag) if child.tag in names else -1 for child in response]
    if -1 in places or places != sorted(set(places)):
        raise AssertionRefused(Reason.ODD_SHAPE)


def _check_issuer(element: Any, expected: Expected, *, required: bool) -> None:
    issuer = at_most_one(element, ISSUER)
    if issuer is None and not required:
        return
    is_expected = issuer is not None and text_of(issuer) == expected.issuer
    if issuer is None or not is_expected or issuer.get("Format") not in {None, ENTITY}:
        raise AssertionRefused(Reason.WRONG_ISSUER)


def _check_request(element: Any, expected: Expected) -> None:
    if (element.get("InResponseTo") or "") != expected.request:
        raise AssertionRefused(Reason.WRONG_REQUEST)


def _check_fresh(element: Any, now: datetime) -> None:
    made = moment(element.get("IssueInstant"))
    if made is None:
        raise AssertionRefused(Reason.ODD_SHAPE)
    if made > now + SKEW:
        raise AssertionRefused(Reason.TOO_EARLY)
    if made < now - FRESH - SKEW:
        raise AssertionRefused(Reason.TOO_LATE)


def _check_status(status: Any) -> None:
    code = only(status, f"{{{SAMLP}}}StatusCode")
    if code.get("Value") == SUCCESS:
        return
    detail = at_most_one(code, f"{{{SAMLP}}}StatusCode")
    status_code = (detail if detail is not None else code).get("Value") or ""
    raise AssertionRefused(Reason.SAID_NO, status_code.removeprefix(STATUS)[:60])


def _believed(top: Any, response: Any, expected: Expected, *, is_whole: bool) -> Any:
    """The assertion, from bytes that were signed: its own, or those of the answer when that is enough."""
    closed = at_most_one(top, CLOSED)
    if closed is None and expected.encrypted:
        raise AssertionRefused(Reason.NOT_ENCRYPTED)
    # In the document as it came, where namespaces are; it is believed only if its own signature says so.
    found = only(top, ASSERTION) if closed is None else _open(closed, expected, is_sealed=is_whole)
    if is_signed(found):
        return verified(found, expected.certificates, 2 * LONGEST_MESSAGE)
    if expected.signed_assertion or not is_whole:
        raise AssertionRefused(Reason.UNSIGNED)
    if closed is None:
        return only(response, ASSERTION)
    return _open(only(response, CLOSED), expected, is_sealed=True)


def _open(closed: Any, expected: Expected, *, is_sealed: bool) -> Any:
    found = opened(closed, expected.keys, is_sealed=is_sealed)
    if found.tag != ASSERTION or sum(1 for one in found.iter(ASSERTION, CLOSED)) != 1:
        raise AssertionRefused(Reason.SEVERAL if found.tag == ASSERTION else Reason.ODD_SHAPE)
    return found


def _read(assertion: Any, expected: Expected, now: datetime) -> Coming:
    if assertion.get("Version") != "2.0" or not len(assertion) or assertion[0].tag != ISSUER:
        raise AssertionRefused(Reason.ODD_SHAPE)
    if any(child.tag not in IN_ASSERTION for child in assertion[1:]):
        raise AssertionRefused(Reason.ODD_SHAPE)
    _check_issuer(assertion, expected, required=True)
    _check_fresh(assertion, now)
    ends_at = _check_conditions(only(assertion, f"{{{SAML}}}Conditions"), expected, now)
    subject = only(assertion, f"{{{SAML}}}Subject")
    _check_bearer(subject, expected, now)
    name = _name(subject, expected)
    session, context, signed_in_at = _signed_in(assertion, expected, now)
    return Coming(
        text_of(name),
        name.get("Format") or "",
        name.get("NameQualifier") or "",
        _facts(assertion),
        session,
        context,
        name_of(assertion),
        ends_at,
        signed_in_at,
    )


def _check_times(element: Any, now: datetime) -> None:
    start, end = moment(element.get("NotBefore")), moment(element.get("NotOnOrAfter"))
    if start is not None and start > now + SKEW:
        raise AssertionRefused(Reason.TOO_EARLY)
    if end is not None and end <= now - SKEW:
        raise AssertionRefused(Reason.TOO_LATE)


def _check_conditions(conditions: Any, expected: Expected, now: datetime) -> datetime:
    """Returns when the assertion stops being good: until then, it is remembered."""
    _check_times(conditions, now)
    end = moment(conditions.get("NotOnOrAfter"))
    if end is None or end > now + FRESH + FRESH:
        # Without an end, or with one far away, it would have to be remembered for ever.
        end = now + FRESH + FRESH
    if any(child.tag not in KNOWN_CONDITIONS for child in conditions):
        raise AssertionRefused(Reason.ODD_SHAPE)
    restrictions = conditions.findall(KNOWN_CONDITIONS[0])
    audiences = [[text_of(one) for one in each.findall(f"{{{SAML}}}Audience")] for each in restrictions]
    if not audiences or any(expected.us not in each for each in audiences):
        raise AssertionRefused(Reason.WRONG_AUDIENCE)
    return end + SKEW


def _check_bearer(subject: Any, expected: Expected, now: datetime) -> None:
    """One confirmation « whoever bears this », and it must be for us, now, in answer to our question."""
    tag = f"{{{SAML}}}SubjectConfirmation"
    found = [one for one in subject.findall(tag) if one.get("Method") == BEARER]
    if len(found) != 1:
        raise AssertionRefused(Reason.ODD_SHAPE)
    data = only(found[0], f"{{{SAML}}}SubjectConfirmationData")
    if data.get("Recipient") != expected.acs:
        raise AssertionRefused(Reason.WRONG_RECIPIENT)
    if data.get("NotOnOrAfter") is None:
        raise AssertionRefused(Reason.ODD_SHAPE)
    _check_times(data, now)
    _check_request(data, expected)


def _name(subject: Any, expected: Expected) -> Any:
    name = at_most_one(subject, f"{{{SAML}}}NameID")
    closed = at_most_one(subject, f"{{{SAML}}}EncryptedID")
    if (name is None) == (closed is None):
        raise AssertionRefused(Reason.NO_SUBJECT)
    if name is None:
        # What holds it was signed, so that CBC is no more dangerous than anything else.
        name = opened(closed, expected.keys, is_sealed=True)
        if name.tag != f"{{{SAML}}}NameID":
            raise AssertionRefused(Reason.NO_SUBJECT)
    if not text_of(name):
        raise AssertionRefused(Reason.NO_SUBJECT)
    return name


def _signed_in(assertion: Any, expected: Expected, now: datetime) -> tuple[str, str, datetime]:
    """The session there, how they signed in, and when."""
    statements = assertion.findall(f"{{{SAML}}}AuthnStatement")
    if not statements:
        raise AssertionRefused(Reason.ODD_SHAPE)
    statement = statements[0]
    at, end = moment(statement.get("AuthnInstant")), moment(statement.get("SessionNotOnOrAfter"))
    if at is None or at > now + SKEW:
        raise AssertionRefused(Reason.TOO_EARLY)
    if end is not None and end <= now - SKEW:
        raise AssertionRefused(Reason.TOO_LATE)
    if expected.asked_at is not None and at < expected.asked_at - SKEW:
        raise AssertionRefused(Reason.TOO_LATE)
    reference = statement.find(f"{{{SAML}}}AuthnContext/{{{SAML}}}AuthnContextClassRef")
    context = "" if reference is None else text_of(reference)
    if expected.contexts and context not in expected.contexts:
        raise AssertionRefused(Reason.WRONG_CONTEXT)
    return (statement.get("SessionIndex") or "")[:200], context[:200], at


def _facts(assertion: Any) -> dict[str, list[str]]:
    """Each fact with its values. One whose value is a name of a person (eduPersonTargetedID) gives that name; values of any
    other kind are left aside."""
    found: dict[str, list[str]] = {}
    count = 0
    for attribute in assertion.iterfind(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute"):
        values = found.setdefault((attribute.get("Name") or "")[:200], [])
        for value in attribute.findall(f"{{{SAML}}}AttributeValue"):
            count += 1
            if count > MOST_VALUES:
                raise AssertionRefused(Reason.TOO_LONG)
            inner = value[0] if len(value) == 1 and value[0].tag == f"{{{SAML}}}NameID" else value
            if not len(inner):
                values.append(text_of(inner))
    return {name: values for name, values in found.items() if name and values}
