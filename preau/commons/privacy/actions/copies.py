"""A copy of one's data that takes long: asked for, made by a task, gone after seven days."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.commons.privacy.models import DataCopy
from preau.commons.privacy.queries.held import Subject
from preau.directory.viewer import Viewer
from preau.foundation import filework
from preau.foundation.filework import FileWork

KEPT = timedelta(days=7)
COPIES = FileWork(
    "privacy.copy",
    DataCopy,
    gettext_lazy("Copie de données personnelles"),
    "privacy.copy_asked",
    lambda _row: reverse("privacy:own_data"),
    ("school", "subject", "asked_by"),
)


def ask_copy(viewer: Viewer, subject: Subject, school_id: int) -> DataCopy:
    """Ask for a copy, which this school keeps; a second click while it is being made is the same one."""
    same = {"asked_by": viewer.person, "subject": subject.person}
    facts = {"school_id": school_id, "seat": viewer.key, "expires_on": viewer.today + KEPT}
    made: DataCopy = filework.ask(COPIES, viewer, viewer.person, same, facts, subject_id=subject.person.pk)
    return made


def keep_copy(copy_id: int, name: str, content: bytes) -> bool:
    """Its file is kept; False when it was not wanted any more. Raises Refused."""

    def fill(known: DataCopy) -> None:
        known.file = keep_made(known.school_id, name, content, "application/zip")

    return filework.keep(COPIES, copy_id, fill)


@transaction.atomic
def erase_copies(today: date) -> int:
    """Let go of the copies of which the days are over: nothing owns their files any more."""
    return DataCopy.objects.over(today).delete()[0]


@transaction.atomic
def forget_copies(person_id: int) -> int:
    """Erase those that somebody asked for, or that are about them."""
    return DataCopy.objects.filter(Q(asked_by=person_id) | Q(subject=person_id)).delete()[0]
