"""Handing in, once and once more; the files joined to it, and to lessons."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.domains.homework.actions.records import is_of_same_gesture, keep_before
from preau.domains.homework.models import Annotation, HandIn, HandInFile, Homework, LessonFile, LessonRecord
from preau.foundation import journal
from preau.foundation.locks import lock


class TooLate(Exception):
    """It was given back, or sent as often as it may be."""


@transaction.atomic
def hand_in(viewer: Viewer, homework: Homework, text: str, files: Sequence[StoredFile]) -> HandIn:
    """Hand in a homework, or once more until it is corrected; the same, sent twice, is sent once. Raises TooLate."""
    # All that a pupil hands in for one homework waits for its row: two tabs at once make one.
    lock(Homework, homework.pk)
    known = (
        HandIn.objects.select_for_update(of=("self",)).filter(homework=homework, pupil=viewer.person).first()
    )
    now = timezone.now()
    if known is None:
        known = HandIn.objects.create(
            school_id=homework.school_id,
            homework=homework,
            pupil=viewer.person,
            text=text,
            handed_at=now,
            first_at=now,
            is_late=_is_late(homework, now, viewer),
        )
    elif _same(known, text, files):
        return known
    elif not known.may_be_sent_again:
        raise TooLate
    else:
        known.first_at = known.first_at or known.handed_at
        known.text, known.handed_at, known.times, known.version = (
            text,
            now,
            known.times + 1,
            known.version + 1,
        )
        # In time or late is said of the first sending: a better one does not cost its author.
        # What was ready to be given back spoke of the former one: it waits again, and is told again.
        known.corrected_at = known.told_at = None
        known.save()
    join(known, files, of_teacher=False)
    journal.record(viewer, "homework.handed_in", known, subject_id=viewer.person.pk, late=int(known.is_late))
    return known


def _is_late(homework: Homework, now: datetime, viewer: Viewer) -> bool:
    """Past the lesson for which it was due, or past that day where no lesson is known."""
    if homework.due_lesson is not None:
        return now > homework.due_lesson.starts
    return viewer.today > homework.due_day


def _same(known: HandIn, text: str, files: Sequence[StoredFile]) -> bool:
    joined = set(known.papers.filter(of_teacher=False).values_list("file_id", flat=True))
    return known.text == text and joined == {file.pk for file in files}


def join(known: HandIn, files: Sequence[StoredFile], *, of_teacher: bool) -> None:
    """These files and no other, from this side."""
    wanted = {file.pk for file in files}
    papers = known.papers.filter(of_teacher=of_teacher)
    papers.exclude(file__in=wanted).delete()
    there = set(papers.values_list("file_id", flat=True))
    HandInFile.objects.bulk_create(
        [
            HandInFile(hand_in=known, file=file, of_teacher=of_teacher)
            for file in files
            if file.pk not in there
        ]
    )


@transaction.atomic
def join_papers(
    viewer: Viewer,
    record: LessonRecord,
    homework: Homework | None,
    files: Sequence[StoredFile],
    seen: int | None = None,
) -> None:
    """These documents and no other, on a lesson or on one of its homework; what families could open before is noted."""
    papers = LessonFile.objects.filter(record=record, homework=homework)
    wanted, there = {file.pk for file in files}, set(papers.values_list("file_id", flat=True))
    if wanted == there:
        return
    if homework is None and there and not is_of_same_gesture(record, seen):
        keep_before(viewer, record)
    papers.exclude(file__in=wanted).delete()
    LessonFile.objects.bulk_create(
        [LessonFile(record=record, homework=homework, file=file) for file in files if file.pk not in there]
    )


def forget_hand_ins(person_id: int) -> int:
    """Erase what a person handed in, and what they wrote of others' work."""
    mine = HandIn.objects.filter(pupil_id=person_id).delete()[0]
    mine += Annotation.objects.filter(author=person_id).delete()[0]
    return mine + HandIn.objects.filter(corrected_by=person_id).exclude(comment="").update(comment="")
