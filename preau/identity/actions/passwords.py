"""Choosing a password: with a code, or with the former one."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.identity import waiting
from preau.identity.actions.keys import shut_out
from preau.identity.actions.signing import remember, sign_in
from preau.identity.actions.telling import tell_account_opened, tell_password_changed
from preau.identity.models import Account, Activation
from preau.identity.queries import BY_STAFF, fits_still


class CodeGone(Exception):
    """The code was used, replaced or ended in the meantime, or opens more today than its giver may give."""


class NoRole(Exception):
    """The person has no role any more: nothing is opened, and the code stays as it was."""


@transaction.atomic
def activate(request: HttpRequest, activation: Activation, password: str) -> Viewer:
    """Use a code once: the account takes this password, other codes and sessions end, a session opens here.

    Where a second proof is asked, it does not open yet: this browser waits for it (`waiting`).
    """
    account = lock(Account, activation.account_id)
    now = timezone.now()
    if not Activation.objects.open(now).filter(pk=activation.pk).exists():
        raise CodeGone
    if activation.kind in BY_STAFF and not fits_still(activation):
        raise CodeGone
    Activation.objects.filter(pk=activation.pk).update(used_at=now)
    account.activations.open(now).update(cancelled_at=now)
    account.set_password(password)
    account.save(update_fields=["password"])
    shut_out(account.pk)
    # A letter in the wrong hands opens nothing that its person has protected otherwise.
    twice = waiting.is_asked_of(account)
    viewer = viewer_for(account.person, account.pk, now) if twice else sign_in(request, account)
    if viewer is None:
        raise NoRole
    if twice:
        waiting.begin(request, account, "/")
    journal.record(viewer, "identity.activated", account, subject_id=account.person_id, kind=activation.kind)
    first = activation.kind == Activation.Kind.FIRST_LETTER
    (tell_account_opened if first else tell_password_changed)(account)
    return viewer


@transaction.atomic
def change_password(request: HttpRequest, viewer: Viewer, password: str) -> int:
    """Take another password; every other session of the account ends, every code and every key of access. Returns how many sessions."""
    account = lock(Account, viewer.account_id)
    account.set_password(password)
    account.save(update_fields=["password"])
    account.activations.open(timezone.now()).update(cancelled_at=timezone.now())
    ended = shut_out(account.pk, but=request.session.session_key)
    update_session_auth_hash(request, account)
    request.user = account
    remember(request, account)
    journal.record(viewer, "identity.password_changed", account, subject_id=account.person_id)
    tell_password_changed(account)
    return ended
