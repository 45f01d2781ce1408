"""The evening itself, on the phone of whoever receives: seen, not come, late; a note to oneself."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import telling
from preau.domains.appointments.models import Evening, Host, Meeting, MeetingNote
from preau.foundation import journal
from preau.foundation.locks import lock


class NotYet(Exception):
    """Nothing is noted of a meeting before its day, nor of one that is cancelled."""


def is_running(evening: Evening) -> bool:
    """Is it today, and not over?"""
    now = timezone.now()
    return (
        evening.is_live and evening.day == timezone.localdate(now, evening.zone) and not evening.is_over(now)
    )


@transaction.atomic
def note(viewer: Viewer, meeting: Meeting, outcome: str) -> bool:
    """How it went; False when that is what was noted. Raises NotYet."""
    meeting = lock(Meeting, meeting.pk)
    if meeting.outcome == outcome:
        return False
    if not meeting.is_held or meeting.starts is None or meeting.starts > timezone.now() + timedelta(hours=1):
        raise NotYet
    meeting.outcome = outcome
    meeting.save(update_fields=["outcome"])
    journal.record(viewer, "appointments.noted", meeting, subject_id=meeting.pupil_id)
    return True


@transaction.atomic
def remember(viewer: Viewer, meeting: Meeting, text: str) -> bool:
    """Keep one's own note of a meeting, or drop it when nothing is left of it; False when it says that already."""
    meeting = lock(Meeting, meeting.pk)
    mine = MeetingNote.objects.filter(meeting=meeting, author=viewer.person.pk)
    known = mine.first()
    if (known.text if known else "") == text:
        return False
    if not text:
        mine.delete()
    else:
        MeetingNote.objects.update_or_create(meeting=meeting, author=viewer.person, defaults={"text": text})
    return True


def forget_notes(person_id: int) -> int:
    """Erasure of a person: what they noted for themselves."""
    return MeetingNote.objects.filter(author=person_id).delete()[0]


@transaction.atomic
def run_late(viewer: Viewer, host: Host, minutes: int) -> bool:
    """Those who come next hear that the rest of the evening is so late; the order does not change. False when it was said.
    Raises NotYet on another day.
    """
    host = lock(Host, host.pk, "evening__school", "person")
    if host.late == minutes:
        return False
    if not is_running(host.evening):
        raise NotYet
    host.late = minutes
    host.save(update_fields=["late"])
    next_ones = (
        Meeting.objects.live()
        .filter(evening=host.evening_id, host=host.person_id, outcome="", ends__gt=timezone.now())
        .select_related("school", "host", "guardian", "pupil")
    )
    for meeting in next_ones.order_by("starts", "pk"):
        meeting.revision += 1
        meeting.save(update_fields=["revision"])
        telling.tell(
            meeting,
            telling.LATE,
            by=viewer.person.pk,
            what=_("%(num)s minutes de retard.") % {"num": minutes}
            if minutes
            else _("Le retard est rattrapé : venez à l’heure dite."),
        )
    journal.record(viewer, "appointments.late", host.evening, minutes=minutes)
    return True
