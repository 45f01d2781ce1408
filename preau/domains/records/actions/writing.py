"""Opening a record, writing a new version of it, closing it; reminding of its review."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import arrangements
from preau.domains.records import rules
from preau.domains.records.actions import telling
from preau.domains.records.models import Reader, Record, Version, Words
from preau.foundation import journal
from preau.foundation.locks import lock


class WrittenSince(Exception):
    """Somebody has written another version since the page was shown; `words` are those of today."""

    def __init__(self, record: Record, words: Words) -> None:
        self.record, self.words = record, words
        super().__init__()


class Unreadable(Exception):
    """No key opens what the record says."""


class RecordClosed(Exception):
    """The record was closed in the meantime."""


@dataclass(frozen=True)
class RecordWords:
    """What a form says: the words, whether the emergency is shown, the day of the review."""

    words: Words
    review_on: date
    shows_emergency: bool = False


def of_school(viewer: Viewer) -> School:
    """The school where this viewer acts. Raises LookupError for who acts in none: no rule lets them write here."""
    if viewer.school is None:
        raise LookupError("Records are of a school.")
    return viewer.school


@transaction.atomic
def open_record(viewer: Viewer, pupil: Person, kind: str, written: RecordWords, sent_as: str = "") -> Record:
    """Open a record, whose only reader is its author. The same form sent twice opens one."""
    school = of_school(viewer)
    Person.objects.select_for_update().only("pk").get(pk=viewer.person.pk)
    known = Record.objects.filter(opened_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    now = timezone.now()
    record: Record = Record.objects.create(
        school=school,
        pupil=pupil,
        kind=kind,
        shows_emergency=written.shows_emergency,
        review_on=written.review_on,
        opened_by=viewer.person,
        opened_at=now,
        sent_as=sent_as,
    )
    _write(viewer, record, written.words, "")
    Reader.objects.create(
        school=school,
        record=record,
        person=viewer.person,
        reason=Reader.Reason.AUTHOR,
        added_by=viewer.person,
        added_at=now,
    )
    _note(viewer, record, "opened")
    telling.tell(viewer, record, "opened")
    return record


def _write(viewer: Viewer, record: Record, words: Words, changed: str) -> None:
    held, emergency = record.seal(words)
    Version.objects.create(
        school_id=record.school_id,
        record=record,
        number=record.revision,
        sealed=held,
        sealed_emergency=emergency,
        changed=changed,
        by=viewer.person,
        at=timezone.now(),
    )


def _note(viewer: Viewer, record: Record, gesture: str, **details: str | int | None) -> None:
    journal.record(viewer, f"records.{gesture}", record, subject_id=record.pupil_id, **details)


def locked(record: Record) -> Record:
    """The record as it is now, kept from others until the end. Raises RecordClosed."""
    found = lock(Record, record.pk)
    if not found.is_open:
        raise RecordClosed
    return found


def version_of(record: Record) -> Version:
    found: Version = record.versions.get(number=record.revision)
    return found


@transaction.atomic
def revise(viewer: Viewer, record: Record, written: RecordWords, seen: int) -> bool:
    """Write a new version beside the others; False when it says what the last one does. Raises WrittenSince, RecordClosed, Unreadable."""
    record = locked(record)
    now = record.open(version_of(record))
    if now is None:
        raise Unreadable
    changed = written.words.changed_from(now)
    for name in ("review_on", "shows_emergency"):
        if getattr(record, name) != getattr(written, name):
            changed.append(name)
    if not changed:
        return False
    if seen != record.revision:
        raise WrittenSince(record, now)
    record.revision += 1
    record.review_on, record.shows_emergency = written.review_on, written.shows_emergency
    record.save(update_fields=["revision", "review_on", "shows_emergency"])
    _write(viewer, record, written.words, ",".join(changed))
    _note(viewer, record, "revised", version=record.revision)
    telling.settle_review(record)
    telling.tell(viewer, record, f"v{record.revision}")
    return True


@transaction.atomic
def close(viewer: Viewer, record: Record) -> bool:
    """It is over: its measures end, its list still reads it. False when it was closed already."""
    try:
        record = locked(record)
    except RecordClosed:
        return False
    for measure in record.measures.filter(arrangement__ended_at=None).select_related("arrangement"):
        arrangements.end_arrangement(viewer, measure.arrangement)
    record.state, record.closed_by, record.closed_at = Record.State.CLOSED, viewer.person, timezone.now()
    record.save(update_fields=["state", "closed_by", "closed_at"])
    _note(viewer, record, "closed")
    telling.settle_review(record)
    telling.tell(viewer, record, f"closed-{record.revision}")
    return True


@transaction.atomic
def reopen(viewer: Viewer, record: Record) -> bool:
    """A record closed by mistake goes on; its measures are noted again by hand. False when it is open already."""
    record = lock(Record, record.pk)
    if record.is_open:
        return False
    record.state, record.closed_by, record.closed_at = Record.State.OPEN, None, None
    record.save(update_fields=["state", "closed_by", "closed_at"])
    _note(viewer, record, "reopened")
    return True


def to_review(school: School, today: date) -> "QuerySet[Record]":
    """The open records of a school whose review is near."""
    near = date.fromordinal(today.toordinal() + rules.REMINDED)
    return Record.objects.filter(school=school, state=Record.State.OPEN, review_on__lte=near)


@transaction.atomic
def remind_of_reviews(school: School, today: date) -> int:
    """Tell those on the list, once for each day of review; returns of how many records."""
    found = list(to_review(school, today).order_by("pk"))
    for record in found:
        telling.tell_of_review(record, today)
    return len(found)
