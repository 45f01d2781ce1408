"""Somebody comes by a provider: who they are here, and the session that opens. Never a new person, never two for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from preau.commons.federation.actions.telling import tell_linked, tell_several
from preau.commons.federation.models import Coming, Link, Provider
from preau.commons.federation.queries import matching, providers
from preau.commons.federation.rules import LINK_LIFE
from preau.commons.federation.words import PROFILES, Arrival, Audience, Refusal, Why
from preau.directory.models import Person
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import journal, proof
from preau.foundation.sealed import seal, unseal
from preau.identity import devices, sessions, waiting
from preau.identity.actions import accounts, signing
from preau.identity.models import Account, AccountSession
from preau.identity.standing import standings_of

# In the session: who has come and is not known yet; by whom this session was opened; where they were going.
PENDING, CAME, AFTER = "federation_pending", "federation_came", "federation_after"
HINT = "federation.hint"


@dataclass(frozen=True)
class Pending:
    """Somebody whom a provider has named, and whom nothing here recognises: for ten minutes they may link their account."""

    provider: Provider
    arrival: Arrival


def arrive(
    request: HttpRequest, provider: Provider, arrival: Arrival, *, after: str = "/"
) -> Viewer | Refusal:
    """Open the session of whoever a provider says has come, or say why not.

    A link is made the first time, when the attributes name one person and no other. UNKNOWN leaves the arrival in the session, for
    the page that links an account; SECOND_PROOF leaves this browser waiting for digits, on its way to `after`.
    """
    found = _person_of(provider, arrival)
    if isinstance(found, Refusal):
        if found.why == Why.UNKNOWN:
            _leave_pending(request, provider, arrival)
        return found
    return _let_in(request, provider, arrival, found, after)


@transaction.atomic
def _person_of(provider: Provider, arrival: Arrival) -> Person | Refusal:
    """Who it is here: by a link, else by the keys of the directory. A provider that names several people names nobody."""
    now = timezone.now()
    today = timezone.localdate(now)
    if not arrival.subject or not provider.is_open(today):
        return Refusal(Why.OFF if arrival.subject else Why.UNKNOWN)
    named = matching.named_by(provider, arrival, today)
    people = {one.person_id for one in named}
    link = Link.objects.select_related("person").filter(provider=provider, subject=arrival.subject).first()
    live = link if link and link.cut_at is None else None
    if len(people) > 1 or (live and people and live.person_id not in people):
        return _several(provider, arrival.subject, people, live, now)
    if live:
        return live.person if live.person.erased_at is None else Refusal(Why.UNKNOWN)
    if not people or link:
        # A link that was cut is not made again behind the back of whoever cut it.
        return Refusal(Why.UNKNOWN)
    person = Person.objects.get(pk=people.pop())
    refused = _refusal_of(provider, person, now)
    if refused:
        # A school does not learn by its own provider who is somewhere else.
        return Refusal(Why.UNKNOWN) if provider.school_id else refused
    return _linked(provider, arrival.subject, person, min(one.key for one in named)).person


def _several(provider: Provider, subject: str, people: set[int], live: Link | None, now: datetime) -> Refusal:
    """The heads are told. A school that could let in none of them does not learn by its own provider that they are somewhere."""
    if live is None and provider.school_id:
        standings = standings_of(people, timezone.localdate(now)).values()
        if not any(providers.can_let_in(provider, standing, now) for standing in standings):
            return Refusal(Why.UNKNOWN)
    tell_several(provider, subject, people | ({live.person_id} if live else set()))
    return Refusal(Why.SEVERAL)


def _refusal_of(provider: Provider, person: Person, now: datetime) -> Refusal | None:
    """Why this provider does not let this person in; None when it does."""
    today = timezone.localdate(now)
    if person.erased_at or person.is_institution:
        return Refusal(Why.UNKNOWN)
    if viewer_for(person, 0, now) is None:
        return Refusal(Why.NO_ROLE)
    if not providers.can_let_in(provider, standings_of([person.pk], today)[person.pk], now):
        return Refusal(Why.NOT_FOR_THEM)
    return None


def _linked(provider: Provider, subject: str, person: Person, how: str) -> Link:
    """The link, made once: of two arrivals at the same moment, the second finds the first's."""
    facts = {"person": person, "how": how, "made_at": timezone.now()}
    try:
        with transaction.atomic():
            link, is_new = Link.objects.get_or_create(provider=provider, subject=subject, defaults=facts)
    except IntegrityError:
        link, is_new = Link.objects.get(provider=provider, subject=subject), False
    if is_new:
        _tell(link)
    return link


def _tell(link: Link) -> None:
    journal.write(
        journal.Line(
            verb="federation.linked",
            target="federation.link",
            target_id=link.pk,
            subject_id=link.person_id,
            school_id=link.provider.school_id,
            details={"provider": link.provider_id, "how": link.how},
        )
    )
    tell_linked(link)


def _let_in(
    request: HttpRequest, provider: Provider, arrival: Arrival, person: Person, after: str
) -> Viewer | Refusal:
    """Open the session of somebody who is known, as far as this provider may."""
    refused = _refusal_of(provider, person, timezone.now())
    if refused:
        return refused
    accounts.open_accounts([person])
    account = Account.objects.select_related("person").get(person=person)
    if not account.is_active:
        return Refusal(Why.CLOSED)
    twice = waiting.is_asked_of(account) and not arrival.is_strong
    if twice and not devices.is_trusted(request, account):
        waiting.begin(request, account, after, profiles=_profiles_of(provider))
        _note_coming(request, provider, arrival, account)
        return Refusal(Why.SECOND_PROOF)
    return _open(request, provider, arrival, account)


def _profiles_of(provider: Provider) -> Sequence[str]:
    """The only profiles that an arrival by this provider opens; empty for all."""
    return PROFILES.get(Audience(provider.audience), ())


@transaction.atomic
def _open(request: HttpRequest, provider: Provider, arrival: Arrival, account: Account) -> Viewer | Refusal:
    now = timezone.now()
    viewer = signing.sign_in(request, account, proved=arrival.is_strong, profiles=_profiles_of(provider))
    if viewer is None:
        return Refusal(Why.NO_ROLE)
    if arrival.is_strong:
        request.session[sessions.PROVED_THERE] = True
    if not arrival.is_fresh:
        # A session left open there brings somebody in; it is no proof before a gesture that asks who is there.
        proof.forget(request.session)
    _note_coming(request, provider, arrival, account)
    keep_coming(request, account.pk)
    request.session.pop(PENDING, None)
    Link.objects.filter(provider=provider, subject=arrival.subject).update(used_at=now)
    succeed(provider, now)
    return viewer


def succeed(provider: Provider, now: datetime) -> None:
    """It works: its troubles are over."""
    Provider.objects.filter(pk=provider.pk).update(succeeded_at=now, failures=0)


def _note_coming(request: HttpRequest, provider: Provider, arrival: Arrival, account: Account) -> None:
    """What the session must know of who opened it, for the day that one of the two ends."""
    request.session[CAME] = {
        "provider": provider.pk,
        "account": account.pk,
        "subject": arrival.subject,
        "sid": arrival.session,
        "hint": seal(HINT, arrival.hint.encode()) if arrival.hint else "",
    }


def keep_coming(request: HttpRequest, account_id: int) -> None:
    """A session is kept under a new key: whoever opened it is noted with it. Another person's is dropped."""
    came = request.session.get(CAME)
    if came is None:
        return
    if came["account"] != account_id:
        del request.session[CAME]
        return
    session = AccountSession.objects.filter(pk=request.session.session_key).first()
    if session is None or not Provider.objects.filter(pk=came["provider"]).exists():
        return
    facts = {
        "provider_id": came["provider"],
        "account_id": account_id,
        "subject": came["subject"],
        "sid": came["sid"],
        "hint": came["hint"],
        "came_at": timezone.now(),
    }
    Coming.objects.update_or_create(session=session, defaults=facts)


def _leave_pending(request: HttpRequest, provider: Provider, arrival: Arrival) -> None:
    request.session[PENDING] = {
        "provider": provider.pk,
        "subject": arrival.subject,
        "sid": arrival.session,
        "is_strong": arrival.is_strong,
        "until": int((timezone.now() + LINK_LIFE).timestamp()),
        "hint": seal(HINT, arrival.hint.encode()) if arrival.hint else "",
    }


def pending_of(session: Any) -> Pending | None:
    """Who has come in this browser and is not known yet; None when nobody has, or too long ago."""
    left = session.get(PENDING)
    now = timezone.now()
    if left is None or left["until"] <= now.timestamp():
        return None
    provider = Provider.objects.on(timezone.localdate(now)).filter(pk=left["provider"]).first()
    if provider is None:
        return None
    hint = unseal(HINT, left["hint"]) if left["hint"] else None
    arrival = Arrival(
        left["subject"], session=left["sid"], is_strong=left["is_strong"], hint=(hint or b"").decode()
    )
    return Pending(provider, arrival)


@transaction.atomic
def link_pending(request: HttpRequest, viewer: Viewer) -> Link | Refusal:
    """Whoever is signed in here, by their own means, says that the account of the provider is theirs."""
    pending = pending_of(request.session)
    if pending is None:
        return Refusal(Why.OFF)
    if Coming.objects.filter(session=request.session.session_key).exists():
        # One provider does not vouch for another: it may know its person in some profiles only.
        return Refusal(Why.NOT_FOR_THEM)
    provider, subject = pending.provider, pending.arrival.subject
    refused = _refusal_of(provider, viewer.person, timezone.now())
    if refused:
        return refused
    link = Link.objects.select_for_update().filter(provider=provider, subject=subject).first()
    if link and link.cut_at is None and link.person_id != viewer.person.pk:
        return Refusal(Why.SEVERAL)
    if link:
        Link.objects.filter(pk=link.pk).update(
            person=viewer.person, how="", made_at=timezone.now(), cut_at=None
        )
        link.refresh_from_db()
        _tell(link)
    else:
        link = _linked(provider, subject, viewer.person, "")
    request.session.pop(PENDING, None)
    account = Account.objects.get(pk=viewer.account_id)
    _note_coming(request, provider, pending.arrival, account)
    keep_coming(request, account.pk)
    return link


def confirm_again(request: HttpRequest, viewer: Viewer, provider: Provider, arrival: Arrival) -> bool:
    """Whoever sits here has proved again, at the provider that opened this session, that it is they; False when somebody else came
    back, it lets them in no more, or the account asks for two proofs and one was given."""
    link = Link.objects.live().filter(provider=provider, subject=arrival.subject).first()
    if link is None or link.person_id != viewer.person.pk or not arrival.is_fresh:
        return False
    here = Coming.objects.filter(
        session=request.session.session_key, provider=provider, subject=arrival.subject
    )
    if not here.exists() or _refusal_of(provider, viewer.person, timezone.now()):
        return False
    account = Account.objects.get(pk=viewer.account_id)
    if waiting.is_asked_of(account) and not arrival.is_strong:
        return False
    signing.confirm(request, viewer)
    return True
