"""Work for later: mails about passwords, and the tidying of old codes."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person, School
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
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
    facts = {"login": account.login, "given_name": account.person.given_name}
    if _is_shared(account.person):
        # Whoever else reads this mailbox must not enter in this person's place.
        mail.send(account.person.email, _("Votre compte Préau"), "identity/mail/shared_mailbox", facts)
        return True
    issued = actions.issue_link(account_id)
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


@job(priority=20)
def tell_code_given(account_id: int, at: str, school_id: int = 0, function: str = "") -> bool:
    """Tell a person that a code was just given for their account: where, and by whom, without a name."""
    school = School.objects.filter(pk=school_id).first()
    facts = {"school": school, "function": function}
    return _tell(
        account_id, at, _("Un code a été donné pour votre compte"), "identity/mail/code_given", facts
    )


@job(priority=20)
def tell_account_opened(account_id: int, at: str) -> bool:
    """Tell a person that their account has just been opened: somebody else may have had their letter."""
    return _tell(account_id, at, _("Votre compte vient d’être ouvert"), "identity/mail/account_opened")


@job(priority=20)
def tell_codes_stopped(school_id: int, giver_id: int, at: str) -> int:
    """Tell the heads of a school that somebody has given very many codes; returns how many were told."""
    school, giver = School.objects.filter(pk=school_id).first(), Person.objects.filter(pk=giver_id).first()
    if school is None or giver is None:
        return 0
    today = timezone.localdate(timezone=ZoneInfo(school.timezone))
    heads = Person.objects.filter(
        active_on(today, "holdings__"), holdings__role=Role.HEAD, holdings__school=school, erased_at=None
    ).exclude(email="")
    facts = {"school": school, "giver": giver.full_name, "at": at}
    found = heads.values_list("email", flat=True).distinct()
    for email in found:
        mail.send(email, _("Beaucoup de codes donnés en une heure"), "identity/mail/codes_stopped", facts)
    return len(found)


@job(priority=20)
def tell_password_changed(account_id: int, at: str) -> bool:
    """Tell a person that their password is another one."""
    return _tell(account_id, at, _("Votre mot de passe a changé"), "identity/mail/password_changed")


def _tell(account_id: int, at: str, subject: str, template: str, more: dict[str, Any] | None = None) -> bool:
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or not account.person.email:
        return False
    facts = {"login": account.login, "given_name": account.person.given_name, "at": at}
    mail.send(account.person.email, subject, template, facts | (more or {}))
    return True


@job()
def purge_codes() -> int:
    return actions.purge_codes()


@job()
def cancel_codes_of_leavers() -> int:
    return actions.cancel_codes_of_leavers()


def enqueue_code_given(account_id: int, school_id: int, function: str, **_: Any) -> None:
    tell_code_given.enqueue(account_id, dates.day_and_hour(timezone.now()), school_id, function)


def enqueue_account_opened(account_id: int, **_: Any) -> None:
    tell_account_opened.enqueue(account_id, dates.day_and_hour(timezone.now()))


def enqueue_codes_stopped(school_id: int, giver_id: int, **_: Any) -> None:
    tell_codes_stopped.enqueue(school_id, giver_id, dates.day_and_hour(timezone.now()))


def enqueue_password_changed(account_id: int, **_: Any) -> None:
    tell_password_changed.enqueue(account_id, dates.day_and_hour(timezone.now()))
