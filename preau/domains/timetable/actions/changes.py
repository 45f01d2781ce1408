"""What changes of one dated lesson: cancelled, moved, replaced, elsewhere, added; and each of these undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Group, Person, Room, SchoolYear, Subject
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.following import bring_back, follow_lesson
from preau.domains.timetable.actions.patterns import SlotTaken, at
from preau.domains.timetable.boards import why_held
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.bookings import held_elsewhere
from preau.domains.timetable.queries.clashes import Needs, clashes_at
from preau.domains.timetable.queries.days import why_not
from preau.foundation import journal
from preau.foundation.locks import lock

# Sent inside the transaction: its receivers only enqueue tasks, in the same database.
lesson_changed = Signal()  # change_id
change_undone = Signal()  # change_id
Kind = LessonChange.Kind


@dataclass(frozen=True)
class Why:
    """`reason` is told to families (one of LessonChange.Reason, or nothing); `note` is for the staff.

    `together`: one gesture changes several lessons, and whoever made it tells them together under this name.
    """

    reason: str = ""
    note: str = ""
    together: str = ""


@dataclass(frozen=True)
class OneOff:
    """A lesson that no weekly one makes, as a person describes it."""

    subject: Subject
    groups: tuple[Group, ...]
    teachers: tuple[Person, ...]
    room: Room | None
    day: date
    starts_at: time
    ends_at: time


class NotNow(Exception):
    """The lesson may not be changed (so); the sentence says why, and what to do."""


class NothingChanges(Exception):
    """It is already so: a second click."""


class AlreadyUndone(Exception):
    """This change was taken back before."""


class ChangedSince(Exception):
    """Something else was done to the lesson since: undoing this would undo that too."""


@transaction.atomic
def cancel_lesson(viewer: Viewer, lesson: Lesson, why: Why) -> LessonChange:
    """Cancel a lesson to come: it stays where it was, and says so. Raises NotNow, NothingChanges."""
    lesson = _locked(lesson)
    if lesson.is_cancelled:
        raise NothingChanges
    _refuse_fixed(lesson)
    lesson.state = Lesson.State.CANCELLED
    return _keep(viewer, lesson, LessonChange(kind=Kind.CANCELLED), why)


@transaction.atomic
def move_lesson(
    viewer: Viewer, lesson: Lesson, to: tuple[date, time, time], room: Room | None, why: Why
) -> LessonChange:
    """Move a lesson to a day, its hours and a room. Raises NotNow, NothingChanges, and Taken by whom and what."""
    lesson = _locked(lesson)
    starts, ends = (at(lesson.school, to[0], clock) for clock in to[1:])
    if (starts, ends, room) == (lesson.starts, lesson.ends, lesson.room):
        raise NothingChanges
    _refuse_cancelled(lesson)
    _refuse_fixed(lesson)
    _refuse_day(lesson.year, to[0], starts)
    needs = Needs(tuple(lesson.teachers.all()), tuple(lesson.groups.all()), room)
    _refuse_taken(lesson, starts, ends, needs)
    change = LessonChange(
        kind=Kind.MOVED,
        starts_before=lesson.starts,
        ends_before=lesson.ends,
        starts_after=starts,
        ends_after=ends,
        room_before=lesson.room,
        room_after=room,
    )
    _place(lesson, starts, ends)
    lesson.room = room
    return _keep(viewer, lesson, change, why)


@transaction.atomic
def change_room(viewer: Viewer, lesson: Lesson, room: Room | None, why: Why) -> LessonChange:
    """Give a lesson another room, or none. Raises NotNow, NothingChanges, SlotTaken."""
    lesson = _locked(lesson)
    if room == lesson.room:
        raise NothingChanges
    _refuse_cancelled(lesson)
    _refuse_over(lesson)
    _refuse_taken(lesson, lesson.starts, lesson.ends, Needs(room=room))
    if room and (found := held_elsewhere(lesson.year, room, lesson.starts, lesson.ends)):
        raise SlotTaken(found)
    change = LessonChange(kind=Kind.ROOM, room_before=lesson.room, room_after=room)
    lesson.room = room
    return _keep(viewer, lesson, change, why)


@transaction.atomic
def replace_teacher(viewer: Viewer, lesson: Lesson, gone: Person, comes: Person, why: Why) -> LessonChange:
    """Somebody gives the lesson of somebody else. Raises NotNow, NothingChanges, SlotTaken."""
    lesson = _locked(lesson)
    own = set(lesson.teachers.values_list("pk", flat=True))
    if gone.pk not in own or comes.pk in own:
        raise NothingChanges
    _refuse_cancelled(lesson)
    _refuse_over(lesson)
    _refuse_taken(lesson, lesson.starts, lesson.ends, Needs(teachers=(comes,)))
    lesson.teachers.remove(gone)
    lesson.teachers.add(comes)
    return _keep(
        viewer, lesson, LessonChange(kind=Kind.REPLACED, teacher_before=gone, teacher_after=comes), why
    )


@transaction.atomic
def add_lesson(viewer: Viewer, year: SchoolYear, one_off: OneOff, why: Why) -> LessonChange:
    """A lesson of one day: a catching up, an exam. Raises NotNow, SlotTaken (were it by a second click)."""
    lock(SchoolYear, year.pk)
    starts, ends = (at(year.school, one_off.day, clock) for clock in (one_off.starts_at, one_off.ends_at))
    _refuse_day(year, one_off.day, starts)
    if found := clashes_at(year, starts, ends, Needs(one_off.teachers, one_off.groups, one_off.room)):
        raise SlotTaken(found)
    lesson = Lesson.objects.create(
        school_id=year.school_id,
        year=year,
        subject=one_off.subject,
        room=one_off.room,
        starts=starts,
        ends=ends,
        day=one_off.day,
    )
    lesson.groups.set(one_off.groups)
    lesson.teachers.set(one_off.teachers)
    return _keep(
        viewer,
        lesson,
        LessonChange(kind=Kind.ADDED, starts_after=starts, ends_after=ends, room_after=one_off.room),
        why,
    )


@transaction.atomic
def undo_change(viewer: Viewer, change: LessonChange, *, together: bool = False) -> Lesson:
    """Put back what a change touched, exactly. What was told and had not left is taken back; the others are told: by whoever
    undoes several `together`.

    Raises AlreadyUndone, ChangedSince when something else was done to it, NotNow, and Taken when the place was given away.
    """
    lesson = _locked(change.lesson)
    change = lock(LessonChange, change.pk)
    if change.undone_at:
        raise AlreadyUndone
    _refuse_fixed(lesson, undoing=True)
    if not _is_as_left(lesson, change):
        raise ChangedSince
    _UNDO[Kind(change.kind)](lesson, change)
    change.undone_at, change.undone_by_id = timezone.now(), viewer.person.pk
    change.save(update_fields=["undone_at", "undone_by"])
    lesson.revision += 1
    lesson.save()
    follow_lesson(viewer, lesson)
    bring_back(viewer, {lesson.pk: change.made_at})
    journal.record(viewer, "timetable.change_undone", change, lesson=lesson.pk, kind=change.kind)
    if not together:
        change_undone.send(sender=LessonChange, change_id=change.pk)
    return lesson


def _is_as_left(lesson: Lesson, change: LessonChange) -> bool:
    """Is what this change touched still as it left it?"""
    if change.kind == Kind.CANCELLED:
        return lesson.is_cancelled
    if lesson.is_cancelled:
        return False
    if change.kind == Kind.REPLACED:
        own = set(lesson.teachers.values_list("pk", flat=True))
        return change.teacher_after_id in own and change.teacher_before_id not in own
    same_room = not change.moves_room or lesson.room_id == change.room_after_id
    if change.kind == Kind.ROOM:
        return same_room
    return same_room and (lesson.starts, lesson.ends) == (change.starts_after, change.ends_after)


def _undo_cancelling(lesson: Lesson, change: LessonChange) -> None:
    needs = Needs(tuple(lesson.teachers.all()), tuple(lesson.groups.all()), lesson.room)
    _refuse_taken(lesson, lesson.starts, lesson.ends, needs)
    lesson.state = Lesson.State.HELD


def _undo_moving(lesson: Lesson, change: LessonChange) -> None:
    assert change.starts_before and change.ends_before  # noqa: S101 - a move has both
    if change.moves_room:
        lesson.room = change.room_before
    needs = Needs(tuple(lesson.teachers.all()), tuple(lesson.groups.all()), lesson.room)
    if change.starts_before <= timezone.now():
        raise NotNow(_("L’heure d’avant est passée : déplacez le cours à un autre moment."))
    _refuse_taken(lesson, change.starts_before, change.ends_before, needs)
    _place(lesson, change.starts_before, change.ends_before)


def _undo_room(lesson: Lesson, change: LessonChange) -> None:
    _refuse_taken(lesson, lesson.starts, lesson.ends, Needs(room=change.room_before))
    lesson.room = change.room_before


def _undo_replacing(lesson: Lesson, change: LessonChange) -> None:
    gone = change.teacher_before
    if gone is None:
        raise NotNow(_("Ce professeur n’est plus dans l’établissement."))
    _refuse_taken(lesson, lesson.starts, lesson.ends, Needs(teachers=(gone,)))
    if change.teacher_after:
        lesson.teachers.remove(change.teacher_after)
    lesson.teachers.add(gone)


def _undo_adding(lesson: Lesson, change: LessonChange) -> None:
    """Cancelled until those who were told of it are told; the task that tells them takes it away."""
    lesson.state = Lesson.State.CANCELLED


_UNDO: dict[Kind, Callable[[Lesson, LessonChange], None]] = {
    Kind.CANCELLED: _undo_cancelling,
    Kind.MOVED: _undo_moving,
    Kind.ROOM: _undo_room,
    Kind.REPLACED: _undo_replacing,
    Kind.ADDED: _undo_adding,
}


def _locked(lesson: Lesson) -> Lesson:
    """The lesson as it is now; the lock of its year keeps two people from taking one room at once."""
    lock(SchoolYear, lesson.year_id)
    return lock(Lesson, lesson.pk, "school", "year", "room", "subject")


def _refuse_cancelled(lesson: Lesson) -> None:
    if lesson.is_cancelled:
        raise NotNow(_("Ce cours est annulé : rétablissez-le d’abord, depuis la liste de ses changements."))


def _refuse_over(lesson: Lesson) -> None:
    if lesson.ends <= timezone.now():
        raise NotNow(_("Ce cours est terminé : il reste comme il a eu lieu."))


def _refuse_fixed(lesson: Lesson, *, undoing: bool = False) -> None:
    """Over, or held by another house: its roll was called."""
    _refuse_over(lesson)
    if reason := why_held(lesson.pk):
        raise NotNow(reason)


def _refuse_day(year: SchoolYear, day: date, starts: datetime) -> None:
    """Not in the past, not outside the year, not while the school is closed."""
    if reason := why_not(year, day, starts):
        raise NotNow(reason)


def _refuse_taken(lesson: Lesson, starts: datetime, ends: datetime, needs: Needs) -> None:
    if found := clashes_at(lesson.year, starts, ends, needs, apart_from=lesson.pk):
        raise SlotTaken(found)


def _place(lesson: Lesson, starts: datetime, ends: datetime) -> None:
    """Put a lesson at other hours; it remembers the day of its pattern as long as it is on another."""
    planned = lesson.planned_day
    lesson.starts, lesson.ends = starts, ends
    lesson.day = starts.astimezone(ZoneInfo(lesson.school.timezone)).date()
    lesson.pattern_day = planned if lesson.pattern_id and planned != lesson.day else None


def _keep(viewer: Viewer, lesson: Lesson, change: LessonChange, why: Why) -> LessonChange:
    """Write the lesson and its change, with a trace; those concerned are told by a task."""
    lesson.revision += 1
    lesson.save()
    change.school_id, change.lesson = lesson.school_id, lesson
    change.reason, change.note, change.origin = why.reason, why.note, why.together
    change.made_by_id, change.made_at = viewer.person.pk, timezone.now()
    change.save()
    follow_lesson(viewer, lesson, change.made_at)
    journal.record(viewer, f"timetable.lesson_{change.kind}", lesson, change=change.pk, reason=why.reason)
    lesson_changed.send(sender=LessonChange, change_id=change.pk)
    return change


def forget_notes(person_id: int) -> int:
    """Erase what somebody noted on changes."""
    return LessonChange.objects.filter(made_by=person_id).exclude(note="").update(note="")
