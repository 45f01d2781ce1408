"""A copy of one's data that takes long: asked for, made by a task, gone after seven days."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.files.actions import keep_made
from preau.commons.privacy.models import DataCopy
from preau.commons.privacy.queries import Subject
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import journal, works
from preau.foundation.locks import lock
from preau.foundation.works import Ending

KEPT = timedelta(days=7)
# Longer than the longest copy: no task makes it any more.
LOST = timedelta(hours=2)
# Sent inside the transaction: copy_id.
copy_asked = Signal()


def work_of(copy_id: int) -> str:
    """The key of the work that makes a copy."""
    return f"privacy.copy-{copy_id}"


@transaction.atomic
def ask_copy(viewer: Viewer, subject: Subject, school_id: int) -> DataCopy:
    """Ask for a copy, which this school keeps; a second click while it is being made is the same one."""
    lock(Person, viewer.person.pk)
    going = DataCopy.objects.being_made().filter(asked_by=viewer.person, subject=subject.person)
    same: DataCopy | None = going.filter(asked_at__gt=timezone.now() - LOST).first()
    if same:
        return same
    made: DataCopy = DataCopy.objects.create(
        school_id=school_id, subject=subject.person, asked_by=viewer.person, seat=viewer.key,
        asked_at=timezone.now(), expires_on=viewer.today + KEPT,
    )  # fmt: skip
    journal.record(viewer, "privacy.copy_asked", made, subject_id=subject.person.pk)
    works.start(
        works.Asked(
            key=work_of(made.pk), label=_("Copie de données personnelles"), person_id=viewer.person.pk, seat=viewer.key,
            url=reverse("privacy:own_data"), school_id=made.school_id, can_stop=True,
        )
    )  # fmt: skip
    copy_asked.send(DataCopy, copy_id=made.pk)
    return made


@transaction.atomic
def begin_copy(copy_id: int) -> DataCopy | None:
    """The copy to make; None when it is made, given up or gone."""
    works.begin(work_of(copy_id))
    found = DataCopy.objects.being_made().select_related("school", "subject", "asked_by")
    known: DataCopy | None = found.filter(pk=copy_id).first()
    return known


@transaction.atomic
def keep_copy(copy_id: int, name: str, content: bytes) -> bool:
    """Its file is kept; False when it was not wanted any more. Raises Refused."""
    known = _being_made(copy_id)
    if known is None:
        return False
    known.file = keep_made(known.school_id, name, content, "application/zip")
    known.state = DataCopy.State.READY
    known.save(update_fields=["file", "state"])
    works.end(work_of(copy_id), ending=Ending.DONE)
    return True


@transaction.atomic
def give_up_copy(copy_id: int, *, stopped: bool = False) -> None:
    """It could not be made, its person may not have it any more, or has stopped it."""
    known = _being_made(copy_id)
    if known is None:
        return
    known.state = DataCopy.State.DROPPED if stopped else DataCopy.State.FAILED
    known.save(update_fields=["state"])
    works.end(work_of(copy_id), ending=Ending.CANCELLED if stopped else Ending.FAILED)


def _being_made(copy_id: int) -> DataCopy | None:
    making = DataCopy.objects.select_for_update(of=("self",)).being_made()
    known: DataCopy | None = making.filter(pk=copy_id).first()
    return known


@transaction.atomic
def erase_copies(today: date) -> int:
    """Let go of the copies of which the days are over: nothing owns their files any more."""
    return DataCopy.objects.over(today).delete()[0]


@transaction.atomic
def forget_copies(person_id: int) -> int:
    """Erase those that somebody asked for, or that are about them."""
    return DataCopy.objects.filter(Q(asked_by=person_id) | Q(subject=person_id)).delete()[0]
