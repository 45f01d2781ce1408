"""Signing in and out, taking another seat, ending a session elsewhere."""

from collections.abc import Iterable

from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from preau.directory.viewer import Seat, Viewer
from preau.foundation import journal, kept, proof
from preau.identity import sessions
from preau.identity.actions.demands import work_out
from preau.identity.middleware import SEAT, viewer_of
from preau.identity.models import Account, AccountSession
from preau.identity.rules import works_somewhere

# account_id; only: the key of the one session that ended, else all did, but that of the key `but`. Sent by who ends
# them on purpose, never by time: inside the transaction.
sessions_ended = Signal()
session_kept = (
    Signal()
)  # request, account_id: a session is open in this browser, under the key that it now has


@transaction.atomic
def sign_in(
    request: HttpRequest, account: Account, *, proved: bool = False, profiles: Iterable[str] = ()
) -> Viewer | None:
    """Open a session; returns None, and opens nothing, for an account whose person has no role any more.

    `proved`: with a second proof, given just now. `profiles`: the only ones that this session opens, when whoever says who it is
    knows them as nothing else; empty for all.
    """
    open_session(request, account)
    request.user = account
    for mark in (sessions.PROFILES, sessions.PROVED_THERE):
        request.session.pop(mark, None)
    if profiles:
        request.session[sessions.PROFILES] = [str(profile) for profile in profiles]
    viewer = viewer_of(request)
    if viewer is None:
        close_session(request)
        return None
    request.session[SEAT] = viewer.key
    request.session[sessions.PROVED] = proved
    remember(request, account)
    if works_somewhere(viewer) or account.proves_from:
        account.proves_from = work_out(account.pk)
    journal.record(viewer, "identity.signed_in", account, subject_id=account.person_id)
    return viewer


def remember(request: HttpRequest, account: Account) -> None:
    """Keep a line of this session for the page that lists them: one, however often its person signs in there."""
    key = request.session.session_key
    if key is None:
        request.session.save()
        key = str(request.session.session_key)
    now = timezone.now()
    device = sessions.device_of(request.headers.get("User-Agent", ""))
    facts = {"account": account, "device": device, "opened_at": now, "seen_at": now}
    AccountSession.objects.update_or_create(session_id=key, defaults=facts)
    session_kept.send(sender=Account, request=request, account_id=account.pk)


@transaction.atomic
def sign_out(request: HttpRequest, viewer: Viewer) -> None:
    journal.record(viewer, "identity.signed_out", request.user, subject_id=viewer.person.pk)
    sessions_ended.send(
        sender=Account, account_id=viewer.account_id, only=str(request.session.session_key), but=""
    )
    close_session(request)


@transaction.atomic
def confirm(request: HttpRequest, viewer: Viewer) -> None:
    """Whoever sits here has just proved again that it is they: for ten minutes no gesture asks."""
    proof.note(request.session, timezone.now())
    journal.record(viewer, "identity.confirmed", request.user, subject_id=viewer.person.pk)


def sign_in_again(request: HttpRequest, viewer: Viewer) -> None:
    """Close the session of somebody who proves who they are otherwise than by a password; what they were sending waits for them."""
    left = request.session.get(kept.KEY)
    sign_out(request, viewer)
    if left is not None:
        request.session[kept.KEY] = left


@transaction.atomic
def take_seat(request: HttpRequest, viewer: Viewer, seat: Seat) -> None:
    """Change the default seat of this session."""
    request.session[SEAT] = seat.key
    journal.record(viewer.seated(seat), "identity.changed_seat", request.user, subject_id=viewer.person.pk)


@transaction.atomic
def end_session(viewer: Viewer, session: AccountSession) -> None:
    """End one of one's own sessions, wherever its browser is."""
    journal.record(viewer, "identity.session_ended", session.account, subject_id=viewer.person.pk)
    sessions_ended.send(sender=Account, account_id=session.account_id, only=session.pk, but="")
    Session.objects.filter(pk=session.pk).delete()


def end_sessions(account_id: int, *, but: str | None = "") -> int:
    """End the sessions of an account, all but the one named; returns how many."""
    ending = AccountSession.objects.filter(account_id=account_id).exclude(pk=but or "")
    keys = list(ending.values_list("pk", flat=True))
    sessions_ended.send(sender=Account, account_id=account_id, only="", but=but or "")
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def end_these(sessions: Iterable[AccountSession]) -> int:
    """End these sessions, wherever their browsers are: whoever had opened them says that they are over. Returns how many."""
    keys = []
    for session in sessions:
        sessions_ended.send(sender=Account, account_id=session.account_id, only=session.pk, but="")
        journal.write(
            journal.Line(
                verb="identity.session_ended",
                target="identity.account",
                target_id=session.account_id,
                subject_id=session.account.person_id,
            )
        )
        keys.append(session.pk)
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)
