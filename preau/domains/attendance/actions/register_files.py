"""The register of a long time: asked by somebody, made by a task, fetched by them alone, erased after a few days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.files.actions import keep_made
from preau.directory.models import Group, Person, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import RegisterFile
from preau.domains.attendance.models.register_files import KEPT
from preau.foundation import journal, notices, works
from preau.foundation.locks import lock
from preau.foundation.works import Ending

register_asked = Signal()  # register_id: nobody makes it yet
State = RegisterFile.State
READY = "attendance.register_ready"
# Longer than the longest register: no task makes it any more.
LOST = timedelta(hours=2)


@dataclass(frozen=True)
class Made:
    """What a task has made: the spreadsheet, and the paper where the server makes any."""

    name: str
    rows: int
    table: bytes
    paper: bytes | None


def work_of(register_id: int) -> str:
    """The key of the work that makes a register."""
    return f"attendance.register-{register_id}"


@transaction.atomic
def ask_register(viewer: Viewer, first: date, last: date, group: Group | None) -> RegisterFile:
    """Ask for a register; while one is being made for this person, asking again is the same one."""
    lock(Person, viewer.person.pk)
    making = RegisterFile.objects.being_made().filter(school_id=viewer.school_id or 0, asked_by=viewer.person)
    known: RegisterFile | None = making.first()
    if known and known.asked_at > timezone.now() - LOST:
        return known
    if known:
        _end(known, State.FAILED)
    made: RegisterFile = RegisterFile.objects.create(
        school_id=viewer.school_id or 0, asked_by=viewer.person, seat=viewer.key, asked_at=timezone.now(),
        first=first, last=last, group=group, expires_on=viewer.today + KEPT,
    )  # fmt: skip
    journal.record(viewer, "attendance.register_asked", made)
    works.start(
        works.Asked(
            key=work_of(made.pk), label=_("Registre des absences"), person_id=viewer.person.pk,
            url=reverse("attendance:register_files"), school_id=made.school_id, seat=viewer.key, can_stop=True,
        )
    )  # fmt: skip
    register_asked.send(RegisterFile, register_id=made.pk)
    return made


# Said by the task, which may be late, or run twice


@transaction.atomic
def begin_register(register_id: int) -> RegisterFile | None:
    """The register to make; None when it is made, given up or lost."""
    works.begin(work_of(register_id))
    found = RegisterFile.objects.being_made().select_related("school", "group", "asked_by")
    known: RegisterFile | None = found.filter(pk=register_id).first()
    return known


@transaction.atomic
def keep_register(register_id: int, made: Made) -> bool:
    """Its files are kept, and its person is told; False when it was not wanted any more. Raises Refused."""
    known = _locked(register_id)
    if known is None:
        return False
    known.table = keep_made(known.school_id, f"{made.name}.csv", made.table, "text/plain")
    if made.paper is not None:
        known.paper = keep_made(known.school_id, f"{made.name}.pdf", made.paper, "application/pdf")
    known.state, known.rows = State.READY, made.rows
    known.save()
    works.end(work_of(register_id), ending=Ending.DONE)
    notices.publish(
        notices.News(
            kind=READY, person_id=known.asked_by_id, key=str(known.pk), school_id=known.school_id, seat=known.seat,
            url=reverse("attendance:register_files"), facts={"school": known.school.name},
        )
    )  # fmt: skip
    line = journal.Line(
        "attendance.register_made", school_id=known.school_id, target="attendance.registerfile", target_id=known.pk,
        details={"rows": made.rows},
    )  # fmt: skip
    journal.write(line)
    return True


@transaction.atomic
def give_up_register(register_id: int, *, stopped: bool = False) -> None:
    """It could not be made, its person may not have it any more, or has stopped it."""
    known = _locked(register_id)
    if known is not None:
        _end(known, State.DROPPED if stopped else State.FAILED)


def _end(known: RegisterFile, state: str) -> None:
    known.state = state
    known.save(update_fields=["state"])
    works.end(work_of(known.pk), ending=Ending.CANCELLED if state == State.DROPPED else Ending.FAILED)


def _locked(register_id: int) -> RegisterFile | None:
    making = RegisterFile.objects.select_for_update(of=("self",)).being_made().select_related("school")
    known: RegisterFile | None = making.filter(pk=register_id).first()
    return known


@transaction.atomic
def erase_registers(school: School, today: date) -> int:
    """Let go of the registers of which the days are over: nothing owns their files any more, which go the same day."""
    return RegisterFile.objects.filter(school=school, expires_on__lt=today).delete()[0]


def forget_registers(person_id: int) -> int:
    """Erase those that somebody asked for."""
    return RegisterFile.objects.filter(asked_by_id=person_id).delete()[0]
