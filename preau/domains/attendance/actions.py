"""Verbs of attendance: every write, in one transaction, with its trace.

The signals are sent inside the transaction: their receivers only enqueue tasks, in the same database, so that a task
exists if and only if the change does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.directory.models import Guardianship
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import (
    Decision,
    Entry,
    EntryChange,
    Explanation,
    Notice,
    Reason,
    RollCall,
    Status,
    label_of,
)
from preau.domains.attendance.queries import seen_of
from preau.domains.timetable.models import Lesson
from preau.foundation import journal

# Longer than the mail server may take to answer (EMAIL_TIMEOUT).
HOLD = timedelta(minutes=2)

absences_recorded = Signal()  # entry_ids: ids of entries that have just become absences
explanation_decided = Signal()  # explanation_id


@dataclass(frozen=True)
class Mark:
    """What a page says of a pupil: the status chosen, and what the page showed before (`queries.seen_of`)."""

    pupil_id: int
    status: str
    minutes_late: int | None
    seen: str


@dataclass(frozen=True)
class Conflict:
    """Two people wrote different things about the same pupil at the same time."""

    pupil_id: int
    theirs: str
    mine: str


class RollConflict(Exception):
    """Nothing was written: the page must show both values and ask again."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = conflicts


class NothingToExplain(Exception):
    """These absences were explained or corrected in the meantime."""


def minutes_since(lesson: Lesson, now: datetime) -> int:
    """How late someone who comes in now is, within the lesson: at least one minute."""
    length = int((lesson.ends - lesson.starts).total_seconds() // 60)
    return max(1, min(int((now - lesson.starts).total_seconds() // 60), length))


@transaction.atomic
def validate_roll(viewer: Viewer, lesson: Lesson, marks: Iterable[Mark]) -> RollCall:
    """Validate the roll of a lesson. Only what the person changed is written; a second identical click writes nothing.

    Raises RollConflict, and writes nothing, when someone else has changed the same pupil since the page was shown.
    """
    now = timezone.now()
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    known = {entry.pupil_id: entry for entry in Entry.objects.filter(lesson=lesson)}
    expected = set(lesson.pupils().values_list("pk", flat=True))
    mine = [_timed(mark, lesson, now) for mark in marks if mark.pupil_id in expected]
    changed = [
        mark for mark in mine if seen_of(mark.status, mark.minutes_late) not in {mark.seen, _now(known, mark)}
    ]
    conflicts = [_conflict(known, mark) for mark in changed if _now(known, mark) != mark.seen]
    if conflicts:
        raise RollConflict(conflicts)
    call, first = RollCall.objects.get_or_create(
        lesson=lesson, defaults={"school_id": lesson.school_id, "called_by": viewer.person, "called_at": now}
    )
    if first or changed:
        journal.record(viewer, "attendance.roll_validated", call, changes=len(changed))
    _tell(_write(viewer, lesson, known, changed, now))
    return call


def _timed(mark: Mark, lesson: Lesson, now: datetime) -> Mark:
    """A lateness without minutes takes them from the clock."""
    if mark.status == Status.LATE:
        return Mark(mark.pupil_id, mark.status, mark.minutes_late or minutes_since(lesson, now), mark.seen)
    return Mark(mark.pupil_id, mark.status, None, mark.seen)


def _now(known: Mapping[int, Entry], mark: Mark) -> str:
    entry = known.get(mark.pupil_id)
    return seen_of(entry.status, entry.minutes_late) if entry else Status.PRESENT.value


def _conflict(known: Mapping[int, Entry], mark: Mark) -> Conflict:
    entry = known.get(mark.pupil_id)
    theirs = entry.state_label if entry else str(Status.PRESENT.label)
    return Conflict(mark.pupil_id, theirs, label_of(mark.status, mark.minutes_late))


def _write(
    viewer: Viewer, lesson: Lesson, known: Mapping[int, Entry], changed: Iterable[Mark], now: datetime
) -> list[Entry]:
    """Write the entries and their steps; returns those that are now absences."""
    new: list[Entry] = []
    old: list[Entry] = []
    for mark in changed:
        entry = known.get(mark.pupil_id) or Entry(
            school_id=lesson.school_id, lesson=lesson, pupil_id=mark.pupil_id, day=lesson.day
        )
        entry.status, entry.minutes_late = mark.status, mark.minutes_late
        (old if entry.pk else new).append(entry)
    Entry.objects.bulk_create(new)
    Entry.objects.bulk_update(old, ["status", "minutes_late"])
    EntryChange.objects.bulk_create(_change(viewer, entry, now) for entry in [*new, *old])
    return [entry for entry in [*new, *old] if entry.status == Status.ABSENT]


def _change(viewer: Viewer, entry: Entry, now: datetime) -> EntryChange:
    return EntryChange(
        school_id=entry.school_id,
        entry=entry,
        status=entry.status,
        minutes_late=entry.minutes_late,
        changed_by=viewer.person,
        changed_at=now,
    )


def _tell(absences: Sequence[Entry]) -> None:
    if absences:
        absences_recorded.send(sender=Entry, entry_ids=[entry.pk for entry in absences])


@transaction.atomic
def correct_entry(viewer: Viewer, entry: Entry, status: str, minutes_late: int | None = None) -> Entry:
    """Correct what was seen: the row stays, the step is added. Correcting to the same value writes nothing."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("lesson").get(pk=entry.pk)
    before = entry.state_label
    late = status == Status.LATE
    minutes = (minutes_late or minutes_since(entry.lesson, timezone.now())) if late else None
    if (entry.status, entry.minutes_late) == (status, minutes):
        return entry
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
    _tell([entry] if status == Status.ABSENT else [])
    return entry


@transaction.atomic
def explain(viewer: Viewer, entries: Sequence[Entry], reason: Reason, comment: str = "") -> Explanation:
    """Explain the absences of one pupil on one day. Raises NothingToExplain when one is settled already."""
    pks = [entry.pk for entry in entries]
    locked = list(Entry.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    if not pks or Entry.objects.filter(pk__in=pks).to_explain().count() != len(pks):
        raise NothingToExplain
    explanation = Explanation.objects.create(
        school_id=locked[0].school_id,
        pupil_id=locked[0].pupil_id,
        day=locked[0].day,
        reason=reason,
        comment=comment,
        given_by=viewer.person,
        given_at=timezone.now(),
    )
    Entry.objects.filter(pk__in=pks).update(explanation=explanation)
    journal.record(
        viewer, "attendance.explained", explanation, subject_id=explanation.pupil_id, lessons=len(pks)
    )
    return explanation


@transaction.atomic
def withdraw(viewer: Viewer, explanation: Explanation) -> bool:
    """Take back an explanation that nobody has decided on; returns False when it was too late."""
    explanation = Explanation.objects.select_for_update().get(pk=explanation.pk)
    if not explanation.is_pending:
        return False
    _decide(viewer, explanation, Explanation.State.WITHDRAWN, "")
    journal.record(viewer, "attendance.explanation_withdrawn", explanation, subject_id=explanation.pupil_id)
    return True


@transaction.atomic
def decide(viewer: Viewer, explanation: Explanation, state: str, comment: str = "") -> bool:
    """Accept or refuse an explanation; a decision may be changed. Returns False when nothing had to change."""
    explanation = Explanation.objects.select_for_update().get(pk=explanation.pk)
    last = explanation.decisions.last()
    same = last is not None and (last.state, last.comment) == (state, comment)
    if same or explanation.state == Explanation.State.WITHDRAWN:
        return False
    _decide(viewer, explanation, state, comment)
    journal.record(viewer, f"attendance.explanation_{state}", explanation, subject_id=explanation.pupil_id)
    explanation_decided.send(sender=Explanation, explanation_id=explanation.pk)
    return True


def _decide(viewer: Viewer, explanation: Explanation, state: str, comment: str) -> None:
    explanation.state = state
    explanation.save(update_fields=["state"])
    Decision.objects.create(
        school_id=explanation.school_id,
        explanation=explanation,
        state=state,
        comment=comment,
        decided_by=viewer.person,
        decided_at=timezone.now(),
    )


@transaction.atomic
def prepare_notices(entry_ids: Sequence[int], today: date) -> list[int]:
    """Prepare a notice for each guardian who must know of these absences; returns the ids of those not sent yet."""
    notices: list[Notice] = []
    for entry in Entry.objects.filter(pk__in=entry_ids).to_explain().order_by("pk"):
        informed = (
            Guardianship.objects.informed(today).filter(pupil_id=entry.pupil_id).exclude(guardian__email="")
        )
        about = {"school_id": entry.school_id, "entry": entry, "pupil_id": entry.pupil_id, "day": entry.day}
        guardians = informed.values_list("guardian_id", flat=True)
        notices += [Notice(guardian_id=guardian, **about) for guardian in guardians]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    waiting = Notice.objects.filter(entry_id__in=entry_ids, sent_at=None)
    return list(waiting.values_list("pk", flat=True))


class BeingSent(Exception):
    """Another worker is sending this notice, or died while it did: try again when its hold is over."""


@transaction.atomic
def hold_notice(notice_id: int) -> Notice | None:
    """Take a notice to send it, outside the transaction: a slow mail server must not hold up everyone's writing.

    None when there is nothing (more) to say: sent already, the absence corrected or explained in the meantime, or
    the guardian told today of another absence that still stands (one letter a day, however many lessons). Raises
    BeingSent while another worker holds it.
    """
    now = timezone.now()
    notice = (
        Notice.objects.select_for_update(of=("self",)).select_related("pupil", "guardian").get(pk=notice_id)
    )
    same_day = {"pupil_id": notice.pupil_id, "guardian_id": notice.guardian_id, "day": notice.day}
    others = [
        other for other in Notice.objects.select_for_update().filter(**same_day) if other.pk != notice.pk
    ]
    if notice.sent_at or not Entry.objects.to_explain().filter(pk=notice.entry_id).exists():
        return None
    if notice.held_until and notice.held_until > now:
        raise BeingSent
    told = [o.entry_id for o in others if o.sent_at or (o.held_until and o.held_until > now)]
    if Entry.objects.absences().filter(pk__in=told).exists():
        return None
    notice.held_until = now + HOLD
    notice.save(update_fields=["held_until"])
    return notice


def let_notice_go(notice: Notice, *, sent: bool) -> None:
    """After the attempt: it is sent, or it may be tried again."""
    notice.held_until = None
    notice.sent_at = timezone.now() if sent else None
    notice.save(update_fields=["held_until", "sent_at"])


def forget_words(person_id: int) -> int:
    """Erase what a person wrote and what was written of them; the entries stay until their legal term."""
    return (
        Explanation.objects.filter(pupil_id=person_id).exclude(comment="").update(comment="")
        + Explanation.objects.filter(given_by_id=person_id).exclude(comment="").update(comment="")
        + Decision.objects.filter(explanation__pupil_id=person_id).exclude(comment="").update(comment="")
    )
