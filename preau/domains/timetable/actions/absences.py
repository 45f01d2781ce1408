"""A teacher is away: announced, confirmed, withdrawn; and the cause that is not kept longer than it serves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.actions.cover_news import tell_of_absence, tell_of_answer
from preau.domains.timetable.actions.covering import cancel_asks
from preau.domains.timetable.actions.giving import undo_all
from preau.domains.timetable.models import TeacherAbsence
from preau.foundation import journal
from preau.foundation.locks import lock

CAUSE_KEPT = timedelta(days=30)
DAY = timedelta(days=1)


class AlreadyAway(Exception):
    """This teacher is already away at some moment of this span: `absence` says which one."""

    def __init__(self, absence: TeacherAbsence) -> None:
        super().__init__()
        self.absence = absence


class AlreadyWithdrawn(Exception):
    """This absence was withdrawn before."""


class AlreadyConfirmed(Exception):
    """This absence was confirmed before."""


@transaction.atomic
def announce_absence(
    viewer: Viewer, teacher: Person, starts: datetime, ends: datetime, cause: str = ""
) -> TeacherAbsence:
    """Write that a teacher is away; said by themselves, it waits for the school's word. Raises AlreadyAway."""
    school = viewer.school
    assert school  # noqa: S101 - the rule of the page wants one
    lock(SchoolYear, school.current_year_id)
    known = (
        TeacherAbsence.objects.standing().filter(school=school, teacher=teacher).over(starts, ends).first()
    )
    if known:
        raise AlreadyAway(known)
    now, office = timezone.now(), rules.organises_covers(viewer)
    absence = TeacherAbsence.objects.create(
        school=school,
        teacher=teacher,
        starts=starts,
        ends=ends,
        cause=cause,
        announced_by_id=viewer.person.pk,
        announced_at=now,
        confirmed_by_id=viewer.person.pk if office else None,
        confirmed_at=now if office else None,
    )
    journal.record(viewer, "timetable.absence_announced", absence, subject_id=teacher.pk)
    if not office:
        tell_of_absence(absence)
    return absence


@transaction.atomic
def confirm_absence(viewer: Viewer, absence: TeacherAbsence) -> TeacherAbsence:
    """The school takes note of what a teacher said. Raises AlreadyConfirmed, AlreadyWithdrawn."""
    absence = _locked(absence)
    if absence.confirmed_at:
        raise AlreadyConfirmed
    absence.confirmed_at, absence.confirmed_by_id = timezone.now(), viewer.person.pk
    absence.save(update_fields=["confirmed_at", "confirmed_by"])
    journal.record(viewer, "timetable.absence_confirmed", absence, subject_id=absence.teacher_id)
    tell_of_answer(viewer, absence)
    return absence


@transaction.atomic
def withdraw_absence(viewer: Viewer, absence: TeacherAbsence, *, give_back: bool = False) -> tuple[int, int]:
    """The teacher is there after all: what was asked is no longer asked.

    Covers that were accepted stay; with `give_back`, what was done for this absence is undone where it still can be.
    Returns how many lessons came back and how many could not. Raises AlreadyWithdrawn.
    """
    # The years first, as whoever gives or settles these lessons.
    first, last = absence.starts.date() - DAY, absence.ends.date() + DAY
    years = SchoolYear.objects.filter(school=absence.school_id, starts__lte=last, ends__gte=first)
    for year in years.order_by("pk").values_list("pk", flat=True):
        lock(SchoolYear, year)
    absence = _locked(absence)
    absence.withdrawn_at, absence.withdrawn_by_id = timezone.now(), viewer.person.pk
    absence.save(update_fields=["withdrawn_at", "withdrawn_by"])
    cancel_asks(viewer, absence.asks.waiting())  # type: ignore[attr-defined]
    changes = absence.changes.in_force().filter(lesson__ends__gt=timezone.now())  # type: ignore[attr-defined]
    back, stay = undo_all(viewer, changes) if give_back else (0, 0)
    journal.record(
        viewer, "timetable.absence_withdrawn", absence, subject_id=absence.teacher_id, lessons=back
    )
    tell_of_answer(viewer, absence)
    return back, stay


def _locked(absence: TeacherAbsence) -> TeacherAbsence:
    absence = lock(TeacherAbsence, absence.pk, "teacher", "school")
    if absence.is_withdrawn:
        raise AlreadyWithdrawn
    return absence


@transaction.atomic
def forget_causes(now: datetime) -> int:
    """Empty the causes of absences that ended thirty days ago. Returns how many."""
    old = TeacherAbsence.objects.filter(ends__lt=now - CAUSE_KEPT).exclude(cause="")
    return old.update(cause="")
