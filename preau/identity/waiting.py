"""Between the password and the second proof: who has given the first waits, ten minutes at most, in a session that opens nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import logout as close_session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from preau.identity.models import Account, Passkey, SecondProof

KEY, LIFE = "second_proof", timedelta(minutes=10)


@dataclass(frozen=True)
class Ways:
    """What this account may prove with besides its password."""

    application: bool = False
    keys: bool = False

    def __bool__(self) -> bool:
        return self.application or self.keys


def ways_of(account: Account) -> Ways:
    """One query."""
    application = Exists(SecondProof.objects.filter(account=OuterRef("pk")))
    keys = Exists(Passkey.objects.filter(account=OuterRef("pk")))
    found = Account.objects.filter(pk=account.pk).values_list(application, keys).first()
    return Ways(*found) if found else Ways()


def is_asked_of(account: Account) -> bool:
    """Does the password of this account not suffice?"""
    return bool(ways_of(account))


def begin(request: HttpRequest, account: Account, after: str, *, profiles: Iterable[str] = ()) -> None:
    """Remember whose password was right, and where they were going. Whoever was signed in here leaves.

    `profiles`: the only ones that their session will open (`sign_in`).
    """
    if request.user.is_authenticated:
        close_session(request)
    request.session[KEY] = {
        "account": account.pk,
        "mark": account.get_session_auth_hash(),
        "after": after,
        "until": int((timezone.now() + LIFE).timestamp()),
        "profiles": [str(profile) for profile in profiles],
    }


def account_of(session: Any) -> Account | None:
    """Whose second proof this browser waits for; None when nobody waits, too long ago, or for another password."""
    left = session.get(KEY)
    if left is None or left["until"] <= timezone.now().timestamp():
        return None
    account = Account.objects.select_related("person").filter(pk=left["account"], is_active=True).first()
    if account is None or not constant_time_compare(left["mark"], account.get_session_auth_hash()):
        return None
    return account


def profiles_of(session: Any) -> list[str]:
    """The only profiles that their session will open; empty for all."""
    return list((session.get(KEY) or {}).get("profiles", []))


def end(session: Any) -> str:
    """They have proved it, or it is asked no more; returns where they were going."""
    return str((session.pop(KEY, None) or {}).get("after", "/"))
