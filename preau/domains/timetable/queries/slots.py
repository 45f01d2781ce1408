"""Slots of the day: beside lessons, in the agenda, who is expected in study, and what is already taken."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Closure, Enrolment, Group, SchoolYear
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import Beside, meal_stops, whereabouts
from preau.domains.timetable.models import DaySlot, Lesson, WeeklyPattern
from preau.domains.timetable.queries.clashes import Clash
from preau.domains.timetable.queries.lessons import Day, LessonRow
from preau.foundation import dates
from preau.foundation.prepared import Prepared

Kind = DaySlot.Kind
Span = tuple[datetime, datetime]
Stop = tuple[datetime, datetime, frozenset[int] | None]
ICONS = {Kind.STUDY: "book", Kind.CANTEEN: "tools-kitchen-2"}


@dataclass(frozen=True)
class SlotLine:
    """A slot as days are laid out with it; `groups` and `watchers` by id."""

    pk: int
    school: int
    kind: str
    name: str
    weekdays: tuple[int, ...]
    starts_at: time
    ends_at: time
    zone: str
    room_id: int | None
    place: str
    groups: frozenset[int]
    watchers: frozenset[int]
    # When no meal is served, and to which groups (none: to nobody).
    stops: tuple[Stop, ...] = ()

    def is_stopped(self, day: date, groups: Set[int]) -> bool:
        """Is there no meal for these groups that day? Of no group in particular: for nobody."""
        starts, ends = self.span_on(day)
        return any(
            begins < ends and finishes > starts and (stopped is None or bool(stopped & groups))
            for begins, finishes, stopped in self.stops
        )

    def span_on(self, day: date) -> Span:
        zone = ZoneInfo(self.zone)
        return datetime.combine(day, self.starts_at, zone), datetime.combine(day, self.ends_at, zone)

    def beside(self, day: date, *, whose: str = "", detail: str = "") -> Beside:
        starts, ends = self.span_on(day)
        kind, name = Kind(self.kind), self.name
        # « 2e service » alone says nothing of the canteen; a room called as its slot is said once.
        title = name if kind.label.lower() in name.lower() else f"{kind.label}, {name}"
        more = " · ".join(filter(None, [detail, self.place if self.place != name else ""]))
        return Beside(day, title, starts, ends, self.zone, whose=whose, detail=more, icon=ICONS[kind])


def _lines(slots: "QuerySet[DaySlot]") -> "QuerySet[DaySlot, tuple[Any, ...]]":
    return slots.order_by("starts_at", "pk").values_list(
        "pk",
        "school_id",
        "kind",
        "name",
        "weekdays",
        "starts_at",
        "ends_at",
        "school__timezone",
        "room_id",
        "room__name",
        "groups",
        "watchers",
    )


# Of the years that these days are in: a family's schools have each their own.
SLOTS = Prepared(
    lambda viewer, first, last: _lines(
        DaySlot.objects.visible_to(viewer).filter(year__starts__lte=last, year__ends__gte=first)
    )
)


def slots_of(viewer: Viewer, first: date, last: date) -> list[SlotLine]:
    """The slots of the viewer's schools in these days (one query)."""
    groups: dict[int, set[int]] = {}
    watchers: dict[int, set[int]] = {}
    lines: dict[int, tuple[Any, ...]] = {}
    for *line, group, watcher in SLOTS(viewer, first, last):
        lines[line[0]] = tuple(line)
        groups.setdefault(line[0], set()).update({group} - {None})
        watchers.setdefault(line[0], set()).update({watcher} - {None})
    stops = stops_in({line[1] for line in lines.values() if line[2] == Kind.CANTEEN}, first, last)
    return [
        SlotLine(
            pk,
            school,
            kind,
            name,
            tuple(days),
            starts,
            ends,
            zone,
            room,
            place_of(room_name) if room_name else "",
            frozenset(groups[pk]),
            frozenset(watchers[pk]),
            tuple(stops.get(school, ())) if kind == Kind.CANTEEN else (),
        )
        for pk, school, kind, name, days, starts, ends, zone, room, room_name in lines.values()
    ]


def stops_in(fed: Set[int], first: date, last: date) -> dict[int, list[Stop]]:
    """When no meal is served in these schools, and to whom (one query for each house that says so, where one serves any)."""
    stops: dict[int, list[Stop]] = {}
    for house in meal_stops:
        for school, begins, finishes, stopped in house.spans(sorted(fed), first, last) if fed else ():
            stops.setdefault(school, []).append((begins, finishes, stopped))
    return stops


def is_free(span: Span, lessons: Iterable[Span]) -> bool:
    """Has this span no moment in common with a lesson?"""
    starts, ends = span
    return all(end <= starts or start >= ends for start, end in lessons)


def is_hole(span: Span, lessons: Iterable[Span]) -> bool:
    """Is this span between two lessons of a day, and free of any? Before the first and after the last, one is at home."""
    starts, ends = span
    held = list(lessons)
    return (
        is_free(span, held)
        and any(end <= starts for _start, end in held)
        and any(start >= ends for start, _end in held)
    )


def _is_for(slot: SlotLine, span: Span, lessons: Sequence[Span], groups: Set[int]) -> bool:
    """Study is for whoever has a hole; a service, for its classes when they have no lesson then."""
    if slot.kind == Kind.STUDY:
        return is_hole(span, lessons)
    fed = not slot.is_stopped(span[0].date(), groups)
    return bool(slot.groups & groups) and is_free(span, lessons) and fed


def beside_rows(
    slots: Sequence[SlotLine], rows: Iterable[LessonRow], groups: Set[int], *, whose: str = ""
) -> list[Beside]:
    """What the slots are for whoever is in these groups and has these lessons: study in the holes, lunch on the days when
    they come."""
    by_day: dict[date, list[Span]] = {}
    for row in rows:
        if not row.is_cancelled:
            by_day.setdefault(row.day, []).append((row.starts, row.ends))
    return [
        slot.beside(day, whose=whose)
        for day, spans in sorted(by_day.items())
        for slot in slots
        if day.weekday() in slot.weekdays and _is_for(slot, slot.span_on(day), spans, groups)
    ]


OWN_GROUPS = Prepared(
    lambda viewer: (
        Enrolment.objects.active(viewer.today)
        .filter(pupil__in=viewer.own_pupils())
        .order_by("pupil__given_name", "pupil_id")
        .values_list("pupil_id", "pupil__given_name", "school_id", "group_id")
    )
)


def beside_own(
    viewer: Viewer, slots: Sequence[SlotLine], rows: Sequence[LessonRow], child: int | None = None
) -> list[Beside]:
    """The slots of a family, each child with their own lessons (one query)."""
    children: dict[tuple[int, str, int], set[int]] = {}
    for pupil, given, school, group in OWN_GROUPS(viewer):
        if child in {None, pupil}:
            children.setdefault((pupil, given, school), set()).add(group)
    found = []
    for (_pupil, given, school), groups in children.items():
        here = [slot for slot in slots if slot.school == school]
        theirs = [row for row in rows if groups & set(row.group_ids)]
        found += beside_rows(here, theirs, groups, whose=given if len(children) > 1 else "")
    return found


def studies_at_home(day: Day, children: Mapping[int, Sequence[str]]) -> list[Beside]:
    """Study in the holes of the day of the home, as the week says it: of each child of a family, or of a pupil (no query)."""
    slots = [
        SlotLine(
            one.pk,
            one.school,
            Kind.STUDY,
            one.name,
            one.weekdays,
            one.starts_at,
            one.ends_at,
            one.zone,
            None,
            place_of(one.room) if one.room else "",
            frozenset(),
            frozenset(),
        )
        for one in day.studies
    ]
    names = list(dict.fromkeys(name for found in children.values() for name in found))
    found = []
    for name in names or [""]:
        own = {group for group, theirs in children.items() if name in theirs}
        rows = [row for row in day.rows if not name or own & set(row.group_ids)]
        schools = {day.schools.get(group) for row in rows for group in row.group_ids}
        here = [slot for slot in slots if slot.school in schools]
        found += beside_rows(here, rows, frozenset(), whose=name if len(names) > 1 else "")
    return found


CLOSED = Prepared(
    lambda viewer, first, last: (
        Closure.objects.visible_to(viewer)
        .filter(starts__lte=last, ends__gte=first)
        .values_list("starts", "ends")
    )
)


def held_rows(
    viewer: Viewer, slots: Iterable[SlotLine], first: date, last: date, *, watcher: int = 0, room: int = 0
) -> list[Beside]:
    """The slots that somebody watches over, or that a room holds, on the open days (one query where there are some)."""
    chosen = [slot for slot in slots if watcher in slot.watchers or (room and slot.room_id == room)]
    if not chosen:
        return []
    closed = CLOSED(viewer, first, last)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    detail = _("Surveillance") if watcher else ""
    return [
        slot.beside(day, detail=detail)
        for day in days
        for slot in chosen
        if day.weekday() in slot.weekdays
        and not any(starts <= day <= ends for starts, ends in closed)
        and not slot.is_stopped(day, frozenset())
    ]


# Who is expected


@dataclass(frozen=True)
class Expected:
    """A pupil expected in study; `away`: why they may not come."""

    pk: int
    name: str
    group: str
    away: str = ""


HELD = Prepared(
    lambda school, day: (
        Lesson.groups.through.objects.filter(lesson__school=school, lesson__day=day)
        .exclude(lesson__state=Lesson.State.CANCELLED)
        .values_list("group_id", "lesson__starts", "lesson__ends")
    )
)
LEARNING = Prepared(
    lambda school, day: (
        Enrolment.objects.active(day)
        .filter(school=school)
        .order_by("pupil__search_name", "pupil_id")
        .values_list(
            "pupil_id", "pupil__family_name", "pupil__given_name", "group_id", "group__name", "group__kind"
        )
    )
)


def expected_in_study(viewer: Viewer, day: date, span: Span) -> list[Expected]:
    """The pupils of the school whose classes have no lesson then, and who have one before and one after (two queries, and
    one for each house that knows where pupils are)."""
    school = viewer.school_id or 0
    spans: dict[int, list[Span]] = {}
    for group, starts, ends in HELD(school, day):
        spans.setdefault(group, []).append((starts, ends))
    own: dict[int, list[Span]] = {}
    names: dict[int, tuple[str, str]] = {}
    for pupil, family, given, group, group_name, kind in LEARNING(school, day):
        own.setdefault(pupil, []).extend(spans.get(group, ()))
        class_name = names.get(pupil, ("", ""))[1]
        names[pupil] = (f"{family.upper()} {given}", group_name if kind == Group.Kind.CLASS else class_name)
    there = [pupil for pupil, lessons in own.items() if is_hole(span, lessons)]
    away: dict[int, str] = {}
    for house in whereabouts:
        away |= house.said(school, *span, there)
    return [Expected(pupil, *names[pupil], away.get(pupil, "")) for pupil in there]


def studies_on(viewer: Viewer, day: date) -> list[SlotLine]:
    """The hours of study of a day, in order (one query)."""
    return [
        slot
        for slot in slots_of(viewer, day, day)
        if slot.kind == Kind.STUDY and day.weekday() in slot.weekdays
    ]


# What is taken


def slots_kept(viewer: Viewer) -> "QuerySet[DaySlot]":
    """The slots of the year, for whoever keeps them."""
    slots = DaySlot.objects.visible_to(viewer).filter(year=viewer.year).select_related("room")
    return slots.prefetch_related("groups", "watchers").order_by("kind", "starts_at", "pk")


def slot_clashes(year: SchoolYear, slot: Mapping[str, Any], *, apart_from: int | None = None) -> list[Clash]:
    """What else needs the same room or watcher at these hours: weekly lessons, and other slots."""
    room, watchers = slot["room"], {person.pk: person for person in slot["watchers"]}
    hours = {"starts_at__lt": slot["ends_at"], "ends_at__gt": slot["starts_at"]}
    found = []
    patterns = WeeklyPattern.objects.filter(year=year, weekday__in=slot["weekdays"], **hours).going_on(
        year.starts
    )
    for pattern in patterns.select_related("subject", "room").prefetch_related("teachers"):
        who = [person.formal_name for person in pattern.teachers.all() if person.pk in watchers]
        who += [pattern.room.place] if room and pattern.room and pattern.room_id == room.pk else []
        found += (
            [Clash(", ".join(who), _weekly_hours(pattern.weekday, pattern), pattern.subject.name)]
            if who
            else []
        )
    others = DaySlot.objects.filter(year=year, **hours).exclude(pk=apart_from or 0)
    for other in others.select_related("room").prefetch_related("watchers"):
        shared = sorted(set(other.weekdays) & set(slot["weekdays"]))
        who = [person.formal_name for person in other.watchers.all() if person.pk in watchers]
        who += [other.room.place] if room and other.room and other.room_id == room.pk else []
        found += (
            [Clash(", ".join(who), _weekly_hours(shared[0], other), other.name)] if who and shared else []
        )
    return found


def _weekly_hours(weekday: int, one: Any) -> str:
    return f"{dates.DAYS[weekday]}, {dates.hours(one.starts_at, one.ends_at)}"
