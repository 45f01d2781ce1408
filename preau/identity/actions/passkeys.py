"""Passkeys: added, named, used, taken away (docs/decisions/0111)."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.foundation import journal, throttle
from preau.foundation.locks import lock
from preau.identity import passkeys, waiting
from preau.identity.actions.accounts import trace
from preau.identity.actions.demands import work_out
from preau.identity.actions.second import drop_second_proof, fresh_codes
from preau.identity.actions.signing import end_sessions
from preau.identity.actions.telling import tell_second_proof
from preau.identity.models import Account, Passkey

MOST = 10


class TooManyKeys(Exception):
    """This account has ten already: one must go first."""


def ask_for_key(viewer: Viewer, session: Any) -> dict[str, Any]:
    """What a browser needs to make a key for whoever is signed in; those that they have are not made again."""
    known = list(Passkey.objects.visible_to(viewer))
    account = Account.objects.select_related("person").get(pk=viewer.account_id)
    handle = known[0].handle if known else passkeys.new_handle()
    challenge = passkeys.ask(session, passkeys.NEW, account.pk, handle)
    return passkeys.to_make(challenge, account, handle, known)


def add_passkey(viewer: Viewer, session: Any, typed: str, name: str) -> list[str]:
    """Keep the key that this browser has just made. Returns codes on paper, shown once, when it is the first second proof.

    Sessions opened with the password alone end then, but this one. Raises TooManyKeys, and NotProved of `passkeys`.
    """
    key = passkeys.made_in(typed, passkeys.take(session, passkeys.NEW, viewer.account_id))
    key.name = name
    return _keep(viewer, key, here=str(session.session_key))


@transaction.atomic
def _keep(viewer: Viewer, key: Passkey, *, here: str) -> list[str]:
    account = lock(Account, viewer.account_id)
    if Passkey.objects.filter(account=account).count() >= MOST:
        raise TooManyKeys
    if Passkey.objects.filter(credential_id=key.credential_id).exists():
        raise passkeys.NotProved
    is_first = not waiting.is_asked_of(account)
    key.account, key.made_at = account, timezone.now()
    key.save()
    codes = []
    if is_first:
        end_sessions(account.pk, but=here)
        codes = fresh_codes(account)
    journal.record(viewer, "identity.passkey_added", key, subject_id=account.person_id)
    tell_second_proof(account, "passkey_added")
    work_out(account.pk)
    return codes


@transaction.atomic
def rename_passkey(viewer: Viewer, key: Passkey, name: str) -> bool:
    """Another name; False when it was so already."""
    if not Passkey.objects.visible_to(viewer).filter(pk=key.pk).exclude(name=name).update(name=name):
        return False
    journal.record(viewer, "identity.passkey_renamed", key, subject_id=viewer.person.pk)
    return True


@transaction.atomic
def remove_passkey(viewer: Viewer, key: Passkey) -> bool:
    """It opens nothing any more. Returns whether the password is enough again: it was the last second proof."""
    account = lock(Account, viewer.account_id)
    journal.record(viewer, "identity.passkey_removed", key, subject_id=account.person_id)
    Passkey.objects.visible_to(viewer).filter(pk=key.pk).delete()
    is_over = not waiting.is_asked_of(account)
    if is_over:
        drop_second_proof(account)
    tell_second_proof(account, "second_proof_off" if is_over else "passkey_removed")
    work_out(account.pk, at_once=True)
    return is_over


def ask_for_proof(session: Any, account: Account | None) -> dict[str, Any]:
    """What a browser needs to prove: with a key of this account; of whoever comes, without naming any."""
    known = Passkey.objects.filter(account=account) if account else ()
    challenge = passkeys.ask(session, passkeys.PROOF, account.pk if account else 0)
    return passkeys.to_prove(challenge, known)


def prove_by_passkey(
    session: Any, typed: str, key: Passkey | None, account: Account | None = None
) -> Account:
    """The account whose key has just signed: this one, or the one that the key names. Raises NotProved, or TooLate.

    A counter that goes backwards is that of a copy: it is refused, written down, and its person is told.
    """
    asked = passkeys.take(session, passkeys.PROOF, account.pk if account else 0)
    if key is None or (account and key.account_id != account.pk):
        raise passkeys.NotProved
    if not _use(key, typed, asked, named=account is None):
        _suspect(key)
        raise passkeys.NotProved
    return key.account


@transaction.atomic
def _use(key: Passkey, typed: str, asked: passkeys.Challenge, *, named: bool) -> bool:
    """Note that this key has served; False when its counter has not gone forward."""
    held = Passkey.objects.select_for_update().filter(pk=key.pk).first()
    if held is None:
        raise passkeys.NotProved
    signed = passkeys.signed_in(typed, asked, held, named=named)
    if (signed.count or held.sign_count) and signed.count <= held.sign_count:
        return False
    Passkey.objects.filter(pk=held.pk).update(
        sign_count=signed.count, is_synced=signed.is_synced, used_at=timezone.now()
    )
    return True


@transaction.atomic
def _suspect(key: Passkey) -> None:
    trace("identity.passkey_copied", key.account)
    if throttle.hit("passkey_copied", str(key.pk), window=passkeys.A_DAY) == 1:
        tell_second_proof(key.account, "passkey_copied")
