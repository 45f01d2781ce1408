"""The one way by which a slot is taken, given back or changed: the rule is asked under a lock, and the database refuses the rest.

Booking, plan, move, exchange, proposal, approval and typing for someone all pass `_hold` (docs/decisions/0166).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from preau.directory.models import Guardianship
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import telling
from preau.domains.appointments.models import Evening, Host, Meeting, Taken, Wish
from preau.domains.appointments.queries import around, slots
from preau.domains.appointments.queries.slots import No
from preau.foundation import journal
from preau.foundation.locks import lock

State = Meeting.State


class NotFree(Exception):
    """It cannot be taken: why, and the next slots that can."""

    def __init__(self, why: No, offered: Sequence[int] = ()) -> None:
        super().__init__(why)
        self.why, self.offered = why, tuple(offered)


class Closed(Exception):
    """Nothing more is taken here: the evening is over, cancelled, or the families' time to answer has passed."""


class NotTheirs(Exception):
    """This person does not answer for the pupil any more, or the pupil is not met by this one."""


@dataclass(frozen=True)
class Wanted:
    """Who, whom, about which child, in which slot."""

    host: int
    guardian: int
    pupil: int
    slot: int
    way: str = Meeting.Way.HERE


def _hold(meeting: Meeting) -> None:
    """Give the time of both to this meeting. Raises NotFree when somebody was quicker: the constraint of the table says so."""
    assert meeting.starts is not None  # noqa: S101 - a meeting that is held has an hour, the database says
    assert meeting.ends is not None  # noqa: S101
    span = slots.cells(meeting.starts, meeting.ends)
    people = (meeting.host_id, meeting.guardian_id)
    try:
        with transaction.atomic():
            meeting.save()
            Taken.objects.bulk_create(
                [Taken(meeting=meeting, person_id=person, at=at) for person in people for at in span]
            )
    except IntegrityError:
        raise NotFree(No.TAKEN) from None


def _release(*meetings: int) -> None:
    Taken.objects.filter(meeting__in=meetings).delete()


def _checked(evening: Evening, wanted: Wanted, *without: int) -> tuple[slots.Board, Host]:
    """The rule, under the lock of the evening. Raises NotTheirs, NotFree."""
    board = slots.board_of(evening, [wanted.guardian]).moving(*without)
    host = board.hosts.get(wanted.host)
    if host is None or not around.may_follow(evening.day, wanted.guardian, wanted.pupil):
        raise NotTheirs
    if not around.children_at(evening, [wanted.pupil]):
        raise NotTheirs
    why = board.why_not(host, wanted.guardian, wanted.slot)
    if why:
        raise NotFree(why, board.next_for(host, wanted.guardian, wanted.slot))
    return board, host


def _sibling(evening: Evening, wanted: Wanted) -> int | None:
    """Another child of theirs whom the same person teaches: one meeting is about both."""
    links = Guardianship.objects.informed(evening.day).of_another().filter(guardian=wanted.guardian)
    others = [pupil for pupil in links.values_list("pupil_id", flat=True) if pupil != wanted.pupil]
    if not others:
        return None
    here = [child.pk for child in around.children_at(evening, others)]
    taught = around.teachers_of(evening.day, here)
    return next((pupil for pupil in here if wanted.host in taught.get(pupil, {})), None)


def _made(viewer: Viewer, evening: Evening, wanted: Wanted, state: str, *, fixed: bool = False) -> Meeting:
    meeting = Meeting(
        school_id=evening.school_id,
        evening=evening,
        host_id=wanted.host,
        guardian_id=wanted.guardian,
        pupil_id=wanted.pupil,
        sibling_id=_sibling(evening, wanted),
        starts=evening.moment(wanted.slot),
        ends=evening.moment(wanted.slot + 1),
        state=state,
        way=wanted.way,
        is_fixed=fixed,
        made_by_id=viewer.person.pk,
        made_at=timezone.now(),
    )
    _hold(meeting)
    return meeting


def _locked(evening: Evening) -> Evening:
    return lock(Evening, evening.pk, "school")


@transaction.atomic
def book(viewer: Viewer, evening: Evening, wanted: Wanted) -> bool:
    """A guardian takes a slot; False when it is theirs already. Raises Closed, NotTheirs, NotFree."""
    evening = _locked(evening)
    if not evening.takes_bookings(timezone.now()):
        raise Closed
    if wanted.guardian != viewer.person.pk or wanted.pupil not in viewer.own_pupils():
        raise NotTheirs
    if _is_there(evening, wanted):
        return False
    _checked(evening, wanted)
    meeting = _made(viewer, evening, wanted, State.BOOKED)
    Wish.objects.filter(
        party__evening=evening, party__person=wanted.guardian, host__person=wanted.host
    ).update(waits_since=None)
    journal.record(viewer, "appointments.booked", meeting, subject_id=meeting.pupil_id)
    return True


def _is_there(evening: Evening, wanted: Wanted) -> bool:
    same = Meeting.objects.live().filter(
        evening=evening, host=wanted.host, guardian=wanted.guardian, starts=evening.moment(wanted.slot)
    )
    return same.exists()


@transaction.atomic
def place(viewer: Viewer, evening: Evening, wanted: Wanted) -> bool:
    """The school types it in for a family: on paper, on the telephone; they are told once the plan is out. False when it is there already.

    Raises Closed, NotTheirs, NotFree.
    """
    evening = _locked(evening)
    if not evening.is_live or evening.is_over(timezone.now()):
        raise Closed
    if _is_there(evening, wanted):
        return False
    _checked(evening, wanted)
    state = State.PLANNED if evening.state == Evening.State.WISHES else State.BOOKED
    meeting = _made(viewer, evening, wanted, state, fixed=True)
    journal.record(viewer, "appointments.placed", meeting, subject_id=meeting.pupil_id)
    if state == State.BOOKED:
        telling.tell(meeting, telling.PLACED, by=viewer.person.pk)
    return True


@transaction.atomic
def move(viewer: Viewer, meeting: Meeting, slot: int) -> bool:
    """To another slot of the same evening; where it is another family's, the two are exchanged. False when it is there already.

    Raises Closed, NotTheirs, NotFree.
    """
    if meeting.evening_id is None:
        raise Closed
    evening = lock(Evening, meeting.evening_id, "school")
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    if not meeting.is_held or not evening.is_live or evening.is_over(timezone.now()):
        raise Closed
    starts = evening.moment(slot)
    if meeting.starts == starts:
        return False
    other = Meeting.objects.live().filter(evening=evening, host=meeting.host_id, starts=starts).first()
    _change(viewer, evening, meeting, slot, other)
    return True


def _change(viewer: Viewer, evening: Evening, meeting: Meeting, slot: int, other: Meeting | None) -> None:
    assert meeting.starts is not None  # noqa: S101
    before = evening.slot_at(meeting.starts)
    moved = [(meeting, slot)] + ([(other, before)] if other else [])
    ids = [one.pk for one, _slot in moved]
    for one, to in moved:
        _checked(evening, Wanted(one.host_id, one.guardian_id, one.pupil_id, to), *ids)
    _release(*ids)
    # Two who must not cross, moved at once, are looked at again with the first one in its new place.
    for one, to in moved:
        _checked(evening, Wanted(one.host_id, one.guardian_id, one.pupil_id, to), *ids[ids.index(one.pk) :])
        was = one.starts
        one.starts, one.ends, one.is_fixed = evening.moment(to), evening.moment(to + 1), True
        one.revision += 1
        _hold(one)
        journal.record(viewer, "appointments.moved", one, subject_id=one.pupil_id)
        telling.tell(one, telling.MOVED, by=viewer.person.pk, before=was)


@transaction.atomic
def give_back(viewer: Viewer, meeting: Meeting) -> bool:
    """Cancel a meeting: the other one is told, and whoever waits for this slot; False when it was cancelled already."""
    if meeting.evening_id is not None:
        lock(Evening, meeting.evening_id)
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    if meeting.state == State.CANCELLED:
        return False
    cancel(viewer, meeting)
    if meeting.evening_id is not None:
        offer_to_waiting(meeting)
    return True


def cancel(viewer: Viewer, meeting: Meeting, kind: str = "") -> None:
    """Inside a transaction that holds the meeting."""
    told = meeting.state != State.PLANNED
    _release(meeting.pk)
    meeting.state = State.CANCELLED
    meeting.revision += 1
    meeting.save(update_fields=["state", "revision"])
    journal.record(viewer, "appointments.cancelled", meeting, subject_id=meeting.pupil_id)
    if told:
        telling.tell(meeting, kind or telling.CANCELLED, by=viewer.person.pk)


def offer_to_waiting(meeting: Meeting) -> int:
    """A slot is free again: who waits for this person is told, in the order of the list, once they may take it."""
    waiting = (
        Wish.objects.filter(
            party__evening=meeting.evening_id, host__person=meeting.host_id, waits_since__isnull=False
        )
        .exclude(party__person=meeting.guardian_id)
        .select_related("party", "host")
        .order_by("waits_since", "pk")
    )
    told = 0
    for wish in waiting[:3]:
        telling.tell_free(wish, meeting)
        told += 1
    return told


def hold(meeting: Meeting) -> None:
    """For the other rooms of the house: hold the time of a meeting that is being made or proposed. Raises NotFree."""
    _hold(meeting)


def hold_again(meeting: Meeting, starts: datetime, ends: datetime) -> None:
    """Another hour for the same meeting. Raises NotFree, and then nothing has changed."""
    with transaction.atomic():
        _release(meeting.pk)
        meeting.starts, meeting.ends = starts, ends
        _hold(meeting)


def release(*meetings: int) -> None:
    _release(*meetings)
