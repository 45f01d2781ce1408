"""Calling the roll and correcting what was seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import notices
from preau.domains.attendance.models import (
    UNCALLED,
    Entry,
    EntryChange,
    RollCall,
    Status,
    label_of,
)
from preau.domains.attendance.queries.registers import Standing, seen_of, standing_of
from preau.domains.attendance.rules import EARLY
from preau.domains.timetable.models import Lesson
from preau.foundation import journal, live
from preau.foundation.locks import lock

Noted = tuple[str, int | None]
# Sent inside the transaction: its receivers only enqueue tasks, in the same database, so that a task exists if and only
# if the change does.
absences_corrected = (
    Signal()
)  # entry_ids: ids of entries, some of which had been told as absences, and are none
absences_recorded = Signal()  # entry_ids: ids of entries that have just become absences


@dataclass(frozen=True)
class Mark:
    """What a page says of a pupil: the status chosen, and what the page showed before (`queries.seen_of`)."""

    pupil_id: int
    status: str
    minutes_late: int | None
    seen: str


@dataclass(frozen=True)
class Conflict:
    """Two pages wrote different things about the same pupil at the same time; `own`, both of the same person."""

    pupil_id: int
    theirs: str
    mine: str
    now: str = ""
    own: bool = False


@dataclass(frozen=True)
class Sending:
    """A roll sent by a script: the number it was given on the device, by which it is known when it comes again, and the
    moment at which the person validated it there."""

    number: UUID
    made_at: datetime


class RollConflict(Exception):
    """Nothing was written: the page must show both values and ask again."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = conflicts


class CorrectedOtherwise(Exception):
    """Somebody else has changed this entry since the page was shown; nothing was written."""

    def __init__(self, theirs: str) -> None:
        super().__init__(theirs)
        self.theirs = theirs


def minutes_since(lesson: Lesson, now: datetime) -> int:
    """How late someone who comes in now is, within the lesson: at least one minute."""
    length = int((lesson.ends - lesson.starts).total_seconds() // 60)
    return max(1, min(int((now - lesson.starts).total_seconds() // 60), length))


@transaction.atomic
def validate_roll(
    viewer: Viewer, lesson: Lesson, marks: Iterable[Mark], sending: Sending | None = None
) -> RollCall:
    """Validate the roll of a lesson. Only what the person changed is written; a second identical click writes nothing.

    Raises RollConflict, and writes nothing, when someone else has changed the same pupil since the page was shown.
    """
    marks = list(marks)
    changed, conflicts, standing = _compare(lesson, marks, sending)
    if conflicts:
        raise RollConflict(_with_own(viewer, lesson, conflicts))
    return _validate(viewer, lesson, _call_of(lesson, standing, marks), changed, sending)


@transaction.atomic
def replay_roll(viewer: Viewer, lesson: Lesson, marks: Iterable[Mark], sending: Sending) -> list[Conflict]:
    """Write a roll that waited on a device for the network, once; returns what somebody else noted otherwise meanwhile.

    What agrees is written at once: a family is not told later because of another pupil's line. What does not is left as it
    is, for the person to look at.
    """
    marks = list(marks)
    changed, conflicts, standing = _compare(lesson, marks, sending)
    _validate(viewer, lesson, _call_of(lesson, standing, marks), changed, sending)
    return _with_own(viewer, lesson, conflicts)


def _with_own(viewer: Viewer, lesson: Lesson, conflicts: Sequence[Conflict]) -> list[Conflict]:
    """Of each, whether the same person had noted the other thing, in another tab or on another device."""
    if not conflicts:
        return []
    pupils = [conflict.pupil_id for conflict in conflicts]
    steps = EntryChange.objects.filter(entry__lesson=lesson, entry__pupil_id__in=pupils).order_by("pk")
    last_by = dict(steps.values_list("entry__pupil_id", "changed_by_id"))
    return [
        replace(conflict, own=last_by.get(conflict.pupil_id) == viewer.person.pk) for conflict in conflicts
    ]


def _compare(
    lesson: Lesson, marks: Iterable[Mark], sending: Sending | None
) -> tuple[list[Mark], list[Conflict], Standing]:
    """Under the lock of the lesson: what the person changed, where somebody else has written otherwise, and what stood before."""
    # The lock first, alone: what is read with it is what stood before it was waited for.
    Lesson.objects.select_for_update().only("pk").get(pk=lesson.pk)
    standing = standing_of(lesson)
    noted = standing.noted
    done = _written_by(lesson, sending)
    # Latenesses are measured when the roll was made, however late the network brings it.
    now = max(lesson.starts, min(timezone.now(), sending.made_at)) if sending else timezone.now()
    mine = [
        _timed(mark, lesson, noted, now)
        for mark in marks
        if mark.pupil_id in noted and mark.pupil_id not in done and mark.status != UNCALLED
    ]
    changed = [mark for mark in mine if _is_changed(mark, seen_of(*noted[mark.pupil_id]))]
    clashing = {
        mark.pupil_id
        for mark in changed
        if seen_of(*noted[mark.pupil_id]) not in {mark.seen, seen_of(UNCALLED, None)}
    }
    conflicts = [_conflict(mark, noted[mark.pupil_id]) for mark in changed if mark.pupil_id in clashing]
    return [mark for mark in changed if mark.pupil_id not in clashing], conflicts, standing


def _is_changed(mark: Mark, now: str) -> bool:
    """Of whoever came after the roll nothing is said: even « present », which a page has chosen beforehand, is then to write."""
    mine = seen_of(mark.status, mark.minutes_late)
    return mine != now and (mine != mark.seen or now == seen_of(UNCALLED, None))


def _call_of(lesson: Lesson, standing: Standing, marks: Sequence[Mark]) -> RollCall:
    """The call that was made, else a new one, of the pupils whom its page listed."""
    pupils = (mark.pupil_id for mark in marks if mark.status != UNCALLED)
    listed = [standing.enrolments[pupil] for pupil in pupils if pupil in standing.enrolments]
    call = RollCall(pk=standing.call, lesson=lesson, school_id=lesson.school_id)
    call.listed_to = max(listed, default=None)
    return call


def _conflict(mark: Mark, theirs: Noted) -> Conflict:
    mine = label_of(mark.status, mark.minutes_late)
    return Conflict(mark.pupil_id, label_of(*theirs), mine, seen_of(*theirs))


def _written_by(lesson: Lesson, sending: Sending | None) -> set[int]:
    """The pupils of whom this sending has already been written: it came before, and its answer was lost on the way."""
    if sending is None:
        return set()
    steps = EntryChange.objects.filter(entry__lesson=lesson, sending=sending.number)
    return set(steps.values_list("entry__pupil_id", flat=True))


def _validate(
    viewer: Viewer, lesson: Lesson, call: RollCall, changed: Sequence[Mark], sending: Sending | None
) -> RollCall:
    """Make the call if it was not, write what changed, tell whom it concerns."""
    now = timezone.now()
    # What a device says of its own past is believed within the lesson's: never before it opened, never ahead of us.
    called_at = max(lesson.starts - EARLY, min(now, sending.made_at)) if sending else now
    first = call.pk is None
    if first:
        call.called_by, call.called_at = viewer.person, called_at
        call.save(force_insert=True)
    if first or changed:
        waited = {"minutes_waited": int((now - called_at).total_seconds() // 60)} if sending else {}
        journal.record(viewer, "attendance.roll_validated", call, changes=len(changed), **waited)
    # Nobody is reminded of a call before the lesson is over.
    if first and now >= lesson.ends:
        notices.settle_call(lesson)
    _tell(_write(viewer, lesson, changed, now, sending))
    if first or changed:
        live.touch(*live.all_of("roll", [lesson.pk]), *live.all_of("board", [lesson.school_id]))
    return call


def _timed(mark: Mark, lesson: Lesson, noted: Mapping[int, Noted], now: datetime) -> Mark:
    """A lateness without minutes keeps those already noted (a second click is not a second measure), else takes them
    from the clock."""
    if mark.status == Status.LATE:
        minutes = mark.minutes_late or noted[mark.pupil_id][1] or minutes_since(lesson, now)
        return Mark(mark.pupil_id, mark.status, minutes, mark.seen)
    return Mark(mark.pupil_id, mark.status, None, mark.seen)


def _write(
    viewer: Viewer, lesson: Lesson, changed: Iterable[Mark], now: datetime, sending: Sending | None
) -> list[Entry]:
    """Write the entries, those that were there and those that were not, and their steps; returns them."""
    entries = [
        Entry(
            school_id=lesson.school_id,
            lesson=lesson,
            pupil_id=mark.pupil_id,
            day=lesson.day,
            status=mark.status,
            minutes_late=mark.minutes_late,
        )
        for mark in changed
    ]
    written = Entry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["lesson", "pupil"],
        update_fields=["status", "minutes_late"],
    )
    EntryChange.objects.bulk_create(_change(viewer, entry, now, sending) for entry in written)
    return written


def _change(viewer: Viewer, entry: Entry, now: datetime, sending: Sending | None = None) -> EntryChange:
    return EntryChange(
        school_id=entry.school_id,
        entry=entry,
        status=entry.status,
        minutes_late=entry.minutes_late,
        changed_by=viewer.person,
        changed_at=now,
        sending=sending.number if sending else None,
    )


def _tell(written: Sequence[Entry]) -> None:
    """Absences are told to families; what is none any more is no longer to be explained."""
    absent = [entry.pk for entry in written if entry.status == Status.ABSENT]
    others = [entry.pk for entry in written if entry.pk not in absent]
    if notices.settle_absences(others):
        absences_corrected.send(sender=Entry, entry_ids=others)
    if absent:
        absences_recorded.send(sender=Entry, entry_ids=absent)


@transaction.atomic
def note_latecomer(viewer: Viewer, lesson: Lesson, pupil_id: int) -> Entry | None:
    """Somebody at the gate lets in who is late: the lateness is on the roll, and the roll is still its teacher's to call.

    None when nothing was to write: the pupil is not expected there, or was noted late before (a second click).
    """
    lock(Lesson, lesson.pk)
    noted = standing_of(lesson).noted
    if pupil_id not in noted or noted[pupil_id][0] == Status.LATE:
        return None
    now = timezone.now()
    mark = Mark(pupil_id, Status.LATE, minutes_since(lesson, now), "")
    (entry,) = _write(viewer, lesson, [mark], now, None)
    _tell([entry])
    journal.record(viewer, "attendance.latecomer_noted", entry, subject_id=pupil_id)
    live.touch(*live.all_of("roll", [lesson.pk]), *live.all_of("board", [lesson.school_id]))
    return entry


@transaction.atomic
def correct_entry(
    viewer: Viewer, entry: Entry, status: str, minutes_late: int | None = None, seen: str = ""
) -> Entry:
    """Correct what was seen: the row stays, the step is added. Correcting to the same value writes nothing.

    `seen`: what the page showed (`queries.seen_of`). Raises CorrectedOtherwise when it is something else by now.
    """
    # The lock of `validate_roll`: one writes after the other, never over the other.
    lock(Lesson, entry.lesson_id)
    entry = lock(Entry, entry.pk, "lesson")
    before = entry.state_label
    late = status == Status.LATE
    minutes = (minutes_late or minutes_since(entry.lesson, timezone.now())) if late else None
    if (entry.status, entry.minutes_late) == (status, minutes):
        return entry
    if seen and seen != seen_of(entry.status, entry.minutes_late):
        raise CorrectedOtherwise(before)
    entry.status, entry.minutes_late = status, minutes
    entry.save(update_fields=["status", "minutes_late"])
    _change(viewer, entry, timezone.now()).save()
    journal.record(
        viewer,
        "attendance.entry_corrected",
        entry,
        subject_id=entry.pupil_id,
        before=before,
        after=entry.state_label,
    )
    _tell([entry])
    live.touch(*live.all_of("roll", [entry.lesson_id]), *live.all_of("board", [entry.school_id]))
    return entry
