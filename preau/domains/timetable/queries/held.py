"""What somebody of the staff holds beside their lessons, for their agenda: what they booked, the slots that they watch over."""

import json
from datetime import date
from typing import Any

from django.db.models import DateTimeField, QuerySet, TextField, TimeField, Value
from django.db.models.functions import Cast

from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import Beside
from preau.domains.timetable.models import Booking, DaySlot
from preau.domains.timetable.queries.bookings import beside_of
from preau.domains.timetable.queries.slots import Kind, SlotLine, held_rows, stops_in
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared

BOOKED, WATCHED = range(2)
NONE, NOBODY = Value(""), Value(0)
NO_MOMENT, NO_HOUR = Cast(Value(None), DateTimeField()), Cast(Value(None), TimeField())


def _held(viewer: Viewer, first: date, last: date) -> "QuerySet[Any, tuple[Any, ...]]":
    """Bookings, then slots, in one query: what it is, its key, zone, room, a word, then what each of the two has alone."""
    mine = Booking.objects.visible_to(viewer).in_force()
    booked = mine.filter(person=viewer.person.pk, day__range=(first, last)).order_by()
    own = DaySlot.objects.visible_to(viewer).filter(watchers=viewer.person.pk)
    watched = own.filter(year__starts__lte=last, year__ends__gte=first).order_by()
    of_bookings = booked.values_list(
        Value(BOOKED),
        "pk",
        "school__timezone",
        "bookable__room__name",
        "purpose",
        "starts",
        "ends",
        "bookable__name",
        "lesson_id",
        "lesson__subject__name",
        NO_HOUR,
        NO_HOUR,
        NONE,
    )
    of_slots = watched.values_list(
        Value(WATCHED),
        "pk",
        "school__timezone",
        "room__name",
        "name",
        NO_MOMENT,
        NO_MOMENT,
        "kind",
        "school_id",
        NONE,
        "starts_at",
        "ends_at",
        Cast("weekdays", TextField()),
    )
    return of_bookings.union(of_slots, all=True).order_by("starts", "pk")


HELD = Prepared(_held)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """Both, for the agenda of whoever works here (one query; more where they watch over a slot)."""
    booked: list[list[Any]] = []
    watched: list[list[Any]] = []
    for what, *line in HELD(viewer, first, last):
        (booked if what == BOOKED else watched).append(line)
    found = [_entry(f"reservation-{line[0]}", _of_booking(line)) for line in booked]
    rows = held_rows(viewer, _slots(viewer, watched, first, last), first, last, watcher=viewer.person.pk)
    return found + [_entry(f"surveillance-{row.day}-{row.begins}", row) for row in rows]


def _of_booking(line: list[Any]) -> Beside:
    pk, zone, room, purpose, starts, ends, name, lesson, subject, *_hours = line
    row = (pk, starts.date(), starts, ends, zone, name, room, purpose, lesson, subject, "", "", "")
    return beside_of(row, named=False)


def _slots(viewer: Viewer, lines: list[list[Any]], first: date, last: date) -> list[SlotLine]:
    stops = stops_in({line[7] for line in lines if line[6] == Kind.CANTEEN}, first, last)
    watchers = frozenset({viewer.person.pk})
    return [
        SlotLine(
            pk,
            school,
            kind,
            name,
            tuple(json.loads(days)),
            starts,
            ends,
            zone,
            None,
            place_of(room) if room else "",
            frozenset(),
            watchers,
            tuple(stops.get(school, ())) if kind == Kind.CANTEEN else (),
        )
        for pk, zone, room, name, _from, _to, kind, school, _none, starts, ends, days in lines
    ]


def _entry(uid: str, row: Beside) -> AgendaEntry:
    return AgendaEntry(
        uid=uid,
        title=row.title,
        starts=row.starts or row.day,
        ends=row.ends or row.day,
        zone=row.zone,
        detail=row.detail,
        url=row.url,
    )
