"""What the register shows to the rest: its pages, what it holds about people, what may be written by a GET of CAS."""

from django.utils.translation import gettext_lazy as _

from preau.commons.signon import rules, seeds, tasks
from preau.commons.signon.actions import leaving
from preau.commons.signon.queries import consent, register
from preau.commons.signon.queries import keys as keys_queries
from preau.directory.boards import MoreVerbs, Purpose, more_verbs, purposes
from preau.directory.rules.settings import runs_settings
from preau.directory.words import SETTINGS
from preau.foundation import boards, readonly
from preau.foundation.boards import FieldClass, FirstStep, JournalWord, PersonalData, Retention
from preau.foundation.readers import on_themselves
from preau.foundation.resealing import column
from preau.identity.actions import signing

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL


def leave_with_sessions(sender: object, account_id: int, only: str, but: str, **_: object) -> None:
    leaving.leave_with_sessions(account_id, only, but)


signing.sessions_ended.connect(leave_with_sessions, dispatch_uid="signon.leave")
leaving.connections_ending.connect(tasks.enqueue_endings, dispatch_uid="signon.tell")

# CAS makes tickets and uses them by GET: clients that others wrote know no other way (docs/decisions/0099).
for name in (
    "validate",
    "serviceValidate",
    "proxyValidate",
    "p3/serviceValidate",
    "p3/proxyValidate",
    "proxy",
):
    readonly.PROTOCOLS[f"/cas/{name}"] = frozenset({"signon_ticket", "signon_connection", "signon_alias"})
readonly.PROTOCOLS["/cas/login"] = frozenset({"signon_ticket", "signon_alias", "signon_usage"})
# So does OpenID Connect: a code is given by a GET, and the first key is made for whoever asks which there are.
readonly.PROTOCOLS["/oidc/authorize"] = frozenset({"signon_grant", "signon_alias", "signon_usage"})
readonly.PROTOCOLS["/oidc/jwks"] = frozenset({"signon_signingkey"})
# By SAML, an answer is written at once, signed by a key that may be the first.
for name in ("sso", "suite", "ouvrir"):
    readonly.PROTOCOLS[f"/saml/{name}"] = frozenset(
        {"signon_alias", "signon_usage", "signon_connection", "signon_signingkey"}
    )
for name in ("metadata", "slo", "deconnexion"):
    readonly.PROTOCOLS[f"/saml/{name}"] = frozenset({"signon_signingkey"})
PUBLIC = (
    "saml_metadata",
    "saml_sso",
    "saml_next",
    "saml_logout",
    "saml_leave",
    "oidc_configuration",
    "oidc_authorize",
    "oidc_token",
    "oidc_userinfo",
    "oidc_keys",
    "oidc_logout",
    "oidc_leave",
    "login",
    "logout",
    "validate",
    "service_validate",
    "proxy_validate",
    "p3_service_validate",
    "p3_proxy_validate",
    "proxy",
)
for name in PUBLIC:
    boards.public_routes.add(boards.PublicRoute(f"signon:{name}"))

boards.menu.add(
    boards.MenuEntry(_("Applications"), "signon:services", "apps", rules.has_services, "resources", order=63)
)
boards.menu.add(
    boards.MenuEntry(
        _("Applications reliées"), "signon:register", "apps", rules.operates, "platform", order=30
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Applications reliées"),
        _("Les sites qui s’ouvrent avec un compte Préau, pour qui, et ce qui leur est transmis."),
        "signon:register",
        "apps",
        runs_settings,
        order=62,
        heading=boards.SettingsHeading.ACCESS,
        words=_("SSO CAS SAML LTI"),
    )
)
boards.seals.add(boards.Seals("signon.keys", column("signon.SigningKey", "sealed", keys_queries.PURPOSE)))
boards.schedule.add(boards.Scheduled("signon.purge", tasks.purge, every_minutes=60))
boards.schedule.add(boards.Scheduled("signon.keys", tasks.keep_keys, every_minutes=60))
boards.schedule.add(boards.Scheduled("signon.saml_keys", tasks.keep_saml_keys, every_minutes=60))
boards.seeds.add(boards.Seed("services reliés", seeds.plant, order=95))

# An optional service is asked about as any other purpose (docs/decisions/0112).
purposes.add(
    Purpose(
        "service",
        _("Service extérieur facultatif"),
        _("L’établissement propose un site tenu par d’autres, dont les cours peuvent se passer."),
        _("C’est un site tenu par d’autres que l’école. Il reçoit ce qui est écrit ici, et rien d’autre."),
        _("L’élève n’ouvre pas ce site. L’établissement lui propose une autre façon de travailler."),
        "apps",
        boards.Nature.USUAL,
        things=consent.optional_things,
        order=40,
    )
)
boards.acts.add(
    boards.Act("signon.service", _("Ouvrir un service extérieur facultatif"), boards.Nature.USUAL, order=60)
)

for verb, label in [
    ("signon.service_created", _("Service relié")),
    ("signon.service_changed", _("Service relié changé")),
    ("signon.service_opened", _("Service relié ouvert dans l’établissement")),
    ("signon.service_closed", _("Service relié fermé dans l’établissement")),
    ("signon.secret_renewed", _("Service relié : nouveau secret")),
    ("signon.keys_rolled", _("Applications reliées : nouvelle clé de signature")),
    ("signon.opening_changed", _("Service relié : pour qui, ou ce qui est transmis")),
]:
    boards.journal_words.add(JournalWord(verb, label, "settings", register.said_of_change))
# Whoever was charged with the settings of a school has these in hand too.
more_verbs.add(
    MoreVerbs(
        SETTINGS,
        frozenset(
            {
                "signon.service_created",
                "signon.service_changed",
                "signon.service_opened",
                "signon.service_closed",
                "signon.opening_changed",
                "signon.secret_renewed",
            }
        ),
    )
)

boards.first_steps.add(
    FirstStep(
        _("Ouvrir un autre site sans mot de passe"),
        _("« Applications » réunit les sites reliés à Préau, et dit ce que chacun reçoit de vous."),
        "signon:services",
        rules.has_services,
        order=70,
    )
)

BASIS = dict(
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=on_themselves(others=(_("le service ouvert"),)),
)
boards.personal_data.add(
    PersonalData(
        label=_("Applications reliées que vous avez ouvertes"),
        model="signon.Alias",
        person="person",
        purpose=_(
            "Laisser un service reconnaître une personne sans savoir qui elle est, sous un nom qui n’est connu que de lui."
        ),
        keep=Retention.ACCOUNT,
        fields={
            "service": PERSONAL,
            "person": PERSONAL,
            "value": PERSONAL,
            "made_at": PERSONAL,
            "used_on": PERSONAL,
        },
        forget=leaving.forget_aliases,
        erases=_(
            "Aucun service relié ne reconnaît plus la personne : à sa prochaine visite, elle y est quelqu’un de nouveau."
        ),
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Passages vers un service relié"),
        model="signon.Ticket",
        person="account__person",
        purpose=_("Dire au service qui vient d’arriver, une fois, dans la minute."),
        keep=Retention.MONTH,
        fields=dict.fromkeys(["account", "service", "seat", "url", "ends_at", "is_new"], PERSONAL)
        | dict.fromkeys(["kind", "digest", "session", "chain"], NONE),
        forget=leaving.forget_passing,
        withheld=frozenset({"digest", "session", "chain"}),
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Sessions ouvertes chez un service relié"),
        model="signon.Connection",
        person="account__person",
        purpose=_("Fermer la session chez le service quand la personne se déconnecte d’ici."),
        keep=Retention.MONTH,
        fields=dict.fromkeys(["account", "service", "url", "opened_at", "index"], PERSONAL)
        | {"session": NONE},
        withheld=frozenset({"index", "session"}),
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Accès donnés à un service relié"),
        model="signon.Grant",
        person="account__person",
        purpose=_("Laisser un service lire qui vient d’arriver, tant que la session est ouverte ici."),
        keep=Retention.MONTH,
        fields=dict.fromkeys(
            [
                "account",
                "service",
                "seat",
                "redirect",
                "scopes",
                "signed_in_at",
                "is_strong",
                "used_at",
                "ends_at",
            ],
            PERSONAL,
        )
        | dict.fromkeys(["session", "sid", "code", "challenge", "nonce", "code_ends_at"], NONE),
        withheld=frozenset({"session", "sid", "code", "challenge", "nonce"}),
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Jetons d’un service relié"),
        model="signon.Token",
        person="grant__account__person",
        purpose=_("Reconnaître le service qui demande qui vient d’arriver."),
        keep=Retention.MONTH,
        fields=dict.fromkeys(["grant", "kind", "ends_at", "used_at"], PERSONAL) | {"digest": NONE},
        withheld=frozenset({"digest"}),
        **BASIS,
    )
)

boards.endings.add(
    boards.Ending(
        ("signon.Ticket", "signon.Grant", "signon.Token", "signon.Connection"),
        _("Ce qui a servi à ouvrir un service s’efface dans l’heure."),
        by="signon.purge",
    )
)

# How people read it.
for words in [
    boards.InWords("signon", boards.Section.SIGN_INS),
    boards.InWords(
        "signon.Alias",
        when="made_at",
        sentence=(
            "%(service)s",
            _("votre identifiant là-bas : %(value)s"),
            _("dernier passage le %(used_on)s"),
        ),
    ),
]:
    boards.data_in_words.add(words)
