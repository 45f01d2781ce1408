"""Giving homework, changing it, taking it away and putting it back; ticking it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.domains.homework.actions import telling
from preau.domains.homework.actions.hand_ins import join_papers
from preau.domains.homework.actions.records import is_of_same_gesture, keep_before
from preau.domains.homework.actions.words import words_of
from preau.domains.homework.models import Done, Homework, LessonRecord
from preau.domains.timetable.models import Lesson
from preau.foundation import journal
from preau.foundation.locks import lock


@dataclass(frozen=True)
class Work:
    """Homework as a teacher typed it. `pupils`: ids of those it is for, none when it is for all."""

    title: str
    body: str
    due_day: date
    due_lesson: Lesson | None
    due_next: bool
    minutes: int | None
    hand_in: str
    pupils: tuple[int, ...] = ()


class WorkConflict(Exception):
    """Somebody else has changed this homework since the page was opened: `homework` is theirs."""

    def __init__(self, homework: Homework) -> None:
        super().__init__(homework.pk)
        self.homework = homework


@transaction.atomic
def give(
    viewer: Viewer,
    record: LessonRecord,
    work: Work,
    documents: Sequence[StoredFile] = (),
    sent_as: str = "",
    seen: int | None = None,
) -> Homework:
    """Give homework in a lesson, with its documents. One form sent twice gives it once; two forms that say the same give two.

    `seen`: the version of the record that its form had shown, where one form writes both."""
    locked = lock(LessonRecord, record.pk)
    if sent_as and (same := _sent_before(locked, work, documents, sent_as)):
        return same
    locked.lesson = record.lesson
    if not is_of_same_gesture(locked, seen):
        keep_before(viewer, locked)
    homework = Homework(
        school_id=locked.school_id,
        record=locked,
        given_by=viewer.person,
        given_at=timezone.now(),
        sent_as=sent_as,
    )
    _fill(homework, work)
    homework.save()
    homework.pupils.set(work.pupils)
    join_papers(viewer, locked, homework, documents)
    journal.record(viewer, "homework.given", homework, minutes=work.minutes, some=len(work.pupils))
    return homework


def _sent_before(
    record: LessonRecord, work: Work, documents: Sequence[StoredFile], sent_as: str
) -> Homework | None:
    """What this very form gave. Somebody who goes back in their browser and writes otherwise, or joins another file, gives another."""
    digests = sorted(file.digest for file in documents)
    for homework in record.works.kept().filter(sent_as=sent_as):
        joined = homework.papers.values_list("file__digest", flat=True)
        if not _differs(homework, work) and sorted(joined) == digests:
            return homework
    return None


def _fill(homework: Homework, work: Work) -> None:
    homework.title, homework.body = work.title, work.body
    homework.words = words_of(work.body, work.title)
    homework.due_day, homework.due_lesson, homework.due_next = work.due_day, work.due_lesson, work.due_next
    homework.minutes, homework.hand_in = work.minutes, work.hand_in
    homework.for_some = bool(work.pupils)


@transaction.atomic
def change(viewer: Viewer, homework: Homework, work: Work, seen: int) -> bool:
    """Change homework; `seen` is the version that the page had shown. False when nothing had to change. Raises WorkConflict."""
    locked = _locked(homework)
    if not _differs(locked, work):
        return False
    if locked.version != seen:
        raise WorkConflict(locked)
    keep_before(viewer, locked.record)
    _fill(locked, work)
    locked.version += 1
    locked.save()
    locked.pupils.set(work.pupils)
    journal.record(viewer, "homework.changed", locked)
    telling.tell_change(locked)
    return True


def _locked(homework: Homework) -> Homework:
    locked = lock(Homework, homework.pk)
    locked.record = LessonRecord.objects.select_related("lesson").get(pk=locked.record_id)
    return locked


def _differs(known: Homework, work: Work) -> bool:
    facts = (known.title, known.body, known.due_day, known.due_next, known.minutes, known.hand_in)
    wanted = (work.title, work.body, work.due_day, work.due_next, work.minutes, work.hand_in)
    return facts != wanted or set(known.pupils.values_list("pk", flat=True)) != set(work.pupils)


@transaction.atomic
def remove(viewer: Viewer, homework: Homework) -> bool:
    """Take homework away; it can be put back. False when it was away already."""
    locked = _locked(homework)
    if locked.removed_at:
        return False
    keep_before(viewer, locked.record)
    locked.removed_at = timezone.now()
    locked.version += 1
    locked.save(update_fields=["removed_at", "version"])
    journal.record(viewer, "homework.removed", locked)
    telling.tell_removal(locked)
    return True


@transaction.atomic
def restore(viewer: Viewer, homework: Homework) -> bool:
    """Put homework back. False when it was there already."""
    locked = _locked(homework)
    if not locked.removed_at:
        return False
    keep_before(viewer, locked.record)
    locked.removed_at = None
    locked.version += 1
    locked.save(update_fields=["removed_at", "version"])
    journal.record(viewer, "homework.restored", locked)
    return True


@transaction.atomic
def tick(viewer: Viewer, homework: Homework, *, done: bool) -> None:
    """A pupil says that their homework is done, or takes it back; twice is once."""
    known = Done.objects.filter(homework=homework, pupil=viewer.person)
    if not done:
        known.delete()
        return
    Done.objects.bulk_create(
        [Done(homework=homework, pupil=viewer.person, done_at=timezone.now())], ignore_conflicts=True
    )
