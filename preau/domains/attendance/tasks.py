"""Work for later: telling families. Absences are never delayed by the delivery policy (docs/decisions/0025); they wait some minutes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attendance import rules
from preau.domains.attendance.actions import follow_ups, notices, register_files, seating, visits
from preau.domains.attendance.exports.registers import register_csv, register_pdf
from preau.domains.attendance.models import RegisterFile
from preau.domains.attendance.queries import summaries
from preau.foundation import filework, pdf
from preau.foundation.tasks import job


@job(priority=50)
def tell_guardians(entry_ids: list[int]) -> int:
    """Tell the guardians of the pupils just marked absent; returns how many were told. Run again, it tells the others."""
    notices.tell_corrections(entry_ids)
    waiting = notices.prepare_notices(entry_ids, timezone.localdate())
    return sum(notices.tell_guardian(notice_id) for notice_id in waiting)


@job(priority=50)
def tell_corrections(entry_ids: list[int]) -> int:
    """Tell those who had heard of these absences that they were none; returns how many were told."""
    return notices.tell_corrections(entry_ids)


@job(priority=50)
def tell_of_others(entry_ids: list[int]) -> int:
    """Tell of absences that another one stood for, which has been corrected or explained since."""
    waiting = notices.prepare_notices(entry_ids, timezone.localdate())
    return sum(notices.tell_guardian(notice_id) for notice_id in waiting)


@job()
def remind_of_calls() -> int:
    """Remind teachers of the calls of the day that they have not made."""
    return notices.remind_of_calls(timezone.now())


@job()
def watch() -> int:
    """Count again, each night, who has reached a threshold; returns how many alerts were raised."""
    raised = 0
    for school in School.objects.exclude(current_year=None).order_by("pk"):
        raised += follow_ups.watch(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
    return raised


@job()
def end_forgotten_visits() -> int:
    """End the visits that nobody has ended."""
    return visits.end_forgotten_visits()


@job()
def forget_old_plans() -> int:
    """Remove the seating plans of years that are over."""
    return seating.forget_old_plans(timezone.localdate())


@job(retries=0)
def make_register(register_id: int) -> None:
    """Make a register. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(register_files.REGISTERS, register_id, _make_register)


def _make_register(asked: RegisterFile, tell: filework.Tell) -> None:
    # Its days are those of the wall clock of the school, its rights those of today.
    with timezone.override(ZoneInfo(asked.school.timezone)):
        viewer = _asker(asked)
        if viewer is None:
            filework.give_up(register_files.REGISTERS, asked.pk)
            return
        tell(_("Lecture des absences"), 0, 3)
        found = summaries.register_between(viewer, asked.first, asked.last, asked.group, each=True)
        table = "".join(register_csv(found)).encode()
        tell(_("Mise en page"), 1, 3)
        paper = register_pdf(viewer, found, asked.group, each=True) if pdf.is_possible() else None
    tell(_("Enregistrement du document"), 2, 3)
    name = f"registre-{asked.first:%Y-%m-%d}-{asked.last:%Y-%m-%d}"
    register_files.keep_register(
        asked.pk, register_files.RegisterPapers(name, len(found.lines), table, paper)
    )


def _asker(asked: RegisterFile) -> Viewer | None:
    """Whoever asked, in the seat from which they did, if they still follow the absences of the school."""
    viewer = viewer_for(asked.asked_by, 0, timezone.now(), asked.seat)
    if viewer is None or viewer.key != asked.seat or viewer.school_id != asked.school_id:
        return None
    return viewer if rules.runs_school_life(viewer) else None


@job()
def erase_registers() -> int:
    """Erase the registers whose days are over; returns how many."""
    return sum(
        register_files.erase_registers(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
        for school in School.objects.order_by("pk")
    )


def enqueue_register(pk: int, **_: Any) -> None:
    make_register.enqueue(pk)


def enqueue_notices(entry_ids: list[int], **_: Any) -> None:
    tell_guardians.enqueue(entry_ids)


def enqueue_corrections(entry_ids: list[int], **_: Any) -> None:
    tell_corrections.enqueue(entry_ids)


def enqueue_others(entry_ids: list[int], **_: Any) -> None:
    tell_of_others.enqueue(entry_ids)
