"""The register of a long time: asked by somebody, made by a task, fetched by them alone, erased after a few days."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.models import Group, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import RegisterFile
from preau.domains.attendance.models.register_files import KEPT
from preau.foundation import filework, journal, notices
from preau.foundation.filework import FileWork

READY = "attendance.register_ready"
REGISTERS = FileWork(
    "attendance.register",
    RegisterFile,
    gettext_lazy("Registre des absences"),
    "attendance.register_asked",
    lambda _row: reverse("attendance:register_files"),
    ("school", "group", "asked_by"),
)


@dataclass(frozen=True)
class RegisterPapers:
    """What a task has made: the spreadsheet, and the paper where the server makes any."""

    name: str
    rows: int
    table: bytes
    paper: bytes | None


def ask_register(viewer: Viewer, first: date, last: date, group: Group | None) -> RegisterFile:
    """Ask for a register; while one is being made for this person, asking again is the same one."""
    same = {"school_id": viewer.school_id or 0, "asked_by": viewer.person}
    facts = {
        "seat": viewer.key,
        "first": first,
        "last": last,
        "group": group,
        "expires_on": viewer.today + KEPT,
    }
    asked: RegisterFile = filework.ask(REGISTERS, viewer, viewer.person, same, facts)
    return asked


def keep_register(register_id: int, made: RegisterPapers) -> bool:
    """Its files are kept, and its person is told; False when it was not wanted any more. Raises Refused."""

    def fill(known: RegisterFile) -> None:
        known.table = keep_made(known.school_id, f"{made.name}.csv", made.table, "text/plain")
        if made.paper is not None:
            known.paper = keep_made(known.school_id, f"{made.name}.pdf", made.paper, "application/pdf")
        known.rows = made.rows
        notices.publish(
            notices.News(
                kind=READY,
                person_id=known.asked_by_id,
                key=str(known.pk),
                school_id=known.school_id,
                seat=known.seat,
                url=reverse("attendance:register_files"),
                facts={"school": known.school.name},
            )
        )
        line = journal.Line(
            "attendance.register_made",
            school_id=known.school_id,
            target="attendance.registerfile",
            target_id=known.pk,
            details={"rows": made.rows},
        )
        journal.write(line)

    return filework.keep(REGISTERS, register_id, fill)


@transaction.atomic
def erase_registers(school: School, today: date) -> int:
    """Let go of the registers of which the days are over: nothing owns their files any more, which go the same day."""
    return RegisterFile.objects.filter(school=school, expires_on__lt=today).delete()[0]


def forget_registers(person_id: int) -> int:
    """Erase those that somebody asked for."""
    return RegisterFile.objects.filter(asked_by_id=person_id).delete()[0]
