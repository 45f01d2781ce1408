"""What balances of a whole school show: their task, the news that they are there, who opens their files, what is held."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.competences import tasks
from preau.domains.competences.actions import cycle_files
from preau.domains.competences.models import CycleFile
from preau.domains.competences.queries import cycles
from preau.domains.competences.rules import access
from preau.foundation import boards, filework, journal
from preau.foundation.boards import Ending, FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
KEY = "competences"

filework.file_asked.connect(tasks.enqueue_cycle, sender=CycleFile, dispatch_uid="competences.cycle")
boards.schedule.add(
    boards.Scheduled("competences.erase_cycle_files", tasks.erase_cycle_files, every_minutes=24 * 60)
)
boards.endings.add(
    Ending(
        ("competences.CycleFile",),
        _("Une copie, pour qui l’a demandée, sept jours."),
        by="competences.erase_cycle_files",
    )
)


def fetched(viewer: Viewer, file: Any) -> None:
    """Whoever fetches a balance takes names out: it leaves its line, as the others do."""
    journal.record(viewer, "competences.cycle_fetched", viewer.school)


for name, files in [("table", cycles.cycle_tables), ("workbook", cycles.cycle_workbooks)]:
    boards.file_owners.add(
        boards.FileOwner("competences.CycleFile", name, files, outlives=True, read=fetched, service=KEY)
    )
for verb, label in [
    ("competences.cycle_asked", _("Bilan de cycle demandé")),
    ("competences.cycle_made", _("Bilan de cycle préparé")),
    ("competences.cycle_fetched", _("Bilan de cycle ouvert")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.notification_kinds.add(
    NotificationKind(
        "competences.cycle_ready",
        _("Un bilan de cycle prêt"),
        _("Compétences"),
        _("Vos fichiers sont prêts"),
        _("Le bilan de cycle que vous avez demandé est prêt, pour sept jours (%(school)s)."),
        _("Les ouvrir"),
        _("Vous avez demandé ces fichiers."),
        access.reads_every_class,
        pace=Pace.NEVER,
        order=38,
    )
)
boards.personal_data.add(
    PersonalData(
        _("Bilans de cycle préparés"),
        "competences.CycleFile",
        "asked_by",
        purpose=_(
            "Suivre ce que les élèves savent, en tirer le bilan des cycles, et le faire connaître aux familles."
        ),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(),
        keep=Retention.MONTH,
        fields=dict.fromkeys(
            ["school", "seat", "cycle", "state", "rows", "table", "workbook", "expires_on"], NONE
        )
        | dict.fromkeys(["asked_by", "asked_at"], PERSONAL),
        forget=cycle_files.forget_cycle_files,
    )
)
