"""Telling people what happens to their account: always, at once, by mail too."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person, School
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates, notices
from preau.identity.models import AccessKey, Account


def tell_code_given(account: Account, school: School | None, function: str) -> None:
    """A code was just given for this account: where, and by whom, without a name."""
    giver = function or _("l’exploitant de Préau, depuis le serveur")
    phone = f"\u202f: {school.phone}" if school and school.phone else ""
    _tell(
        account,
        "identity.code_given",
        school,
        giver=f"{giver}, {school.name}" if school else giver,
        call=_("appelez l’établissement%(phone)s") % {"phone": phone},
    )


def tell_account_opened(account: Account) -> None:
    """The account has just been opened: somebody else may have had their letter."""
    _tell(account, "identity.account_opened")


def tell_password_changed(account: Account) -> None:
    _tell(account, "identity.password_changed")


def tell_password_voided(account: Account, school: School, mark: str) -> None:
    """The school has taken the password of this account back: a letter will give another."""
    _tell(account, "identity.password_voided", school, mark=mark, school_name=school.name)


def tell_second_proof(account: Account, kind: str, school: School | None = None) -> None:
    """The second proof was put in place, or taken away: by its person, or by their school."""
    _tell(account, f"identity.{kind}", school, school_name=school.name if school else "")


def tell_person_out(account: Account, school: School | None) -> None:
    """The school has ended the sessions of this account."""
    _tell(account, "identity.person_out", school, school_name=school.name if school else "")


def tell_key_made(account: Account, key: AccessKey) -> None:
    """Something else than a browser may read in this person's place, until a day."""
    _tell(
        account,
        "identity.key_made",
        url=reverse("identity:keys"),
        name=key.name,
        until=dates.day(key.expires_at, year=True),
    )


def tell_password_known(account: Account) -> None:
    """Somebody knows the password and guesses at the second proof."""
    _tell(account, "identity.password_known")


def tell_recovery_used(account: Account, left: int) -> None:
    """A code on paper has just opened this account; so many are left."""
    _tell(account, "identity.recovery_used", left=str(left))


PROOF_KINDS = ("identity.proof_asked", "identity.proof_soon")


def proof_key(account: Account) -> str:
    """What is demanded of an account is told once a day named."""
    return f"{account.pk}-{account.proves_from:%Y%m%d}"


def tell_proof_asked(*accounts: Account) -> None:
    """From a day to come, these accounts open nothing without a second proof."""
    _tell_proof("identity.proof_asked", accounts)


def tell_proof_soon(*accounts: Account) -> None:
    """A week is left."""
    _tell_proof("identity.proof_soon", accounts)


def _tell_proof(kind: str, accounts: Iterable[Account]) -> None:
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=account.person_id,
                key=proof_key(account),
                url=reverse("identity:install_second_proof"),
                facts={"login": account.login, "day": dates.day(account.proves_from, year=True)},
            )
            for account in accounts
            if account.is_active and account.proves_from
        )
    )


def _tell(
    account: Account, kind: str, school: School | None = None, *, mark: str = "", url: str = "", **facts: str
) -> None:
    now = timezone.now()
    news = notices.News(
        kind=kind,
        person_id=account.person_id,
        key=f"{account.pk}-{mark or format(now, '%Y%m%d%H%M%S%f')}",
        url=url or reverse("identity:sessions"),
        school_id=school.pk if school else None,
        facts={"login": account.login, "at": dates.day_and_hour(now), **facts},
    )
    if account.is_active:
        notices.publish(news)


def tell_codes_stopped(viewer: Viewer) -> None:
    """Tell the heads of a school that somebody has given very many codes."""
    if viewer.school:
        mark = f"{viewer.person.pk}-{timezone.now():%Y%m%d%H}"
        _tell_heads("identity.codes_stopped", viewer.school, mark, giver=viewer.person.full_name)


def tell_everyone_out(viewer: Viewer, mark: str) -> None:
    """Tell the other heads of a school that everybody was signed out, or whoever was chosen."""
    if viewer.school:
        giver = viewer.person.full_name
        _tell_heads("identity.everyone_out", viewer.school, mark, but=viewer.person.pk, giver=giver)


def _tell_heads(kind: str, school: School, mark: str, *, but: int = 0, giver: str) -> None:
    now = timezone.now()
    today = timezone.localdate(now, ZoneInfo(school.timezone))
    heads = Person.objects.filter(
        active_on(today, "holdings__"), holdings__role=Role.HEAD, holdings__school=school, erased_at=None
    ).exclude(pk=but)
    facts = {"giver": giver, "school": school.name, "at": dates.day_and_hour(now)}
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=pk,
                key=mark,
                url=reverse("identity:accounts"),
                school_id=school.pk,
                seat=f"staff-{school.pk}",
                about_id=None,
                facts=facts,
            )
            for pk in heads.values_list("pk", flat=True).distinct()
        )
    )
