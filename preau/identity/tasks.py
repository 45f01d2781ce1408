"""Work for later: mails about passwords, and the tidying of old codes."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.foundation import dates, mail
from preau.foundation.tasks import job
from preau.identity import actions
from preau.identity.models import Account


@job(priority=50)
def send_link(account_id: int) -> bool:
    """Answer « mot de passe oublié » by mail. The code is drawn here: a task's arguments are kept, a code is not.

    0 is the account of nobody: an unknown login costs the page the same work as a known one.
    """
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or not account.person.email:
        return False
    issued = actions.issue_link(account_id)
    facts = {"login": account.login, "given_name": account.person.given_name}
    if issued is None:
        # Never activated: a mailbox must not do what the school's letter is for.
        mail.send(account.person.email, _("Votre compte Préau"), "identity/mail/not_active", facts)
        return True
    path = reverse("identity:new_password")
    facts |= {"path": f"{path}?{urlencode({'identifiant': account.login, 'code': issued[1]})}"}
    mail.send(account.person.email, _("Choisir un nouveau mot de passe"), "identity/mail/reset_link", facts)
    return True


@job(priority=20)
def tell_code_given(account_id: int, at: str) -> bool:
    """Tell a person that the school has just given a code for their account."""
    return _tell(account_id, at, _("Un code a été donné pour votre compte"), "identity/mail/code_given")


@job(priority=20)
def tell_password_changed(account_id: int, at: str) -> bool:
    """Tell a person that their password is another one."""
    return _tell(account_id, at, _("Votre mot de passe a changé"), "identity/mail/password_changed")


def _tell(account_id: int, at: str, subject: str, template: str) -> bool:
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or not account.person.email:
        return False
    facts = {"login": account.login, "given_name": account.person.given_name, "at": at}
    mail.send(account.person.email, subject, template, facts)
    return True


@job()
def purge_codes() -> int:
    return actions.purge_codes()


def enqueue_code_given(account_id: int, **_: Any) -> None:
    tell_code_given.enqueue(account_id, dates.day_and_hour(timezone.now()))


def enqueue_password_changed(account_id: int, **_: Any) -> None:
    tell_password_changed.enqueue(account_id, dates.day_and_hour(timezone.now()))
