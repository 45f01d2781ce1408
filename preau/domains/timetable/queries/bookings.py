"""What may be booked, what is free at an hour, who holds the rest, and whose bookings these are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import Person, Room, SchoolYear
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import Beside, room_holds
from preau.domains.timetable.models import (
    EQUIPMENT,
    Bookable,
    Booking,
    BookingQuerySet,
    DaySlot,
    Lesson,
    WeeklyPattern,
)
from preau.domains.timetable.queries.clashes import Clash
from preau.domains.timetable.queries.lessons import COLUMNS, rows_from
from preau.foundation import dates
from preau.foundation.prepared import Prepared

Kind = Bookable.Kind
# What few schools have many of is looked for first: an ordinary room is in the list of all the others.
ORDER = (
    Kind.TROLLEY,
    Kind.DEVICE,
    Kind.LIBRARY,
    Kind.COMPUTERS,
    Kind.LAB,
    Kind.HALL,
    Kind.SPORT,
    Kind.ROOM,
)
USUAL = 55  # minutes


@dataclass(frozen=True)
class Thing:
    """A room or equipment as pages list it. `key` names it in a form: a room that nobody described has no row to name."""

    key: str
    called: str
    kind: str
    places: int | None
    note: str
    is_open: bool
    room: int | None
    bookable: int | None
    bookings: int = 0

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def is_equipment(self) -> bool:
        return self.kind in EQUIPMENT

    def holds(self, people: int) -> bool:
        """Are there places enough? Where nobody has counted them, yes."""
        return self.places is None or self.places >= people

    @property
    def detail(self) -> str:
        """« 24 places · clé au secrétariat »."""
        if self.is_equipment:
            count = _("%(count)s appareils") % {"count": self.places} if self.places else ""
        else:
            count = _("%(count)s places") % {"count": self.places} if self.places else ""
        return " · ".join(filter(None, [count, self.note]))


@dataclass(frozen=True)
class Held:
    """A thing that somebody or something has at these hours."""

    thing: Thing
    by: str
    hours: str
    is_own: bool = False

    @property
    def clash(self) -> Clash:
        return Clash(self.thing.called, self.hours, self.by)


@dataclass(frozen=True)
class Finding:
    """What is free at some hours, by kind, and what is taken."""

    free: tuple[tuple[str, tuple[Thing, ...]], ...]
    taken: tuple[Held, ...]

    @property
    def number(self) -> int:
        return sum(len(things) for _label, things in self.free)

    def fitting(self, people: int) -> "Finding":
        """For a lesson of so many: ordinary rooms first, then the others, and at the end those that are too small for it."""
        ordinary = str(Kind.ROOM.label)
        free: list[tuple[str, tuple[Thing, ...]]] = []
        small: list[Thing] = []
        for label, things in sorted(self.free, key=lambda one: one[0] != ordinary):
            large = tuple(thing for thing in things if thing.holds(people))
            small += [thing for thing in things if thing not in large]
            free += [(label, large)] if large else []
        if small:
            free.append((_("Trop petites pour %(num)s élèves") % {"num": people}, tuple(small)))
        return Finding(tuple(free), self.taken)

    def said(self, most: int = 4) -> str:
        """« Chariot B, salle 204, salle 207 »: what may be taken in the place of what is not."""
        return ", ".join([thing.called for _label, things in self.free for thing in things][:most])


FACTS = ("kind", "places", "note", "is_open")
ROOMS = Prepared(
    lambda school: (
        Room.objects.filter(school=school)
        .order_by("name")
        .values_list("pk", "name", "bookable__pk", *(f"bookable__{name}" for name in FACTS))
    )
)
EQUIPMENTS = Prepared(
    lambda school: (
        Bookable.objects.filter(school=school, room=None).order_by("name").values_list("pk", "name", *FACTS)
    )
)


def things_of(school: int, *, rooms: bool = True, equipment: bool = True) -> list[Thing]:
    """Every room of a school and all its equipment, by kind and by name (one query each)."""
    found = [
        Thing(f"materiel-{pk}", name, kind, places, note, is_open, None, pk)
        for pk, name, kind, places, note, is_open in (EQUIPMENTS(school) if equipment else ())
    ]
    for pk, name, bookable, kind, places, note, is_open in ROOMS(school) if rooms else ():
        if not bookable:
            kind, places, note, is_open = Kind.ROOM.value, None, "", True
        found.append(Thing(f"salle-{pk}", place_of(name), kind, places, note, is_open, pk, bookable))
    rank = {kind.value: number for number, kind in enumerate(ORDER)}
    return sorted(found, key=lambda thing: rank[thing.kind])


def things_kept(viewer: Viewer) -> list[Thing]:
    """The same, with how often each was booked this year, for whoever keeps the list (three queries)."""
    booked = Booking.objects.in_force().filter(year=viewer.year).order_by().values("bookable")
    counts = Counter(dict(booked.annotate(times=Count("pk")).values_list("bookable", "times")))
    things = things_of(viewer.school_id or 0)
    return [
        Thing(**{**vars(thing), "bookings": counts[thing.bookable] if thing.bookable else 0})
        for thing in things
    ]


LESSONS_OVER = Prepared(
    lambda year, starts, ends: (
        Lesson.objects.held()
        .filter(year=year, room__isnull=False)
        .over_at(starts, ends)
        .order_by("starts", "pk")
        .values_list(*COLUMNS, "room_id")
    )
)
BOOKED_OVER = Prepared(
    lambda school, starts, ends: (
        Booking.objects.in_force()
        .filter(school=school)
        .over_at(starts, ends)
        .order_by("starts", "pk")
        .values_list(
            "pk",
            "bookable_id",
            "bookable__room_id",
            "starts",
            "ends",
            "person_id",
            "person__civility",
            "person__given_name",
            "person__family_name",
        )
    )
)


def found_at(
    year: SchoolYear,
    starts: datetime,
    ends: datetime,
    things: Iterable[Thing],
    *,
    person: int = 0,
    apart_from: int | None = None,
) -> Finding:
    """What is free of these things at these hours, and who or what holds the rest. `apart_from`: a lesson that does not count."""
    things = list(things)
    held = _holders(year, starts, ends, person)
    if apart_from:
        # Whoever booked a room for an hour may hold a lesson there.
        held = {key: holder for key, holder in held.items() if not holder[2]}
    if any(thing.room for thing in things):
        held |= _room_holders(year, starts, ends, apart_from)
    taken = [Held(thing, *held[thing.key]) for thing in things if thing.key in held]
    free: dict[str, list[Thing]] = {}
    for thing in things:
        if thing.key not in held:
            free.setdefault(thing.kind_label, []).append(thing)
    return Finding(tuple((label, tuple(some)) for label, some in free.items()), tuple(taken))


Holder = tuple[str, str, bool]


def _holders(
    year: SchoolYear, starts: datetime, ends: datetime, person: int, booking: int = 0
) -> dict[str, Holder]:
    """Who booked each thing, at which hours, and whether it is this person; `booking` does not count (one query)."""
    zone = year.school.timezone
    titles = {one.value: str(one.label) for one in Person.Civility}
    found: dict[str, Holder] = {}
    for pk, bookable, room, begins, finishes, holder, civility, given, family in BOOKED_OVER(
        year.school_id, starts, ends
    ):
        if pk == booking:
            continue
        who = f"{titles[civility] if civility else given} {family}".strip()
        key = f"salle-{room}" if room else f"materiel-{bookable}"
        hours = dates.hours(begins, finishes, zone)
        found.setdefault(key, (_("réservé par %(who)s") % {"who": who}, hours, holder == person))
    return found


def _room_holders(
    year: SchoolYear, starts: datetime, ends: datetime, apart_from: int | None = None
) -> dict[str, Holder]:
    """By what each room is held, and at which hours: lessons, slots of the day, other houses."""
    zone = year.school.timezone
    found: dict[str, Holder] = {}
    rooms = {line[0]: line for line in LESSONS_OVER(year.pk, starts, ends) if line[0] != apart_from}
    for row in rows_from(line[:-1] for line in rooms.values()):
        who = ", ".join(filter(None, [row.subject, row.groups_label, row.teachers_label]))
        found[f"salle-{rooms[row.pk][-1]}"] = (who, row.hours, False)
    for room, hours, what in _slots_over(year, starts, ends):
        found.setdefault(f"salle-{room}", (what, hours, False))
    for house in room_holds:
        for room, begins, finishes, what in house.held(year.school_id, starts, ends):
            found.setdefault(f"salle-{room}", (what, dates.hours(begins, finishes, zone), False))
    return found


def _slots_over(year: SchoolYear, starts: datetime, ends: datetime) -> Iterable[tuple[int, str, str]]:
    """The rooms of canteen and study at these hours."""
    begins, finishes = (dates.local(one, year.school.timezone) for one in (starts, ends))
    slots = DaySlot.objects.filter(
        year=year, room__isnull=False, starts_at__lt=finishes.time(), ends_at__gt=begins.time()
    ).order_by("starts_at", "pk")
    for room, weekdays, name, first, last in slots.values_list(
        "room_id", "weekdays", "name", "starts_at", "ends_at"
    ):
        if begins.weekday() in weekdays:
            yield room, dates.hours(first, last), name


def held_by(
    year: SchoolYear, thing: Bookable, starts: datetime, ends: datetime, *, booking: int = 0
) -> list[Clash]:
    """What keeps this thing from being taken at these hours. `booking`: the one that is to move there."""
    key = f"salle-{thing.room_id}" if thing.room_id else f"materiel-{thing.pk}"
    held = _holders(year, starts, ends, 0, booking).get(key)
    if held is None and thing.room_id:
        held = _room_holders(year, starts, ends).get(key)
    return [Clash(thing.called, held[1], held[0])] if held else []


def held_elsewhere(year: SchoolYear, room: Room, starts: datetime, ends: datetime) -> list[Clash]:
    """What other houses hold in this room at these hours: an event, a detention."""
    return [
        Clash(room.place, dates.hours(begins, finishes, year.school.timezone), what)
        for house in room_holds
        for pk, begins, finishes, what in house.held(year.school_id, starts, ends)
        if pk == room.pk
    ]


def usual_end(year: SchoolYear, starts_at: time) -> time:
    """When what begins at this hour mostly ends in this school, as its bell rings (one query)."""
    rung = WeeklyPattern.objects.filter(year=year, starts_at=starts_at).order_by().values_list("ends_at")
    known = rung.annotate(times=Count("pk")).order_by("-times", "ends_at").first()
    if known:
        ends: time = known[0]
        return ends
    minutes = min(starts_at.hour * 60 + starts_at.minute + USUAL, 23 * 60 + 59)
    return time(minutes // 60, minutes % 60)


# Whose


@dataclass(frozen=True)
class BookingRow:
    """One booking as lists show it."""

    pk: int
    called: str
    kind: str
    day: date
    hours: str
    who: str
    purpose: str
    lesson: int | None
    lesson_said: str
    is_own: bool
    is_over: bool
    is_cancelled: bool


def bookings_of(viewer: Viewer, *, own: bool, past: bool = False, thing: str = "") -> "BookingQuerySet":
    """Those to come, of the viewer or of the school; or all of the year, the newest first."""
    found = Booking.objects.visible_to(viewer).filter(year=viewer.year)
    if own:
        found = found.filter(person=viewer.person.pk)
    what, _dash, pk = thing.partition("-")
    if pk.isdecimal() and len(pk) < 10:
        found = found.filter(**{"bookable__room" if what == "salle" else "bookable": int(pk)})
    found = (
        found.order_by("-starts", "-pk") if past else found.to_come(viewer.moment).order_by("starts", "pk")
    )
    return with_all(found)


def with_all(found: "BookingQuerySet") -> "BookingQuerySet":
    """What a row shows, in two queries."""
    related = ("bookable__room", "person", "school", "lesson__subject")
    return found.select_related(*related).prefetch_related("lesson__groups")


def booking_rows(viewer: Viewer, bookings: Iterable[Booking]) -> list[BookingRow]:
    return [
        BookingRow(
            pk=booking.pk,
            called=dates.capital(booking.bookable.called),
            kind=booking.bookable.get_kind_display(),
            day=booking.day,
            hours=booking.hours,
            who=booking.person.formal_name,
            purpose=booking.purpose,
            lesson=booking.lesson_id,
            lesson_said=_lesson_said(booking),
            is_own=booking.person_id == viewer.person.pk,
            is_over=booking.ends <= viewer.moment,
            is_cancelled=booking.cancelled_at is not None,
        )
        for booking in bookings
    ]


def _lesson_said(booking: Booking) -> str:
    if booking.lesson is None:
        return ""
    groups = ", ".join(group.name for group in booking.lesson.groups.all())
    return f"{booking.lesson.subject.name}, {groups}" if groups else booking.lesson.subject.name


def bookings_for(viewer: Viewer, lesson: Lesson) -> list[BookingRow]:
    """What was booked for a lesson (one query, two where there is something)."""
    found = Booking.objects.visible_to(viewer).in_force().filter(lesson=lesson)
    return booking_rows(viewer, with_all(found.order_by("pk")))


def _columns(found: "QuerySet[Booking]") -> "QuerySet[Booking, tuple[Any, ...]]":
    return found.order_by("starts", "pk").values_list(
        "pk",
        "day",
        "starts",
        "ends",
        "school__timezone",
        "bookable__name",
        "bookable__room__name",
        "purpose",
        "lesson_id",
        "lesson__subject__name",
        "person__civility",
        "person__given_name",
        "person__family_name",
    )


HELD_BY = Prepared(
    lambda viewer, person, first, last: _columns(
        Booking.objects.visible_to(viewer).in_force().filter(person=person, day__range=(first, last))
    )
)
HELD_IN = Prepared(
    lambda viewer, room, first, last: _columns(
        Booking.objects.visible_to(viewer).in_force().filter(bookable__room=room, day__range=(first, last))
    )
)


def booked_by(viewer: Viewer, person: int, first: date, last: date) -> list[Beside]:
    """What somebody holds in these days, beside their lessons (one query)."""
    return [beside_of(row, named=False) for row in HELD_BY(viewer, person, first, last)]


def booked_in(viewer: Viewer, room: int, first: date, last: date) -> list[Beside]:
    """Who holds a room in these days (one query)."""
    return [beside_of(row, named=True) for row in HELD_IN(viewer, room, first, last)]


def beside_of(row: Sequence[Any], *, named: bool) -> Beside:
    """A booking beside lessons: `named` says who holds it, where one looks at the room."""
    _pk, day, starts, ends, zone, name, room, purpose, lesson, subject, civility, given, family = row
    called = place_of(str(room)) if room else str(name)
    titles = {one.value: str(one.label) for one in Person.Civility}
    who = f"{titles[str(civility)] if civility else given or ''} {family or ''}".strip()
    url = reverse("timetable:lesson", kwargs={"pk": lesson}) if lesson else reverse("timetable:bookings")
    detail = " · ".join(filter(None, [str(subject or ""), str(purpose or "")]))
    return Beside(
        day,
        who if named else dates.capital(called),
        starts,
        ends,
        str(zone),
        detail=detail or _("Réservation"),
        url=url,
        icon="key",
        lesson=None if named else lesson,
    )
