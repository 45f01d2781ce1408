"""Saying that the list of a lesson is wrong, and that it is mended."""

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, EntryChange, ListRemark, Status
from preau.domains.timetable.models import Lesson
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def remark(viewer: Viewer, lesson: Lesson, pupil: Person, kind: str) -> bool:
    """Tell the secretary; a pupil who is there is on the roll at once, present. False when it was said already."""
    # The lock of the roll: nobody notes the pupil meanwhile.
    Lesson.objects.select_for_update().only("pk").get(pk=lesson.pk)
    if kind == ListRemark.Kind.MISSING:
        _on_the_roll(viewer, lesson, pupil)
    if ListRemark.objects.open().filter(lesson=lesson, pupil=pupil).exists():
        return False
    row = ListRemark.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        pupil=pupil,
        kind=kind,
        said_by=viewer.person,
        said_at=timezone.now(),
    )
    journal.record(viewer, "attendance.list_remarked", row, subject_id=pupil.pk, kind=kind)
    return True


def _on_the_roll(viewer: Viewer, lesson: Lesson, pupil: Person) -> None:
    """An entry « present »: the register holds those of whom something was noted."""
    entry, made = Entry.objects.get_or_create(
        lesson=lesson,
        pupil=pupil,
        defaults={"school_id": lesson.school_id, "day": lesson.day, "status": Status.PRESENT},
    )
    if made:
        EntryChange.objects.create(
            school_id=lesson.school_id,
            entry=entry,
            status=Status.PRESENT,
            changed_by=viewer.person,
            changed_at=timezone.now(),
        )


@transaction.atomic
def settle_remark(viewer: Viewer, said: ListRemark) -> bool:
    """The list is mended, or was right; False when somebody had said so already."""
    said = lock(ListRemark, said.pk)
    if said.settled_at:
        return False
    said.settled_by, said.settled_at = viewer.person, timezone.now()
    said.save(update_fields=["settled_by", "settled_at"])
    journal.record(viewer, "attendance.list_remark_settled", said, subject_id=said.pupil_id)
    return True
