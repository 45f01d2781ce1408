"""What the slots of the day show to the rest: a page of the settings, who watches over what, words of the journal."""

from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.queries import held
from preau.foundation import boards, dates
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves

for verb, label in [
    ("timetable.slot_created", _("Créneau de cantine ou de permanence créé")),
    ("timetable.slot_changed", _("Créneau de cantine ou de permanence changé")),
    ("timetable.slot_removed", _("Créneau de cantine ou de permanence retiré")),
    ("timetable.study_read", _("Les élèves attendus en permanence")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("timetable.study_read", _("Savoir qui est attendu en permanence."))
)


def works_here(viewer: Viewer) -> bool:
    return viewer.is_staff


boards.agenda.add(
    boards.AgendaSource("timetable.held", held.agenda_of, works_here, order=21, service="timetable")
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Cantine et permanence"),
        _("Les services de la cantine et les heures de permanence, que chaque élève lit dans sa semaine."),
        "timetable:slots",
        "clock",
        rules.keeps_slots,
        order=56,
        heading=boards.SettingsHeading.SCHOOL,
        words=_("self demi-pension étude"),
    )
)
boards.first_steps.add(
    boards.FirstStep(
        _("Voir qui est attendu en permanence"),
        _("Les élèves sans cours à cette heure, mais qui en ont avant et après, avec leur classe."),
        "timetable:study",
        rules.reads_study,
        where=_("Dans « Vie scolaire »"),
        order=47,
        service="timetable",
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Surveillance de la cantine et de la permanence"),
        model="timetable.DaySlot",
        person="watchers",
        purpose=_("Organiser la journée des élèves à côté des cours, et savoir qui les surveille."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(
            _("tous les personnels"),
            others=(_("pour les heures et la salle, les élèves et leurs responsables"),),
        ),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(["school", "year", "kind", "room", "places", "groups"], FieldClass.NONE)
        | dict.fromkeys(["name", "weekdays", "starts_at", "ends_at", "watchers"], FieldClass.PERSONAL),
        says={"weekdays": lambda days: ", ".join(dates.DAYS[day] for day in days)},
    )
)
