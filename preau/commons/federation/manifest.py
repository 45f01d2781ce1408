"""What coming in by a provider shows to the rest: its pages, its ways on the pages of identity, what it holds about people."""

import re

from django.utils.translation import gettext_lazy as _

from preau.commons.federation import rules, tasks
from preau.commons.federation.actions import arriving, leaving, oidc
from preau.commons.federation.queries import providers
from preau.commons.federation.queries import saml as saml_queries
from preau.commons.federation.views import ways
from preau.directory.rules.settings import runs_settings
from preau.directory.words import Role
from preau.foundation import boards, readonly
from preau.foundation.access import signed_in
from preau.foundation.boards import FieldClass, JournalWord, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves
from preau.foundation.resealing import column
from preau.identity import boards as signing
from preau.identity.actions.signing import session_kept
from preau.identity.rules import directs, works_here

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL


def keep_coming(sender: object, request: object, account_id: int, **_: object) -> None:
    arriving.keep_coming(request, account_id)  # type: ignore[arg-type]


# A session that is over goes with what was noted of how it began, whatever page finds it so.
readonly.WRITABLE.add("federation_coming")
session_kept.connect(keep_coming, dispatch_uid="federation.keep_coming")

signing.ways_in.add(signing.WaysIn("federation", ways.ways, ways.more))
signing.local_rules.add(signing.LocalRule("federation", ways.refuses))
signing.agains.add(signing.Again("federation", ways.again))
signing.farewells.add(signing.Farewell("federation", leaving.prepare_goodbye))
signing.profile_links.add(
    signing.AccountLink(_("Comptes reliés : EduConnect, guichet de l’académie"), ways.own_links, "link")
)
signing.person_links.add(signing.AccountLink(_("Comptes reliés à ce compte"), ways.links_of, "link"))

# The browser comes back from a provider by a GET: a session opens, the first time a link is made (docs/decisions/0115).
readonly.PATTERNS.append(
    (
        re.compile(r"/connexion/par/[^/]+/retour"),
        frozenset(
            [
                # A session opens, the first time a link is made and its person is told.
                "federation_link",
                "federation_coming",
                "federation_provider",
                "identity_account",
                "identity_accountsession",
                "notifications_item",
                "notifications_envelope",
                "notifications_dispatch",
                "notifications_push",
                "django_tasks_database_dbtaskresult",
            ]
        ),
    )
)
# Off to a provider: its sheet is read again, or it is noted that it does not answer.
readonly.PATTERNS.append((re.compile(r"/connexion/par/[^/]+/"), frozenset(["federation_provider"])))

for name in ("others", "link", "goodbye", "start", "back", "ended"):
    boards.public_routes.add(boards.PublicRoute(f"federation:{name}"))

boards.menu.add(
    boards.MenuEntry(
        _("Se connecter autrement"),
        "federation:providers",
        "login",
        rules.settles_platform,
        "platform",
        order=31,
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Se connecter autrement"),
        _("EduConnect, guichet de l’académie : par où arrivent familles, élèves et personnels."),
        "federation:providers",
        "login",
        runs_settings,
        order=63,
        heading=boards.SettingsHeading.ACCESS,
        words=_("EduConnect connexion"),
    )
)

for verb, label in [
    ("federation.provider_created", _("Fournisseur de connexion ajouté")),
    ("federation.provider_changed", _("Fournisseur de connexion changé")),
    ("federation.only_way_said", _("Qui entre seulement par un fournisseur")),
    ("federation.door_opened", _("Le guichet ne répond pas : mots de passe rouverts")),
    ("federation.door_closed", _("Mots de passe refermés")),
    ("federation.linked", _("Compte d’ailleurs relié")),
    ("federation.cut", _("Compte d’ailleurs délié")),
]:
    boards.journal_words.add(
        JournalWord(verb, label, "settings", providers.said_of_change, touches_rights=True)
    )

for key, subject, body, action, why, for_whom in [
    (
        "linked",
        _("Un autre compte ouvre le vôtre"),
        _(
            "Votre compte de Préau s’ouvre maintenant avec %(provider)s, depuis %(at)s.\n"
            "Si ce n’est pas vous, déliez-le tout de suite dans votre profil et appelez l’établissement."
        ),
        _("Voir mes comptes reliés"),
        _("Un compte d’ailleurs vient d’être relié au vôtre."),
        signed_in,
    ),
    (
        "several",
        _("Une personne n’a pas pu se connecter"),
        _(
            "%(provider)s désigne plusieurs personnes de l’annuaire pour un seul compte : Préau n’a ouvert à personne.\n"
            "Ce sont peut-être deux fiches d’une même personne : regardez les doublons."
        ),
        _("Voir les doublons"),
        _("Vous dirigez un établissement de ces personnes."),
        directs,
    ),
    (
        "door_opened",
        _("Des mots de passe sont rouverts"),
        _(
            "« %(school)s » a dit que son guichet ne répond pas : les mots de passe et les codes de Préau y marchent de nouveau, jusqu’au %(until)s."
        ),
        _("Voir les fournisseurs"),
        _("Vous dirigez l’établissement, ou vous exploitez la plateforme."),
        works_here,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"federation.{key}",
            subject,
            _("Compte et sécurité"),
            subject,
            body,
            action,
            why,
            for_whom,
            pace=Pace.AT_ONCE,
            urgent=True,
            can_be_muted=False,
            order=91,
            urgency=_("Qui entre, et comment, change maintenant."),
        )
    )

BASIS = dict(
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    purpose=_(
        "Laisser entrer qui a déjà un compte auprès d’EduConnect, de l’académie ou de l’établissement."
    ),
)
boards.personal_data.add(
    PersonalData(
        label=_("Comptes d’ailleurs reliés au vôtre"),
        model="federation.Link",
        person="person",
        readers=on_themselves(Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(["provider", "person", "how", "made_at", "used_at", "cut_at"], PERSONAL)
        | dict.fromkeys(["subject", "public_id"], NONE),
        forget=leaving.forget_links,
        withheld=frozenset({"subject", "public_id"}),
        erases=_("Aucun compte d’ailleurs n’ouvre plus celui de la personne."),
        changed_at="federation:links",
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Sessions ouvertes par un compte d’ailleurs"),
        model="federation.Coming",
        person="account__person",
        readers=on_themselves(),
        keep=Retention.MONTH,
        fields=dict.fromkeys(["provider", "account", "came_at"], PERSONAL)
        | dict.fromkeys(["subject", "sid", "hint"], NONE),
        forget=leaving.forget_comings,
        withheld=frozenset({"subject", "sid", "hint"}),
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Ouvertures de secours"),
        model="federation.LocalDoor",
        person="opened_by",
        readers=on_themselves(Role.HEAD, Role.SECRETARY, others=(_("l’exploitant de la plateforme"),)),
        keep=Retention.SCHOOL,
        fields=dict.fromkeys(["school", "opened_by", "opened_at", "ends_at", "closed_at"], PERSONAL),
        **BASIS,
    )
)

# SAML: our first key is made for whoever reads what we publish; the browser takes what a form of the provider's had brought; a
# provider ends sessions by an address that it signs (docs/decisions/0116).
OPENING = next(tables for pattern, tables in readonly.PATTERNS if pattern.pattern.endswith("/retour"))
readonly.PATTERNS.append(
    (re.compile(r"/connexion/par/[^/]+/saml/metadata"), frozenset(["federation_samlkey"]))
)
readonly.PATTERNS.append(
    (re.compile(r"/connexion/par/[^/]+/saml/arrivee"), OPENING | {"federation_samlanswer"})
)
# A session that ends is told to the houses that listen (`identity.sessions_ended`): each forgets what it kept of it, and tells
# services by a task.
ENDING = frozenset(
    [
        "federation_coming",
        "federation_provider",
        "identity_accountsession",
        "signon_ticket",
        "signon_connection",
        "signon_grant",
        "signon_token",
        "notifications_device",
        "notifications_push",
        "django_tasks_database_dbtaskresult",
    ]
)
readonly.PATTERNS.append((re.compile(r"/connexion/par/[^/]+/saml/slo"), ENDING))
for name in ("saml_metadata", "saml_acs", "saml_arrival", "saml_logout"):
    boards.public_routes.add(boards.PublicRoute(f"federation:{name}"))
for verb, label in [
    ("federation.saml_read", _("Fournisseur de connexion : nouvelle fiche SAML")),
    ("federation.keys_rolled", _("Connexion par SAML : nouvelle clé de Préau")),
]:
    boards.journal_words.add(JournalWord(verb, label, "settings"))
boards.seals.add(
    boards.Seals("federation.saml_keys", column("federation.SamlKey", "sealed", saml_queries.PURPOSE))
)
boards.seals.add(boards.Seals("federation.secrets", column("federation.Provider", "secret", oidc.SECRET)))
boards.schedule.add(boards.Scheduled("federation.saml", tasks.refresh_saml, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("federation.saml_keys", tasks.keep_saml, every_minutes=60))
boards.endings.add(
    boards.Ending(
        ("federation.Coming",), _("Une arrivée part avec sa session, la nuit suivante."), by="foundation.tidy"
    )
)
boards.endings.add(
    boards.Ending(
        ("federation.LocalDoor",),
        _("Qui a rouvert les mots de passe, et quand, reste : l’établissement doit pouvoir le montrer."),
    )
)

# How people read it.
for words in [
    boards.InWords("federation", boards.Section.SIGN_INS),
]:
    boards.data_in_words.add(words)
