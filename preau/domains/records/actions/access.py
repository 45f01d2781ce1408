"""Who may open a record: added by name, ended on a day; a record that nobody opens any more, handed to somebody by the head."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.records.actions import telling
from preau.domains.records.models import Orphan, Reader, Record
from preau.foundation import journal
from preau.foundation.locks import lock


class LastOne(Exception):
    """Nobody else could open the record."""


class ReadAlready(Exception):
    """Somebody may open the record: the head has nobody to choose."""


@transaction.atomic
def add_reader(viewer: Viewer, record: Record, person: Person, reason: str, until: date | None) -> Reader:
    """Let somebody open a record; whoever is on the list already gets this last day."""
    lock(Record, record.pk)
    known = Reader.objects.filter(record=record, person=person, ended_at=None).first()
    if known and (known.reason, known.until) == (reason, until):
        return known
    if known:
        known.ended_by, known.ended_at = viewer.person, timezone.now()
        known.save(update_fields=["ended_by", "ended_at"])
    return _add(viewer, record, person, reason, until)


def _add(viewer: Viewer, record: Record, person: Person, reason: str, until: date | None = None) -> Reader:
    reader: Reader = Reader.objects.create(
        school_id=record.school_id,
        record=record,
        person=person,
        reason=reason,
        until=until,
        added_by=viewer.person,
        added_at=timezone.now(),
    )
    journal.record(viewer, "records.reader_added", record, subject_id=record.pupil_id, reader=person.pk)
    telling.tell_reader(reader)
    return reader


@transaction.atomic
def end_reader(viewer: Viewer, reader: Reader) -> bool:
    """From now on they open it no more; False when it had ended. Raises LastOne."""
    record = lock(Record, reader.record_id)
    reader = Reader.objects.get(pk=reader.pk)
    if reader.ended_at:
        return False
    others = Reader.objects.active(viewer.today).filter(record=record).exclude(pk=reader.pk)
    if not others.exists():
        raise LastOne
    reader.ended_by, reader.ended_at = viewer.person, timezone.now()
    reader.save(update_fields=["ended_by", "ended_at"])
    journal.record(
        viewer,
        "records.reader_ended",
        record,
        subject_id=record.pupil_id,
        reader=reader.person_id,
    )
    return True


@transaction.atomic
def entrust(viewer: Viewer, record: Record, person: Person) -> Reader:
    """The head names somebody for a record that nobody here may open, without opening it. Raises ReadAlready."""
    lock(Record, record.pk)
    if not Orphan.objects.visible_to(viewer).filter(pk=record.pk).exists():
        raise ReadAlready
    # Left on the list by somebody who has come back, or whose last day is over.
    Reader.objects.filter(record=record, person=person, ended_at=None).update(
        ended_by=viewer.person, ended_at=timezone.now()
    )
    return _add(viewer, record, person, Reader.Reason.ENTRUSTED)
