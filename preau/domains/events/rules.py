"""May this viewer do that with an event?"""

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.events.models import ORGANISERS, Event
from preau.domains.timetable.rules import edits_timetable

SEATS = {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}


def reads_events(viewer: Viewer, *_: object) -> bool:
    """Everyone in a school, and the families: each what is for them."""
    return viewer.profile in SEATS


def is_family(viewer: Viewer, *_: object) -> bool:
    """Pupils, and those who answer for them."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def organises(viewer: Viewer, *_: object) -> bool:
    """Head, school life and secretary: events for anybody."""
    return viewer.holds(*ORGANISERS) and viewer.year is not None


def creates_events(viewer: Viewer, *_: object) -> bool:
    """Whoever organises; a teacher, for the classes that they teach."""
    return organises(viewer) or (viewer.holds(Role.TEACHER) and viewer.year is not None)


def closes_school(viewer: Viewer, *_: object) -> bool:
    """Whoever organises and keeps the timetable: lessons go and come back with it."""
    return organises(viewer) and edits_timetable(viewer)


def keeps_event(viewer: Viewer, event: Event) -> bool:
    """Whoever created it; whoever organises, but what is kept to people whom another has named is also the head's alone."""
    if event.is_closing and event.stops_lessons:
        return closes_school(viewer)
    if not creates_events(viewer):
        return False
    if event.created_by_id == viewer.person.pk or viewer.holds(Role.HEAD):
        return True
    return organises(viewer) and event.audience != Event.Audience.PEOPLE


def may_answer(viewer: Viewer, event: Event) -> bool:
    """Those for whom it is, when an answer is asked; whoever created it says nothing to themselves."""
    return event.asks_answer and event.created_by_id != viewer.person.pk and _is_for(viewer, event)


def _is_for(viewer: Viewer, event: Event) -> bool:
    """Families see only what is for them; of the staff, some read what is for others."""
    audience = Event.Audience
    if not viewer.is_staff or event.audience in {audience.EVERYONE, audience.STAFF}:
        return True
    if event.audience == audience.TEACHERS:
        return viewer.holds(Role.TEACHER)
    if event.audience == audience.PEOPLE:
        return event.invitations.filter(person=viewer.person.pk).exists()
    return not viewer.holds(*ORGANISERS) and Event.objects.filter(pk=event.pk).concerning(viewer).exists()
