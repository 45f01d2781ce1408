"""A colleague joins a single appointment: invited by whoever receives, told, gone again; the family hears who will be there."""

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import taking, telling
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs
from preau.domains.appointments.models import Meeting, MeetingColleague
from preau.domains.appointments.queries import around, singles
from preau.domains.appointments.queries.slots import No
from preau.foundation import journal
from preau.foundation.locks import lock

MOST = 4


class TooMany(Exception):
    """A family in front of five people of the school is no appointment any more."""


def _to_come(meeting: Meeting) -> Meeting:
    """The row, held. Raises Closed once it is cancelled, or has begun."""
    meeting = lock(Meeting, meeting.pk, "school", "host", "guardian", "pupil")
    begun = meeting.starts is not None and meeting.starts <= timezone.now()
    if meeting.state == Meeting.State.CANCELLED or meeting.evening_id is not None or begun:
        raise Closed
    return meeting


@transaction.atomic
def invite(viewer: Viewer, meeting: Meeting, person: int) -> bool:
    """Have a colleague there too: their time is held, and they and the family are told; False when they are invited already.

    Raises Closed, NotTheirs, NotFree, TooMany.
    """
    meeting = _to_come(meeting)
    colleague = around.staff_of(meeting.school_id, viewer.today).filter(pk=person).first()
    if colleague is None or person in {meeting.host_id, meeting.guardian_id}:
        raise NotTheirs
    known = taking.invited_to(meeting)
    if person in known:
        return False
    if len(known) >= MOST:
        raise TooMany
    _look(meeting, person)
    MeetingColleague.objects.create(meeting=meeting, person=colleague, invited_at=timezone.now())
    meeting.revision += 1
    if meeting.is_held:
        taking.hold_again(meeting)
    else:
        meeting.save(update_fields=["revision"])
    journal.record(viewer, "appointments.joined", meeting, subject_id=meeting.pupil_id, colleague=person)
    telling.tell_joining(meeting, colleague, by=viewer.person.pk, is_there=True)
    return True


def _look(meeting: Meeting, person: int) -> None:
    """Are they free at the hours that it holds? Raises NotFree."""
    for starts, ends in (
        (meeting.starts, meeting.ends),
        (meeting.other_starts, meeting.other_ends),
    ):
        if not meeting.is_held or starts is None or ends is None:
            continue
        if singles.why_not(person, person, starts, ends, apart_from=meeting.pk):
            raise NotFree(No.COLLEAGUE)


@transaction.atomic
def leave(viewer: Viewer, meeting: Meeting, person: int) -> bool:
    """A colleague will not be there after all; all the others hear of it. False when they were not invited. Raises Closed."""
    meeting = _to_come(meeting)
    if not MeetingColleague.objects.filter(meeting=meeting, person=person).delete()[0]:
        return False
    meeting.revision += 1
    if meeting.is_held:
        taking.hold_again(meeting)
    else:
        meeting.save(update_fields=["revision"])
    journal.record(viewer, "appointments.left", meeting, subject_id=meeting.pupil_id, colleague=person)
    telling.tell_joining(meeting, Person.objects.get(pk=person), by=viewer.person.pk, is_there=False)
    return True
