"""What identity shows: its public pages, its menu entry, its share of the demonstration, what it holds about people."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import user_logged_in
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.actions import merging as people
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role, said_of_seat
from preau.foundation import boards, proof, readonly
from preau.foundation.access import signed_in
from preau.foundation.boards import Concerned, FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves
from preau.foundation.resealing import column
from preau.identity import queries, rules, seeds, sessions, tasks
from preau.identity.actions import accounts, demands, everyone, merging, second


def stamp_session(request: HttpRequest, **_: Any) -> None:
    """Whatever opens a session starts its clock, and proves who is there."""
    sessions.start(request.session, timezone.now())
    proof.note(request.session, timezone.now())


user_logged_in.connect(stamp_session, dispatch_uid="identity.stamp")

demands.demanded_everywhere.connect(tasks.enqueue_demands, dispatch_uid="identity.demanded_everywhere")
everyone.signed_out_together.connect(tasks.enqueue_out, dispatch_uid="identity.follow_out")
people.people_merging.connect(merging.settle_accounts, dispatch_uid="identity.settle_accounts")
people.people_parted.connect(merging.part_accounts, dispatch_uid="identity.part_accounts")
people.merged_for_good.connect(merging.erase_account, dispatch_uid="identity.erase_account")

# The line of an open session follows the session: once a minute it says that its person is there.
readonly.WRITABLE.add("identity_accountsession")

boards.public_routes.add(boards.PublicRoute("identity:sign_in", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("identity:activation", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("identity:forgotten"))
boards.public_routes.add(boards.PublicRoute("identity:new_password"))
boards.public_routes.add(boards.PublicRoute("identity:pictures"))
boards.public_routes.add(boards.PublicRoute("identity:second_step"))
boards.public_routes.add(boards.PublicRoute("identity:passkey_challenge"))


def family_letters_of(public_id: str) -> str:
    """The accounts of a pupil and of those who answer for them."""
    return reverse("identity:family_letters", kwargs={"public_id": public_id})


boards.menu.add(
    boards.MenuEntry(
        _("Comptes"), "identity:accounts", "users", rules.follows_accounts, "administration", order=60
    )
)


boards.pupil_links.add(
    boards.PupilLink(_("Codes d’accès"), family_letters_of, "id-badge-2", rules.keeps_accounts, order=63)
)


def accounts_of(group: int) -> str:
    """The accounts of a class or a group."""
    return reverse("identity:class_accounts", kwargs={"pk": group})


def opened_card(viewer: Viewer, people: int, opened: int) -> Mapping[str, Any] | None:
    """While some have not opened theirs."""
    return {"people": people, "opened": opened} if opened < people else None


boards.cards.add(
    boards.Card(
        "identity/_opened.html",
        opened_card,
        rules.directs,
        "aside",
        30,
        counters=(queries.number_of_people, queries.number_opened),
    )
)
boards.group_links.add(
    boards.GroupLink(_("Comptes"), accounts_of, "id-badge-2", rules.follows_class, order=60)
)
boards.seeds.add(boards.Seed("comptes", seeds.plant, order=10))
boards.settings_pages.add(
    boards.SettingsPage(
        _("Double vérification"),
        _("La demander aux personnels à partir d’un jour, et voir qui l’a mise en place."),
        "identity:proof_demand",
        "shield-lock",
        rules.sets_proof_demand,
        order=64,
        heading=boards.SettingsHeading.ACCESS,
        words=_("sécurité mot de passe"),
    )
)
boards.gauges.add(
    boards.Gauge("sign_ins", "Sessions by when they were opened", queries.sign_ins, labels=("within",))
)
boards.seals.add(
    boards.Seals("identity.second_proof", column("identity.SecondProof", "secret", second.PURPOSE))
)
boards.schedule.add(boards.Scheduled("identity.proof_demands", tasks.work_out_demands, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("identity.purge_codes", tasks.purge_codes, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("identity.purge_keys", tasks.purge_keys, every_minutes=24 * 60))
boards.services.add(
    boards.Service(
        rules.KEYS,
        _("Accès des applications"),
        text=_(
            "Chacun peut lire, dans le calendrier de son téléphone ou avec un programme, une partie de ce qu’il lit déjà ici."
        ),
        order=80,
    )
)
boards.schedule.add(
    boards.Scheduled("identity.cancel_codes", tasks.cancel_codes_of_leavers, every_minutes=24 * 60)
)

for key, subject, body, action, why, for_whom in [
    (
        "code_given",
        _("Un code a été donné pour votre compte"),
        _(
            "Un code a été donné pour choisir un nouveau mot de passe du compte « %(login)s », %(at)s.\n"
            "Donné par : %(giver)s.\n"
            "L’ancien mot de passe ne marche plus, et les appareils connectés ont été déconnectés.\n"
            "Si vous ne l’avez pas demandé, %(call)s."
        ),
        _("Voir mes appareils connectés"),
        _("Quelqu’un a donné un code qui ouvre votre compte."),
        signed_in,
    ),
    (
        "account_opened",
        _("Votre compte vient d’être ouvert"),
        _(
            "Le compte « %(login)s » vient d’être ouvert, %(at)s, avec le code du courrier de l’établissement.\n"
            "Si ce n’est pas vous, appelez tout de suite l’établissement : quelqu’un d’autre a peut-être eu votre courrier."
        ),
        _("Voir mes appareils connectés"),
        _("Votre compte a servi pour la première fois."),
        signed_in,
    ),
    (
        "password_changed",
        _("Votre mot de passe a changé"),
        _(
            "Le mot de passe du compte « %(login)s » a changé, %(at)s. Les autres appareils connectés ont été déconnectés.\n"
            "Si ce n’est pas vous, demandez tout de suite un nouveau mot de passe sur la page de connexion."
        ),
        _("Voir mes appareils connectés"),
        _("Le mot de passe de votre compte est un autre."),
        signed_in,
    ),
    (
        "password_voided",
        _("Il vous faut un nouveau mot de passe"),
        _(
            "Par sécurité, « %(school_name)s » a annulé le mot de passe du compte « %(login)s », %(at)s. Les appareils connectés ont été "
            "déconnectés.\n"
            "L’établissement vous remet un courrier avec un code : il vous servira à choisir un autre mot de passe."
        ),
        _("Voir mes appareils connectés"),
        _("Votre établissement a annulé des mots de passe, dont le vôtre."),
        signed_in,
    ),
    (
        "second_proof_on",
        _("La double vérification est en place"),
        _(
            "Le compte « %(login)s » demande désormais, après le mot de passe, les chiffres d’une application (%(at)s). Les autres "
            "appareils connectés ont été déconnectés.\n"
            "Si ce n’est pas vous, appelez tout de suite l’établissement."
        ),
        _("Voir mes appareils connectés"),
        _("Votre compte est mieux protégé qu’avant."),
        signed_in,
    ),
    (
        "second_proof_off",
        _("La double vérification est retirée"),
        _(
            "Le mot de passe du compte « %(login)s » suffit de nouveau pour se connecter (%(at)s).\n"
            "Si ce n’est pas vous, changez tout de suite votre mot de passe."
        ),
        _("Voir mes appareils connectés"),
        _("Votre compte est moins protégé qu’avant."),
        signed_in,
    ),
    (
        "second_proof_lifted",
        _("Votre établissement a retiré votre double vérification"),
        _(
            "« %(school_name)s » a retiré la double vérification du compte « %(login)s », %(at)s : le mot de passe suffit. Les appareils "
            "connectés ont été déconnectés.\n"
            "Si vous ne l’avez pas demandé, appelez tout de suite l’établissement et changez votre mot de passe."
        ),
        _("Voir mes appareils connectés"),
        _("Votre compte est moins protégé qu’avant."),
        signed_in,
    ),
    (
        "application_off",
        _("Votre application d’authentification est retirée"),
        _(
            "Le compte «\u202f%(login)s\u202f» ne demande plus les chiffres d’une application (%(at)s). Vos clés d’accès continuent de le protéger.\n"
            "Si ce n’est pas vous, changez tout de suite votre mot de passe et appelez l’établissement."
        ),
        _("Voir mes appareils connectés"),
        _("Ce qui protège votre compte a changé."),
        signed_in,
    ),
    (
        "passkey_added",
        _("Une clé d’accès a été ajoutée"),
        _(
            "Une clé d’accès ouvre désormais le compte «\u202f%(login)s\u202f» (%(at)s), sans mot de passe.\n"
            "Si ce n’est pas vous, retirez-la dans «\u202fMon profil\u202f», «\u202fDouble vérification\u202f», et appelez tout de suite l’établissement."
        ),
        _("Voir mes appareils connectés"),
        _("Ce qui protège votre compte a changé."),
        signed_in,
    ),
    (
        "passkey_removed",
        _("Une clé d’accès a été retirée"),
        _(
            "Une clé d’accès n’ouvre plus le compte «\u202f%(login)s\u202f» (%(at)s).\n"
            "Si ce n’est pas vous, changez tout de suite votre mot de passe et appelez l’établissement."
        ),
        _("Voir mes appareils connectés"),
        _("Ce qui protège votre compte a changé."),
        signed_in,
    ),
    (
        "passkey_copied",
        _("Une clé d’accès a été refusée"),
        _(
            "Une clé d’accès du compte «\u202f%(login)s\u202f» a été refusée (%(at)s)\u202f: son compteur a reculé, comme celui d’une copie. Le compte est "
            "resté fermé.\n"
            "Retirez cette clé dans «\u202fMon profil\u202f», «\u202fDouble vérification\u202f», puis ajoutez-en une autre. Vous ne l’avez pas utilisée vous-même\u202f? "
            "Appelez tout de suite l’établissement."
        ),
        _("Voir mes appareils connectés"),
        _("Une copie de votre clé a peut-être servi."),
        signed_in,
    ),
    (
        "key_made",
        _("Un accès d’application a été créé"),
        _(
            "L’accès «\u202f%(name)s\u202f» lit désormais avec le compte «\u202f%(login)s\u202f», sans votre mot de passe, jusqu’au %(until)s (%(at)s).\n"
            "Si ce n’est pas vous, révoquez-le tout de suite, puis changez votre mot de passe."
        ),
        _("Voir mes accès d’applications"),
        _("Autre chose que votre navigateur peut lire à votre place."),
        signed_in,
    ),
    (
        "proof_asked",
        _("La double vérification va être demandée"),
        _(
            "À partir du %(day)s, se connecter avec le compte «\u202f%(login)s\u202f» demandera, après le mot de passe, les six chiffres d’une application "
            "du téléphone.\n"
            "La mettre en place prend deux minutes, dès maintenant si vous voulez. Pas de téléphone\u202f? Demandez un délai au secrétariat ou à "
            "la direction."
        ),
        _("Mettre en place la double vérification"),
        _("Votre établissement, ou l’exploitant de Préau, la demande à ses personnels."),
        signed_in,
    ),
    (
        "proof_soon",
        _("Double vérification\u202f: il reste une semaine"),
        _(
            "Le %(day)s, le compte «\u202f%(login)s\u202f» s’ouvrira seulement une fois la double vérification en place.\n"
            "Cela prend deux minutes. Pas de téléphone\u202f? Demandez un délai au secrétariat ou à la direction."
        ),
        _("Mettre en place la double vérification"),
        _("Votre établissement, ou l’exploitant de Préau, la demande à ses personnels."),
        signed_in,
    ),
    (
        "password_known",
        _("Quelqu’un essaie d’ouvrir votre compte"),
        _(
            "Quelqu’un a écrit le bon mot de passe du compte « %(login)s », puis plusieurs fois des chiffres faux (%(at)s). Le compte est "
            "resté fermé.\n"
            "Si ce n’est pas vous, changez tout de suite votre mot de passe\u202f: il est connu d’un autre."
        ),
        _("Voir mes appareils connectés"),
        _("Votre mot de passe a servi, sans votre téléphone."),
        signed_in,
    ),
    (
        "recovery_used",
        _("Un code de secours a ouvert votre compte"),
        _(
            "Un code de secours a ouvert le compte « %(login)s », %(at)s. Codes encore bons\u202f: %(left)s.\n"
            "Si ce n’est pas vous, changez tout de suite votre mot de passe et donnez-vous de nouveaux codes."
        ),
        _("Voir mes appareils connectés"),
        _("Quelqu’un s’est connecté sans votre téléphone."),
        signed_in,
    ),
    (
        "person_out",
        _("Votre établissement a déconnecté vos appareils"),
        _(
            "« %(school_name)s » a déconnecté tous les appareils du compte « %(login)s », %(at)s. Votre mot de passe n’a pas changé : "
            "connectez-vous de nouveau.\n"
            "Si quelqu’un d’autre le connaît, changez-le."
        ),
        _("Voir mes appareils connectés"),
        _("Quelqu’un de votre établissement a fermé vos sessions."),
        signed_in,
    ),
    (
        "everyone_out",
        _("Des comptes ont été déconnectés"),
        _(
            "%(giver)s a déconnecté des comptes de l’établissement (%(school)s, %(at)s). Le journal dit lesquels, et si leurs mots de passe "
            "ont été annulés."
        ),
        _("Voir les comptes"),
        _("Vous dirigez l’établissement dont des comptes ont été déconnectés."),
        rules.directs,
    ),
    (
        "codes_stopped",
        _("Beaucoup de codes donnés en une heure"),
        _(
            "%(giver)s a donné beaucoup de codes en une heure (%(school)s, %(at)s) : Préau n’en donne plus pendant une heure.\n"
            "Est-ce un oubli de session sur un ordinateur ? Demandez-le à cette personne. Le journal garde la liste des codes donnés."
        ),
        _("Voir les comptes"),
        _("Vous dirigez l’établissement où ces codes ont été donnés."),
        rules.directs,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"identity.{key}",
            subject,
            _("Compte et sécurité"),
            subject,
            body,
            action,
            why,
            for_whom,
            pace=Pace.AT_ONCE,
            urgent=not key.startswith("proof_"),
            can_be_muted=False,
            order=90,
            urgency=_("Si ce n’était pas vous, chaque heure compte pour protéger votre compte."),
        )
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
        changed_at="identity:profile",
        readers=on_themselves(
            Role.HEAD,
            Role.SECRETARY,
            Role.DIGITAL_LEAD,
            _("vie scolaire et enseignants d’un élève, sans le mot de passe"),
        ),
        keep=Retention.ACCOUNT,
        forget=accounts.close_account,
        fields=dict.fromkeys(
            [
                "person",
                "login",
                "stem",
                "password",
                "is_active",
                "created_at",
                "last_login",
                "picture",
                "guides_read",
                "proves_from",
                "delayed_until",
            ],
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
        readers=on_themselves(Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD),
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
        label=_("Cartes à images"),
        model="identity.PictureCard",
        person="account__person",
        readers=on_themselves(Role.HEAD, _("enseignants de la classe, sans le code ni les images")),
        keep=Retention.ACCOUNT,
        # With the account, whose `forget` deletes it.
        fields=dict.fromkeys(["account", "issued_by", "issued_at"], PERSONAL)
        | {"digest": NONE, "pictures": FieldClass.CHILD},
        withheld=frozenset({"pictures"}),
        **PURPOSE,
        people={"person": (Concerned.PUPILS,)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Double vérification"),
        model="identity.SecondProof",
        person="account__person",
        readers=on_themselves(Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD),
        keep=Retention.ACCOUNT,
        # With the account, whose `forget` deletes it.
        fields=dict.fromkeys(["account", "installed_at", "used_at"], PERSONAL)
        | {"secret": PERSONAL, "last_step": NONE},
        withheld=frozenset({"secret"}),
        **PURPOSE,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Clés d’accès"),
        model="identity.Passkey",
        person="account__person",
        changed_at="identity:second_proof",
        readers=on_themselves(),
        keep=Retention.ACCOUNT,
        # With the account, whose `forget` deletes them.
        fields=dict.fromkeys(
            [
                "account",
                "name",
                "credential_id",
                "handle",
                "public_key",
                "transports",
                "may_sync",
                "is_synced",
                "made_at",
                "used_at",
            ],
            PERSONAL,
        )
        | {"public_id": NONE, "sign_count": NONE},
        withheld=frozenset({"credential_id", "handle", "public_key"}),
        **PURPOSE,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Accès d’applications"),
        model="identity.AccessKey",
        person="account__person",
        changed_at="identity:keys",
        readers=on_themselves(_("direction, le nombre seulement")),
        keep=Retention.MONTH,
        # With the account, whose `forget` deletes them.
        fields=dict.fromkeys(
            [
                "account",
                "kind",
                "name",
                "seat",
                "scopes",
                "prefix",
                "made_at",
                "expires_at",
                "used_on",
                "used_from",
                "revoked_at",
            ],
            PERSONAL,
        )
        | {"public_id": NONE, "digest": NONE},
        says={"seat": said_of_seat, "scopes": queries.said_of_doors},
        **PURPOSE,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Codes de secours"),
        model="identity.RecoveryCode",
        person="account__person",
        readers=on_themselves(),
        keep=Retention.ACCOUNT,
        # With the account, whose `forget` deletes them.
        fields=dict.fromkeys(["account", "used_at"], PERSONAL) | {"digest": NONE},
        **PURPOSE,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Sessions ouvertes"),
        model="identity.AccountSession",
        person="account__person",
        changed_at="identity:sessions",
        readers=on_themselves(),
        keep=Retention.SECURITY,
        fields=dict.fromkeys(["account", "device", "opened_at", "seen_at"], PERSONAL) | {"public_id": NONE},
        **PURPOSE,
    )
)

for step in [
    boards.FirstStep(
        _("Ouvrir les comptes"),
        _("Imprimez les courriers d’une classe ou des personnels, et aidez qui a oublié son mot de passe."),
        "identity:accounts",
        rules.keeps_accounts,
        order=28,
    ),
    boards.FirstStep(
        _("Dépanner un élève"),
        _("Il a oublié son mot de passe ? Donnez-lui un code à l’écran, en une minute."),
        "identity:accounts",
        rules.helps_pupils_in,
        order=28,
    ),
    boards.FirstStep(
        _("Faire entrer les plus petits"),
        _("Une carte à viser et trois images à retenir : l’élève qui ne lit pas encore entre seul."),
        "identity:accounts",
        rules.teaches_primary,
        where=_("Comptes, puis la classe"),
        order=29,
    ),
    boards.FirstStep(
        _("Protéger votre compte"),
        _("La double vérification : même volé, votre mot de passe ne suffit plus."),
        "identity:second_proof",
        rules.works_here,
        where=_("Votre nom, puis « Mon profil »"),
        order=69,
    ),
    boards.FirstStep(
        _("Lire à votre façon"),
        _(
            "Texte plus grand, caractères, contraste, mode simple : vos choix vous suivent sur chaque appareil."
        ),
        "identity:reading",
        signed_in,
        where=_("Votre nom, puis « Mon affichage »"),
        order=70,
    ),
]:
    boards.first_steps.add(step)
for verb, label in [
    ("identity.signed_in", _("Connexion")),
    ("identity.signed_out", _("Déconnexion")),
    ("identity.confirmed", _("Identité confirmée avant un geste sensible")),
    ("identity.changed_seat", _("Changement de profil")),
    ("identity.session_ended", _("Appareil déconnecté à distance")),
    ("identity.activated", _("Compte activé")),
    ("identity.password_changed", _("Mot de passe changé")),
    ("identity.code_given", _("Code d’activation donné")),
    ("identity.code_given_at_console", _("Code d’activation donné par l’exploitant")),
    ("identity.link_sent", _("Lien de mot de passe oublié envoyé")),
    ("identity.codes_stopped", _("Codes d’activation annulés")),
    ("identity.everyone_out", _("Comptes déconnectés ensemble")),
    ("identity.person_out", _("Appareils d’une personne déconnectés")),
    ("identity.cards_given", _("Cartes à images données")),
    ("identity.card_withdrawn", _("Carte à images retirée")),
    ("identity.letters_prepared", _("Lettres d’activation préparées")),
    ("identity.second_proof_installed", _("Double vérification mise en place")),
    ("identity.second_proof_removed", _("Double vérification retirée")),
    ("identity.second_proof_lifted", _("Double vérification retirée par l’établissement")),
    ("identity.passkey_added", _("Clé d’accès ajoutée")),
    ("identity.passkey_renamed", _("Clé d’accès renommée")),
    ("identity.passkey_removed", _("Clé d’accès retirée")),
    ("identity.passkey_copied", _("Clé d’accès refusée\u202f: peut-être une copie")),
    ("identity.key_revoked", _("Accès d’application révoqué")),
    ("identity.keys_revoked", _("Tous les accès d’applications révoqués")),
    ("identity.recovery_codes_renewed", _("Codes de secours renouvelés")),
    ("identity.reading_changed", _("Préférences de lecture changées")),
    ("identity.picture_changed", _("Photo changée")),
    ("identity.picture_removed", _("Photo retirée")),
    ("identity.guide_put_away", _("Guide de première visite rangé")),
    ("identity.guide_taken_back", _("Guide de première visite ressorti")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.journal_words.add(
    boards.JournalWord(
        "identity.proof_demanded",
        _("Double vérification demandée aux personnels"),
        says=queries.said_of_demand,
    )
)
boards.journal_words.add(
    boards.JournalWord(
        "identity.proof_delayed", _("Délai accordé pour la double vérification"), says=queries.said_of_delay
    )
)

boards.endings.add(
    boards.Ending(
        ("identity.Activation",), _("Un code s’efface trente jours après sa fin."), by="identity.purge_codes"
    )
)
boards.journal_words.add(
    boards.JournalWord("identity.key_made", _("Accès d’application créé"), says=queries.said_of_key)
)

boards.endings.add(
    boards.Ending(
        ("identity.AccessKey",),
        _("Un accès fini ou révoqué s’efface trente jours après."),
        by="identity.purge_keys",
    )
)
boards.endings.add(
    boards.Ending(
        ("identity.AccountSession",), _("Une session finie s’efface la nuit suivante."), by="foundation.tidy"
    )
)
boards.endings.add(
    boards.Ending(
        ("identity.PictureCard", "identity.SecondProof", "identity.RecoveryCode", "identity.Passkey"),
        _("Ce qui ouvre un compte part avec lui."),
        within="identity.Account",
    )
)


def account_of(_viewer: Viewer, pupil: Person) -> dict[str, Any]:
    """Where a pupil stands with their account."""
    return {"account": queries.account_states([pupil.pk]).get(pupil.pk, queries.AccountState())}


def account_said(context: Any) -> str:
    labels = {
        queries.State.OPEN: gettext("Compte ouvert"),
        queries.State.LETTER: gettext("Courrier préparé"),
        queries.State.CODE: gettext("Code donné"),
        queries.State.EXPIRED: gettext("Code périmé"),
        queries.State.NONE: gettext("Pas encore de compte"),
    }
    return labels[context["account"].state]


def account_page(_viewer: Viewer, pupil: Person) -> str:
    return reverse("identity:person", kwargs={"public_id": pupil.public_id})


boards.pupil_facts.add(
    boards.PupilFact(
        "identity.account",
        _("Compte"),
        "identity/facts/_account.html",
        account_of,
        rules.keeps_accounts,
        boards.Column.SCHOOL,
        icon="key",
        summary=account_said,
        more_label=_("Gérer le compte"),
        more=account_page,
        order=90,
    )
)

# How people read it.
for words in [
    boards.InWords("identity", boards.Section.SIGN_INS),
    boards.InWords(
        "identity.Account",
        when="",
        sentence=(
            _("Identifiant : %(login)s"),
            _("compte créé le %(created_at)s"),
            _("dernière connexion le %(last_login)s"),
        ),
        quiet=frozenset({"stem", "is_active"}),
    ),
    boards.InWords(
        "identity.AccountSession",
        when="opened_at",
        sentence=(_("Session ouverte"), "(%(device)s)", _("dernier passage : %(seen_at)s")),
    ),
    boards.InWords(
        "identity.AccessKey",
        when="made_at",
        sentence=(_("%(kind)s « %(name)s »"), "(%(scopes)s)", _("valable jusqu’au %(expires_at)s")),
        quiet=frozenset({"prefix", "seat"}),
    ),
]:
    boards.data_in_words.add(words)
for label, url_name, icon, words in [
    (_("Mon profil"), "identity:profile", "id-badge-2", _("compte photo")),
    (
        _("Mon affichage"),
        "identity:reading",
        "accessible",
        _("taille texte contraste dyslexie sombre simple"),
    ),
    (_("Changer mon mot de passe"), "identity:change_password", "pencil", ""),
    (_("Mes appareils connectés"), "identity:sessions", "list", _("déconnecter sécurité")),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, icon, signed_in, words))
