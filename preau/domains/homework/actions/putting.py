"""Putting a page of this site (a resource, a scenario) in a lesson: in what is done there, or as something to do."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from markupsafe import escape

from preau.directory.viewer import Viewer
from preau.domains.homework.actions.records import keep_before
from preau.domains.homework.actions.words import words_of
from preau.domains.homework.actions.works import Work, give
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.timetable.models import Lesson
from preau.foundation import journal
from preau.foundation.boards import put_to_use
from preau.foundation.http import page_at
from preau.foundation.locks import lock
from preau.foundation.richtext import cleaning


def link_to(address: str, title: str) -> str:
    """A line that leads there, as the cahier de textes keeps it."""
    return cleaning.clean(f'<p><a href="{escape(address)}">{escape(title)}</a></p>')


@transaction.atomic
def put_link(viewer: Viewer, lesson: Lesson, address: str, title: str) -> tuple[LessonRecord, bool]:
    """Add the link to the content of a lesson: a draft where nothing is written yet. The same link again changes nothing.

    What families could already read is kept as it was. Gives the record, and whether it changed.
    """
    record = _record(viewer, lesson)
    # Looked for as it is written: an address may be the beginning of another.
    if f'"{escape(address)}"' in record.content:
        return record, False
    if record.pk:
        keep_before(viewer, record)
        record.version += 1
    record.content += link_to(address, title)
    record.words = words_of(record.content)
    record.written_by, record.written_at = viewer.person, timezone.now()
    record.save()
    journal.record(viewer, "homework.record_written", record, draft=int(record.is_draft))
    _tell_use(address)
    return record, True


def _tell_use(address: str) -> None:
    """To the house that the page is of: how much its pages are used in class, never by whom."""
    if page := page_at(address):
        put_to_use.send(LessonRecord, route=page.view_name, place=page.kwargs)


def _record(viewer: Viewer, lesson: Lesson) -> LessonRecord:
    """That of the lesson, locked; a new one, not saved yet, where there is none."""
    lesson = lock(Lesson, lesson.pk)
    record = LessonRecord.objects.select_for_update(of=("self",)).filter(lesson=lesson).first()
    if record is None:
        record = LessonRecord(
            school_id=lesson.school_id, lesson=lesson, subject_id=lesson.subject_id, day=lesson.day
        )
    record.lesson = lesson
    return record


@transaction.atomic
def put_work(
    viewer: Viewer, lesson: Lesson, address: str, title: str, due_day: date, due_lesson: Lesson | None
) -> Homework:
    """Give the page as something to do, in a lesson, for the next one; the same again is given once."""
    record = _record(viewer, lesson)
    if not record.pk:
        record.written_by, record.written_at = viewer.person, timezone.now()
        record.save()
        journal.record(viewer, "homework.record_written", record, draft=1)
    work = Work(
        title=title,
        body=link_to(address, title),
        due_day=due_day,
        due_lesson=due_lesson,
        due_next=due_lesson is not None,
        minutes=None,
        hand_in=Homework.HandIn.NOTHING,
    )
    same = record.works.kept().filter(title=title, body=work.body, due_day=due_day).first()
    if same:
        return same
    _tell_use(address)
    return give(viewer, record, work)
