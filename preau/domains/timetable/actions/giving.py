"""All the lessons of an absence given to the one person who replaces, and taken back."""

from collections import Counter
from collections.abc import Sequence
from secrets import token_urlsafe

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.changes import ChangedSince, NotNow, undo_change
from preau.domains.timetable.actions.covering import cancel_asks
from preau.domains.timetable.actions.patterns import SlotTaken
from preau.domains.timetable.actions.settling import lessons_settled
from preau.domains.timetable.actions.undoing import put_back
from preau.domains.timetable.models import (
    CoverAsk,
    Lesson,
    LessonChange,
    LessonChangeQuerySet,
    TeacherAbsence,
)
from preau.domains.timetable.queries.absences import left_of
from preau.domains.timetable.queries.colleagues import obstacles_of
from preau.foundation import journal
from preau.foundation.locks import lock

# Sent inside the transaction: its receivers only enqueue tasks, in the same database.
lessons_taken_back = Signal()  # change_ids


@transaction.atomic
def give_lessons(viewer: Viewer, absence: TeacherAbsence, person: Person) -> int:
    """Give one person the lessons to come of an absence for which they are free; nobody has to accept. Returns how many.

    Those concerned are told once of all of them. A second click gives nothing. Raises NotNow.
    """
    for year in sorted(set(left_of(absence).order_by().values_list("year_id", flat=True))):
        lock(SchoolYear, year)
    # Two schools may give lessons of the same hour to the same person: their own row is the lock that both share.
    lock(Person, person.pk)
    absence = lock(TeacherAbsence, absence.pk)
    if absence.is_waiting or absence.is_withdrawn:
        raise NotNow(_("Cette absence n’est pas à remplacer."))
    lessons = list(left_of(absence).select_for_update(of=("self",)).select_related("school"))
    obstacles = obstacles_of(lessons, person)
    free = [lesson for lesson in lessons if not obstacles[lesson.pk]]
    if free:
        _give(viewer, absence, person, free)
    return len(free)


def _give(viewer: Viewer, absence: TeacherAbsence, person: Person, lessons: Sequence[Lesson]) -> None:
    """What `replace_teacher` does of one lesson, of all of them in a few statements."""
    origin, now = f"absence-{absence.pk}-{token_urlsafe(9)}", timezone.now()
    keys = [lesson.pk for lesson in lessons]
    teaches = Lesson.teachers.through
    teaches.objects.filter(person=absence.teacher_id, lesson__in=keys).delete()
    teaches.objects.bulk_create(teaches(person_id=person.pk, lesson_id=key) for key in keys)
    for lesson in lessons:
        lesson.revision += 1
    Lesson.objects.bulk_update(lessons, ["revision"], batch_size=200)
    LessonChange.objects.bulk_create(
        LessonChange(
            school_id=lesson.school_id,
            lesson=lesson,
            kind=LessonChange.Kind.REPLACED,
            teacher_before_id=absence.teacher_id,
            teacher_after=person,
            absence=absence,
            origin=origin,
            made_by_id=viewer.person.pk,
            made_at=now,
        )
        for lesson in lessons
    )
    cancel_asks(viewer, CoverAsk.objects.filter(lesson__in=keys, absence=absence))
    journal.record(
        viewer, "timetable.lessons_given", absence, subject_id=absence.teacher_id, lessons=len(keys)
    )
    lessons_settled.send(sender=TeacherAbsence, origin=origin)


@transaction.atomic
def take_lessons_back(viewer: Viewer, absence: TeacherAbsence, person: Person) -> tuple[int, int]:
    """The lessons to come that this person was given are the teacher's again. Returns how many, and how many stay as they are."""
    changes = absence.changes.in_force().filter(  # type: ignore[attr-defined]
        kind=LessonChange.Kind.REPLACED, teacher_after=person, lesson__ends__gt=timezone.now()
    )
    return undo_all(viewer, changes.exclude(origin=""))


def undo_all(viewer: Viewer, changes: LessonChangeQuerySet) -> tuple[int, int]:
    """Undo these where it still can be, the last first; of lessons given together, people are told once.

    They are read once nobody else can undo them: a second click finds none.
    """
    for year in sorted(set(changes.order_by().values_list("lesson__year_id", flat=True))):
        lock(SchoolYear, year)
    # Whoever tells of them takes them in this order too: neither waits for the other for ever.
    held = changes.in_force().select_for_update(of=("self",)).select_related("lesson")
    found = sorted(held.order_by("lesson__starts", "pk"), key=lambda change: -change.pk)
    times = Counter(change.lesson_id for change in found)
    alone = [change for change in found if _was_given(change) and times[change.lesson_id] == 1]
    together = [change.pk for change in put_back(viewer, alone)]
    undone, stay, apart = len(together), len(alone) - len(together), set(found) - set(alone)
    # What was done one by one, and a lesson to which several things were done.
    for change in sorted(apart, key=lambda change: -change.pk):
        try:
            undo_change(viewer, change, together=_was_given(change))
        except (ChangedSince, NotNow, SlotTaken):
            stay += 1
            continue
        undone += 1
        if _was_given(change):
            together.append(change.pk)
    if together:
        lessons_taken_back.send(sender=LessonChange, change_ids=together)
    return undone, stay


def _was_given(change: LessonChange) -> bool:
    """One of the lessons that one gesture gave to one person."""
    return bool(change.origin) and change.kind == LessonChange.Kind.REPLACED
