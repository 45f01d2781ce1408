"""The room of a single appointment that is agreed: held by the lock that lessons and bookings take, kept or given back when the hour changes."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import telling
from preau.domains.appointments.actions.taking import Closed
from preau.domains.appointments.models import Meeting
from preau.domains.appointments.queries.rooms import free_rooms
from preau.foundation import journal
from preau.foundation.locks import lock


class RoomTaken(Exception):
    """Something else has it at these hours."""


def _free(meeting: Meeting, starts: datetime, ends: datetime) -> dict[int, str]:
    """What is free, the room that this meeting holds among it; the year is locked, as for a lesson or a booking."""
    year = meeting.school.current_year
    if year is None:
        return {}
    lock(SchoolYear, year.pk)
    Meeting.objects.filter(pk=meeting.pk).update(room=None)
    return free_rooms(year, starts, ends)


@transaction.atomic
def book_room(viewer: Viewer, meeting: Meeting, room: int | None) -> bool:
    """Hold a room for the meeting, or none; the others are told of the place. False when it is that one already. Raises Closed, RoomTaken."""
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    if not may_have_room(meeting, timezone.now()):
        raise Closed
    assert meeting.starts is not None  # noqa: S101
    assert meeting.ends is not None  # noqa: S101
    if meeting.room_id == room:
        return False
    free = _free(meeting, meeting.starts, meeting.ends)
    if room is not None and room not in free:
        raise RoomTaken
    meeting.room_id, meeting.place = room, free[room] if room is not None else ""
    meeting.room_given_back = ""
    meeting.revision += 1
    meeting.save(update_fields=["room", "place", "room_given_back", "revision"])
    journal.record(viewer, "appointments.room_booked", meeting, subject_id=meeting.pupil_id)
    sentence = (
        _("Lieu : %(place)s.") % {"place": meeting.place} if meeting.place else _("La salle est rendue.")
    )
    telling.tell(meeting, telling.MOVED, by=viewer.person.pk, what=sentence)
    return True


def may_have_room(meeting: Meeting, now: datetime) -> bool:
    """An hour to come that both have agreed on, in the school, outside of an evening: what is only proposed takes no room from anybody."""
    here = meeting.way == Meeting.Way.HERE and meeting.evening_id is None
    agreed = meeting.state == Meeting.State.BOOKED
    return here and agreed and meeting.starts is not None and meeting.starts > now


def follow(meeting: Meeting, starts: datetime, ends: datetime) -> None:
    """The hour changes: the room too, if it is free then; else it is given back, and the meeting remembers which. Inside a transaction that
    holds the meeting."""
    if (starts, ends) == (meeting.starts, meeting.ends):
        return
    meeting.room_given_back = ""
    if meeting.room_id is not None and meeting.room_id not in _free(meeting, starts, ends):
        meeting.room_given_back = meeting.place
        meeting.room, meeting.place = None, ""


def tell_given_back(viewer: Viewer, meeting: Meeting) -> None:
    """Whoever receives, the family and the colleagues expect each other there: they hear that the room is not theirs any more."""
    if meeting.room_given_back:
        telling.tell(meeting, telling.MOVED, by=viewer.person.pk, what=said_of_given_back(meeting))


def said_of_given_back(meeting: Meeting) -> str:
    """« Rendue, car elle n’est pas libre à la nouvelle heure : salle 204. »"""
    return _("Salle rendue, car elle n’est pas libre à la nouvelle heure : %(place)s.") % {
        "place": meeting.room_given_back
    }
