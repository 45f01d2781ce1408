"""What is already taken: by weekly lessons all the year, or by dated ones on their day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from preau.directory.models import Group, Person, Room, SchoolYear
from preau.domains.timetable.models import (
    Alternation,
    Booking,
    DaySlot,
    Lesson,
    LessonQuerySet,
    WeeklyPattern,
)
from preau.foundation import dates


@dataclass(frozen=True)
class Clash:
    """What is already taken at these hours: a teacher, a class or a room; by what; on which day, when it is only one."""

    who: str
    hours: str
    what: str = ""
    day: date | None = None

    @property
    def said(self) -> str:
        """« Déjà pris : 5e B, mardi 24 novembre, 9 h 00 – 9 h 55 (Mathématiques). »"""
        when = f"{dates.day(self.day)}, {self.hours}" if self.day else self.hours
        words = {"who": self.who, "hours": when, "what": self.what}
        if self.what:
            return _("Déjà pris à cette heure : %(who)s, %(hours)s (%(what)s).") % words
        return _("Déjà pris à cette heure : %(who)s, %(hours)s.") % words


@dataclass(frozen=True)
class Needs:
    """Whom and what a lesson needs: nobody and nothing of it may be elsewhere."""

    teachers: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    room: Room | None = None

    def kin(self) -> set[int]:
        """Its classes and groups, the classes that these draw from, and the groups drawn from these."""
        own = {group.pk for group in self.groups}
        if not own:
            return own
        drawn = Group.classes.through.objects.filter(Q(from_group__in=own) | Q(to_group__in=own))
        return own | {pk for pair in drawn.values_list("from_group_id", "to_group_id") for pk in pair}

    def asked(self, kin: set[int]) -> Q:
        """The rows of patterns or lessons that need one of these too."""
        same = Q(teachers__in=self.teachers) | Q(groups__in=kin)
        return same | Q(room=self.room) if self.room else same

    def shared_with(self, row: Lesson | WeeklyPattern, kin: set[int]) -> str:
        """What both need, in words."""
        who = [person.formal_name for person in row.teachers.all() if person in self.teachers]
        who += [group.name for group in row.groups.all() if group.pk in kin]
        if self.room and row.room_id == self.room.pk:
            who.append(_("la salle %(name)s") % {"name": self.room.name})
        return ", ".join(who)


@dataclass(frozen=True)
class Times:
    """When a weekly lesson comes: its weekday and hours, its first and last days, its weeks."""

    weekday: int
    hours: tuple[time, time]
    days: tuple[date, date]
    alternation: Alternation | None = None

    def dates(self) -> set[date]:
        """Every day on which it comes; closures are not looked at: a closed day may be opened."""
        first, last = self.days
        day = first + timedelta(days=(self.weekday - first.weekday()) % 7)
        every = {day + timedelta(days=number) for number in range(0, (last - day).days + 1, 7)}
        return {one for one in every if self.alternation is None or self.alternation.holds(one)}

    @classmethod
    def of(cls, pattern: WeeklyPattern) -> "Times":
        hours = (pattern.starts_at, pattern.ends_at)
        return cls(pattern.weekday, hours, (pattern.first_day, pattern.last_day), pattern.alternation)


def clashes(
    year: SchoolYear, times: Times, needs: Needs, *, apart_from: WeeklyPattern | None = None
) -> list[Clash]:
    """What else needs the same people or room: weekly lessons that share a week, and lessons that left their pattern."""
    kin, comes = needs.kin(), times.dates()
    known = (kin, comes)
    lessons = [
        *_weekly(year, times, needs, known, apart_from),
        *_apart(year, times, needs, known, apart_from),
        *_booked_on(year, comes, times.hours, needs),
    ]
    return [*lessons, *_in_slots(year, times.weekday, times.hours, needs)]


def _in_slots(
    year: SchoolYear, weekday: int, hours: tuple[time, time], needs: Needs, day: date | None = None
) -> list[Clash]:
    """The slots of the day, canteen and study, that hold this room or whose watcher is one of these teachers."""
    wanted = Q(watchers__in=needs.teachers) | (Q(room=needs.room) if needs.room else Q(pk__in=()))
    slots = DaySlot.objects.filter(wanted, year=year, starts_at__lt=hours[1], ends_at__gt=hours[0]).distinct()
    found = []
    for slot in slots.select_related("room").prefetch_related("watchers"):
        who = [person.formal_name for person in slot.watchers.all() if person in needs.teachers]
        if needs.room and slot.room_id == needs.room.pk:
            who.append(_("la salle %(name)s") % {"name": needs.room.name})
        if weekday in slot.weekdays:
            found.append(Clash(", ".join(who), slot.hours, slot.name, day))
    return found


def _weekly(
    year: SchoolYear,
    times: Times,
    needs: Needs,
    known: tuple[set[int], set[date]],
    apart: WeeklyPattern | None,
) -> list[Clash]:
    kin, comes = known
    patterns = (
        WeeklyPattern.objects.filter(needs.asked(kin), year=year, weekday=times.weekday)
        .filter(starts_at__lt=times.hours[1], ends_at__gt=times.hours[0])
        .filter(first_day__lte=times.days[1], last_day__gte=times.days[0])
        .exclude(pk=apart.pk if apart else 0)
        .distinct()
        .prefetch_related("teachers", "groups")
        .select_related("subject", "alternation")
    )
    return [
        Clash(
            needs.shared_with(pattern, kin),
            dates.hours(pattern.starts_at, pattern.ends_at),
            pattern.subject.name,
        )
        for pattern in patterns
        if not comes.isdisjoint(Times.of(pattern).dates())
    ]


def _apart(
    year: SchoolYear,
    times: Times,
    needs: Needs,
    known: tuple[set[int], set[date]],
    apart: WeeklyPattern | None,
) -> list[Clash]:
    """The dated lessons that are not where a pattern put them: moved, elsewhere, replaced, added."""
    kin, comes = known
    lessons = _lessons(needs, kin).filter(year=year, day__in=comes)
    lessons = lessons.filter(Q(revision__gt=0) | Q(pattern=None))
    if apart:
        lessons = lessons.exclude(pattern=apart)
    return [
        _dated(lesson, needs, kin)
        for lesson in lessons
        if _clock(lesson.starts, lesson) < times.hours[1] and _clock(lesson.ends, lesson) > times.hours[0]
    ]


def _clock(moment: datetime, lesson: Lesson) -> time:
    return dates.local(moment, lesson.school.timezone).time()


def _lessons(needs: Needs, kin: set[int]) -> LessonQuerySet:
    """Those that are held and need the same."""
    found = Lesson.objects.held().filter(needs.asked(kin)).distinct().select_related("subject", "school")
    return found.prefetch_related("teachers", "groups").order_by("starts", "pk")


def _dated(lesson: Lesson, needs: Needs, kin: set[int]) -> Clash:
    return Clash(needs.shared_with(lesson, kin), lesson.hours, lesson.subject.name, lesson.day)


def clashes_at(
    year: SchoolYear, starts: datetime, ends: datetime, needs: Needs, *, apart_from: int | None = None
) -> list[Clash]:
    """The dated lessons of the year at this moment that need the same people or room."""
    kin = needs.kin()
    lessons = _lessons(needs, kin).filter(year=year).over_at(starts, ends).exclude(pk=apart_from or 0)
    school = year.school
    begins, finishes = (dates.local(moment, school.timezone) for moment in (starts, ends))
    hours = (begins.time(), finishes.time())
    dated = [_dated(lesson, needs, kin) for lesson in lessons]
    booked = booked_over(needs.room, starts, ends, apart_from=apart_from) if needs.room else []
    return [*dated, *_in_slots(year, begins.weekday(), hours, needs, begins.date()), *booked]


def booked_over(
    room: Room, starts: datetime, ends: datetime, *, apart_from: int | None = None
) -> list[Clash]:
    """The bookings of a room at these hours. Those of the teachers of a lesson are no obstacle to it."""
    found = Booking.objects.in_force().filter(bookable__room=room).over_at(starts, ends)
    if apart_from:
        teach = Lesson.teachers.through.objects.filter(lesson=apart_from, person=OuterRef("person"))
        found = found.exclude(Exists(teach))
    return [_booking(room, booking) for booking in found.select_related("person", "school")]


def _booked_on(year: SchoolYear, days: set[date], hours: tuple[time, time], needs: Needs) -> list[Clash]:
    """The bookings of the room of a weekly lesson, on its days and at its hours; by others than its teachers."""
    if needs.room is None:
        return []
    found = Booking.objects.in_force().filter(year=year, bookable__room=needs.room)
    return [
        _booking(needs.room, booking)
        for booking in found.exclude(person__in=needs.teachers).select_related("person", "school")
        if booking.day in days
        and dates.local(booking.starts, booking.school.timezone).time() < hours[1]
        and dates.local(booking.ends, booking.school.timezone).time() > hours[0]
    ]


def _booking(room: Room, booking: Booking) -> Clash:
    return Clash(
        room.place, booking.hours, _("réservé par %(who)s") % {"who": booking.person.formal_name}, booking.day
    )
