"""Archiving the cahier de textes of a class: asked by the head, made by a task, never changed afterwards."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Archive
from preau.foundation import filework, journal
from preau.foundation.filework import FileWork

ARCHIVES = FileWork(
    "homework.archive",
    Archive,
    gettext_lazy("Archive d’un cahier de textes"),
    "homework.archive_asked",
    lambda row: reverse("homework:class_book", kwargs={"pk": row.group_id}),
    ("school", "group", "year", "made_by"),
)


def ask_archive(viewer: Viewer, group: Group) -> Archive:
    """Ask for the archive of a class; while one is being made, asking again is the same one."""
    same = {"group_id": group.pk, "year_id": group.year_id}
    facts = {"school_id": group.school_id, "made_by": viewer.person}
    asked: Archive = filework.ask(ARCHIVES, viewer, group, same, facts)
    return asked


def keep_archive(archive_id: int, name: str, content: bytes, records: int) -> bool:
    """Its file is kept, and nothing of it changes any more; False when it was not wanted any more. Raises Refused."""

    def fill(known: Archive) -> None:
        file = keep_made(known.school_id, name, content, "application/pdf")
        known.records, known.file, known.sha256 = records, file, file.digest
        known.made_at = timezone.now()
        line = journal.Line(
            "homework.archived",
            school_id=known.school_id,
            target="homework.archive",
            target_id=known.pk,
            details={"records": records},
        )
        journal.write(line)

    return filework.keep(ARCHIVES, archive_id, fill)
