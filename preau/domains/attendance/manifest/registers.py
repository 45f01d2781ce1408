"""What registers that take long show: their task, the news that they are there, who opens their files, what is held."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.attendance import rules, tasks
from preau.domains.attendance.actions import register_files
from preau.domains.attendance.models import RegisterFile
from preau.domains.attendance.queries import summaries
from preau.foundation import boards, filework, journal
from preau.foundation.boards import FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
KEY = "attendance"

filework.file_asked.connect(tasks.enqueue_register, sender=RegisterFile, dispatch_uid="attendance.register")
boards.schedule.add(
    boards.Scheduled("attendance.erase_registers", tasks.erase_registers, every_minutes=24 * 60)
)


def fetched(viewer: Viewer, file: Any) -> None:
    """Whoever fetches a register takes names out: it leaves its line, as the others do."""
    journal.record(viewer, "attendance.register_fetched", viewer.school)


def month_page(group: int) -> str:
    """The register of a class for this month."""
    return reverse("attendance:month", kwargs={"pk": group})


boards.group_links.add(
    boards.GroupLink(
        _("Registre d’appel du mois"), month_page, "calendar", rules.reads_month_of, order=28, service=KEY
    )
)
for name, files in [("table", summaries.register_tables), ("paper", summaries.register_papers)]:
    boards.file_owners.add(
        boards.FileOwner("attendance.RegisterFile", name, files, outlives=True, read=fetched, service=KEY)
    )
for verb, label in [
    ("attendance.register_asked", _("Registre d’absences demandé")),
    ("attendance.register_made", _("Registre d’absences préparé")),
    ("attendance.register_fetched", _("Registre d’absences ouvert")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.notification_kinds.add(
    NotificationKind(
        "attendance.register_ready",
        _("Un registre prêt"),
        _("Vie scolaire"),
        _("Vos fichiers sont prêts"),
        _("Le registre que vous avez demandé est prêt, pour sept jours (%(school)s)."),
        _("Les ouvrir"),
        _("Vous avez demandé ces fichiers."),
        rules.runs_school_life,
        pace=Pace.NEVER,
        order=37,
    )
)
boards.personal_data.add(
    PersonalData(
        _("Registres d’absences préparés"),
        "attendance.RegisterFile",
        "asked_by",
        purpose=_("Savoir où sont les élèves, prévenir les familles et suivre l’assiduité."),
        legal_basis=_("Obligation légale et mission d’intérêt public (RGPD, articles 6.1.c et 6.1.e)."),
        readers=on_themselves(),
        keep=Retention.MONTH,
        fields=dict.fromkeys(
            ["school", "seat", "first", "last", "group", "state", "rows", "table", "paper", "expires_on"],
            NONE,
        )
        | dict.fromkeys(["asked_by", "asked_at"], PERSONAL),
        forget=register_files.forget_registers,
    )
)
