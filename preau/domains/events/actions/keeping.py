"""The life of an event: a draft, published, changed, cancelled, restored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Group, Person, Room, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.events.models import Event, EventStep, Invitation
from preau.domains.timetable.actions import closings
from preau.domains.timetable.models import LessonChange
from preau.foundation import journal, text
from preau.foundation.locks import lock

# Sent inside the transaction: its receivers only enqueue tasks, in the same database.
event_told = Signal()  # event_id, gesture, before
Gesture = EventStep.Gesture
State = Event.State


class ChangedMeanwhile(Exception):
    """Somebody else has changed the event since its form was shown."""


@dataclass(frozen=True)
class EventFacts:
    """What a person planned, clean: `groups` and `people` are those of its audience."""

    kind: str
    title: str
    description: str
    first_day: date
    last_day: date
    starts: datetime
    ends: datetime
    whole_days: bool
    room: Room | None
    place: str
    audience: str
    with_families: bool
    asks_answer: bool
    stops_lessons: bool = False
    meals: str = ""
    transport: str = ""
    tells: str = Event.Tells.EVERYONE
    groups: Sequence[Group] = ()
    people: Sequence[Person] = ()

    def is_said_by(self, event: Event) -> bool:
        """Does it say just that already?"""
        same = all(getattr(event, name) == getattr(self, name) for name in FIELDS)
        groups = self.groups if self.audience == Event.Audience.GROUPS else ()
        return same and set(event.groups.all()) == set(groups)

    def written_on(self, event: Event) -> Event:
        for name in FIELDS:
            setattr(event, name, getattr(self, name))
        event.search_title = text.fold(self.title)
        return event


FIELDS = (
    "kind",
    "title",
    "description",
    "first_day",
    "last_day",
    "starts",
    "ends",
    "whole_days",
    "room",
    "place",
    "audience",
    "with_families",
    "asks_answer",
    "stops_lessons",
    "meals",
    "transport",
    "tells",
)


@transaction.atomic
def create(viewer: Viewer, planned: EventFacts, sent_as: str = "") -> Event:
    """A draft, which nobody but those who keep it sees. The same form sent twice makes one."""
    known = Event.objects.filter(created_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    event = planned.written_on(
        Event(
            school_id=_school_of(viewer), created_by=viewer.person, created_at=timezone.now(), sent_as=sent_as
        )
    )
    event.save()
    _give(event, planned)
    journal.record(viewer, "events.created", event)
    return event


def _school_of(viewer: Viewer) -> int:
    if viewer.school_id is None:
        raise ValueError("An event is of a school.")
    return viewer.school_id


def _give(event: Event, planned: EventFacts) -> None:
    """Its classes, or its people: those who stay keep what they answered."""
    event.groups.set(planned.groups if planned.audience == Event.Audience.GROUPS else ())
    if planned.audience != Event.Audience.PEOPLE:
        event.invitations.filter(answer="").delete()
        return
    named = {person.pk for person in planned.people}
    event.invitations.exclude(person__in=named).delete()
    known = set(event.invitations.values_list("person_id", flat=True))
    new = [Invitation(school_id=event.school_id, event=event, person_id=pk) for pk in sorted(named - known)]
    Invitation.objects.bulk_create(new)


@transaction.atomic
def change(viewer: Viewer, event: Event, planned: EventFacts, revision: int) -> Event:
    """Write an event anew. Published, what was said before is kept, and those concerned are told. Raises ChangedMeanwhile."""
    event = lock(Event, event.pk, "school", "room")
    if event.revision != revision:
        raise ChangedMeanwhile
    before, starts, ends = said_of(event), event.starts, event.ends
    planned.written_on(event)
    event.revision += 1
    event.save()
    _give(event, planned)
    journal.record(viewer, "events.changed", event)
    _follow_all(event, viewer, min(starts, event.starts), max(ends, event.ends))
    if event.state == State.PUBLISHED:
        changed = said_of(event) != before
        if changed:
            _step(viewer, event, Gesture.CHANGED, _("Avant : %(said)s") % {"said": before})
            _tell(viewer, event, Gesture.CHANGED, before)
        # Whoever comes in by a wider audience has heard nothing yet.
        _tell(viewer, event, Gesture.PUBLISHED)
    return event


def said_of(event: Event) -> str:
    """What people would have to be told of again, in one line."""
    return " · ".join(filter(None, [event.title, event.when, event.where, event.closing_said]))


def _step(viewer: Viewer, event: Event, gesture: str, note: str = "") -> None:
    EventStep.objects.create(
        school_id=event.school_id,
        event=event,
        gesture=gesture,
        note=note[:500],
        by=viewer.person,
        at=timezone.now(),
    )


def _tell(viewer: Viewer, event: Event, gesture: Any, before: str = "") -> None:
    event_told.send(sender=Event, event_id=event.pk, gesture=str(gesture), before=before, by=viewer.person.pk)


def _move(viewer: Viewer, event: Event, origin: State, state: State, gesture: Any, note: str = "") -> bool:
    """From a state to another, once; False when it is not there any more."""
    event = lock(Event, event.pk, "school", "room")
    if event.state != origin:
        return False
    event.state = state
    event.revision += 1
    event.published_at = event.published_at or timezone.now()
    event.save(update_fields=["state", "revision", "published_at"])
    _step(viewer, event, gesture, note)
    _follow_all(event, viewer, event.starts, event.ends)
    journal.record(viewer, f"events.{gesture}", event)
    _tell(viewer, event, gesture, note)
    return True


def follow(event: Event, viewer: Viewer | None = None) -> None:
    """The lessons of a closing are as it says: cancelled while it is out, back when it is not. Of what is over nothing moves.

    `viewer`: who does it; none for lessons that a timetable brought since, which are cancelled as the others were.
    """
    if not event.is_closing:
        return
    by = viewer.person.pk if viewer else event.created_by_id
    year = _year_of(event)
    if year is None:
        return
    if event.state != State.PUBLISHED or not event.stops_lessons:
        closings.resume_lessons(by, year, event.origin, viewer)
        return
    closings.stop_lessons(by, _stop_of(event, year), viewer)


def _year_of(event: Event) -> SchoolYear | None:
    return SchoolYear.objects.filter(
        school=event.school_id, starts__lte=event.first_day, ends__gte=event.first_day
    ).first()


def _stop_of(event: Event, year: SchoolYear) -> closings.Stop:
    some = event.audience == Event.Audience.GROUPS
    groups = frozenset(event.groups.values_list("pk", flat=True)) if some else None
    reason = LessonChange.Reason.OTHER if some else LessonChange.Reason.CLOSED
    return closings.Stop(year, event.starts, event.ends, event.origin, reason, groups)


def lessons_at_stake(event: Event) -> list[int]:
    """The lessons that a closing would cancel if it were published now; nothing is written."""
    year = _year_of(event)
    if year is None or not (event.is_closing and event.stops_lessons):
        return []
    return closings.lessons_stopped(_stop_of(event, year))


@transaction.atomic
def keep_quiet(viewer: Viewer, event: Event) -> bool:
    """Of a draft: nobody is told when it is published. False once it is out."""
    event = lock(Event, event.pk)
    if event.state != State.DRAFT:
        return False
    event.tells = Event.Tells.NOBODY
    event.save(update_fields=["tells"])
    journal.record(viewer, "events.changed", event)
    return True


def _follow_all(event: Event, viewer: Viewer, starts: datetime, ends: datetime) -> None:
    """A closing, then the others of these hours: what this one brings back, they still cancel."""
    follow(event, viewer)
    if not event.is_closing:
        return
    others = _going_on(event.school_id).exclude(pk=event.pk).filter(starts__lt=ends, ends__gt=starts)
    for other in others:
        follow(other, viewer)


def _going_on(school_id: int) -> "QuerySet[Event]":
    """The closings that cancel lessons and are not over."""
    found = Event.objects.held().filter(
        school=school_id, kind=Event.Kind.NO_CLASS, stops_lessons=True, ends__gt=timezone.now()
    )
    return found.select_related("school").order_by("pk")


@transaction.atomic
def follow_plan(school_id: int) -> int:
    """Lessons that a timetable brought since are cancelled too by the closings that are not over; returns how many closings."""
    # Whoever cancels a closing holds its year: what is read before them would cancel its lessons again after them.
    list(SchoolYear.objects.select_for_update(of=("self",)).filter(school=school_id).order_by("pk"))
    events = list(_going_on(school_id))
    for event in events:
        follow(event)
    return len(events)


@transaction.atomic
def publish(viewer: Viewer, event: Event) -> bool:
    """Tell those for whom it is; False when it was out already."""
    return _move(viewer, event, State.DRAFT, State.PUBLISHED, Gesture.PUBLISHED)


@transaction.atomic
def cancel(viewer: Viewer, event: Event, why: str = "") -> bool:
    """It will not happen: said where it was, and to those who knew. False when it was not going to."""
    return _move(viewer, event, State.PUBLISHED, State.CANCELLED, Gesture.CANCELLED, why)


@transaction.atomic
def restore(viewer: Viewer, event: Event) -> bool:
    """It happens after all; False when it was not cancelled."""
    return _move(viewer, event, State.CANCELLED, State.PUBLISHED, Gesture.RESTORED)


@transaction.atomic
def remove(viewer: Viewer, event: Event) -> bool:
    """Throw a draft away, of which nobody was told; False once it was published."""
    event = lock(Event, event.pk, "school", "room")
    if event.state != State.DRAFT or event.published_at:
        return False
    journal.record(viewer, "events.removed", event)
    event.delete()
    return True


def forget_invitations(person_id: int) -> int:
    """Whether somebody came goes with their name; the events that they created are the school's."""
    return Invitation.objects.filter(person_id=person_id).delete()[0]
