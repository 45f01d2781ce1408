"""What becomes of marks when somebody is erased: what was assessed stays, as the school's document, until its term."""

from preau.domains.gradebook.models import Mark, MarkChange, Reopening


def forget_marks(person_id: int) -> int:
    """Erase the marks of a pupil."""
    return Mark.objects.filter(pupil_id=person_id).delete()[0]


def forget_reopenings(person_id: int) -> int:
    """Erase why a period was opened again to a teacher."""
    return Reopening.objects.filter(teacher_id=person_id).delete()[0]


def forget_changes(person_id: int) -> int:
    """Erase what the marks of a pupil were."""
    return MarkChange.objects.filter(pupil_id=person_id).delete()[0]
