"""Writing absences that were noted elsewhere, before the school came: they count, and nobody is told. Taking one back."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions.follow_ups import look_again
from preau.domains.attendance.models import AbsencesImport, PastAbsence, Status
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def write_past(brought: AbsencesImport, by: Person, rows: Iterable[PastAbsence]) -> dict[str, int]:
    """Write all of these or none. No signal is sent: what is past is no news. Returns how many."""
    written = PastAbsence.objects.bulk_create(rows, batch_size=500)
    late = sum(row.kind == Status.LATE for row in written)
    counts = {"absences": len(written) - late, "latenesses": late}
    journal.write(
        journal.Line(
            verb="attendance.past_written",
            actor_id=by.pk,
            school_id=brought.school_id,
            target=brought._meta.label_lower,
            target_id=brought.pk,
            details=counts,
        )
    )
    return counts


@transaction.atomic
def withdraw_past(viewer: Viewer, past: PastAbsence) -> bool:
    """What the other program had wrong counts no more; False when it was taken back already."""
    return _turn(viewer, past, withdrawn=True)


@transaction.atomic
def restore_past(viewer: Viewer, past: PastAbsence) -> bool:
    """It was right; False when it stands already."""
    return _turn(viewer, past, withdrawn=False)


def _turn(viewer: Viewer, past: PastAbsence, *, withdrawn: bool) -> bool:
    known = lock(PastAbsence, past.pk)
    if (known.withdrawn_at is not None) == withdrawn:
        return False
    known.withdrawn_at = timezone.now() if withdrawn else None
    known.withdrawn_by = viewer.person if withdrawn else None
    known.save(update_fields=["withdrawn_at", "withdrawn_by"])
    verb = "attendance.past_withdrawn" if withdrawn else "attendance.past_restored"
    journal.record(viewer, verb, known, subject_id=known.pupil_id)
    look_again(known.school_id, [known.pupil_id])
    return True


def forget_past(person_id: int) -> int:
    """Erase the words of a file about a person; the absences stay until their legal term."""
    return PastAbsence.objects.filter(pupil_id=person_id).exclude(words="").update(words="")
