"""What the timetable shows to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.actions import calendar_changed
from preau.directory.viewer import Viewer
from preau.domains.timetable import queries, rules, seeds, tasks
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention

calendar_changed.connect(tasks.enqueue_calendar, dispatch_uid="timetable.calendar")


def day_card(viewer: Viewer) -> Mapping[str, Any]:
    now = timezone.now()
    children = queries.pupil_groups(viewer) if viewer.is_guardian else {}
    return {"day": queries.present_day(viewer, now), "now": now, "viewer": viewer, "children": children}


def office_card(viewer: Viewer) -> Mapping[str, Any]:
    return {"patterns": queries.number_of_patterns(viewer)}


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
        order=20,
        service="timetable",
    )
)
boards.cards.add(
    boards.Card("timetable/_day.html", day_card, rules.has_own_lessons, order=10, service="timetable")
)
boards.cards.add(
    boards.Card("timetable/_office.html", office_card, rules.edits_timetable, order=30, service="timetable")
)
boards.seeds.add(boards.Seed("emploi du temps", seeds.plant, seeds.open_a_lesson, order=20))

for source in [
    boards.SearchSource(
        _("Classes et groupes"), "users", queries.classes_found, rules.reads_classes, order=40,
        service="timetable",
    ),
    boards.SearchSource(
        _("Cours"), "calendar", queries.lessons_found, rules.has_own_lessons, order=50, service="timetable"
    ),
]:  # fmt: skip
    boards.search.add(source)

boards.agenda.add(
    boards.AgendaSource("timetable", queries.agenda_of, rules.has_own_lessons, order=20, service="timetable")
)

TEACHERS = dict(
    purpose=_("Organiser les cours et les faire connaître aux élèves, aux familles et aux personnels."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    recipients=_("Les personnels de l’établissement, les élèves concernés et leurs responsables."),
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
        | dict.fromkeys(["weekday", "starts_at", "ends_at", "first_day", "last_day"], FieldClass.PERSONAL),
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
        | dict.fromkeys(["starts", "ends", "day"], FieldClass.PERSONAL),
        **TEACHERS,
    )
)

for step in [
    boards.FirstStep(
        _("Composer l’emploi du temps"),
        _("Chaque séance se crée une fois et revient chaque semaine, hors vacances et fermetures."),
        "timetable:patterns", rules.edits_timetable, where=_("Dans « Emploi du temps »"), order=20,
        service="timetable",
    ),
    boards.FirstStep(
        _("Lire la semaine d’une classe"),
        _("Qui a cours, où, avec qui : la semaine de chaque classe et de chaque enseignant."),
        "timetable:week", rules.reads_classes_first, order=20, service="timetable",
    ),
]:  # fmt: skip
    boards.first_steps.add(step)
for verb, label in [
    ("timetable.weekly_lesson_created", _("Séance de chaque semaine créée")),
    ("timetable.weekly_lesson_stopped", _("Séance de chaque semaine arrêtée")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
