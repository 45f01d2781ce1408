"""Telling people what happens to their account: always, at once, by mail too."""

from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person, School
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates, notices
from preau.identity.models import Account


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


def _tell(account: Account, kind: str, school: School | None = None, **facts: str) -> None:
    now = timezone.now()
    news = notices.News(
        kind=kind,
        person_id=account.person_id,
        key=f"{account.pk}-{now:%Y%m%d%H%M%S%f}",
        url=reverse("identity:sessions"),
        school_id=school.pk if school else None,
        facts={"login": account.login, "at": dates.day_and_hour(now), **facts},
    )
    if account.is_active:
        notices.publish(news)


def tell_codes_stopped(viewer: Viewer) -> None:
    """Tell the heads of a school that somebody has given very many codes."""
    school = viewer.school
    if school is None:
        return
    now = timezone.now()
    today = timezone.localdate(now, ZoneInfo(school.timezone))
    heads = Person.objects.filter(
        active_on(today, "holdings__"), holdings__role=Role.HEAD, holdings__school=school, erased_at=None
    )
    facts = {
        "giver": viewer.person.full_name,
        "school": school.name,
        "at": dates.day_and_hour(now),
    }
    notices.publish(
        *(
            notices.News(
                kind="identity.codes_stopped", person_id=pk, key=f"{viewer.person.pk}-{now:%Y%m%d%H}",
                url=reverse("identity:accounts"), school_id=school.pk, seat=f"staff-{school.pk}",
                about_id=None, facts=facts,
            )
            for pk in heads.values_list("pk", flat=True).distinct()
        )
    )  # fmt: skip
