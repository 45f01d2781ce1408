"""What somebody takes away beside the rows: the files that they sent or were given, their own hours, and how large it all is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q, Sum

from preau.commons.agenda import queries as agenda
from preau.commons.files.models import StoredFile
from preau.commons.privacy.models import DataCopy
from preau.commons.privacy.queries.held import Subject, held_about, rows_of
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import boards
from preau.foundation.boards import AgendaEntry
from preau.identity.models import Account

# More than that is made by a task: so many rows, so many bytes of files.
MOST_ROWS, MOST_BYTES = 20_000, 20_000_000
A_YEAR = timedelta(days=366)


def files_for(subject: Subject, viewer: Viewer) -> Any:
    """The files that a person sent, and those that came with a row about them, as the reader sees them. What is the school's
    (a register, an archive) is not theirs to take."""
    sent = Q(kept_by=subject.person)
    own = sent if subject.is_own else Q(pk__in=[])
    found = sent
    entries = {one.model: one for one in boards.personal_data}
    for owner in boards.file_owners:
        entry = entries.get(owner.model)
        if entry is None or owner.outlives or owner.field in entry.withheld:
            continue
        rows = rows_of(entry, subject).exclude(**{owner.field: None})
        if owner.field in entry.field_readers:
            rows = rows.filter(entry.field_readers[owner.field].where(subject.reader.pk))
        found |= Q(pk__in=rows.order_by().values(owner.field))
    seen = StoredFile.objects.visible_to(viewer).values("pk")
    ready = StoredFile.objects.filter(state=StoredFile.State.READY)
    return ready.filter(found & (own | Q(pk__in=seen))).order_by("kept_at", "pk")


def hours_of(subject: Subject, viewer: Viewer) -> list[AgendaEntry]:
    """The lessons and events of a person, a year before and after today, in each of their seats; what may leave for a calendar alone."""
    found: dict[tuple[str, Any], AgendaEntry] = {}
    for seated in _seats_of(subject, viewer):
        entries = agenda.gathered(seated, viewer.today - A_YEAR, viewer.today + A_YEAR, for_feed=True)
        found |= {(entry.uid, entry.starts): entry for entry in entries}
    return sorted(found.values(), key=lambda one: (one.first_day, one.uid))


def _seats_of(subject: Subject, viewer: Viewer) -> Iterator[Viewer]:
    """Every seat of a person; of a child, that of whoever answers for them: not all that a pupil reads is theirs."""
    if not subject.is_own:
        child = subject.person.pk
        yield from (
            one.for_child(child)
            for one in viewer.every_seat()
            if one.is_guardian and child in one.seat.pupils
        )
        return
    account_id = Account.objects.filter(person=subject.person).values_list("pk", flat=True).first() or 0
    first = viewer_for(subject.person, account_id, viewer.moment)
    for seat in first.seats if first else ():
        seated = viewer_for(subject.person, account_id, viewer.moment, seat.key)
        if seated:
            yield seated


def school_for(viewer: Viewer) -> int | None:
    """The school that keeps the copy: that of the seat, else, of a guardian, of a child; None for whoever has none."""
    return viewer.school_id or next((place.school.pk for place in viewer.places), None)


def is_large(subject: Subject, viewer: Viewer) -> bool:
    """Does making the archive take longer than somebody waits?"""
    rows = sum(one.count for one in held_about(subject))
    weight = files_for(subject, viewer).aggregate(all=Sum("size"))["all"] or 0
    return rows > MOST_ROWS or weight > MOST_BYTES


def copies_of(viewer: Viewer, subject: Subject) -> list[DataCopy]:
    """The copies that the viewer asked for, the newest first."""
    mine = DataCopy.objects.visible_to(viewer).filter(subject=subject.person)
    return list(mine.select_related("file"))


def copy_files(viewer: Viewer) -> Any:
    """The files of those that the viewer asked for."""
    return DataCopy.objects.visible_to(viewer).exclude(file=None).values("file")


def copy_of_file(viewer: Viewer, file_id: int) -> DataCopy | None:
    return DataCopy.objects.visible_to(viewer).filter(file=file_id).first()
