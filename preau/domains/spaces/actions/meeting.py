"""A virtual class is planned, opened on the server, joined, closed; who came is kept."""

from contextlib import suppress
from datetime import datetime
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Attendance, Meeting, Space
from preau.domains.spaces.providers import Guest, Room, Unreachable, is_offered, server
from preau.domains.spaces.queries.people import number_of_schools, signed
from preau.foundation import journal
from preau.foundation.locks import lock


class NotOpen(Exception):
    """The room is not open, or no more."""


def room_of(meeting: Meeting) -> Room:
    left = (meeting.last_moment - timezone.now()).total_seconds()
    return Room(meeting.number, f"{meeting.title} ({meeting.space.title})", max(1, ceil(left / 60)))


@transaction.atomic
def plan(
    viewer: Viewer, space: Space, title: str, starts: datetime, ends: datetime, *, sent_as: str = ""
) -> Meeting:
    """Say when it will be; the same form sent twice plans one."""
    lock(Person, viewer.person.pk)
    known = Meeting.objects.filter(made_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    made: Meeting = Meeting.objects.create(
        space=space,
        title=title,
        starts=starts,
        ends=ends,
        made_by=viewer.person,
        made_at=timezone.now(),
        sent_as=sent_as,
    )
    journal.record(viewer, "spaces.meeting_planned", made)
    return made


def _as_it_is(meeting: Meeting) -> Meeting:
    found: Meeting = Meeting.objects.select_related("space").get(pk=meeting.pk)
    return found


def open_room(viewer: Viewer, meeting: Meeting) -> bool:
    """Open its room on the server; False when it was open or is over. Raises Unreachable, and nothing has changed."""
    meeting = _as_it_is(meeting)
    if meeting.opened_at is not None or meeting.cancelled_at is not None:
        return False
    # The server is asked while no row is held: slow, it makes nobody else wait. Opened twice there, it is the same room.
    server().create(room_of(meeting))
    return _opened(viewer, meeting)


@transaction.atomic
def _opened(viewer: Viewer, meeting: Meeting) -> bool:
    meeting = lock(Meeting, meeting.pk, "space")
    if meeting.opened_at is not None or meeting.cancelled_at is not None:
        return False
    meeting.opened_at = timezone.now()
    meeting.save(update_fields=["opened_at"])
    journal.record(viewer, "spaces.meeting_opened", meeting)
    return True


def close_room(viewer: Viewer, meeting: Meeting) -> bool:
    """Close its room for all; False when it was not open. Raises Unreachable, and nothing has changed."""
    meeting = _as_it_is(meeting)
    if not meeting.is_open:
        return False
    server().end(room_of(meeting))
    return _closed(viewer, meeting)


@transaction.atomic
def _closed(viewer: Viewer, meeting: Meeting) -> bool:
    meeting = lock(Meeting, meeting.pk, "space")
    if not meeting.is_open:
        return False
    meeting.ended_at = timezone.now()
    meeting.save(update_fields=["ended_at"])
    journal.record(viewer, "spaces.meeting_closed", meeting)
    return True


def close_forgotten(now: datetime, most: int = 100) -> int:
    """Close the rooms that nobody closed after their end; returns how many. The server that does not answer is asked the next time."""
    if not is_offered():
        return 0
    closed = 0
    rooms: Any = Meeting.objects
    for meeting in rooms.forgotten(now).select_related("space").order_by("ends", "pk")[:most]:
        with suppress(Unreachable):
            server().end(room_of(meeting))
            closed += Meeting.objects.filter(pk=meeting.pk, ended_at=None).update(ended_at=now)
    return closed


@transaction.atomic
def cancel(viewer: Viewer, meeting: Meeting) -> bool:
    """It will not be; False when it has been opened, or was cancelled."""
    meeting = lock(Meeting, meeting.pk, "space")
    if meeting.opened_at is not None or meeting.cancelled_at is not None:
        return False
    meeting.cancelled_at = timezone.now()
    meeting.save(update_fields=["cancelled_at"])
    journal.record(viewer, "spaces.meeting_cancelled", meeting)
    return True


@transaction.atomic
def join(viewer: Viewer, meeting: Meeting) -> str:
    """Come in: that one came is kept, and the address where one's browser goes is given. Raises NotOpen."""
    meeting = lock(Meeting, meeting.pk, "space")
    if not meeting.is_open:
        raise NotOpen
    now, runs = timezone.now(), rules.runs(viewer, meeting.space)
    if not runs and now > meeting.last_moment:
        raise NotOpen
    row, made = Attendance.objects.get_or_create(
        meeting=meeting, person=viewer.person, defaults={"came_at": now, "last_at": now}
    )
    if made:
        journal.record(viewer, "spaces.meeting_joined", meeting, subject_id=viewer.person.pk)
    else:
        Attendance.objects.filter(pk=row.pk).update(last_at=now)
    # All in the room read it, pupils of another school too.
    name = signed(viewer.school_id, viewer.person, number_of_schools(meeting.space))
    guest = Guest(viewer.person.public_id, name, runs)
    return server().join_address(room_of(meeting), guest)


@transaction.atomic
def forget(person_id: int) -> int:
    return int(Attendance.objects.filter(person=person_id).delete()[0])
