"""What the directory shows: its share of the demonstration, what it holds about people."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory import (
    manifest_consents,
    manifest_office,
    manifest_powers,
    manifest_record,
    manifest_terms,
    manifest_work_groups,
    rules,
    tasks,
)
from preau.directory.actions import erasure, merging, photos, years
from preau.directory.boards import powers, purposes
from preau.directory.imports.importer import DELIVERIES
from preau.directory.queries import days, finding
from preau.directory.queries.settings import (
    said_of_day,
    said_of_fields,
    said_of_palette,
    said_of_service,
    said_of_zone,
)
from preau.directory.rules import groups as group_rules
from preau.directory.rules import photos as photo_rules
from preau.directory.rules.office import keeps_files_alone, keeps_office
from preau.directory.rules.settings import runs_planned_year, runs_settings
from preau.directory.seeds import world
from preau.directory.seeds.photos import plant_photos
from preau.directory.words import Role
from preau.foundation import boards, dates
from preau.foundation.access import signed_in
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    SettingsHeading,
    SettingsPage,
)
from preau.foundation.importers.boards import importers
from preau.foundation.readers import EVERY_ROW, Readers, on_themselves, own, with_guardians

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
DATES = {"starts": PERSONAL, "ends": PERSONAL}
__all__ = [
    "manifest_consents",
    "manifest_office",
    "manifest_powers",
    "manifest_record",
    "manifest_terms",
    "manifest_work_groups",
]  # who may do what has a manifest of its own, read with this one
importers.add(DELIVERIES)

for address, open_to in [("directory:people", keeps_office), ("directory:deliveries", keeps_files_alone)]:
    boards.menu.add(
        boards.MenuEntry(_("Annuaire"), address, "address-book", open_to, "administration", order=55)
    )
boards.schedule.add(boards.Scheduled("directory.follow_years", tasks.follow_years, every_minutes=60))
boards.schedule.add(boards.Scheduled("directory.forget_merges", tasks.forget_merges, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("directory.bring_drops", tasks.bring_drops, every_minutes=10))
boards.schedule.add(
    boards.Scheduled("directory.follow_departures", tasks.follow_departures, every_minutes=24 * 60)
)

boards.menu.add(
    boards.MenuEntry(
        _("Réglages"), "directory:settings", "settings", runs_settings, "administration", order=70
    )
)
for page in [
    SettingsPage(
        _("Nom et contacts"),
        _("Le nom affiché, l’adresse, le téléphone, le site, le contact RGPD."),
        "directory:identity",
        "building",
        runs_settings,
        order=10,
        words=_("adresse téléphone"),
    ),
    SettingsPage(
        _("Logo et couleurs"),
        _("Une image et une palette aux contrastes vérifiés."),
        "directory:look",
        "palette",
        runs_settings,
        order=20,
        words=_("image charte"),
    ),
    SettingsPage(
        _("Horaires"),
        _("Le début et la fin de la journée."),
        "directory:hours",
        "clock",
        runs_settings,
        order=30,
        words=_("sonnerie"),
    ),
    SettingsPage(
        _("Périodes"),
        _("Les trimestres ou semestres de l’année."),
        "directory:periods",
        "calendar",
        runs_planned_year,
        order=40,
        words=_("trimestre semestre"),
    ),
    SettingsPage(
        _("Vacances et fermetures"),
        _("La zone, les ponts, les journées sans élèves."),
        "directory:closures",
        "calendar-off",
        runs_planned_year,
        order=50,
        words=_("pont férié"),
    ),
    SettingsPage(
        _("Services"),
        _("Ouvrir ou fermer un service, par niveau s’il le faut, et le nommer."),
        "directory:services",
        "apps",
        runs_settings,
        order=60,
        heading=SettingsHeading.DAILY,
        words=_("modules"),
    ),
]:
    boards.settings_pages.add(page)
for verb, label, says in [
    ("directory.identity_changed", _("Nom et contacts changés"), said_of_fields),
    ("directory.hours_changed", _("Horaires changés"), said_of_fields),
    ("directory.palette_changed", _("Couleurs changées"), said_of_palette),
    ("directory.logo_changed", _("Logo changé"), None),
    ("directory.logo_removed", _("Logo retiré"), None),
    ("directory.period_created", _("Période créée"), None),
    ("directory.period_changed", _("Période changée"), None),
    ("directory.period_removed", _("Période retirée"), None),
    ("directory.zone_changed", _("Zone de vacances changée"), said_of_zone),
    ("directory.closure_added", _("Fermeture ajoutée"), None),
    ("directory.closure_removed", _("Jours rouverts"), None),
    ("directory.service_changed", _("Service changé"), said_of_service),
    ("directory.settings_given", _("Réglages confiés"), said_of_day),
    ("directory.settings_taken_back", _("Réglages repris"), None),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, "settings", says))
for verb, label in [
    ("directory.person_read", _("La fiche d’annuaire")),
    ("directory.guardianship_ruled", _("Décision de justice notée")),
    ("directory.ruling_lifted", _("Décision de justice retirée")),
    ("directory.delivery_brought", _("Fichiers de l’annuaire apportés")),
    ("directory.columns_named", _("Colonnes d’un tableau décrites")),
    ("directory.delivery_agreed", _("Fichiers de l’annuaire acceptés")),
    ("directory.delivery_approved", _("Départs approuvés")),
    ("directory.delivery_dropped", _("Fichiers de l’annuaire abandonnés")),
    ("directory.delivery_expired", _("Fichiers de l’annuaire effacés, délai passé")),
    ("directory.delivery_applied", _("Fichiers de l’annuaire appliqués")),
    ("directory.report_exported", _("Compte rendu de fichiers exporté")),
    ("directory.exported", _("Annuaire exporté")),
    ("directory.departures_exported", _("Liste de départs exportée")),
    ("directory.leaver_held", _("Personne partie gardée plus longtemps")),
    ("directory.leaver_let_go", _("Personne partie : ne plus garder")),
    ("directory.person_erased", _("Personne effacée, délai passé")),
    ("directory.people_merged", _("Deux fiches réunies")),
    ("directory.merge_undone", _("Deux fiches séparées")),
    ("directory.people_told_apart", _("Deux personnes distinguées")),
    ("directory.people_compared_again", _("Deux fiches comparées de nouveau")),
    ("directory.year_begun", _("Rentrée : préparation commencée")),
    ("directory.year_dates_changed", _("Rentrée : dates changées")),
    ("directory.year_given_up", _("Rentrée : préparation abandonnée")),
    ("directory.planned_class_added", _("Rentrée : classe ajoutée")),
    ("directory.planned_class_changed", _("Rentrée : classe changée")),
    ("directory.planned_class_removed", _("Rentrée : classe retirée")),
    ("directory.teams_kept", _("Rentrée : équipes reconduites")),
    ("directory.pupils_placed", _("Rentrée : élèves placés")),
    ("directory.staff_leaves", _("Rentrée : départs de personnels notés")),
    ("directory.staff_stays", _("Rentrée : départs de personnels retirés")),
    ("directory.year_exported", _("Rentrée : liste exportée")),
    ("directory.year_switch_planned", _("Rentrée : jour de bascule choisi")),
    ("directory.year_switch_cancelled", _("Rentrée : jour de bascule retiré")),
    ("directory.year_switched", _("Rentrée : nouvelle année commencée")),
    ("directory.year_not_switched", _("Rentrée : bascule prévue, pas faite")),
    ("directory.year_undone", _("Rentrée : retour à l’année précédente")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
# A name takes three letters to look for: a directory is searched, not browsed.
for source in [
    boards.SearchSource(_("Élèves"), "school", finding.pupils_found, rules.finds_pupils, letters=3, order=10),
    boards.SearchSource(
        _("Familles"), "users", finding.families_found, rules.reads_families, letters=3, order=20
    ),
    boards.SearchSource(
        _("Personnels"), "briefcase", finding.staff_found, rules.finds_staff, letters=3, order=30
    ),
]:
    boards.search.add(source)


KEEPS = _("Vous tenez l’annuaire de cet établissement.")
BROUGHT = _("Vous avez déposé ces fichiers.")
for key, subject, body, action, why, pace in [
    (
        "delivery_to_check",
        _("Une livraison est lue : à vérifier"),
        _(
            "La livraison déposée %(day)s est lue (%(school)s). Rien n’est changé tant que vous ne l’avez pas vérifiée."
        ),
        _("Vérifier la livraison"),
        BROUGHT,
        Pace.NEVER,
    ),
    (
        "delivery_to_approve",
        _("Une livraison attend votre accord"),
        _(
            "La livraison déposée %(day)s ferait partir beaucoup de monde (%(school)s). Une seconde personne doit l’approuver."
        ),
        _("Voir la livraison"),
        KEEPS,
        Pace.AT_ONCE,
    ),
    (
        "delivery_applied",
        _("L’annuaire est à jour"),
        _(
            "La livraison que vous avez déposée %(day)s est appliquée (%(school)s).\n"
            "Arrivées : %(arrivals)s\nDéparts : %(departures)s\nLignes mises de côté : %(aside)s"
        ),
        _("Lire le rapport"),
        BROUGHT,
        Pace.AT_ONCE,
    ),
    (
        "delivery_refused",
        _("Une livraison n’a pas pu être appliquée"),
        _(
            "La livraison que vous avez déposée %(day)s est refusée (%(school)s). Rien n’est changé ; la page dit pourquoi."
        ),
        _("Savoir pourquoi"),
        BROUGHT,
        Pace.AT_ONCE,
    ),
    (
        "erasure_soon",
        _("Des personnes parties vont être effacées"),
        _(
            "Des personnes parties il y a trois mois vont être effacées de Préau (%(school)s), les premières %(day)s.\n"
            "Personnes : %(count)s\nPour en garder une plus longtemps, dites-le avant ce jour."
        ),
        _("Voir les départs"),
        KEEPS,
        Pace.AT_ONCE,
    ),
    (
        "year_switched",
        _("La nouvelle année scolaire est commencée"),
        _(
            "L’année %(year)s a pris la place de la précédente %(day)s (%(school)s).\n"
            "Pendant quinze jours, vous pouvez revenir en arrière tant qu’aucun fichier officiel n’est appliqué."
        ),
        _("Voir la rentrée"),
        KEEPS,
        Pace.AT_ONCE,
    ),
    (
        "year_undone",
        _("Retour à l’année scolaire précédente"),
        _(
            "L’année %(year)s, commencée %(day)s, ne l’est plus (%(school)s) : l’année précédente est de nouveau en cours, "
            "comme avant la bascule."
        ),
        _("Voir la rentrée"),
        KEEPS,
        Pace.AT_ONCE,
    ),
    (
        "year_not_switched",
        _("La bascule de rentrée n’a pas eu lieu"),
        _(
            "L’année %(year)s devait commencer %(day)s (%(school)s). Il reste des élèves à décider, ou la préparation a "
            "changé : rien n’a bougé."
        ),
        _("Voir ce qui manque"),
        KEEPS,
        Pace.AT_ONCE,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"directory.{key}",
            subject,
            _("Annuaire"),
            subject,
            body,
            action,
            why,
            rules.keeps_directory,
            pace=pace,
            order=55,
        )
    )

for key, subject, body in [
    (
        "people_merged",
        _("Vos deux fiches n’en font plus qu’une"),
        _(
            "L’établissement avait deux fiches à votre nom (%(school)s) : il les a réunies. Ce que l’une et l’autre tenaient "
            "est sur la vôtre.\nSi ce n’est pas vous, dites-le à l’établissement : les fiches peuvent être séparées pendant "
            "trente jours."
        ),
    ),
    (
        "merge_undone",
        _("Vos fiches sont de nouveau séparées"),
        _(
            "L’établissement avait réuni deux fiches par erreur (%(school)s) : chacune a retrouvé ce qu’elle tenait."
        ),
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"directory.{key}",
            subject,
            _("Annuaire"),
            subject,
            body,
            _("Voir ma fiche"),
            _("Votre fiche dans l’annuaire de l’établissement a changé."),
            signed_in,
            pace=Pace.AT_ONCE,
            can_be_muted=False,
            order=56,
        )
    )

boards.agenda.add(boards.AgendaSource("directory", days.agenda_of, rules.has_school_days, order=10))

BASIS = dict(
    purpose=_("Savoir qui apprend, enseigne et répond de qui dans l’établissement."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.ACCOUNT,
)

# Of what `exports` may hand on (docs/decisions/0074), outside of the school.
BEYOND = (
    _(
        "si l’établissement les utilise, le gestionnaire d’accès aux ressources (GAR) et les outils qui lisent OneRoster"
    ),
)
STAFF = _("tous les personnels, selon leur fonction")
READERS = {
    "Person": with_guardians(STAFF, others=BEYOND),
    "Holding": with_guardians(STAFF, others=BEYOND),
    "Enrolment": with_guardians(STAFF, others=BEYOND),
    "Assignment": on_themselves(STAFF, others=BEYOND),
    # What ties a child to another guardian is that guardian's.
    "Guardianship": Readers(EVERY_ROW, own("guardian"), (STAFF,)),
    "ExternalId": with_guardians(STAFF),
}

# Enrolments and assignments stay as dated facts of a person without a name; keys go with the person (docs/decisions/0075).
FORGETS = {
    "Person": erasure.blank_person,
    "Holding": erasure.blank_holdings,
    "Guardianship": erasure.forget_links,
}


def said_of_scope(scope: Mapping[str, Mapping[str, Any]]) -> str:
    """What was given beside the function, and until when: « Lire les listes, jusqu’au 27 mars 2027 »."""
    labels = {power.key: power.label for power in powers}
    given = [
        str(_("%(power)s, jusqu’au %(day)s"))
        % {"power": labels.get(key, key), "day": dates.plain_day(date.fromisoformat(one["until"]))}
        for key, one in scope.items()
    ]
    return "\u202f; ".join(given) or "—"


boards.seeds.add(boards.Seed("annuaire", world.plant, order=0))

for label, model, person, fields in [
    (
        _("Identité"),
        "Person",
        "pk",
        dict.fromkeys(["public_id", "is_institution", "erased_at"], NONE)
        | dict.fromkeys(["civility", "family_name", "given_name", "email", "phone", "search_name"], PERSONAL)
        | dict.fromkeys(["birth_name", "civil_given_names", "birth_date"], CHILD),
    ),
    (
        _("Fonctions"),
        "Holding",
        "person",
        dict.fromkeys(["person", "role", "title", "school", "territory", "scope", "given_by"], PERSONAL)
        | {"programme": CHILD, "source": NONE}
        | DATES,
    ),
    (
        _("Responsabilités parentales"),
        "Guardianship",
        "pupil",
        dict.fromkeys(
            ["pupil", "guardian", "authority", "kinship", "contact_priority", "pays", "starts", "ends"], CHILD
        )
        | dict.fromkeys(["lives_with", "may_not_be_informed", "ruled_on", "receives_aid"], SENSITIVE)
        | {"source": NONE},
    ),
    (
        _("Inscriptions"),
        "Enrolment",
        "pupil",
        dict.fromkeys(["school", "group", "pupil", "starts", "ends"], CHILD) | {"source": NONE},
    ),
    (
        _("Services d’enseignement"),
        "Assignment",
        "teacher",
        {"school": NONE, "group": NONE, "kind": PERSONAL, "subject": PERSONAL, "teacher": PERSONAL}
        | {"source": NONE}
        | DATES,
    ),
    (
        _("Identifiants dans d’autres systèmes"),
        "ExternalId",
        "person",
        {
            "source": NONE,
            "authority": NONE,
            "kind": NONE,
            "value": CHILD,
            "person": CHILD,
            "group": NONE,
            "school": NONE,
            "is_second": NONE,
        },
    ),
]:
    forget = FORGETS.get(model)
    # Where a child lives and who may not be told are read by named roles alone (docs/decisions/0012).
    only_some = frozenset({"lives_with", "may_not_be_informed", "ruled_on"} & set(fields))
    # Who pays and who receives aid is that guardian's to read, not the child's.
    money = dict.fromkeys(["pays", "receives_aid"], own("guardian")) if model == "Guardianship" else {}
    boards.personal_data.add(
        PersonalData(
            label,
            f"directory.{model}",
            person,
            fields=fields,
            forget=forget,
            withheld=only_some,
            field_readers=money,
            says={"scope": said_of_scope} if model == "Holding" else {},
            from_files=True,
            readers=READERS[model],
            **BASIS,
        )
    )

boards.personal_data.add(
    PersonalData(
        label=_("Livraisons de fichiers officiels"),
        model="directory.Delivery",
        person="",
        purpose=_(
            "Mettre l’annuaire à jour, et savoir qui l’a fait. Les fichiers et l’aperçu, qui nomment des enfants, sont "
            "effacés dès que la livraison est appliquée ou abandonnée, au plus tard après sept jours."
        ),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(Role.HEAD, Role.SECRETARY),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(
            ["brought_by", "brought_for", "approved_by", "brought_at", "settled_at", "moved_at"], PERSONAL
        )
        | dict.fromkeys(["school", "source", "state", "folder", "files", "step", "done", "total"], NONE)
        | {"report": NONE, "preview": CHILD, "matching": NONE},
    )
)

boards.personal_data.add(
    PersonalData(
        label=_("Conservations prolongées"),
        model="directory.Hold",
        person="person",
        purpose=_(
            "Garder plus longtemps ce qu’une personne partie a laissé, parce qu’un litige est en cours ; un an au plus."
        ),
        legal_basis=_("Constatation, exercice ou défense de droits en justice (RGPD, article 17.3.e)."),
        readers=with_guardians(Role.HEAD, Role.SECRETARY),
        keep=Retention.ACCOUNT,
        fields={"school": PERSONAL, "person": PERSONAL, "last_day": PERSONAL, "reason": SENSITIVE}
        | {"held_by": PERSONAL, "held_at": PERSONAL},
        forget=erasure.forget_holds,
        field_readers={"reason": own("held_by")},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Annonces d’effacement"),
        model="directory.ErasureNotice",
        person="person",
        purpose=_("N’effacer personne sans que l’établissement l’ait su une semaine avant."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=with_guardians(Role.HEAD, Role.SECRETARY),
        keep=Retention.ACCOUNT,
        fields={"person": PERSONAL, "told_on": PERSONAL},
        forget=erasure.forget_notice,
    )
)

PREPARES = dict(
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=on_themselves(Role.HEAD, Role.SECRETARY),
)
boards.personal_data.add(
    PersonalData(
        label=_("Préparations de rentrée"),
        model="directory.YearPlan",
        person="",
        purpose=_(
            "Préparer l’année suivante, savoir qui l’a fait, et pouvoir revenir en arrière. Ce que la bascule a écrit est "
            "oublié après quinze jours."
        ),
        keep=Retention.SCHOOL,
        fields=dict.fromkeys(["made_by", "made_at", "asked_by", "switched_at"], PERSONAL)
        | dict.fromkeys(["school", "from_year", "to_year", "name", "starts", "ends", "switch_on"], NONE)
        | {"leave_undecided": NONE, "switched_on": NONE, "before": CHILD},
        withheld=frozenset({"before"}),
        **PREPARES,
    )
)
# What is prepared may change until the switch: only those who prepare it read it, then the enrolment says it.
boards.personal_data.add(
    PersonalData(
        label=_("Suites à la rentrée"),
        model="directory.Placement",
        person="person",
        purpose=_(
            "Savoir dans quelle classe va chaque élève l’année suivante, et qui part. Oublié quinze jours après la rentrée."
        ),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(["person", "outcome", "target", "elsewhere"], CHILD)
        | {"plan": NONE, "decided_by": PERSONAL, "decided_at": PERSONAL},
        forget=years.forget_placements,
        withheld=frozenset({"outcome", "target", "elsewhere"}),
        **PREPARES,
        people={"person": (Concerned.PUPILS, Concerned.STAFF)},
    )
)

MERGES = dict(
    person="",
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=with_guardians(Role.HEAD, Role.SECRETARY),
)
boards.personal_data.add(
    PersonalData(
        label=_("Fusions de fiches"),
        model="directory.Merge",
        purpose=_(
            "Réunir deux fiches d’une même personne, savoir qui l’a fait, et pouvoir revenir en arrière. Ce que l’une et "
            "l’autre tenaient avant est effacé après trente jours."
        ),
        keep=Retention.JOURNAL,
        forget=merging.forget_of,
        withheld=frozenset({"before"}),
        fields=dict.fromkeys(["kept", "other", "by", "at", "undone_by", "undone_at"], PERSONAL)
        | {"school": NONE, "before": SENSITIVE},
        **MERGES,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Personnes distinctes"),
        model="directory.Distinction",
        purpose=_("Ne pas proposer de nouveau de réunir deux personnes qui se ressemblent."),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(["one", "other", "by", "at"], PERSONAL) | {"school": NONE},
        forget=erasure.forget_distinctions,
        **MERGES,
    )
)

for step in [
    boards.FirstStep(
        _("Régler l’établissement"),
        _("Son nom, ses couleurs, ses horaires, ses vacances, et les services qu’il ouvre."),
        "directory:settings",
        runs_settings,
        order=22,
    ),
    boards.FirstStep(
        _("Tenir l’annuaire à jour"),
        _(
            "Inscrivez un élève, corrigez une fiche, notez un départ ; les fichiers officiels se déposent de là."
        ),
        "directory:people",
        keeps_office,
        order=25,
    ),
    boards.FirstStep(
        _("Tenir l’annuaire à jour"),
        _("Déposez les fichiers officiels : Préau montre ce qui va changer, et ne change rien sans vous."),
        "directory:deliveries",
        keeps_files_alone,
        order=25,
    ),
]:
    boards.first_steps.add(step)

# Classes, families and faces

for label, open_to in [
    (_("Classes"), group_rules.reads_several_groups),
    (_("Mes classes"), group_rules.teaches_groups),
    (_("Ma classe"), group_rules.reads_own_class),
]:
    boards.menu.add(boards.MenuEntry(label, "directory:groups", "school", open_to, order=40, main=True))
for verb, label in [
    ("directory.family_read", _("La page de la famille")),
    ("directory.seen_read", _("Ce que voit la famille d’un élève")),
    ("directory.list_read", _("Liste d’une classe lue, avec des données de dossiers")),
    ("directory.list_exported", _("Liste d’une classe exportée")),
    ("directory.photo_asked", _("Accord pour les photos demandé")),
    ("directory.photo_agreed", _("Accord pour une photo donné")),
    ("directory.photo_refused", _("Accord pour une photo refusé ou retiré")),
    ("directory.photo_put", _("Photo d’élève mise")),
    ("directory.photo_removed", _("Photo d’élève effacée")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("directory.person_read", _("Suivre la scolarité, ou joindre la famille."))
)
boards.reasons_to_read.add(
    boards.ReasonToRead("directory.family_read", _("Joindre la famille, et savoir qui répond de l’élève."))
)
boards.reasons_to_read.add(
    boards.ReasonToRead("directory.seen_read", _("Aider une famille qui ne trouve pas une rubrique."))
)
boards.reasons_to_read.add(boards.ReasonToRead("directory.list_read", _("Préparer la liste d’une classe.")))
merging.people_merging.connect(photos.settle_photos, dispatch_uid="directory.settle_photos")
boards.schedule.add(
    boards.Scheduled("directory.drop_past_photos", tasks.drop_past_photos, every_minutes=24 * 60)
)
boards.seeds.add(boards.Seed("photos", plant_photos, order=15))
boards.notification_kinds.add(
    NotificationKind(
        photos.ASKED,
        _("L’établissement demande votre accord"),
        _("Annuaire"),
        _("L’établissement demande votre accord"),
        _(
            "%(school)s demande si vous êtes d’accord pour une photo de classe (%(about)s).\n"
            "La page dit à quoi elle sert et qui la voit. Vous pouvez dire non, et changer d’avis."
        ),
        _("Répondre"),
        _("Une photo d’élève demande votre accord."),
        photo_rules.may_be_asked,
        pace=Pace.DAILY,
        order=57,
    )
)


PHOTOS = dict(
    person="pupil",
    legal_basis=_(
        "Consentement (RGPD, article 6.1.a) de l’élève et, avant quinze ans, d’un responsable légal."
    ),
    keep=Retention.ACCOUNT,
)
boards.personal_data.add(
    PersonalData(
        label=_("Accords pour une photo"),
        model="directory.PhotoConsent",
        purpose=_(
            "Savoir qui est d’accord pour qu’une photo de l’élève paraisse sur le trombinoscope, et pour quelle année."
        ),
        readers=Readers(own("giver"), own("giver"), (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)),
        fields=dict.fromkeys(["pupil", "year", "school"], CHILD)
        | dict.fromkeys(["giver", "answer", "asked_at", "answered_at"], PERSONAL),
        forget=photos.forget_consents,
        **PHOTOS,
        people={"giver": (Concerned.PUPILS, Concerned.GUARDIANS)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Photos d’élèves"),
        model="directory.PupilPhoto",
        purpose=_(
            "Reconnaître les élèves d’une classe. La photo est effacée dès que l’accord est retiré, et au plus tard à la fin de l’année scolaire."
        ),
        readers=with_guardians(
            Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY, _("enseignants de ses classes et groupes")
        ),
        fields=dict.fromkeys(["pupil", "picture", "school"], CHILD)
        | dict.fromkeys(["taken_by", "taken_at"], PERSONAL),
        forget=photos.forget_photos,
        erases=_("La photo de l’élève est effacée, du trombinoscope et du disque."),
        **PHOTOS,
    )
)
boards.first_steps.add(
    boards.FirstStep(
        _("Trouver une classe"),
        _("Ses élèves, son équipe, une liste à imprimer, son trombinoscope."),
        "directory:groups",
        group_rules.reads_pupils_of_groups,
        order=30,
    )
)
boards.acts.add(
    boards.Act(
        "directory.photo", _("Montrer la photo de l’élève à ceux de sa classe"), boards.Nature.USUAL, order=20
    )
)


def _permission(row: Any) -> str:
    """What is asked, as the page of consents calls it."""
    purpose = purposes.named(row.purpose)
    return ", ".join(filter(None, [str(purpose.label) if purpose else "", row.words])) or row.purpose


# How people read it.
for words in [
    boards.InWords("directory", boards.Section.IDENTITY),
    boards.InWords(
        "directory.Person",
        when="",
        sentence=(
            "%(given_name)s %(family_name)s",
            _("date de naissance : %(birth_date)s"),
            "%(email)s",
            _("téléphone : %(phone)s"),
        ),
        quiet=frozenset({"search_name"}),
    ),
    boards.InWords(
        "directory.Guardianship",
        when="starts",
        sentence=("%(kinship)s, %(authority)s", "(%(guardian)s)", _("jusqu’au %(ends)s")),
        quiet=frozenset({"contact_priority"}),
    ),
    boards.InWords(
        "directory.ExternalId", when="", sentence=(_("Numéro dans un autre système : %(value)s"),)
    ),
    boards.InWords(
        "directory.Enrolment",
        boards.Section.SCHOOLING,
        when="starts",
        sentence=("%(group)s, %(school)s", _("jusqu’au %(ends)s")),
    ),
    boards.InWords(
        "directory.Holding",
        boards.Section.SCHOOLING,
        when="starts",
        sentence=("%(role)s", "(%(title)s)", "%(scope)s", "%(school)s", _("jusqu’au %(ends)s")),
        quiet=frozenset({"programme"}),
    ),
    boards.InWords(
        "directory.Assignment",
        boards.Section.SCHOOLING,
        when="starts",
        sentence=("%(kind)s", "%(subject)s", _("jusqu’au %(ends)s")),
    ),
    boards.InWords(
        "directory.PupilPhoto",
        when="taken_at",
        sentence=(_("Photo enregistrée"),),
        quiet=frozenset({"picture"}),
    ),
    boards.InWords("directory.Placement", boards.Section.SCHOOLING),
    boards.InWords("directory.YearPlan", boards.Section.SCHOOLING),
    boards.InWords("directory.Delivery", boards.Section.SCHOOLING),
    boards.InWords("directory.AccessDoubt", boards.Section.SCHOOLING),
    boards.InWords("directory.AccessReview", boards.Section.SCHOOLING),
    boards.InWords("directory.Guest", boards.Section.SCHOOLING),
    boards.InWords(
        "directory.Consent",
        boards.Section.PERMISSIONS,
        when="given_at",
        sentence=("%(request)s", "%(answer)s", "(%(way)s)"),
        quiet=frozenset({"part"}),
    ),
    boards.InWords("directory.ConsentRequest", boards.Section.PERMISSIONS, names=_permission),
    boards.InWords(
        "directory.PhotoConsent",
        boards.Section.PERMISSIONS,
        when="asked_at",
        sentence=(
            _("Photo pour le trombinoscope, année %(year)s"),
            "%(answer)s",
        ),
    ),
]:
    boards.data_in_words.add(words)
