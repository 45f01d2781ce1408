"""Booking a room or equipment for some hours, and keeping the list of what may be booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Room, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.changes import NotNow
from preau.domains.timetable.actions.patterns import SlotTaken, at
from preau.domains.timetable.models import PLACES, Bookable, Booking, Lesson
from preau.domains.timetable.queries.bookings import Thing, held_by
from preau.domains.timetable.queries.days import why_not
from preau.foundation import journal
from preau.foundation.locks import lock

FIELDS = ("kind", "places", "note", "is_open")


@dataclass(frozen=True)
class Asked:
    """What somebody wants, when and for what."""

    thing: Thing
    day: date
    starts_at: time
    ends_at: time
    purpose: str = ""
    lesson: Lesson | None = None


class NameKnown(Exception):
    """The school has something of this name already."""


class WasBooked(Exception):
    """It was booked once: it may be closed, not removed."""


@transaction.atomic
def book(viewer: Viewer, year: SchoolYear, asked: Asked) -> Booking:
    """Give a thing to the viewer for some hours; the same asked twice is one. Raises NotNow, and Taken by whom.

    Whoever comes second waits for the lock of the year, which lessons take too: one of them has it.
    """
    lock(SchoolYear, year.pk)
    bookable = _row_of(year, asked.thing)
    starts, ends = (at(year.school, asked.day, clock) for clock in (asked.starts_at, asked.ends_at))
    if known := _own(viewer, bookable, starts, ends):
        return known
    if not bookable.is_open:
        raise NotNow(_("« %(what)s » n’est plus à réserver.") % {"what": bookable.called})
    if reason := why_not(year, asked.day, ends):
        raise NotNow(reason)
    if clashes := held_by(year, bookable, starts, ends):
        raise SlotTaken(clashes)
    booking = Booking.objects.create(
        school_id=year.school_id,
        year=year,
        bookable=bookable,
        person=viewer.person,
        lesson=asked.lesson,
        starts=starts,
        ends=ends,
        day=asked.day,
        purpose=asked.purpose,
        made_at=timezone.now(),
    )
    journal.record(viewer, "timetable.booked", booking, bookable=bookable.pk)
    return booking


def _own(viewer: Viewer, bookable: Bookable, starts: Any, ends: Any) -> Booking | None:
    same = {"bookable": bookable, "person": viewer.person, "starts": starts, "ends": ends}
    return Booking.objects.in_force().filter(**same).first()


def _row_of(year: SchoolYear, thing: Thing) -> Bookable:
    """The row of a thing; a room that nobody described has one from its first booking on."""
    if thing.bookable:
        return Bookable.objects.select_related("room").get(pk=thing.bookable)
    kind = {"school_id": year.school_id, "kind": Bookable.Kind.ROOM}
    return Bookable.objects.select_related("room").get_or_create(room_id=thing.room, defaults=kind)[0]


@transaction.atomic
def keep_bookable(
    viewer: Viewer,
    year: SchoolYear,
    told: Mapping[str, Any],
    *,
    bookable: Bookable | None = None,
    room: Room | None = None,
) -> Bookable:
    """Describe a room, or equipment; a new place is a new room, which lessons may take too. Raises NameKnown."""
    lock(SchoolYear, year.pk)
    if bookable is None and room is None:
        bookable = _new(year, told)
    elif bookable is None:
        kind = {"school_id": year.school_id, "kind": Bookable.Kind.ROOM}
        bookable = Bookable.objects.get_or_create(room=room, defaults=kind)[0]
    before = {name: getattr(bookable, name) for name in (*FIELDS, "name")}
    for name in FIELDS:
        setattr(bookable, name, told[name])
    if bookable.room_id is None and "name" in told:
        same = Bookable.objects.filter(school=year.school_id, room=None, name=told["name"])
        if same.exclude(pk=bookable.pk).exists():
            raise NameKnown
        bookable.name = told["name"]
    if bookable.pk and before == {name: getattr(bookable, name) for name in before}:
        return bookable
    verb = "timetable.bookable_changed" if bookable.pk else "timetable.bookable_added"
    bookable.save()
    journal.record(viewer, verb, bookable)
    return bookable


def _new(year: SchoolYear, values: Mapping[str, Any]) -> Bookable:
    if values["kind"] not in PLACES:
        return Bookable(school_id=year.school_id, kind=values["kind"])
    if Room.objects.filter(school=year.school_id, name=values["name"]).exists():
        raise NameKnown
    room = Room.objects.create(school_id=year.school_id, name=values["name"])
    return Bookable(school_id=year.school_id, room=room)


@transaction.atomic
def remove_bookable(viewer: Viewer, bookable: Bookable) -> None:
    """Take equipment off the list, which nobody ever booked. Raises WasBooked; a room stays, as lessons take it."""
    lock(SchoolYear, viewer.year.pk)  # type: ignore[union-attr]
    if bookable.room_id or Booking.objects.filter(bookable=bookable).exists():
        raise WasBooked
    journal.record(viewer, "timetable.bookable_removed", bookable)
    bookable.delete()


def forget_purposes(person_id: int) -> int:
    """Erase what somebody wrote of their bookings."""
    return Booking.objects.filter(person=person_id).exclude(purpose="").update(purpose="")
