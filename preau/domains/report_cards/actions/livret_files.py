"""The official file of a period: asked by the head, made by a task, fetched by them alone, erased after a few days."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.models import Period, School
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import LivretFile
from preau.domains.report_cards.models.livret_files import KEPT
from preau.foundation import filework, journal, notices
from preau.foundation.filework import FileWork

READY = "report_cards.livret_ready"
LIVRETS = FileWork(
    "report_cards.livret",
    LivretFile,
    gettext_lazy("Livret scolaire (LSU)"),
    "report_cards.livret_asked",
    lambda row: f"{reverse('report_cards:livret')}?periode={row.period_id}",
    ("school__current_year", "asked_by", "period__year"),
)


@dataclass(frozen=True)
class LivretMade:
    """What a task has made. `file` is empty where the list refuses it."""

    name: str
    reports: int
    errors: int
    warnings: int
    listing: bytes
    file: bytes


def ask_livret(viewer: Viewer, period: Period) -> LivretFile:
    """Ask for the livret of a period; while one is being made for this person, asking again is the same one."""
    same = {"school_id": viewer.school_id or 0, "asked_by": viewer.person}
    facts = {"seat": viewer.key, "period": period, "expires_on": viewer.today + KEPT}
    asked: LivretFile = filework.ask(LIVRETS, viewer, viewer.person, same, facts, period=period.pk)
    return asked


def keep_livret(file_id: int, made: LivretMade) -> bool:
    """Its list is kept, and its file; its person is told. False when it was not wanted any more. Raises UploadRefused."""

    def fill(known: LivretFile) -> None:
        known.listing = keep_made(known.school_id, f"{made.name}-a-corriger.csv", made.listing, "text/plain")
        if made.file:
            known.file = keep_made(known.school_id, f"{made.name}.xml", made.file, "application/xml")
        known.reports, known.errors, known.warnings = made.reports, made.errors, made.warnings
        notices.publish(
            notices.News(
                kind=READY,
                person_id=known.asked_by_id,
                key=str(known.pk),
                school_id=known.school_id,
                seat=known.seat,
                url=LIVRETS.page(known),
                facts={"school": known.school.name},
            )
        )
        line = journal.Line(
            "report_cards.livret_made",
            school_id=known.school_id,
            target="report_cards.livretfile",
            target_id=known.pk,
            details={"reports": made.reports, "errors": made.errors, "warnings": made.warnings},
        )
        journal.write(line)

    return filework.keep(LIVRETS, file_id, fill)


@transaction.atomic
def erase_livret_files(school: School, today: date) -> int:
    """Let go of the files of which the days are over: nothing owns them any more, and they go the same day."""
    return LivretFile.objects.filter(school=school, expires_on__lt=today).delete()[0]


def forget_livret_files(person_id: int) -> int:
    """Erase those that somebody asked for."""
    return LivretFile.objects.filter(asked_by_id=person_id).delete()[0]
