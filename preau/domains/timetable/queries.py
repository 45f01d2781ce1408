"""Reading lessons: hot lists take exactly the columns they show, in one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person, Room, SchoolYear
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import Mark, lesson_marks
from preau.domains.timetable.models import Lesson, LessonQuerySet, WeeklyPattern
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry, Hit, offered
from preau.foundation.lookup import Wanted
from preau.foundation.prepared import Prepared
from preau.foundation.text import fold

# What one looks for in a timetable is soon: the next time this subject comes, or this teacher. Weeks A and B in turn are
# two weeks; in the holidays, one looks for what comes after them.
SOON, AFTER_HOLIDAYS = timedelta(days=14), timedelta(days=28)
COLUMNS = ("pk", "day", "starts", "ends", "school__timezone", "subject__name", "room__name")


@dataclass
class LessonRow:
    """One lesson as lists show it."""

    pk: int
    day: date
    starts: datetime
    ends: datetime
    zone: str
    subject: str
    room: str
    groups: list[str] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    teachers: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def hours(self) -> str:
        return dates.hours(self.starts, self.ends, self.zone)

    @property
    def begins(self) -> str:
        return dates.hour(self.starts, self.zone)

    @property
    def finishes(self) -> str:
        return dates.hour(self.ends, self.zone)

    @property
    def place(self) -> str:
        """« salle 204 », « Gymnase », or nothing."""
        return place_of(self.room) if self.room else ""

    @property
    def groups_label(self) -> str:
        return ", ".join(self.groups)

    @property
    def teachers_label(self) -> str:
        return ", ".join(self.teachers)

    def for_children(self, children: dict[int, list[str]]) -> str:
        """The first names of a family's children who are in this lesson (see `pupil_groups`)."""
        return ", ".join(dict.fromkeys(name for group in self.group_ids for name in children.get(group, [])))

    def is_on(self, now: datetime) -> bool:
        return self.starts <= now < self.ends


def lines_of(lessons: "QuerySet[Lesson]") -> "QuerySet[Lesson, tuple[Any, ...]]":
    """What `rows_from` reads."""
    return lessons.order_by("starts", "pk").values_list(*COLUMNS)


def _around(lessons: Iterable[int]) -> "QuerySet[Any, tuple[Any, ...]]":
    """The groups of lessons by name, and their teachers in the order in which they were named: one line each."""
    groups = Lesson.groups.through.objects.filter(lesson__in=lessons)
    teachers = Lesson.teachers.through.objects.filter(lesson__in=lessons)
    none = Value("")
    of_groups = groups.values_list("lesson_id", "pk", "group_id", "group__name", none, none, none)
    of_teachers = teachers.values_list(
        "lesson_id", "pk", Value(0), none, "person__civility", "person__given_name", "person__family_name"
    )
    return of_groups.union(of_teachers, all=True).order_by("group__name", "pk")


AROUND = Prepared(_around)


def rows_from(lines: Iterable[tuple[Any, ...]]) -> list[LessonRow]:
    """Lessons as rows, by one more query: in one, a database spends longer on planning the joins than on reading."""
    rows = {
        pk: LessonRow(pk, day, starts, ends, zone, subject, room or "")
        for pk, day, starts, ends, zone, subject, room in lines
    }
    said = {one.value: str(one.label) for one in Person.Civility}
    for lesson, _pk, group, name, civility, given_name, family_name in AROUND(tuple(rows)):
        if group:
            rows[lesson].group_ids.append(group)
            rows[lesson].groups.append(name)
        else:
            called = said[civility] if civility else given_name
            rows[lesson].teachers.append(f"{called} {family_name}".strip())
    return list(rows.values())


ONE = Prepared(lambda lesson: lines_of(Lesson.objects.filter(pk=lesson)))


def row_of(lesson_id: int) -> LessonRow:
    """One lesson, which exists."""
    (row,) = rows_from(ONE(lesson_id))
    return row


def with_marks(viewer: Viewer, rows: Sequence[LessonRow]) -> list[LessonRow]:
    """Add what other domains say of these lessons: one query a publisher."""
    for publisher, seated in offered(lesson_marks, viewer):
        marks = publisher.marks(seated, [row.pk for row in rows]) if rows else {}
        for row in rows:
            if row.pk in marks:
                row.marks.append(marks[row.pk])
    return list(rows)


def own_lessons(viewer: Viewer, *, of_weeks: bool = False) -> LessonQuerySet:
    """The lessons a viewer gives or attends; for other staff, none. `of_weeks`: the same, asked for long periods."""
    lessons = Lesson.objects.visible_to(viewer)
    if not viewer.is_staff:
        return lessons
    return lessons.taught_over_weeks(viewer.person) if of_weeks else lessons.taught_by(viewer.person)


OWN = Prepared(lambda viewer, first, last: lines_of(own_lessons(viewer).between(first, last)))
OF_GROUP = Prepared(
    lambda viewer, group, first, last: lines_of(
        Lesson.objects.visible_to(viewer).of_group(group).between(first, last)
    )
)
NEXT_DAY = Prepared(
    lambda viewer, after: (
        own_lessons(viewer).filter(day__gt=after).order_by("day").values_list("day", flat=True)[:1]
    )
)
PUPILS = Prepared(
    lambda lesson, day: (
        Enrolment.objects.active(day)
        .filter(group__lessons=lesson)
        .values("group__lessons")
        .annotate(pupils=Count("pupil_id", distinct=True))
        .values_list("pupils", flat=True)
    )
)
PUPIL_GROUPS = Prepared(
    lambda viewer: (
        Enrolment.objects.active(viewer.today)
        .filter(pupil__in=viewer.own_pupils())
        .order_by("pupil__given_name")
        .values_list("group_id", "pupil__given_name")
    )
)


def own_rows(viewer: Viewer, first: date, last: date) -> list[LessonRow]:
    """The viewer's lessons between two days."""
    return rows_from(OWN(viewer, first, last))


def group_rows(viewer: Viewer, group: Group, first: date, last: date) -> list[LessonRow]:
    """The lessons of a class or a group between two days."""
    return rows_from(OF_GROUP(viewer, group.pk, first, last))


def day_of(viewer: Viewer, day: date) -> list[LessonRow]:
    """The viewer's lessons of a day, with their marks."""
    return with_marks(viewer, own_rows(viewer, day, day))


def next_day_with_lessons(viewer: Viewer, after: date) -> date | None:
    """The first day after `after` on which the viewer has lessons."""
    return NEXT_DAY.first(viewer, after)


def number_of_pupils(lesson_id: int, day: date) -> int:
    return PUPILS.first(lesson_id, day) or 0


def pupil_groups(viewer: Viewer) -> dict[int, list[str]]:
    """For a family: the first name of each child, by the id of each group they are in today."""
    found: dict[int, list[str]] = {}
    for group, given in PUPIL_GROUPS(viewer):
        found.setdefault(group, []).append(given)
    return found


def patterns_of(viewer: Viewer) -> "QuerySet[WeeklyPattern]":
    """The weekly lessons going on in the viewer's school this year."""
    patterns = WeeklyPattern.objects.visible_to(viewer).filter(year=viewer.year)
    return patterns.going_on(viewer.today)


PATTERNS = Prepared(
    lambda viewer: (
        patterns_of(viewer)
        .order_by()
        .values("school")
        .annotate(Count("pk"))
        .values_list("pk__count", flat=True)
    )
)


def number_of_patterns(viewer: Viewer) -> int:
    return PATTERNS.first(viewer) or 0


@dataclass(frozen=True)
class Clash:
    """What is already taken at these hours: a teacher, a class or a room."""

    who: str
    hours: str


def clashes(
    year: SchoolYear,
    weekday: int,
    hours: tuple[time, time],
    days: tuple[date, date],
    taken: tuple[Iterable[Person], Iterable[Group], Room | None],
) -> list[Clash]:
    """The weekly lessons of the year that overlap these hours and days and need the same people or room."""
    teachers, groups, room = taken
    same = Q(teachers__in=teachers) | Q(groups__in=groups)
    if room:
        same |= Q(room=room)
    patterns = (
        WeeklyPattern.objects.filter(same, year=year, weekday=weekday)
        .filter(starts_at__lt=hours[1], ends_at__gt=hours[0], first_day__lte=days[1], last_day__gte=days[0])
        .distinct()
        .prefetch_related("teachers", "groups")
        .select_related("room")
    )
    return [_clash(pattern, set(teachers), set(groups), room) for pattern in patterns]


def _clash(pattern: WeeklyPattern, teachers: set[Person], groups: set[Group], room: Room | None) -> Clash:
    who = [person.formal_name for person in pattern.teachers.all() if person in teachers]
    who += [group.name for group in pattern.groups.all() if group in groups]
    if room and pattern.room == room:
        who.append(_("la salle %(name)s") % {"name": room.name})
    return Clash(", ".join(who), dates.hours(pattern.starts_at, pattern.ends_at))


@dataclass(frozen=True)
class Day:
    """What the home page says of a day: the lesson going on, the others, and whose they are."""

    day: date
    rows: list[LessonRow]
    now: LessonRow | None
    pupils_now: int


def present_day(viewer: Viewer, now: datetime) -> Day:
    """The viewer's day: today's while lessons remain, else (for families) the next one with lessons."""
    day = viewer.today
    rows = day_of(viewer, day)
    if not viewer.is_staff and all(row.ends <= now for row in rows):
        day = next_day_with_lessons(viewer, day) or day
        rows = day_of(viewer, day) if day != viewer.today else rows
    going_on = next((row for row in rows if row.is_on(now)), None)
    counted = number_of_pupils(going_on.pk, day) if going_on and viewer.is_staff else 0
    return Day(day, rows, going_on, counted)


GROUPS = Prepared(
    lambda viewer: (
        Group.objects.visible_to(viewer)
        .filter(year=viewer.year)
        .order_by("name")
        .values_list("pk", "name", "kind")
    )
)


def classes_found(viewer: Viewer, wanted: Wanted) -> list[Hit]:
    """Classes and groups of the year, each on its week; « 5b » finds « 5e B »."""
    week = reverse("timetable:week")
    return [
        Hit(name, f"{week}?classe={group}", str(Group.Kind(kind).label), near=slips > 0)
        for (group, name, kind), slips in wanted.best(GROUPS(viewer), lambda row: _words_of(row[1]))
    ]


@lru_cache(maxsize=4_096)
def _words_of(name: str) -> str:
    """« 5e b 5b »: the name of a class, and the name as it is typed in a hurry."""
    words = fold(name).split()
    return " ".join(
        [*words, "".join(word.removesuffix("e") if word[:1].isdigit() else word for word in words)]
    )


NEXT = Prepared(
    lambda viewer, first, last, now: (
        own_lessons(viewer, of_weeks=True)
        .between(first, last)
        .filter(ends__gt=now)
        .order_by("starts", "pk")
        .values_list(*COLUMNS, "pattern_id")
    )
)


def _next_rows(viewer: Viewer) -> list[LessonRow]:
    """The next lesson of each weekly one, and those of no pattern: a third of the lessons to come, to be named."""
    now, today = timezone.now(), viewer.today
    lines = NEXT(viewer, today, today + SOON, now) or NEXT(viewer, today + SOON, today + AFTER_HOLIDAYS, now)
    first_ones: dict[Any, tuple[Any, ...]] = {}
    for *line, pattern in lines:
        first_ones.setdefault(pattern or (line[0],), tuple(line))
    return rows_from(first_ones.values())


def lessons_found(viewer: Viewer, wanted: Wanted) -> list[Hit]:
    """The next time of each of one's subjects: looked for by subject, teacher or class, shown on its week (two queries,
    three in the holidays)."""
    next_ones: dict[tuple[str, ...], LessonRow] = {}
    for row in _next_rows(viewer):
        whom = row.groups_label if viewer.is_staff else row.teachers_label
        next_ones.setdefault((row.subject, whom), row)
    found = wanted.best(next_ones.items(), lambda item: fold(" ".join(item[0])))
    return [_lesson_hit(viewer, row, whom, near=slips > 0) for ((_subject, whom), row), slips in found]


def _lesson_hit(viewer: Viewer, row: LessonRow, whom: str, *, near: bool) -> Hit:
    when = _("%(day)s à %(hour)s") % {"day": dates.near_day(row.day, viewer.today), "hour": row.begins}
    next_one = _("prochain cours %(when)s") % {"when": when}
    detail = " · ".join(filter(None, [whom, next_one, row.place]))
    return Hit(row.subject, f"{reverse('timetable:week')}?semaine={row.day}", detail, near=near)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The viewer's lessons between two days; for families, with whose they are (two queries, one for the others)."""
    rows = own_rows(viewer, first, last)
    children = pupil_groups(viewer) if viewer.is_guardian else {}
    return [_agenda_entry(viewer, row, children) for row in rows]


def _agenda_entry(viewer: Viewer, row: LessonRow, children: dict[int, list[str]]) -> AgendaEntry:
    return AgendaEntry(
        uid=f"seance-{row.pk}",
        title=row.subject,
        starts=row.starts,
        ends=row.ends,
        zone=row.zone,
        whose=row.for_children(children),
        detail=row.groups_label if viewer.is_staff else row.teachers_label,
        place=row.place,
    )
