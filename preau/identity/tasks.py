"""Work for later: the mail of « mot de passe oublié », what a school signed out leaves behind, the tidying of old codes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import Person
from preau.foundation import mail
from preau.foundation.tasks import job
from preau.identity.actions import accounts as accounts_actions
from preau.identity.actions import demands, everyone, keys
from preau.identity.models import Account


@job(priority=50)
def send_link(account_id: int) -> bool:
    """Answer « mot de passe oublié » by mail. The code is drawn here: a task's arguments are kept, a code is not.

    0 is the account of nobody: an unknown login costs the page the same work as a known one.
    """
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or not account.person.email:
        return False
    facts = {"login": account.login, "given_name": account.person.given_name}
    if _is_shared(account.person):
        # Whoever else reads this mailbox must not enter in this person's place.
        mail.send(account.person.email, _("Votre compte Préau"), "identity/mail/shared_mailbox", facts)
        return True
    issued = accounts_actions.issue_link(account_id)
    if issued is None:
        # Never activated: a mailbox must not do what the school's letter is for.
        mail.send(account.person.email, _("Votre compte Préau"), "identity/mail/not_active", facts)
        return True
    path = reverse("identity:new_password")
    facts |= {"path": f"{path}?{urlencode({'identifiant': account.login, 'code': issued[1]})}"}
    mail.send(account.person.email, _("Choisir un nouveau mot de passe"), "identity/mail/reset_link", facts)
    return True


def _is_shared(person: Person) -> bool:
    """Does anybody else have this address, with an account or without one yet?"""
    others = Person.objects.filter(email__iexact=person.email, erased_at=None).exclude(pk=person.pk)
    return others.exists()


def enqueue_out(
    sender: Any, accounts: Sequence[int], voided: Sequence[int], school_id: int, mark: str, **_: Any
) -> None:
    follow_everyone_out.enqueue(list(accounts), list(voided), school_id, mark)


@job(priority=50)
def follow_everyone_out(accounts: list[int], voided: list[int], school_id: int, mark: str) -> int:
    return everyone.follow_everyone_out(accounts, voided, school_id, mark)


@job()
def purge_codes() -> int:
    return accounts_actions.purge_codes()


@job()
def purge_keys() -> int:
    return keys.purge_keys()


@job()
def cancel_codes_of_leavers() -> int:
    return accounts_actions.cancel_codes_of_leavers()


def enqueue_demands(sender: Any, **_: Any) -> None:
    work_out_demands.enqueue()


@job()
def work_out_demands() -> int:
    return demands.work_out_all()
