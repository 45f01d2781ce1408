"""The one way by which a slot is taken, given back or changed: the rule is asked under a lock, and the database refuses the rest.

Booking, plan, move, exchange, proposal, approval and typing for someone all pass `_hold` (docs/decisions/0166).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from preau.directory.models import Guardianship
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import telling
from preau.domains.appointments.models import Evening, Host, Meeting, MeetingColleague, Taken, Wish
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
    span = dict.fromkeys(slots.cells(meeting.starts, meeting.ends))
    if meeting.other_starts is not None and meeting.other_ends is not None:
        span |= dict.fromkeys(slots.cells(meeting.other_starts, meeting.other_ends))
    people = [meeting.host_id, meeting.guardian_id, *invited_to(meeting)]
    try:
        with transaction.atomic():
            meeting.save()
            Taken.objects.bulk_create(
                [Taken(meeting=meeting, person_id=person, at=at) for person in people for at in span]
            )
    except IntegrityError:
        raise NotFree(No.TAKEN) from None


def invited_to(meeting: Meeting) -> list[int]:
    """The colleagues whose time it takes too; nobody is invited to a meeting of an evening."""
    if meeting.pk is None or meeting.evening_id is not None:
        return []
    found = MeetingColleague.objects.filter(meeting=meeting.pk).order_by("pk")
    return list(found.values_list("person_id", flat=True))


def _release(*meetings: int) -> None:
    Taken.objects.filter(meeting__in=meetings).delete()


def _checked(
    evening: Evening, wanted: Wanted, *without: int, by_family: bool = False
) -> tuple[slots.Board, Host]:
    """The rule, under the lock of the evening. Raises NotTheirs, NotFree."""
    board = slots.board_of(evening, [wanted.guardian]).moving(*without)
    host = board.hosts.get(wanted.host)
    if host is None or not around.may_follow(evening.day, wanted.guardian, wanted.pupil):
        raise NotTheirs
    if not around.children_at(evening, [wanted.pupil]):
        raise NotTheirs
    if by_family:
        received = around.received_at(evening, [wanted.pupil], board.hosts.values())
        if wanted.host not in received.get(wanted.pupil, {}):
            raise NotTheirs
        if not board.may_choose(wanted.guardian):
            raise NotFree(No.TAKEN)
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
    received = around.received_at(evening, here)
    return next((pupil for pupil in here if wanted.host in received.get(pupil, {})), None)


def _made(by: int, evening: Evening, wanted: Wanted, state: str, *, fixed: bool = False) -> Meeting:
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
        made_by_id=by,
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
    _checked(evening, wanted, by_family=True)
    meeting = _made(viewer.person.pk, evening, wanted, State.BOOKED)
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
    meeting = _made(viewer.person.pk, evening, wanted, state, fixed=True)
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
    """Cancel a meeting: the other one is told, and whoever waits for this slot; False when it was cancelled already. Raises Closed
    once it has begun, or when how it went is noted.
    """
    evening = lock(Evening, meeting.evening_id, "school") if meeting.evening_id is not None else None
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    if meeting.state == State.CANCELLED:
        return False
    if meeting.outcome or (meeting.starts is not None and meeting.starts <= timezone.now()):
        raise Closed
    cancel(viewer, meeting)
    if evening is not None:
        offer_to_waiting(viewer, evening, meeting)
    return True


def cancel(viewer: Viewer, meeting: Meeting, kind: str = "") -> None:
    """Inside a transaction that holds the meeting."""
    was_announced = meeting.state != State.PLANNED
    _release(meeting.pk)
    meeting.state = State.CANCELLED
    meeting.revision += 1
    meeting.save(update_fields=["state", "revision"])
    journal.record(viewer, "appointments.cancelled", meeting, subject_id=meeting.pupil_id)
    if was_announced:
        telling.tell(meeting, kind or telling.CANCELLED, by=viewer.person.pk)


def waiting_for(evening: Evening, host: int) -> list[Wish]:
    """Who waits for this person, in the order of the list."""
    found = Wish.objects.filter(party__evening=evening, host__person=host, waits_since__isnull=False)
    return list(found.select_related("party", "host__person").order_by("waits_since", "pk"))


def offer_to_waiting(viewer: Viewer, evening: Evening, meeting: Meeting) -> int:
    """A slot is free again. Where families book, all those who wait and may take it are told; else it is given to the first of them."""
    assert meeting.starts is not None  # noqa: S101
    if not evening.is_live or evening.state == Evening.State.WISHES or meeting.starts <= timezone.now():
        return 0
    board, slot, count = slots.board_of(evening), evening.slot_at(meeting.starts), 0
    for wish in waiting_for(evening, meeting.host_id):
        if wish.party.person_id == meeting.guardian_id or not _suits(board, wish, slot):
            continue
        if evening.takes_bookings(timezone.now()):
            if board.may_choose(wish.party.person_id):
                telling.tell_free(wish, meeting)
                count += 1
        elif give(viewer, evening, wish, slot):
            return 1
    return count


def _suits(board: slots.Board, wish: Wish, slot: int) -> bool:
    host = board.hosts.get(wish.host.person_id)
    return (
        host is not None
        and slot not in wish.party.away
        and board.why_not(host, wish.party.person_id, slot) is None
    )


def give(viewer: Viewer, evening: Evening, wish: Wish, slot: int) -> bool:
    """Where families take nothing by themselves any more, who waited has the slot, and is told. False when it was not possible."""
    wanted = Wanted(wish.host.person_id, wish.party.person_id, wish.pupil_id, slot)
    try:
        _checked(evening, wanted)
        meeting = _made(evening.created_by_id, evening, wanted, State.BOOKED)
    except (NotFree, NotTheirs):
        return False
    wish.waits_since = None
    wish.save(update_fields=["waits_since"])
    journal.record(viewer, "appointments.placed", meeting, subject_id=meeting.pupil_id)
    telling.tell(meeting, telling.PLACED, by=0)
    return True


def call_back(viewer: Viewer, evening: Evening, host: Host) -> int:
    """Somebody receives after all: where families book, those who wait are told; else each has the first slot that suits them."""
    if not evening.is_live or evening.state == Evening.State.WISHES or evening.is_over(timezone.now()):
        return 0
    count = 0
    for wish in waiting_for(evening, host.person_id):
        if evening.takes_bookings(timezone.now()):
            telling.tell_back(wish, evening)
            count += 1
            continue
        board = slots.board_of(evening, [wish.party.person_id])
        free = [slot for slot in range(evening.slots) if _suits(board, wish, slot)]
        count += int(any(give(viewer, evening, wish, slot) for slot in free[:1]))
    return count


def hold(meeting: Meeting) -> None:
    """For the other rooms of the house: hold the time of a meeting that is being made or proposed. Raises NotFree."""
    _hold(meeting)


def hold_again(meeting: Meeting) -> None:
    """The hours of a meeting as they now are. Raises NotFree, and then nothing has changed."""
    with transaction.atomic():
        _release(meeting.pk)
        _hold(meeting)


def release(*meetings: int) -> None:
    _release(*meetings)
