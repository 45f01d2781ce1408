"""A second proof beside the password: an authenticator application, and ten codes on paper (docs/decisions/0105)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import journal, throttle
from preau.foundation.locks import lock
from preau.foundation.sealed import seal, unseal
from preau.identity import waiting
from preau.identity.actions.demands import work_out
from preau.identity.actions.keys import shut_out
from preau.identity.actions.signing import end_sessions
from preau.identity.actions.telling import tell_password_known, tell_recovery_used, tell_second_proof
from preau.identity.codes import digest_of, new_code
from preau.identity.models import Account, Passkey, RecoveryCode, SecondProof
from preau.identity.totp import step_that_fits

PURPOSE = "second_proof"
HOW_MANY_CODES = 10
MANY_WRONG = 5


class AlreadyThere(Exception):
    """This account has its application already: a second click, or another browser."""


@transaction.atomic
def install_second_proof(viewer: Viewer, secret: bytes, typed: str, *, here: str) -> list[str] | None:
    """Ask for this application from now on; returns the codes on paper, which are shown once. None when the code does not fit.

    Sessions opened with the password alone end, but the one `here`. Raises AlreadyThere.
    """
    account = lock(Account, viewer.account_id)
    if SecondProof.objects.filter(account=account).exists():
        raise AlreadyThere
    now = timezone.now()
    step = step_that_fits(secret, typed, now, after=0)
    if step is None:
        return None
    SecondProof.objects.create(
        account=account, secret=seal(PURPOSE, secret), last_step=step, installed_at=now, used_at=now
    )
    end_sessions(account.pk, but=here)
    codes = fresh_codes(account)
    journal.record(viewer, "identity.second_proof_installed", account, subject_id=account.person_id)
    tell_second_proof(account, "second_proof_on")
    work_out(account.pk)
    return codes


@transaction.atomic
def renew_recovery_codes(viewer: Viewer, *, seen: int) -> list[str] | None:
    """Ten other codes on paper; the former ones open nothing any more. None when the page was old, or nothing is asked."""
    account = lock(Account, viewer.account_id)
    newer = RecoveryCode.objects.filter(account=account, pk__gt=seen)
    if newer.exists() or not waiting.is_asked_of(account):
        return None
    codes = fresh_codes(account)
    journal.record(viewer, "identity.recovery_codes_renewed", account, subject_id=account.person_id)
    return codes


def fresh_codes(account: Account) -> list[str]:
    """Ten codes on paper in place of the former ones."""
    RecoveryCode.objects.filter(account=account).delete()
    codes = [new_code() for _ in range(HOW_MANY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=digest_of(code)) for code in codes)
    return codes


@transaction.atomic
def remove_second_proof(viewer: Viewer) -> bool:
    """The application is asked no more; without a passkey, the password is enough again. False when it was so already."""
    account = lock(Account, viewer.account_id)
    if not SecondProof.objects.filter(account=account).delete()[0]:
        return False
    is_over = not waiting.is_asked_of(account)
    if is_over:
        drop_second_proof(account)
    journal.record(viewer, "identity.second_proof_removed", account, subject_id=account.person_id)
    tell_second_proof(account, "second_proof_off" if is_over else "application_off")
    work_out(account.pk, at_once=True)
    return True


@transaction.atomic
def lift_second_proof(viewer: Viewer, person: Person) -> bool:
    """For somebody of the school who has lost telephone and codes; what they had open is closed. False when there was none."""
    account = Account.objects.select_for_update(of=("self",)).filter(person=person).first()
    if account is None or not drop_second_proof(account):
        return False
    shut_out(account.pk)
    journal.record(viewer, "identity.second_proof_lifted", account, subject_id=person.pk)
    tell_second_proof(account, "second_proof_lifted", viewer.school)
    work_out(account.pk)
    return True


def drop_second_proof(account: Account) -> int:
    """Take the application, the passkeys and the codes on paper away; returns how many rows."""
    return sum(
        model.objects.filter(account=account).delete()[0] for model in (RecoveryCode, SecondProof, Passkey)
    )


@transaction.atomic
def prove(account: Account, *, code: str = "", recovery: str = "") -> bool:
    """Take the six digits of now, or a code on paper, once; False when neither fits."""
    if recovery:
        return _take_recovery(account, recovery)
    now = timezone.now()
    proof = SecondProof.objects.select_for_update().filter(account=account).first()
    if proof is None:
        return False
    secret = unseal(PURPOSE, proof.secret)
    step = step_that_fits(secret, code, now, after=proof.last_step) if secret else None
    if step is None:
        return False
    SecondProof.objects.filter(pk=proof.pk).update(last_step=step, used_at=now)
    return True


def note_wrong_proof(account: Account) -> None:
    """Count a wrong proof; at the fifth of a day, its person is told that somebody has their password."""
    if throttle.hit("second_wrong", str(account.pk), window=timedelta(days=1)) == MANY_WRONG:
        tell_password_known(account)


def _take_recovery(account: Account, typed: str) -> bool:
    now = timezone.now()
    left = RecoveryCode.objects.filter(account=account, used_at=None)
    if not left.filter(digest=digest_of(typed)).update(used_at=now):
        return False
    SecondProof.objects.filter(account=account).update(used_at=now)
    tell_recovery_used(account, left.count())
    return True
