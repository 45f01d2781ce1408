"""Single appointments: hours opened, one taken, a call asked for, an hour proposed, accepted or given back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import rooms, taking, telling
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs
from preau.domains.appointments.models import Meeting, Opening
from preau.domains.appointments.queries import singles
from preau.foundation import journal
from preau.foundation.locks import lock

State = Meeting.State


class Changed(Exception):
    """Another hour is proposed than the one that they have read, or it is their own proposal."""


@dataclass(frozen=True)
class Hours:
    """What somebody opens."""

    starts: datetime
    ends: datetime
    minutes: int
    way: str
    place: str


@transaction.atomic
def open_hours(viewer: Viewer, hours: Hours) -> bool:
    """Hours for appointments, cut in slots; False when they are open already."""
    assert viewer.school_id is not None  # noqa: S101 - `rules.opens_hours` asks for the staff of a school
    try:
        with transaction.atomic():
            opening = Opening.objects.create(
                school_id=viewer.school_id,
                host=viewer.person,
                starts=hours.starts,
                ends=hours.ends,
                minutes=hours.minutes,
                way=hours.way,
                place=hours.place,
                made_at=timezone.now(),
            )
    except IntegrityError:
        return False
    journal.record(viewer, "appointments.hours_opened", opening)
    return True


@transaction.atomic
def close_hours(viewer: Viewer, opening: Opening) -> bool:
    """Nobody takes these hours any more; what was taken stays. False when they were closed."""
    opening = lock(Opening, opening.pk)
    if opening.is_closed:
        return False
    opening.is_closed = True
    opening.save(update_fields=["is_closed"])
    journal.record(viewer, "appointments.hours_closed", opening)
    return True


@transaction.atomic
def take(viewer: Viewer, opening: Opening, slot: int, pupil: int) -> bool:
    """A guardian takes one; False when it is theirs already. Raises Closed, NotTheirs, NotFree."""
    opening = lock(Opening, opening.pk, "school")
    starts = opening.starts + timedelta(minutes=slot * opening.minutes)
    ends = starts + timedelta(minutes=opening.minutes)
    if opening.is_closed or starts <= timezone.now() or ends > opening.ends:
        raise Closed
    if pupil not in viewer.own_pupils() or not singles.learns_in(opening.school_id, pupil, viewer.today):
        raise NotTheirs
    mine = Meeting.objects.live().filter(host=opening.host_id, guardian=viewer.person.pk, starts=starts)
    if mine.exists():
        return False
    _free(opening.host_id, viewer.person.pk, starts, ends, opening=opening, slot=slot)
    meeting = Meeting(
        school=opening.school,
        host_id=opening.host_id,
        guardian=viewer.person,
        pupil_id=pupil,
        starts=starts,
        ends=ends,
        state=State.BOOKED,
        way=opening.way,
        place=opening.place,
        made_by=viewer.person,
        made_at=timezone.now(),
    )
    taking.hold(meeting)
    journal.record(viewer, "appointments.booked", meeting, subject_id=pupil)
    telling.tell(meeting, telling.BOOKED, by=viewer.person.pk)
    return True


def _free(
    host: int,
    guardian: int,
    starts: datetime,
    ends: datetime,
    *,
    opening: Opening | None = None,
    slot: int = 0,
) -> None:
    """The rule of a single hour: no lesson, and both are free. Raises NotFree."""
    why = singles.why_not(host, guardian, starts, ends)
    if why:
        offered = singles.next_free(opening, guardian, slot) if opening else ()
        raise NotFree(why, offered)


def _free_for(meeting: Meeting, starts: datetime, ends: datetime) -> None:
    """The same of another hour for a meeting, with those who were invited. Raises NotFree."""
    why = singles.why_not(
        meeting.host_id,
        meeting.guardian_id,
        starts,
        ends,
        apart_from=meeting.pk,
        colleagues=taking.invited_to(meeting),
    )
    if why:
        raise NotFree(why)


@transaction.atomic
def ask(viewer: Viewer, host: int, pupil: int, reason: str, phone: str) -> bool:
    """« Rappelez-moi »: a request without an hour; False when the same one waits already. Raises NotTheirs."""
    school = singles.school_of(pupil, viewer.today)
    if pupil not in viewer.own_pupils() or school is None:
        raise NotTheirs
    if not singles.may_be_asked(host, pupil, school.pk, viewer.today):
        raise NotTheirs
    # One at a time: a request whose hour is being sought is the same one.
    waiting = Meeting.objects.filter(
        host=host,
        guardian=viewer.person.pk,
        pupil=pupil,
        evening=None,
        state__in=[State.ASKED, State.PROPOSED],
    )
    if waiting.exists():
        return False
    meeting = Meeting.objects.create(
        school=school,
        host_id=host,
        guardian=viewer.person,
        pupil_id=pupil,
        state=State.ASKED,
        # « Rappelez-moi » is on the telephone, whether the number is said or known.
        way=Meeting.Way.PHONE,
        place=phone,
        reason=reason,
        made_by=viewer.person,
        made_at=timezone.now(),
    )
    journal.record(viewer, "appointments.asked", meeting, subject_id=pupil)
    telling.tell(meeting, telling.ASKED, by=viewer.person.pk)
    return True


@transaction.atomic
def propose(viewer: Viewer, meeting: Meeting, starts: datetime, minutes: int) -> bool:
    """An hour for a request, or another hour: from either of them; it is held until the other one answers, beside what is agreed. False when it is that
    one already. Raises Closed, NotFree."""
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    if meeting.state == State.CANCELLED or meeting.evening_id is not None or starts <= timezone.now():
        raise Closed
    if meeting.asked_hour == starts or (meeting.state == State.BOOKED and meeting.starts == starts):
        return False
    ends = starts + timedelta(minutes=minutes)
    _free_for(meeting, starts, ends)
    if meeting.state == State.BOOKED:
        # What is agreed stays until the other hour is.
        meeting.other_starts, meeting.other_ends = starts, ends
    else:
        rooms.follow(meeting, starts, ends)
        meeting.state, meeting.starts, meeting.ends = State.PROPOSED, starts, ends
    meeting.proposed_by_host = viewer.is_staff
    meeting.revision += 1
    taking.hold_again(meeting)
    journal.record(viewer, "appointments.proposed", meeting, subject_id=meeting.pupil_id)
    telling.tell(meeting, telling.PROPOSED, by=viewer.person.pk, at=starts)
    return True


@transaction.atomic
def accept(viewer: Viewer, meeting: Meeting, revision: int) -> bool:
    """The other one says yes to the hour that they have read (`revision`): looked at again, as a lesson may have come meanwhile. False
    when it was. Raises Closed, Changed, NotFree.
    """
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    if meeting.state == State.BOOKED and meeting.other_starts is None:
        return False
    starts, ends = meeting.other_starts or meeting.starts, meeting.other_ends or meeting.ends
    if not meeting.is_held or starts is None or ends is None or starts <= timezone.now():
        raise Closed
    if meeting.revision != revision or meeting.proposed_by_host == viewer.is_staff:
        raise Changed
    _free_for(meeting, starts, ends)
    rooms.follow(meeting, starts, ends)
    meeting.state, meeting.starts, meeting.ends = State.BOOKED, starts, ends
    meeting.other_starts = meeting.other_ends = None
    meeting.revision += 1
    taking.hold_again(meeting)
    journal.record(viewer, "appointments.accepted", meeting, subject_id=meeting.pupil_id)
    telling.tell(meeting, telling.BOOKED, by=viewer.person.pk)
    rooms.tell_given_back(viewer, meeting)
    return True
