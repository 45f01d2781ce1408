"""What the official file shows: its page, its task, the news that it is there, who opens its files, what is held."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.report_cards import tasks
from preau.domains.report_cards.actions import livret_files
from preau.domains.report_cards.models import LivretFile
from preau.domains.report_cards.queries.livret import files
from preau.domains.report_cards.rules.livret import makes_livret
from preau.foundation import boards, filework, journal
from preau.foundation.boards import Ending, FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
KEY = "report_cards"

filework.file_asked.connect(tasks.enqueue_livret, sender=LivretFile, dispatch_uid="report_cards.livret")
boards.schedule.add(
    boards.Scheduled("report_cards.erase_livret_files", tasks.erase_livret_files, every_minutes=24 * 60)
)
boards.site_pages.add(
    boards.SitePage(
        _("Livret scolaire (LSU)"),
        "report_cards:livret",
        "file-text",
        makes_livret,
        words=_("lsu livret scolaire unique export ministère remontée bilans"),
        service=KEY,
    )
)
boards.endings.add(
    Ending(
        ("report_cards.LivretFile",),
        _("Une copie, pour qui l’a demandée, sept jours."),
        by="report_cards.erase_livret_files",
    )
)


def fetched(viewer: Viewer, file: Any) -> None:
    """Whoever fetches a livret takes names out: it leaves its line, as the others do."""
    journal.record(viewer, "report_cards.livret_fetched", viewer.school)


for name, owned in [("listing", files.livret_listings), ("file", files.livret_documents)]:
    boards.file_owners.add(
        boards.FileOwner("report_cards.LivretFile", name, owned, outlives=True, read=fetched, service=KEY)
    )
for verb, label in [
    ("report_cards.livret_asked", _("Livret scolaire demandé")),
    ("report_cards.livret_made", _("Livret scolaire préparé")),
    ("report_cards.livret_fetched", _("Livret scolaire ouvert")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.notification_kinds.add(
    NotificationKind(
        "report_cards.livret_ready",
        _("Un livret scolaire prêt"),
        _("Bulletins et conseils"),
        _("Votre fichier est prêt"),
        _("Le livret scolaire que vous avez demandé est vérifié, pour sept jours (%(school)s)."),
        _("L’ouvrir"),
        _("Vous avez demandé ce fichier."),
        makes_livret,
        pace=Pace.NEVER,
        order=39,
    )
)
boards.personal_data.add(
    PersonalData(
        _("Livrets scolaires préparés"),
        "report_cards.LivretFile",
        "asked_by",
        purpose=_("Transmettre au ministère le livret scolaire de chaque élève."),
        legal_basis=_("Obligation légale : Code de l’éducation, articles D. 311-6 à D. 311-9."),
        readers=on_themselves(),
        keep=Retention.MONTH,
        fields=dict.fromkeys(
            [
                "school",
                "period",
                "seat",
                "state",
                "errors",
                "warnings",
                "reports",
                "listing",
                "file",
                "expires_on",
            ],
            NONE,
        )
        | dict.fromkeys(["asked_by", "asked_at"], PERSONAL),
        forget=livret_files.forget_livret_files,
    )
)
