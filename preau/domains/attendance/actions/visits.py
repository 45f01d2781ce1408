"""A pupil comes to the infirmary, to the library, and leaves."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance import rules
from preau.domains.attendance.models import Visit
from preau.foundation import journal
from preau.foundation.locks import lock

# A visit that nobody ended is over in the night: nobody sleeps at the library.
FORGOTTEN = timedelta(hours=10)
# Two clicks on one arrival.
A_MOMENT = timedelta(minutes=5)


class StillElsewhere(Exception):
    """The pupil is noted somewhere that must not be left in silence; nothing was written. `visit`: where."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit.pk)
        self.visit = visit


@transaction.atomic
def begin_visit(
    viewer: Viewer, pupil: Person, place: str, leaving: int | None = None, *, told: bool = True
) -> Visit:
    """A pupil is there now; they were elsewhere no more. The same click twice is one. `told`: may the family read it?

    Raises StillElsewhere, and writes nothing, when that would end a visit to the infirmary or to a place that is not the
    viewer's, unless they say that this visit (`leaving`) is over.
    """
    now = timezone.now()
    lock(Person, pupil.pk)
    before = Visit.objects.going_on().filter(pupil=pupil, school_id=viewer.school_id).first()
    if before is not None and before.place == place:
        return before if told else _keep(viewer, before)
    if before is not None and before.pk != leaving and rules.asks_before_leaving(viewer, before):
        raise StillElsewhere(before)
    if before is not None:
        _end(viewer, before)
    visit = Visit.objects.create(
        school_id=viewer.school_id or 0,
        pupil=pupil,
        place=place,
        starts=now,
        noted_by=viewer.person,
        told_to_family=told,
    )
    journal.record(viewer, "attendance.visit_begun", visit, subject_id=pupil.pk)
    return visit


def _keep(viewer: Viewer, visit: Visit) -> Visit:
    """The family reads it no more. The verb is that of any visit: one of its own would list them."""
    if visit.told_to_family:
        visit.told_to_family = False
        visit.save(update_fields=["told_to_family"])
        journal.record(viewer, "attendance.visit_begun", visit, subject_id=visit.pupil_id)
    return visit


@transaction.atomic
def note_arrival(viewer: Viewer, pupil: Person) -> Visit | None:
    """Somebody at the gate lets in who comes between two lessons: seen there at this hour, and on their way.

    It changes nothing on any roll. None when they are noted somewhere, or were a moment ago (a second click).
    """
    now = timezone.now()
    lock(Person, pupil.pk)
    known = Visit.objects.filter(pupil=pupil, school_id=viewer.school_id or 0)
    if known.filter(Q(ends=None) | Q(ends__gt=now - A_MOMENT)).exists():
        return None
    visit = Visit.objects.create(
        school_id=viewer.school_id or 0,
        pupil=pupil,
        place=Visit.Place.OFFICE,
        starts=now,
        ends=now,
        noted_by=viewer.person,
        ended_by=viewer.person,
    )
    journal.record(viewer, "attendance.latecomer_noted", visit, subject_id=pupil.pk)
    return visit


@transaction.atomic
def end_visit(viewer: Viewer, visit: Visit) -> bool:
    """The pupil has left. False when it was said already."""
    visit = lock(Visit, visit.pk)
    if visit.ends:
        return False
    _end(viewer, visit)
    return True


def _end(viewer: Viewer, visit: Visit) -> None:
    visit.ends, visit.ended_by = timezone.now(), viewer.person
    visit.save(update_fields=["ends", "ended_by"])
    journal.record(viewer, "attendance.visit_ended", visit, subject_id=visit.pupil_id)


def end_forgotten_visits() -> int:
    """End those that nobody has ended for hours; returns how many."""
    now = timezone.now()
    return Visit.objects.going_on().filter(starts__lt=now - FORGOTTEN).update(ends=now)
