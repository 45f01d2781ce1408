"""Writing what was done in a lesson, publishing it, keeping what families could read before a change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.homework.actions.words import words_of
from preau.domains.homework.models import Correction, Homework, LessonNote, LessonRecord
from preau.domains.timetable.models import Lesson
from preau.foundation import journal
from preau.foundation.locks import lock

DRAFT, READY = LessonRecord.State.DRAFT, LessonRecord.State.READY


@dataclass(frozen=True)
class RecordFacts:
    """What a teacher wrote of a lesson: its content, when families read it, and whether it is published."""

    content: str
    shown: str
    shown_at: datetime | None
    publish: bool


class RecordConflict(Exception):
    """Somebody else has written this record since the page was opened: `record` is theirs."""

    def __init__(self, record: LessonRecord) -> None:
        super().__init__(record.pk)
        self.record = record


@transaction.atomic
def write_record(viewer: Viewer, lesson: Lesson, typed: RecordFacts, seen: int) -> LessonRecord:
    """Write the record of a lesson; `seen` is the version that the page had shown, 0 for none.

    What families could already read is kept as it was. The same words sent twice are one. Raises RecordConflict.
    """
    lesson = lock(Lesson, lesson.pk)
    record = LessonRecord.objects.select_for_update(of=("self",)).filter(lesson=lesson).first()
    if record is None:
        return _begin(viewer, lesson, typed)
    record.lesson = lesson
    if not _changes(record, typed):
        return record
    if record.version != seen:
        raise RecordConflict(record)
    keep_before(viewer, record)
    _fill(viewer, record, typed)
    record.version += 1
    record.save()
    journal.record(viewer, "homework.record_written", record, draft=int(record.is_draft))
    return record


def _begin(viewer: Viewer, lesson: Lesson, typed: RecordFacts) -> LessonRecord:
    record = LessonRecord(
        school_id=lesson.school_id, lesson=lesson, subject_id=lesson.subject_id, day=lesson.day
    )
    _fill(viewer, record, typed)
    record.save()
    journal.record(viewer, "homework.record_written", record, draft=int(record.is_draft))
    return record


def _fill(viewer: Viewer, record: LessonRecord, typed: RecordFacts) -> None:
    record.content, record.words = typed.content, words_of(typed.content)
    record.shown, record.shown_at = typed.shown, typed.shown_at
    # What is published is not taken back by a draft: families would see it vanish.
    record.state = READY if typed.publish or record.state == READY else DRAFT
    record.written_by, record.written_at = viewer.person, timezone.now()


def _changes(record: LessonRecord, typed: RecordFacts) -> bool:
    published_now = typed.publish and record.is_draft
    known = (record.content, record.shown, record.shown_at)
    return published_now or known != (typed.content, typed.shown, typed.shown_at)


def is_of_same_gesture(record: LessonRecord, seen: int | None) -> bool:
    """Has the form that now adds work or documents written this record itself? It had shown an older version, and what families read
    then was kept when it was written: one click, or two, publish once."""
    return seen is not None and record.version > seen


def keep_before(viewer: Viewer, record: LessonRecord) -> None:
    """Keep what families read until now, if they did; the lesson of the record is at hand."""
    if not record.is_published(timezone.now()):
        return
    Correction.objects.create(
        record=record,
        content=record.content,
        works=_said_of(record.works.kept().order_by("pk")),
        papers=list(record.papers.filter(homework=None).values_list("file__name", flat=True)),
        corrected_by=viewer.person,
        corrected_at=timezone.now(),
    )


def _said_of(works: Iterable[Homework]) -> list[dict[str, Any]]:
    """What families read of each; for whom, where it is not for all, is not written twice."""
    return [
        {"title": work.title, "body": work.body, "due": work.due_day.isoformat(), "minutes": work.minutes}
        for work in works
        if not work.for_some
    ]


def says_something(record: LessonRecord) -> bool:
    """Is there anything to read: a text, a document, some homework?"""
    return bool(record.content) or record.works.kept().exists() or record.papers.exists()


@transaction.atomic
def publish_record(viewer: Viewer, record: LessonRecord) -> bool:
    """A draft becomes what families read when its time comes; False when it was published already, or says nothing."""
    record = lock(LessonRecord, record.pk)
    if not record.is_draft or not says_something(record):
        return False
    record.state, record.version = READY, record.version + 1
    record.written_by, record.written_at = viewer.person, timezone.now()
    record.save(update_fields=["state", "version", "written_by", "written_at"])
    journal.record(viewer, "homework.record_written", record, draft=0)
    return True


@transaction.atomic
def note(viewer: Viewer, record: LessonRecord, text: str) -> None:
    """What a teacher notes for themselves; nothing, and the note goes."""
    if text:
        LessonNote.objects.update_or_create(record=record, author=viewer.person, defaults={"text": text})
    else:
        LessonNote.objects.filter(record=record, author=viewer.person).delete()


def forget_notes(person_id: int) -> int:
    """Erase what a person noted for themselves; what was taught stays, as the school's document."""
    return LessonNote.objects.filter(author_id=person_id).delete()[0]
