"""Archiving the cahier de textes of a class: asked by the head, made by a task, never changed afterwards."""

from datetime import timedelta

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.files.actions import keep_made
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Archive
from preau.foundation import journal, works
from preau.foundation.locks import lock
from preau.foundation.works import Ending

archive_asked = Signal()  # archive_id: nobody makes it yet
State = Archive.State
# Longer than the longest archive: no task makes it any more.
LOST = timedelta(hours=2)


@transaction.atomic
def ask_archive(viewer: Viewer, group: Group) -> Archive:
    """Ask for the archive of a class; while one is being made, asking again is the same one."""
    lock(Group, group.pk)
    making = Archive.objects.being_made().filter(group=group.pk, year=group.year_id)
    known: Archive | None = making.first()
    if known and known.asked_at > timezone.now() - LOST:
        return known
    if known:
        _end(known, State.FAILED)
    made: Archive = Archive.objects.create(
        school_id=group.school_id, group_id=group.pk, year_id=group.year_id, made_by=viewer.person,
        asked_at=timezone.now(),
    )  # fmt: skip
    journal.record(viewer, "homework.archive_asked", made)
    _start_work(viewer, made)
    archive_asked.send(Archive, archive_id=made.pk)
    return made


def _start_work(viewer: Viewer, made: Archive) -> None:
    works.start(
        works.Asked(
            key=work_of(made.pk),
            label=_("Archive d’un cahier de textes"),
            person_id=viewer.person.pk,
            url=reverse("homework:class_book", kwargs={"pk": made.group_id}),
            school_id=made.school_id,
            seat=viewer.key,
            can_stop=True,
        )
    )


def work_of(archive_id: int) -> str:
    """The key of the work that makes an archive."""
    return f"homework.archive-{archive_id}"


# Said by the task, which may be late, or run twice


@transaction.atomic
def begin_archive(archive_id: int) -> Archive | None:
    """The archive to make; None when it is made, given up or lost."""
    works.begin(work_of(archive_id))
    found = Archive.objects.select_related("school", "group", "year", "made_by")
    known: Archive | None = found.being_made().filter(pk=archive_id).first()
    return known


@transaction.atomic
def keep_archive(archive_id: int, name: str, content: bytes, records: int) -> bool:
    """Its file is kept, and nothing of it changes any more; False when it was not wanted any more. Raises Refused."""
    known = _locked(archive_id)
    if known is None:
        return False
    file = keep_made(known.school_id, name, content, "application/pdf")
    known.state, known.records, known.file, known.sha256 = State.READY, records, file, file.digest
    known.made_at = timezone.now()
    known.save()
    works.end(work_of(archive_id), ending=Ending.DONE)
    line = journal.Line(
        "homework.archived", school_id=known.school_id, target="homework.archive", target_id=known.pk,
        details={"records": records},
    )  # fmt: skip
    journal.write(line)
    return True


@transaction.atomic
def give_up_archive(archive_id: int, *, stopped: bool = False) -> None:
    """It could not be made, or its person has stopped it."""
    known = _locked(archive_id)
    if known is not None:
        _end(known, State.DROPPED if stopped else State.FAILED)


def _end(known: Archive, state: str) -> None:
    known.state = state
    known.save(update_fields=["state"])
    works.end(work_of(known.pk), ending=Ending.CANCELLED if state == State.DROPPED else Ending.FAILED)


def _locked(archive_id: int) -> Archive | None:
    making = Archive.objects.select_for_update(of=("self",)).being_made()
    known: Archive | None = making.filter(pk=archive_id).first()
    return known
