"""The balance of a cycle for a whole school: asked by somebody, made by a task, fetched by them alone, erased after a few days."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.competences.models import CycleFile
from preau.domains.competences.models.cycle_files import KEPT
from preau.foundation import filework, journal, notices
from preau.foundation.filework import FileWork

READY = "competences.cycle_ready"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CYCLES = FileWork(
    "competences.cycle",
    CycleFile,
    gettext_lazy("Bilan de fin de cycle"),
    "competences.cycle_asked",
    lambda _row: reverse("competences:cycle_files"),
    ("school__current_year", "asked_by"),
)


@dataclass(frozen=True)
class CycleTables:
    """What a task has made: the same table twice."""

    name: str
    rows: int
    table: bytes
    workbook: bytes


def ask_cycle(viewer: Viewer, cycle: int) -> CycleFile:
    """Ask for the balance of a cycle; while one is being made for this person, asking again is the same one."""
    same = {"school_id": viewer.school_id or 0, "asked_by": viewer.person}
    facts = {"seat": viewer.key, "cycle": cycle, "expires_on": viewer.today + KEPT}
    asked: CycleFile = filework.ask(CYCLES, viewer, viewer.person, same, facts, cycle=cycle)
    return asked


def keep_cycle(file_id: int, made: CycleTables) -> bool:
    """Its files are kept, and its person is told; False when it was not wanted any more. Raises UploadRefused."""

    def fill(known: CycleFile) -> None:
        known.table = keep_made(known.school_id, f"{made.name}.csv", made.table, "text/plain")
        known.workbook = keep_made(known.school_id, f"{made.name}.xlsx", made.workbook, XLSX)
        known.rows = made.rows
        notices.publish(
            notices.News(
                kind=READY,
                person_id=known.asked_by_id,
                key=str(known.pk),
                school_id=known.school_id,
                seat=known.seat,
                url=reverse("competences:cycle_files"),
                facts={"school": known.school.name},
            )
        )
        line = journal.Line(
            "competences.cycle_made",
            school_id=known.school_id,
            target="competences.cyclefile",
            target_id=known.pk,
            details={"rows": made.rows, "cycle": known.cycle},
        )
        journal.write(line)

    return filework.keep(CYCLES, file_id, fill)


@transaction.atomic
def erase_cycle_files(school: School, today: date) -> int:
    """Let go of the files of which the days are over: nothing owns them any more, and they go the same day."""
    return CycleFile.objects.filter(school=school, expires_on__lt=today).delete()[0]


def forget_cycle_files(person_id: int) -> int:
    """Erase those that somebody asked for."""
    return CycleFile.objects.filter(asked_by_id=person_id).delete()[0]
