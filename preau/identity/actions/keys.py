"""Keys of access: made, used, revoked, cut with the password (docs/decisions/0119)."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.foundation import journal, readonly
from preau.foundation.locks import lock
from preau.identity import keys
from preau.identity.actions.signing import end_sessions
from preau.identity.actions.telling import tell_key_made
from preau.identity.models import AccessKey, Account
from preau.identity.rules import LONGEST_KEY, MOST_KEYS, end_of_key

KEPT_KEYS = timedelta(days=30)


class TooManyAccesses(Exception):
    """This account has twenty that open something: one must go first."""


class MadeAlready(Exception):
    """Another page has made one since this one was shown: a second click makes no second key."""


@transaction.atomic
def make_key(
    viewer: Viewer, kind: str, name: str, scopes: Iterable[str], *, days: int, seen: int
) -> tuple[AccessKey, str]:
    """A key for the present seat of the viewer, and its forty signs, which are shown once. `seen`: the last key that the page knew.

    Raises TooManyAccesses and MadeAlready.
    """
    account = lock(Account, viewer.account_id)
    own, now = AccessKey.objects.filter(account=account), timezone.now()
    if own.filter(pk__gt=seen).exists():
        raise MadeAlready
    if own.alive(now).count() >= MOST_KEYS:
        raise TooManyAccesses
    drawn = keys.new_key()
    made = AccessKey.objects.create(
        account=account,
        kind=kind,
        name=name,
        seat=viewer.key,
        scopes=sorted(set(scopes)),
        prefix=keys.prefix_of(drawn),
        digest=keys.digest_of(drawn),
        made_at=now,
        expires_at=end_of_key(viewer, min(days, LONGEST_KEY)),
    )
    journal.record(
        viewer,
        "identity.key_made",
        made,
        subject_id=account.person_id,
        kind=kind,
        doors=" ".join(made.scopes),
    )
    tell_key_made(account, made)
    return made, drawn


@transaction.atomic
def revoke_key(viewer: Viewer, key: AccessKey) -> bool:
    """It opens nothing any more, at the next request. False when it was so already."""
    now = timezone.now()
    if not AccessKey.objects.visible_to(viewer).alive(now).filter(pk=key.pk).update(revoked_at=now):
        return False
    journal.record(viewer, "identity.key_revoked", key, subject_id=viewer.person.pk)
    return True


@transaction.atomic
def revoke_keys(viewer: Viewer) -> int:
    """All of one's own; returns how many opened something."""
    count = cut_keys([viewer.account_id])
    if count:
        account = Account.objects.get(pk=viewer.account_id)
        journal.record(viewer, "identity.keys_revoked", account, subject_id=viewer.person.pk, count=count)
    return count


def cut_keys(accounts: Collection[int]) -> int:
    """Those of these accounts open nothing any more, inside the transaction of what is done to them; returns how many did."""
    now = timezone.now()
    return AccessKey.objects.filter(account__in=accounts).alive(now).update(revoked_at=now)


def shut_out(account_id: int, *, but: str | None = "") -> int:
    """End the sessions of an account, all but the one named, and cut its keys: who knows its password is another. Returns how many sessions."""
    cut_keys([account_id])
    return end_sessions(account_id, but=but)


def note_use(key: AccessKey, used_from: str, day: Any) -> None:
    """Once a day, that it served, and with what; in a reading too."""
    if key.used_on == day:
        return
    with readonly.noting(AccessKey._meta.db_table):
        AccessKey.objects.filter(pk=key.pk).update(used_on=day, used_from=used_from)


def forget_keys(account: Account) -> int:
    """Erasure: the rows go."""
    return AccessKey.objects.filter(account=account).delete()[0]


def purge_keys() -> int:
    """Drop those that ended, or were revoked, thirty days ago; returns how many."""
    before = timezone.now() - KEPT_KEYS
    over = AccessKey.objects.filter(expires_at__lt=before) | AccessKey.objects.filter(revoked_at__lt=before)
    return over.delete()[0]
