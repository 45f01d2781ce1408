"""SAML 2.0, on the side that relies on a provider: what is asked of it, and what is believed of its answers.

A browser brings the answer by a form of another site, without the cookies of its session (SameSite=Lax). So it is checked and
kept sealed at once (`receive`), and the browser is sent on to an address of ours, where its cookies come back: only the one
that had asked takes it (`take`). Nothing of it ever stands in an address but the word that the browser had drawn.
"""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preau.commons.federation import asking
from preau.commons.federation.actions.arriving import HINT
from preau.commons.federation.actions.leaving import LOGOUT_ADDRESSES, end_sessions_of
from preau.commons.federation.actions.oidc import Stale
from preau.commons.federation.actions.settling import TRIES, Followed
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Coming, Link, Provider, SamlAnswer, SamlKey
from preau.commons.federation.queries import saml
from preau.commons.federation.queries.saml import PURPOSE, Settled
from preau.commons.federation.rules import ASKED_LIFE, BELIEVED_LIFE, SAML_KEY_AHEAD, SAML_KEY_KEPT
from preau.commons.federation.words import Arrival, Audience, Icon, Key, Protocol, Trouble
from preau.directory.viewer import Viewer
from preau.foundation import journal, throttle
from preau.foundation.assertions import asking as asking_assertions
from preau.foundation.assertions import leaving, metadata, responses
from preau.foundation.assertions.keys import make_key
from preau.foundation.assertions.words import LONGEST_METADATA, REDIRECT, AssertionRefused, Reason
from preau.foundation.locks import lock
from preau.foundation.sealed import seal, unseal

# In the session: what this browser asked of SAML providers. Tabs that wait at the same time: a few.
ASKED, MOST_ASKED = "federation_saml", 5
ANSWER = "federation.saml.answer"
LONGEST_NAME = 255
SKEW, JUST_NOW = timedelta(minutes=1), timedelta(minutes=2)
# What a description that could not be believed is called for whoever settles it.
TROUBLES = {
    Reason.TOO_LATE: Trouble.UNSURE,
    Reason.WRONG_SIGNATURE: Trouble.UNSURE,
    Reason.UNSIGNED: Trouble.UNSURE,
}


class Unasked(Exception):
    """An answer that is good, and that nobody had asked for: whoever brings it is sent to ask."""


@dataclass(frozen=True)
class Question:
    """What this browser asked. `account`: who proves again that it is they; 0 for whoever comes in."""

    after: str
    at: int
    account: int


# What is asked


def ask(request: HttpRequest, provider: Provider, after: str, *, again: int = 0) -> str:
    """The address of the provider where this browser is sent; the word that must come back waits in the session. Raises Failed."""
    ours, now = saml.settled(provider), timezone.now()
    found = _described(provider, now)
    keys = saml.key_pairs(now)
    if not keys:
        raise Failed(Trouble.INCOMPLETE)
    relay = secrets.token_urlsafe(32)
    waiting = dict(list(request.session.get(ASKED, {}).items())[-MOST_ASKED + 1 :])
    waiting[relay] = {
        "provider": provider.pk,
        "after": after,
        "at": int(now.timestamp()),
        "account": again,
    }
    request.session[ASKED] = waiting
    here = saml.places(provider)
    question = asking_assertions.Question(
        _number(provider, relay),
        relay,
        again=bool(again) or ours.again,
        contexts=ours.contexts,
        name_format=ours.name_format,
    )
    return asking_assertions.make_request(
        here.entity_id, here.acs, found.sign_on[REDIRECT], keys[0], now, question
    )


def _described(provider: Provider, now: datetime) -> metadata.Provider:
    """What the provider says of itself, while it is good. Raises Failed."""
    found = saml.settled(provider).provider
    if found is None:
        raise Failed(Trouble.INCOMPLETE)
    if found.valid_until is not None and found.valid_until <= now:
        raise Failed(Trouble.UNSURE)
    if not asking.is_place(found.sign_on[REDIRECT]):
        # The desk of a demonstration, in a database that was taken elsewhere.
        raise Failed(Trouble.REFUSED)
    return found


def _number(provider: Provider, relay: str) -> str:
    """The name of the question that goes with this word: whoever brings the answer need not be known to find it again."""
    drawn = salted_hmac("federation.saml.question", f"{provider.pk}.{relay}", algorithm="sha256")
    return f"_{drawn.hexdigest()}"


def _digest(*words: str) -> str:
    return salted_hmac("federation.saml.answer", ".".join(words), algorithm="sha256").hexdigest()


# What comes back


def receive(provider: Provider, answer: str, relay: str) -> None:
    """Check what a form brought, and keep it for the browser that had asked. Raises AssertionRefused, Failed, Unasked."""
    now = timezone.now()
    expected = _expected(provider, relay, now)
    try:
        came = _read(provider, answer, expected, now)
    except AssertionRefused as refusal:
        if refusal.reason == Reason.WRONG_REQUEST and _was_not_asked_for(answer, expected, now):
            raise Unasked from refusal
        raise
    _keep(provider, relay, came, now)


def _expected(provider: Provider, relay: str, now: datetime) -> responses.Expected:
    ours, here, found = saml.settled(provider), saml.places(provider), _described(provider, now)
    return responses.Expected(
        here.entity_id,
        here.acs,
        found.entity_id,
        found.certificates,
        _number(provider, relay),
        saml.key_pairs(now),
        signed_assertion=ours.signed,
        encrypted=ours.encrypted,
        contexts=ours.contexts,
    )


def _read(provider: Provider, answer: str, expected: responses.Expected, now: datetime) -> responses.Coming:
    """Who came. A key that is not known may be a new one: the description is read again, once in a while. Raises AssertionRefused."""
    try:
        return responses.read_response(answer, expected, now)
    except AssertionRefused as refusal:
        if refusal.reason != Reason.WRONG_SIGNATURE or not _is_read_again(provider):
            raise
        found = _described(provider, now)
        return responses.read_response(answer, replace(expected, certificates=found.certificates), now)


def _is_read_again(provider: Provider) -> bool:
    """Whether the description was read anew: once in ten minutes, whoever sends what."""
    if not saml.settled(provider).address:
        return False
    if throttle.hit("federation.saml", str(provider.pk), window=ASKED_LIFE) > 1:
        return False
    try:
        refresh(provider)
    except Failed:
        return False
    return True


def _was_not_asked_for(answer: str, expected: responses.Expected, now: datetime) -> bool:
    try:
        responses.read_response(answer, replace(expected, request=""), now)
    except AssertionRefused:
        return False
    return True


def _keep(provider: Provider, relay: str, came: responses.Coming, now: datetime) -> None:
    """Keep who came, once a question and once an assertion. Raises AssertionRefused."""
    ours = saml.settled(provider)
    subject = next(iter(came.facts.get(ours.subject, ())), "") if ours.subject else came.subject
    if not 0 < len(subject) <= LONGEST_NAME or not ours.names_well(came.name_format):
        raise AssertionRefused(Reason.NO_SUBJECT)
    kept = {
        "subject": subject,
        "facts": came.facts,
        "session": came.session,
        "context": came.context,
        "at": int(came.signed_in_at.timestamp()),
        "name": [came.subject, came.name_format, came.qualifier],
    }
    try:
        with transaction.atomic():
            SamlAnswer.objects.create(
                provider=provider,
                question=_digest(str(provider.pk), relay),
                came_at=now,
                ends_at=came.ends_at,
                assertion=_digest(str(provider.pk), came.number),
                sealed=seal(ANSWER, json.dumps(kept).encode()),
            )
    except IntegrityError as failure:
        raise AssertionRefused(Reason.REPLAYED) from failure


def has_asked(request: HttpRequest, relay: str) -> bool:
    """Is it in this browser that the question of this word was asked?"""
    return relay in request.session.get(ASKED, {})


def going_to(request: HttpRequest, relay: str) -> str:
    """Where whoever asked was going."""
    return str(request.session.get(ASKED, {}).get(relay, {}).get("after", "/"))


def take(request: HttpRequest, provider: Provider, relay: str) -> tuple[Question, Arrival]:
    """Who came in answer to this browser's question, once. Raises Stale; Refused when they were to sign in there each time, and did not."""
    waiting = dict(request.session.get(ASKED, {}))
    asked = waiting.pop(relay, None)
    request.session[ASKED] = waiting
    now = timezone.now()
    if asked is None or asked["provider"] != provider.pk or asked["at"] < (now - ASKED_LIFE).timestamp():
        raise Stale
    kept = _taken(provider, relay, now)
    proved = datetime.fromtimestamp(kept["at"], tz=timezone.get_current_timezone())
    is_since = kept["at"] >= asked["at"] - SKEW.total_seconds()
    if saml.settled(provider).again and not is_since:
        raise AssertionRefused(Reason.TOO_LATE)
    is_fresh = proved >= now - JUST_NOW and (not asked["account"] or is_since)
    arrival = Arrival(
        subject=kept["subject"],
        facts=kept["facts"],
        session=kept["session"],
        hint=json.dumps(kept["name"]),
        is_strong=kept["context"] in provider.strong,
        is_fresh=is_fresh,
    )
    return Question(asked["after"], asked["at"], asked["account"]), arrival


@transaction.atomic
def _taken(provider: Provider, relay: str, now: datetime) -> dict[str, Any]:
    """What was kept, which nobody takes a second time. Raises Stale."""
    held = SamlAnswer.objects.select_for_update().filter(
        provider=provider, question=_digest(str(provider.pk), relay), came_at__gt=now - BELIEVED_LIFE
    )
    row = held.exclude(sealed="").first()
    opened = unseal(ANSWER, row.sealed) if row else None
    if row is None or opened is None:
        raise Stale
    row.sealed = ""
    row.save(update_fields=["sealed"])
    found: dict[str, Any] = json.loads(opened)
    return found


# What the provider publishes


def refresh(provider: Provider) -> bool:
    """Read its description again, where there is an address; whether it said something new. Raises Failed."""
    now, ours = timezone.now(), saml.settled(provider)
    if not ours.address:
        _described(provider, now)
        return False
    raw = ask_description(ours.address)
    try:
        found = read_description(raw, ours.pinned, now, entity_id=ours.described.get("entity_id", ""))
    except AssertionRefused as refusal:
        raise Failed(TROUBLES.get(refusal.reason, Trouble.GARBLED), refusal.reason) from refusal
    return _note(provider, found, now)


def ask_description(address: str) -> bytes:
    """Raises Failed."""
    accepted = {"Accept": "application/samlmetadata+xml, application/xml"}
    return asking.read(address, accepted, longest=LONGEST_METADATA)


def read_description(raw: bytes, pinned: str, now: datetime, *, entity_id: str = "") -> metadata.Provider:
    """Raises AssertionRefused."""
    return metadata.read_metadata(
        raw, now, entity_id=entity_id, pinned=pinned, may_be_plain=settings.SIGNON_LOOPBACK
    )


@transaction.atomic
def _note(provider: Provider, found: metadata.Provider, now: datetime) -> bool:
    row = lock(Provider, provider.pk)
    description = found.as_json()
    is_new = row.saml.get("described") != description
    row.saml |= {"described": description, "read_at": now.isoformat()}
    row.save(update_fields=["saml"])
    provider.saml = row.saml
    if is_new:
        line = journal.Line(
            verb="federation.saml_read",
            target="federation.provider",
            target_id=row.pk,
            school_id=row.school_id,
        )
        journal.write(line)
    return is_new


def _try(provider: Provider) -> None:
    refresh(provider)


TRIES[Protocol.SAML] = _try


@transaction.atomic
def settle(viewer: Viewer, provider: Provider, facts: dict[str, Any]) -> bool:
    """Write how a provider speaks SAML; whether something changed. Raises Followed when its people are linked already and it
    would become another provider."""
    row = lock(Provider, provider.pk)
    before, after = saml.settled(row), Settled(**facts)
    if before == replace(after, read_at=before.read_at):
        return False
    moved = before.described and before.described["entity_id"] != after.described.get("entity_id")
    if (moved or before.subject != after.subject) and Link.objects.live().filter(provider=row).exists():
        raise Followed
    keep_saml_keys(timezone.now(), must=True)
    row.saml, row.changed_at = facts, timezone.now()
    row.save(update_fields=["saml", "changed_at"])
    journal.record(viewer, "federation.provider_changed", row, changed="saml")
    return True


@transaction.atomic
def keep_stand_in(name: str, description: bytes, domains: list[str]) -> Provider:
    """The desk of the demonstration, as it has just started: its key is new, its address may be."""
    now = timezone.now()
    keep_saml_keys(now, must=True)
    found = metadata.read_metadata(description, now, may_be_plain=True)
    facts = {
        "protocol": Protocol.SAML,
        "audience": Audience.STAFF,
        "is_on": True,
        "changed_at": now,
        "icon": Icon.BRIEFCASE,
        "order": 2,
        "rules": {"ctemail": Key.EMAIL.value},
        "domains": domains,
        "failures": 0,
        "saml": {"described": found.as_json(), "read_at": now.isoformat()},
    }
    return Provider.objects.update_or_create(name=name, school=None, defaults=facts)[0]


# The end of a session


def logout_address(provider: Provider, coming: Coming) -> str:
    """Where one signs out there too; empty when it offers no such address."""
    now = timezone.now()
    found, keys = saml.settled(provider).provider, saml.key_pairs(now)
    place = saml.logout_place(found) if found else ""
    hint = unseal(HINT, coming.hint) if coming.hint else None
    if not place or not keys or hint is None:
        return ""
    name, kind, qualifier = json.loads(hint)
    us = saml.places(provider).entity_id
    return leaving.make_end(us, place, (name, kind, qualifier), keys[0], now, session=coming.sid)[1]


LOGOUT_ADDRESSES[Protocol.SAML] = logout_address


def read_end(provider: Provider, *, query: str, form: tuple[str, str]) -> leaving.Ending:
    """What the provider says that it ends. Raises AssertionRefused, Failed."""
    now = timezone.now()
    return leaving.read_end(_between(provider, now), now, query=query, form=form)


def read_ended(provider: Provider, *, query: str, form: tuple[str, str]) -> leaving.Ended:
    """What the provider answers to an end that we asked for. Raises AssertionRefused, Failed."""
    now = timezone.now()
    return leaving.read_ended(_between(provider, now), now, query=query, form=form)


def _between(provider: Provider, now: datetime) -> leaving.Between:
    here, found = saml.places(provider), _described(provider, now)
    return leaving.Between(
        here.entity_id, here.logout, found.entity_id, found.certificates, saml.key_pairs(now)
    )


def end(provider: Provider, ending: leaving.Ending) -> str:
    """End the sessions that the provider names; returns where to say so, empty when it gave no address for it.

    Where an attribute names people, the name of an ending is not the one that we know: without the name of a session, none of
    them is found, and the answer says so.
    """
    by_attribute = bool(saml.settled(provider).subject)
    subject = "" if by_attribute else ending.subject
    end_sessions_of(provider, subject=subject, sessions=ending.sessions)
    return _ended_address(provider, ending, is_done=bool(subject or ending.sessions))


def _ended_address(provider: Provider, ending: leaving.Ending, *, is_done: bool) -> str:
    now = timezone.now()
    place, keys = saml.logout_answer_place(_described(provider, now)), saml.key_pairs(now)
    if not place or not keys:
        return ""
    us = saml.places(provider).entity_id
    return leaving.make_ended(us, place, ending.number, keys[0], now, relay=ending.relay, is_done=is_done)


# Our keys


@transaction.atomic
def keep_saml_keys(now: datetime, *, must: bool = False) -> int:
    """A key when there is none that opens and somebody needs one; none that was replaced long ago. How many were made."""
    is_needed = must or Provider.objects.filter(protocol=Protocol.SAML).exists()
    made = 0
    if is_needed and not saml.key_pairs(now):
        SamlKey.objects.filter(signs_from__lte=now).delete()
        _make_key(now, now)
        made = 1
    signing = SamlKey.objects.filter(signs_from__lte=now - SAML_KEY_KEPT).first()
    if signing is not None:
        SamlKey.objects.filter(signs_from__lt=signing.signs_from).delete()
    return made


@transaction.atomic
def roll_saml_keys(now: datetime, *, at_once: bool = False) -> datetime:
    """Another key, published now; returns when it signs. `at_once`: the former one was seen by somebody, and is withdrawn."""
    if at_once:
        SamlKey.objects.all().delete()
    signs_from = now if at_once or not saml.key_pairs(now) else now + SAML_KEY_AHEAD
    _make_key(now, signs_from)
    return signs_from


def _make_key(now: datetime, signs_from: datetime) -> None:
    pair = make_key("Preau", now)
    row = SamlKey.objects.create(
        sealed=seal(PURPOSE, pair.private.encode()),
        certificate=pair.certificate,
        made_at=now,
        signs_from=signs_from,
    )
    journal.write(journal.Line(verb="federation.keys_rolled", target=row._meta.label_lower, target_id=row.pk))


def purge_answers(now: datetime) -> int:
    """Forget what has passed; returns how many."""
    return SamlAnswer.objects.filter(ends_at__lte=now).delete()[0]
