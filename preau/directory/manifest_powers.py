"""What the directory shows of who may do what: powers that are given, guests, lists, the review of a quarter."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory import tasks
from preau.directory.actions import guests
from preau.directory.boards import Power, powers
from preau.directory.queries import settings
from preau.directory.queries.powers import PAGE, entrusted_to, said_of_power
from preau.directory.rules.groups import reads_pupils_of_groups
from preau.directory.rules.powers import (
    gives_powers,
    invites_guests,
    may_be_entrusted,
    reads_lists,
    reads_powers,
    reviews_access,
    was_entrusted,
)
from preau.directory.seeds.guests import let_in
from preau.directory.viewer import Viewer
from preau.directory.words import DIRECTORY, LISTS, SETTINGS, Profile, Role
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    FirstStep,
    JournalWord,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    SettingsHeading,
    SettingsPage,
)
from preau.foundation.readers import on_themselves

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL

for power in [
    Power(
        SETTINGS,
        _("Régler l’établissement"),
        _("Le nom, les couleurs, les horaires, les vacances et les services. Aucun élève."),
        "directory:settings",
        frozenset({Role.HEAD}),
        about_pupils=False,
        verbs=frozenset(
            f"directory.{verb}"
            for verb in (
                "identity_changed",
                "hours_changed",
                "palette_changed",
                "logo_changed",
                "logo_removed",
                "period_created",
                "period_changed",
                "period_removed",
                "zone_changed",
                "closure_added",
                "closure_removed",
                "service_changed",
            )
        ),
        order=10,
    ),
    Power(
        DIRECTORY,
        _("Tenir l’annuaire"),
        _(
            "Déposer les fichiers officiels, suivre les départs, réunir les doublons ; lire les familles. Ni l’export de "
            "l’annuaire, ni les décisions de justice, ni l’accord à un départ de masse."
        ),
        "directory:deliveries",
        frozenset({Role.HEAD, Role.SECRETARY}),
        verbs=frozenset(
            f"directory.{verb}"
            for verb in (
                "delivery_brought",
                "columns_named",
                "delivery_agreed",
                "delivery_dropped",
                "report_exported",
                "departures_exported",
                "leaver_held",
                "leaver_let_go",
                "people_merged",
                "merge_undone",
                "people_told_apart",
                "people_compared_again",
            )
        ),
        order=20,
    ),
    Power(
        LISTS,
        _("Lire les listes"),
        _("Les élèves de chaque classe et qui appeler. Ni notes, ni absences, ni adresses."),
        "directory:lists",
        frozenset({Role.HEAD, Role.SECRETARY}),
        to=frozenset({Profile.STAFF, Profile.AGENT}),
        about_pupils=False,
        verbs=frozenset({"directory.list_read"}),
        order=40,
    ),
]:
    powers.add(power)


def entrusted(viewer: Viewer) -> Mapping[str, Any] | None:
    given = entrusted_to(viewer)
    return {"given": given, "school": viewer.school} if given else None


boards.seeds.add(boards.Seed("accès", let_in, order=5))
boards.cards.add(boards.Card("directory/_entrusted.html", entrusted, was_entrusted, order=8))
boards.menu.add(
    boards.MenuEntry(_("Listes"), "directory:lists", "list", reads_lists, "administration", order=57)
)
boards.site_pages.add(
    boards.SitePage(
        _("Listes"), "directory:lists", "list", reads_lists, _("cantine garderie qui appeler périscolaire")
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Listes et photos d’une classe"),
        "directory:groups",
        "school",
        reads_pupils_of_groups,
        _("photo droit à l’image trombinoscope cantine imprimer"),
    )
)
boards.schedule.add(
    boards.Scheduled("directory.remind_of_reviews", tasks.remind_of_reviews, every_minutes=24 * 60)
)
for page in [
    SettingsPage(
        _("Qui peut quoi"),
        _("Ce que chaque fonction ouvre dans l’établissement."),
        PAGE,
        "id-badge-2",
        reads_powers,
        order=65,
        heading=SettingsHeading.ACCESS,
        words=_("droits fonctions"),
    ),
    SettingsPage(
        _("Droits confiés"),
        _("Confier un droit à quelqu’un, jusqu’à une date."),
        "directory:administrators",
        "users",
        gives_powers,
        order=70,
        heading=SettingsHeading.ACCESS,
        words=_("délégation"),
    ),
    SettingsPage(
        _("Personnes invitées"),
        _("Un accès à leur nom pour qui vient de l’extérieur, jusqu’à une date."),
        "directory:guests",
        "login",
        invites_guests,
        order=72,
        heading=SettingsHeading.ACCESS,
    ),
    SettingsPage(
        _("Revue des accès"),
        _("Tous les trois mois, regarder qui a plus que sa place ordinaire."),
        "directory:review",
        "shield-lock",
        reviews_access,
        order=74,
        heading=SettingsHeading.ACCESS,
    ),
]:
    boards.settings_pages.add(page)

boards.first_steps.add(
    FirstStep(
        _("Savoir qui peut quoi"),
        _("Ce que chaque fonction ouvre dans l’établissement, et ce qui est confié à quelqu’un."),
        PAGE,
        reads_powers,
        where=_("Par ce guide"),
        order=75,
    )
)

for verb, label, says in [
    ("directory.power_given", _("Droit confié"), said_of_power),
    ("directory.power_taken_back", _("Droit repris"), said_of_power),
    ("directory.guest_invited", _("Personne invitée"), settings.said_of_day),
    ("directory.guest_prolonged", _("Dernier jour d’une personne invitée changé"), settings.said_of_day),
    ("directory.guest_ended", _("Fin de l’accès d’une personne invitée"), None),
    ("directory.access_reviewed", _("Revue des accès terminée"), None),
    ("directory.access_doubted", _("Fonction à corriger dans le fichier officiel"), None),
    ("directory.access_trusted", _("Fonction gardée"), None),
]:
    boards.journal_words.add(JournalWord(verb, label, "settings", says))
boards.journal_words.add(JournalWord("directory.list_read", _("Liste d’une classe lue")))

boards.notification_kinds.add(
    NotificationKind(
        "directory.power_given",
        _("Un droit vous est confié"),
        _("Annuaire"),
        _("Un droit vous est confié"),
        _("%(giver)s vous confie un droit (%(school)s).\nDroit : %(power)s\nJusqu’au : %(until)s"),
        _("Ouvrir"),
        _("Ce qui vous est confié est à votre nom."),
        may_be_entrusted,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=57,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "directory.review_due",
        _("La revue des accès est à faire"),
        _("Annuaire"),
        _("La revue des accès est à faire"),
        _("Voilà trois mois que personne n’a regardé qui a plus que sa place ordinaire (%(school)s)."),
        _("Faire la revue"),
        _("Vous dirigez l’établissement."),
        reviews_access,
        pace=Pace.AT_ONCE,
        order=58,
    )
)

BASIS = dict(
    legal_basis=_("Mission d’intérêt public et obligation de sécurité (RGPD, articles 6.1.e et 32)."),
    readers=on_themselves(Role.HEAD),
)
boards.personal_data.add(
    PersonalData(
        label=_("Invitations"),
        model="directory.Guest",
        person="holding__person",
        purpose=_("Savoir pourquoi une personne de l’extérieur a un accès, et le fermer à sa date."),
        keep=Retention.ACCOUNT,
        fields={"holding": NONE, "reason": PERSONAL, "invited_at": PERSONAL},
        forget=guests.forget_guest,
        **BASIS,
        people={"person": (Concerned.OUTSIDERS,)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Fonctions à corriger"),
        model="directory.AccessDoubt",
        person="holding__person",
        purpose=_("Faire corriger dans les fichiers officiels une fonction qui n’est plus la bonne."),
        keep=Retention.ACCOUNT,
        fields={"holding": NONE, "noted_by": PERSONAL, "noted_at": PERSONAL},
        forget=guests.forget_doubts,
        **BASIS,
        people={"person": (Concerned.STAFF, Concerned.OUTSIDERS)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Revues des accès"),
        model="directory.AccessReview",
        person="done_by",
        purpose=_("Savoir quand les accès ont été regardés, et par qui."),
        keep=Retention.SCHOOL,
        fields=dict.fromkeys(["done_by", "done_at"], PERSONAL)
        | dict.fromkeys(["school", "people", "given", "guests", "doubts"], NONE),
        **BASIS,
    )
)
