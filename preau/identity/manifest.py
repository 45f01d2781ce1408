"""What identity shows: its public pages, its menu entry, its share of the demonstration, what it holds about people."""

from typing import Any

from django.contrib.auth import user_logged_in
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.foundation import boards, readonly
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.identity import actions, rules, seeds, sessions, tasks


def stamp_session(request: HttpRequest, **_: Any) -> None:
    """Whatever opens a session starts its clock."""
    sessions.start(request.session, timezone.now())


user_logged_in.connect(stamp_session, dispatch_uid="identity.stamp")
actions.code_given.connect(tasks.enqueue_code_given, dispatch_uid="identity.code_given")
actions.account_opened.connect(tasks.enqueue_account_opened, dispatch_uid="identity.account_opened")
actions.codes_stopped.connect(tasks.enqueue_codes_stopped, dispatch_uid="identity.codes_stopped")
actions.password_changed.connect(tasks.enqueue_password_changed, dispatch_uid="identity.password_changed")

# The line of an open session follows the session: once a minute it says that its person is there.
readonly.WRITABLE.add("identity_accountsession")

boards.public_routes.add(boards.PublicRoute("identity:sign_in", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("identity:activation", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("identity:forgotten"))
boards.public_routes.add(boards.PublicRoute("identity:new_password"))
boards.menu.add(
    boards.MenuEntry(
        _("Comptes"), "identity:accounts", "users", rules.follows_accounts, "administration", order=60
    )
)
boards.seeds.add(boards.Seed("comptes", seeds.plant, order=10))
boards.schedule.add(boards.Scheduled("identity.purge_codes", tasks.purge_codes, every_minutes=24 * 60))
boards.schedule.add(
    boards.Scheduled("identity.cancel_codes", tasks.cancel_codes_of_leavers, every_minutes=24 * 60)
)

PURPOSE = dict(
    purpose=_("Ouvrir l’espace numérique à la bonne personne, et à elle seule."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
)
PERSONAL, NONE = FieldClass.PERSONAL, FieldClass.NONE

boards.personal_data.add(
    PersonalData(
        label=_("Compte"),
        model="identity.Account",
        person="person",
        recipients=_(
            "La personne elle-même ; la direction, le secrétariat et le référent numérique, sans le mot de passe ; pour un "
            "élève, la vie scolaire et ses enseignants."
        ),
        keep=Retention.ACCOUNT,
        forget=actions.close_account,
        fields=dict.fromkeys(
            ["person", "login", "stem", "password", "is_active", "created_at", "last_login", "picture"],
            PERSONAL,
        )
        # A font or a size of text may tell of health.
        | {"preferences": FieldClass.SENSITIVE},
        withheld=frozenset({"password"}),
        **PURPOSE,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Codes d’activation"),
        model="identity.Activation",
        person="account__person",
        recipients=_(
            "La direction, le secrétariat et le référent numérique de l’établissement, sans le code."
        ),
        keep=Retention.SECURITY,
        fields=dict.fromkeys(
            ["account", "kind", "issued_by", "rank", "issued_at", "expires_at", "used_at", "cancelled_at"],
            PERSONAL,
        )
        | {"digest": NONE},
        **PURPOSE,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Sessions ouvertes"),
        model="identity.AccountSession",
        person="account__person",
        recipients=_("La personne elle-même."),
        keep=Retention.SECURITY,
        fields=dict.fromkeys(["account", "device", "opened_at", "seen_at"], PERSONAL) | {"public_id": NONE},
        **PURPOSE,
    )
)
