"""A whole day written at once: what was done in each block, and the homework given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from preau.directory.viewer import Viewer
from preau.domains.homework.actions.records import RecordFacts, write_record
from preau.domains.homework.actions.works import Work, give
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.timetable.models import Lesson


@dataclass(frozen=True)
class Entry:
    """What was typed of one lesson; `seen` is the version that the page had shown, 0 for none."""

    lesson_id: int
    content: str
    seen: int


@dataclass(frozen=True)
class ToGive:
    """Homework in one line: in which lesson it is given, and for which day; `sent_as` is the number of its line in its form."""

    lesson_id: int
    title: str
    due_day: date
    sent_as: str = ""


@transaction.atomic
def write_day(
    viewer: Viewer, entries: Sequence[Entry], works: Sequence[ToGive], *, publish: bool
) -> tuple[int, int]:
    """Write the lessons of a day of which something is said, and give homework. Returns how many of each.

    All of it, or nothing. Raises RecordConflict when somebody else has written one of them since.
    """
    lessons = Lesson.objects.in_bulk([entry.lesson_id for entry in entries])
    known = {
        lesson_record.lesson_id: lesson_record
        for lesson_record in LessonRecord.objects.filter(lesson__in=lessons)
    }
    asked = {work.lesson_id for work in works}
    written: dict[int, LessonRecord] = {}
    for entry in entries:
        record = known.get(entry.lesson_id)
        if entry.content or record or entry.lesson_id in asked:
            typed = _typed(entry, record, publish=publish)
            written[entry.lesson_id] = write_record(viewer, lessons[entry.lesson_id], typed, entry.seen)
    for work in works:
        give(viewer, written[work.lesson_id], _whole(work), sent_as=work.sent_as)
    return len(written), len(works)


def _typed(entry: Entry, record: LessonRecord | None, *, publish: bool) -> RecordFacts:
    """When families read it is what was chosen on the page of the lesson, else its beginning."""
    if record is None:
        return RecordFacts(entry.content, LessonRecord.Shown.START, None, publish)
    return RecordFacts(entry.content, record.shown, record.shown_at, publish)


def _whole(work: ToGive) -> Work:
    return Work(
        title=work.title,
        body="",
        due_day=work.due_day,
        due_lesson=None,
        due_next=False,
        minutes=None,
        hand_in=Homework.HandIn.NOTHING,
    )
