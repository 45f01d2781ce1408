"""Writing progressions, giving them to the lessons of a class, and shifting what was prepared when a lesson is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.homework.actions.words import words_of
from preau.domains.homework.models import Homework, LessonRecord, Progression, ProgressionStep
from preau.domains.timetable.models import Lesson
from preau.foundation import journal
from preau.foundation.locks import lock


class NotEnoughLessons(Exception):
    """There is no lesson left to take what would be shifted."""


@dataclass(frozen=True)
class Step:
    """One lesson of a progression as it is typed."""

    content: str
    work: str
    minutes: int | None


@transaction.atomic
def begin_progression(viewer: Viewer, title: str) -> Progression:
    """A new progression; the same title twice is the same one."""
    lock(type(viewer.person), viewer.person.pk)
    mine = Progression.objects.in_school(viewer).filter(author=viewer.person)
    known: Progression | None = mine.filter(title=title).first()
    if known:
        return known
    made: Progression = Progression.objects.create(
        school_id=viewer.school_id or 0, author=viewer.person, title=title, changed_at=timezone.now()
    )
    journal.record(viewer, "homework.progression_made", made)
    return made


@transaction.atomic
def copy_lessons(viewer: Viewer, title: str, records: Sequence[LessonRecord]) -> Progression:
    """A progression made of what was done with a class, in order."""
    made = begin_progression(viewer, title)
    if made.steps.exists():
        return made
    given = Homework.objects.kept().filter(record__in=records, for_some=False).order_by("-pk")
    works = {work.record_id: work for work in given}
    steps = [
        ProgressionStep(
            progression=made,
            order=rank,
            content=record.content,
            work=works[record.pk].title if record.pk in works else "",
            minutes=works[record.pk].minutes if record.pk in works else None,
        )
        for rank, record in enumerate(records, start=1)
        if record.content
    ]
    ProgressionStep.objects.bulk_create(steps)
    return made


@transaction.atomic
def add_step(viewer: Viewer, progression: Progression, step: Step) -> ProgressionStep:
    """One lesson more at the end; the same as the last one, sent twice, is one."""
    locked = lock(Progression, progression.pk)
    last = locked.steps.last()
    if last and (last.content, last.work, last.minutes) == (step.content, step.work, step.minutes):
        return last
    rank = (locked.steps.aggregate(last=Max("order"))["last"] or 0) + 1
    made: ProgressionStep = ProgressionStep.objects.create(
        progression=locked, order=rank, content=step.content, work=step.work, minutes=step.minutes
    )
    _touch(locked)
    return made


@transaction.atomic
def change_step(viewer: Viewer, known: ProgressionStep, step: Step) -> None:
    """Write one lesson of a progression otherwise; classes that have it already keep theirs."""
    locked = lock(Progression, known.progression_id)
    locked.steps.filter(pk=known.pk).update(content=step.content, work=step.work, minutes=step.minutes)
    _touch(locked)


@transaction.atomic
def remove_step(viewer: Viewer, known: ProgressionStep) -> None:
    locked = lock(Progression, known.progression_id)
    locked.steps.filter(pk=known.pk).delete()
    _touch(locked)


def _touch(progression: Progression) -> None:
    progression.changed_at = timezone.now()
    progression.save(update_fields=["changed_at"])


@transaction.atomic
def give_progression(viewer: Viewer, progression: Progression, lessons: Sequence[Lesson]) -> int:
    """Fill lessons of a class with the steps, in order, as drafts; those where something is written are left, and steps
    that the class has had this year are not given again, were it by a second click. Returns how many were filled."""
    keys = [lesson.pk for lesson in lessons]
    locked = list(Lesson.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("starts", "pk"))
    taken = set(LessonRecord.objects.filter(lesson__in=keys).values_list("lesson_id", flat=True))
    free = [lesson for lesson in locked if lesson.pk not in taken]
    before = _given_before(locked)
    steps = [step for step in progression.steps.all() if step.content not in before]
    for rank, (lesson, step) in enumerate(zip(free, steps, strict=False)):
        record = _prepared(viewer, lesson, step)
        if step.work and rank + 1 < len(free):
            _give(viewer, record, step, free[rank + 1])
    filled = min(len(free), len(steps))
    if filled:
        journal.record(viewer, "homework.progression_given", progression, lessons=filled)
    return filled


def _given_before(lessons: Sequence[Lesson]) -> set[str]:
    """The contents of the year's lessons of the same course."""
    if not lessons:
        return set()
    first = lessons[0]
    same = LessonRecord.objects.filter(
        lesson__year=first.year_id, subject=first.subject_id, lesson__groups__in=first.groups.values("pk")
    )
    return set(same.values_list("content", flat=True))


def _prepared(viewer: Viewer, lesson: Lesson, step: ProgressionStep) -> LessonRecord:
    made: LessonRecord = LessonRecord.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        subject_id=lesson.subject_id,
        day=lesson.day,
        content=step.content,
        words=words_of(step.content),
        written_by=viewer.person,
        written_at=timezone.now(),
    )
    return made


def _give(viewer: Viewer, record: LessonRecord, step: ProgressionStep, following: Lesson) -> None:
    Homework.objects.create(
        school_id=record.school_id,
        record=record,
        title=step.work,
        words=words_of("", step.work),
        due_day=following.day,
        due_lesson=following,
        due_next=True,
        minutes=step.minutes,
        given_by=viewer.person,
        given_at=timezone.now(),
    )


@transaction.atomic
def shift(viewer: Viewer, lessons: Sequence[Lesson]) -> int:
    """What was prepared for the first of these lessons and the next ones moves one lesson later, until a lesson is free.

    `lessons` are those of one class and subject, in order, the lost one first. Only drafts move: what is published stays
    where it was read. Returns how many moved. Raises NotEnoughLessons.
    """
    keys = [lesson.pk for lesson in lessons]
    locked = list(Lesson.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("starts", "pk"))
    records = {
        lesson_record.lesson_id: lesson_record
        for lesson_record in LessonRecord.objects.select_for_update(of=("self",)).filter(lesson__in=keys)
    }
    moving: list[tuple[LessonRecord, Lesson]] = []
    rank, carried = 0, records.get(locked[0].pk) if locked else None
    while carried is not None and carried.is_draft:
        rank = next((n for n in range(rank + 1, len(locked)) if _takes(locked[n], records)), 0)
        if not rank:
            raise NotEnoughLessons
        moving.append((carried, locked[rank]))
        carried = records.get(locked[rank].pk)
    for record, after in reversed(moving):
        _move(record, after, locked)
    if moving:
        journal.record(viewer, "homework.shifted", moving[0][0], lessons=len(moving))
    return len(moving)


def _takes(lesson: Lesson, records: dict[int | None, LessonRecord]) -> bool:
    """It is held, and what is there, if anything, moves too."""
    there = records.get(lesson.pk)
    return lesson.state == Lesson.State.HELD and (there is None or there.is_draft)


def _move(record: LessonRecord, lesson: Lesson, lessons: Sequence[Lesson]) -> None:
    record.lesson, record.day, record.version = lesson, lesson.day, record.version + 1
    record.save(update_fields=["lesson", "day", "version"])
    following = next(
        (one for one in lessons if one.starts > lesson.starts and one.state == Lesson.State.HELD), None
    )
    for work in record.works.kept():
        if following and (work.due_next or work.due_day <= lesson.day):
            work.due_day, work.due_lesson = following.day, following
            work.version += 1
            work.save(update_fields=["due_day", "due_lesson", "version"])


def forget_progressions(person_id: int) -> int:
    """A teacher's sequences are theirs: they go with them."""
    return Progression.objects.filter(author_id=person_id).delete()[0]
