"""What the timetable shows to the rest of the platform."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.settings import calendar_changed
from preau.directory.boards import Power, powers
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable import rules, seeds, tasks
from preau.domains.timetable.actions import alternations, changes
from preau.domains.timetable.imports.importer import TIMETABLES
from preau.domains.timetable.manifest import bookings as bookings  # rooms and equipment for an hour
from preau.domains.timetable.manifest import cover as cover  # what it publishes
from preau.domains.timetable.manifest import in_words as in_words  # how people read what it holds
from preau.domains.timetable.manifest import record as record  # the day, in the record of a pupil
from preau.domains.timetable.manifest import slots as slots  # the hours beside lessons
from preau.domains.timetable.manifest import terms as terms  # until when it is kept
from preau.domains.timetable.queries import finding, lessons, plans, whose
from preau.domains.timetable.queries.slots import studies_at_home
from preau.foundation import boards
from preau.foundation.boards import (
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    SettingsHeading,
    SettingsPage,
)
from preau.foundation.importers.boards import importers
from preau.foundation.readers import on_themselves, own

calendar_changed.connect(tasks.enqueue_calendar, dispatch_uid="timetable.calendar")
alternations.weeks_changed.connect(tasks.enqueue_weeks, dispatch_uid="timetable.weeks")
changes.lesson_changed.connect(tasks.enqueue_telling, dispatch_uid="timetable.telling")
changes.change_undone.connect(tasks.enqueue_undoing, dispatch_uid="timetable.undoing")
importers.add(TIMETABLES)

SATURDAY = 5
VERBS = [
    ("timetable.weekly_lesson_created", _("Séance de chaque semaine créée")),
    ("timetable.half_days_made", _("Demi-journées de classe créées")),
    ("timetable.half_days_undone", _("Demi-journées de classe annulées")),
    ("timetable.weekly_lesson_changed", _("Séance de chaque semaine changée")),
    ("timetable.weekly_lesson_stopped", _("Séance de chaque semaine arrêtée")),
    ("timetable.weeks_alternated", _("Semaines A et B placées")),
    ("timetable.week_changed", _("Semaine A ou B changée")),
    ("timetable.alternation_created", _("Alternance créée")),
    ("timetable.alternation_changed", _("Alternance changée")),
    ("timetable.alternation_removed", _("Alternance retirée")),
    ("timetable.lesson_cancelled", _("Séance annulée")),
    ("timetable.lesson_moved", _("Séance déplacée")),
    ("timetable.lesson_replaced", _("Professeur remplacé")),
    ("timetable.lesson_room", _("Salle changée")),
    ("timetable.lesson_added", _("Séance ajoutée")),
    ("timetable.change_undone", _("Changement de séance rétabli")),
    ("timetable.pupil_read", _("L’emploi du temps d’un élève")),
    ("timetable.import_brought", _("Emploi du temps apporté")),
    ("timetable.import_agreed", _("Emploi du temps apporté accepté")),
    ("timetable.columns_named", _("Emploi du temps apporté : contenu des colonnes noté")),
    ("timetable.import_chosen", _("Emploi du temps apporté : choix entre le fichier et l’établissement")),
    ("timetable.import_dropped", _("Emploi du temps apporté abandonné")),
    ("timetable.import_applied", _("Emploi du temps apporté appliqué")),
    ("timetable.import_exported", _("Rapport d’un emploi du temps téléchargé")),
    ("timetable.changes_exported", _("Changements de séances exportés")),
    ("timetable.hours_exported", _("Heures faites exportées")),
]


def day_card(viewer: Viewer) -> Mapping[str, Any]:
    now = timezone.now()
    children = lessons.pupil_groups(viewer) if viewer.is_guardian else {}
    day = lessons.present_day(viewer, now)
    near, soon = whose.beside_home(viewer, day.day)
    beside = [*near, *studies_at_home(day, children)]
    return {
        "day": day,
        "opening": plans.opening_of(viewer, day, now),
        "of_children": plans.days_of_children(viewer, day, children, now, beside),
        "plan": plans.home_plan(viewer, day, children, now, beside),
        "soon": soon,
        "leaves": _leaves(viewer, day),
        "ahead": _ahead(viewer, day),
        "sides": list(dict.fromkeys(name for found in children.values() for name in found)),
        "viewer": viewer,
    }


def _ahead(viewer: Viewer, day: lessons.Day) -> date | None:
    """The day that a pupil prepares: the one that is shown once today is over, else the next one with lessons, were it after holidays
    (one query, on the eve of a day without any)."""
    if viewer.is_staff or viewer.is_guardian:
        return None
    if day.day > viewer.today:
        return day.day
    tomorrow = viewer.today + timedelta(days=1)
    return tomorrow if day.tomorrow else lessons.next_day_with_lessons(viewer, tomorrow)


def _leaves(viewer: Viewer, day: lessons.Day) -> list[str]:
    """When a pupil leaves today, and what tomorrow is, unless it is shown already or is no day of school."""
    if viewer.is_staff or viewer.is_guardian:
        return []
    sentences = [plans.leaves_said(day.rows, day.day, viewer.today)] if day.rows else []
    tomorrow = viewer.today + timedelta(days=1)
    if day.day == viewer.today and tomorrow.weekday() < SATURDAY:
        sentences.append(plans.leaves_said(day.tomorrow, tomorrow, viewer.today))
    return sentences


def office_card(viewer: Viewer, patterns: int) -> Mapping[str, Any]:
    return {"patterns": patterns}


boards.services.add(
    boards.Service(
        "timetable",
        _("Emploi du temps"),
        text=_("Les séances de chaque semaine, pour les classes, les enseignants et les familles."),
        namespaces=("timetable",),
        order=20,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Emploi du temps"),
        "timetable:week",
        "calendar",
        rules.reads_timetable,
        order=10,
        service="timetable",
        main=True,
        instead_of="agenda:agenda",
    )
)
boards.cards.add(
    boards.Card(
        "timetable/_now.html",
        day_card,
        rules.has_own_lessons,
        order=1,
        service="timetable",
        beside="timetable/_day.html",
    )
)
boards.cards.add(
    boards.Card(
        "timetable/_office.html",
        office_card,
        rules.edits_timetable,
        order=30,
        service="timetable",
        counters=(lessons.number_of_patterns,),
    )
)
boards.seeds.add(boards.Seed("emploi du temps", seeds.plant, seeds.open_a_lesson, order=20))

for source in [
    boards.SearchSource(
        _("Classes et groupes"),
        "users",
        lessons.classes_found,
        rules.reads_classes,
        order=40,
        service="timetable",
    ),
    boards.SearchSource(
        _("Salles"),
        "building",
        None,
        rules.reads_classes,
        order=45,
        service="timetable",
        titles=finding.titles,
        hits=finding.rooms_found,
    ),
    boards.SearchSource(
        _("Cours"), "calendar", lessons.lessons_found, rules.has_own_lessons, order=50, service="timetable"
    ),
]:
    boards.search.add(source)


def week_of(group: int) -> str:
    """The week of a class or a group."""
    return f"{reverse('timetable:week')}?classe={group}"


boards.group_links.add(
    boards.GroupLink(
        _("Emploi du temps"), week_of, "calendar", rules.reads_classes, order=10, service="timetable"
    )
)
boards.agenda.add(
    boards.AgendaSource("timetable", lessons.agenda_of, rules.has_own_lessons, order=20, service="timetable")
)

powers.add(
    Power(
        rules.TIMETABLE,
        _("Tenir l’emploi du temps"),
        _("Créer, annuler, déplacer et remplacer des séances. Ni absences, ni familles."),
        "timetable:changes",
        frozenset(rules.EDITORS),
        about_pupils=False,
        verbs=frozenset(verb for verb, _label in VERBS) - {"timetable.pupil_read"},
        order=25,
    )
)
boards.settings_pages.add(
    SettingsPage(
        _("Semaines A et B"),
        _("Quelles semaines de l’année s’appellent A ou B, et les autres alternances."),
        "timetable:weeks",
        "calendar-event",
        rules.edits_timetable,
        order=55,
        heading=SettingsHeading.SCHOOL,
        words=_("quinzaine"),
    )
)

LESSONS, SEE = _("Emploi du temps"), _("Voir le cours")
CONCERNED = _("Ce cours est le vôtre, ou celui d’un élève dont vous êtes responsable.")
for key, label, subject, body, options in [
    (
        "changed_today",
        _("Un cours change aujourd’hui ou demain"),
        _("Un cours change bientôt"),
        _("%(lesson)s, %(when)s : %(what)s.%(why)s\n%(school)s"),
        {
            "pace": Pace.AT_ONCE,
            "push": True,
            "urgent": True,
            "may_wait": True,
            "order": 20,
            "urgency": _("Demain, ce sera trop tard pour venir à l’heure, ou pour ne pas venir."),
        },
    ),
    (
        "changed",
        _("Un cours change plus tard"),
        _("Un cours change"),
        _("%(lesson)s, %(when)s : %(what)s.%(why)s\n%(school)s"),
        {"pace": Pace.DAILY, "order": 21},
    ),
    (
        "held_after_all",
        _("Un changement de cours est annulé"),
        _("Un changement de cours est annulé"),
        _("%(lesson)s, %(when)s : %(what)s.\n%(school)s"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 22},
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"timetable.{key}",
            label,
            LESSONS,
            subject,
            body,
            SEE,
            CONCERNED,
            rules.has_own_lessons,
            **options,
        )
    )

TEACHERS = dict(
    purpose=_("Organiser les cours et les faire connaître aux élèves, aux familles et aux personnels."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=on_themselves(
        _("tous les personnels"), others=(_("les élèves de ces cours et leurs responsables"),)
    ),
    keep=Retention.YEAR_PLUS_ONE,
)
COMMON = {
    "school": FieldClass.NONE,
    "year": FieldClass.NONE,
    "subject": FieldClass.NONE,
    "groups": FieldClass.NONE,
    "teachers": FieldClass.PERSONAL,
    "room": FieldClass.NONE,
}
boards.personal_data.add(
    PersonalData(
        label=_("Séances hebdomadaires"),
        model="timetable.WeeklyPattern",
        person="teachers",
        fields=COMMON
        | dict.fromkeys(["weekday", "starts_at", "ends_at", "first_day", "last_day"], FieldClass.PERSONAL)
        | dict.fromkeys(["alternation", "source", "source_key", "made_with"], FieldClass.NONE),
        **TEACHERS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Séances"),
        model="timetable.Lesson",
        person="teachers",
        fields=COMMON
        | {"pattern": FieldClass.NONE}
        | dict.fromkeys(["starts", "ends", "day", "state", "pattern_day", "revision"], FieldClass.PERSONAL),
        **TEACHERS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Changements de séances"),
        model="timetable.LessonChange",
        person="made_by",
        fields=dict.fromkeys(
            "school lesson kind room_before room_after starts_before ends_before starts_after ends_after reason origin".split(),
            FieldClass.NONE,
        )
        | dict.fromkeys(
            [
                "teacher_before",
                "teacher_after",
                "absence",
                "note",
                "made_by",
                "made_at",
                "told_at",
                "undone_by",
                "undone_at",
            ],
            FieldClass.PERSONAL,
        ),
        forget=changes.forget_notes,
        field_readers={"note": own("made_by")},
        withheld=frozenset({"absence"}),
        **TEACHERS,
    )
)

boards.personal_data.add(
    PersonalData(
        label=_("Emplois du temps apportés"),
        model="timetable.TimetableImport",
        person="",
        purpose=_(
            "Reprendre l’emploi du temps fait avec un autre logiciel, et savoir qui l’a repris. Les fichiers et l’aperçu, "
            "qui nomment des personnes, sont effacés dès que c’est appliqué ou abandonné, au plus tard après sept jours."
        ),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(Role.HEAD, Role.SECRETARY),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(["brought_by", "brought_at", "moved_at", "settled_at"], FieldClass.PERSONAL)
        | dict.fromkeys(
            ["school", "year", "source", "state", "scope", "folder", "files", "step", "report"],
            FieldClass.NONE,
        )
        | {"preview": FieldClass.PERSONAL},
    )
)

boards.personal_data.add(
    PersonalData(
        label=_("Ce que le dernier fichier disait de chaque cours"),
        model="timetable.ToldCourse",
        person="changed_by",
        purpose=_(
            "Ne pas défaire, quand un emploi du temps est apporté de nouveau, ce que des personnes ont décidé depuis."
        ),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(Role.HEAD, Role.SECRETARY),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(["school", "year", "source", "key", "pattern"], FieldClass.NONE)
        | dict.fromkeys(["said", "changed_by", "changed_at"], FieldClass.PERSONAL),
    )
)

for step in [
    boards.FirstStep(
        _("Composer l’emploi du temps"),
        _("Chaque séance se crée une fois et revient chaque semaine, hors vacances et fermetures."),
        "timetable:patterns",
        rules.edits_timetable,
        where=_("Dans « Emploi du temps »"),
        order=20,
        service="timetable",
    ),
    boards.FirstStep(
        _("Lire la semaine d’une classe"),
        _("Qui a cours, où, avec qui : la semaine de chaque classe et de chaque enseignant."),
        "timetable:week",
        rules.reads_classes_first,
        order=20,
        service="timetable",
    ),
]:
    boards.first_steps.add(step)
for verb, label in VERBS:
    boards.journal_words.add(boards.JournalWord(verb, label, names_nobody=verb == "timetable.hours_exported"))
boards.reasons_to_read.add(boards.ReasonToRead("timetable.pupil_read", _("Savoir où l’élève a cours.")))
for label, url_name, open_to, words in [
    (_("Attendus en permanence"), "timetable:study", rules.reads_study, _("étude")),
    (_("Séances hebdomadaires"), "timetable:patterns", rules.edits_timetable, _("composer cours")),
    (
        _("Changements de l’emploi du temps"),
        "timetable:changes",
        rules.edits_timetable,
        _("annuler déplacer"),
    ),
    (_("Heures faites"), "timetable:hours", rules.edits_timetable, _("HSE service")),
    (_("Importer un emploi du temps"), "timetable:imports", rules.edits_timetable, _("EDT UnDeuxTemps")),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, "calendar", open_to, words, "timetable"))
