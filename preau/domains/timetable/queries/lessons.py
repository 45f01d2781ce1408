"""Reading lessons: hot lists take exactly the columns they show, in one query."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, DateTimeField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.counting import number_of
from preau.directory.models import Enrolment, Group, Person
from preau.directory.models.schools import place_of
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import Mark, day_marks, lesson_marks
from preau.domains.timetable.models import DaySlot, Lesson, LessonChange, LessonQuerySet, WeeklyPattern
from preau.domains.timetable.queries.changes import CHANGE, ChangeWords, Line, Now, said_of
from preau.domains.timetable.queries.weeks import groups_of_children, named_weeks, names_of
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry, Hit, offered
from preau.foundation.lookup import LookupTerms, fold_title
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url
from preau.foundation.text import fold

# What one looks for in a timetable is soon: the next time this subject comes, or this teacher. Weeks A and B in turn are
# two weeks; in the holidays, one looks for what comes after them.
AFTER_HOLIDAYS = timedelta(days=28)
COLUMNS = (
    "pk",
    "day",
    "starts",
    "ends",
    "school__timezone",
    "subject__name",
    "room__name",
    "state",
    "revision",
)


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
    is_cancelled: bool = False
    changes: list[ChangeWords] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    teachers: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def hours(self) -> str:
        return dates.hours(self.starts, self.ends, self.zone)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends - self.starts).total_seconds() // 60)

    @property
    def begins(self) -> str:
        return dates.hour(self.starts, self.zone)

    @property
    def finishes(self) -> str:
        return dates.hour(self.ends, self.zone)

    @property
    def look(self) -> Look:
        """The colours and the drawing of its subject, never without its name."""
        return look_of("", self.subject)

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
        return self.starts <= now < self.ends and not self.is_cancelled


def lines_of(lessons: "QuerySet[Lesson]") -> "QuerySet[Lesson, tuple[Any, ...]]":
    """What `rows_from` reads."""
    return lessons.order_by("starts", "pk").values_list(*COLUMNS)


def line_of(lesson: Lesson) -> tuple[Any, ...]:
    """The same of a lesson whose school, subject and room are at hand."""
    room = lesson.room.name if lesson.room else None
    zone, subject = lesson.school.timezone, lesson.subject.name
    return (
        lesson.pk,
        lesson.day,
        lesson.starts,
        lesson.ends,
        zone,
        subject,
        room,
        lesson.state,
        lesson.revision,
    )


def lines_with_groups(lessons: "QuerySet[Lesson]") -> "QuerySet[Lesson, tuple[Any, ...]]":
    """What `short_rows_from` reads: a line for each group of each lesson."""
    return lessons.order_by("starts", "pk", "groups__name").values_list(*COLUMNS, "groups", "groups__name")


def short_rows_from(lines: Iterable[tuple[Any, ...]]) -> list[LessonRow]:
    """Lessons as rows with their groups and without their teachers, for short lists of one's own: no query more."""
    rows: dict[int, LessonRow] = {}
    for pk, day, starts, ends, zone, subject, room, state, _revision, group, name in lines:
        off = state == Lesson.State.CANCELLED
        row = rows.setdefault(pk, LessonRow(pk, day, starts, ends, zone, subject, room or "", off))
        if group:
            row.group_ids.append(group)
            row.groups.append(name)
    return list(rows.values())


GROUP, TEACHER, CHANGED, CHILD, WEEK, PUPILS, STUDY = range(7)
NONE, NOBODY = Value(""), Value(0)
EMPTY = (NONE, NONE, Cast(Value(None), DateTimeField()), NONE, NOBODY, NOBODY)


def _around(lessons: Any, changed: Any, *others: Any) -> "QuerySet[Any, tuple[Any, ...]]":
    """The groups of lessons by name, their teachers in the order in which they were named, and what was changed in those
    that were: what it is, its rank, and a line of `Line`, in which a group is a number and a given name."""
    groups = Lesson.groups.through.objects.filter(lesson__in=lessons)
    teachers = Lesson.teachers.through.objects.filter(lesson__in=lessons)
    changes = LessonChange.objects.in_force().filter(lesson__in=changed).order_by()
    of_groups = groups.values_list(
        Value(GROUP), "pk", "lesson_id", *EMPTY, "group_id", "group__school_id", NONE, "group__name", NONE
    )
    of_teachers = teachers.values_list(
        Value(TEACHER),
        "pk",
        "lesson_id",
        *EMPTY,
        NOBODY,
        NOBODY,
        "person__civility",
        "person__given_name",
        "person__family_name",
    )
    of_changes = changes.values_list(Value(CHANGED), "pk", *CHANGE)
    together = of_groups.union(of_teachers, of_changes, *others, all=True)
    return together.order_by("group__name", "pk")


def _around_of_days(
    lessons: Any, changed: Any, viewer: Viewer, first: date, last: date
) -> "QuerySet[Any, tuple[Any, ...]]":
    """And what a family's agenda wants beside: each group of each child with a first name, the weeks that have a name."""
    of_children = (
        groups_of_children(viewer)
        .order_by()
        .values_list(Value(CHILD), "pk", "group_id", *EMPTY, NOBODY, NOBODY, NONE, "pupil__given_name", NONE)
    )
    mondays = Cast("mondays", TextField())
    of_weeks = (
        named_weeks(viewer, first, last)
        .order_by()
        .values_list(Value(WEEK), "pk", "school_id", *EMPTY, NOBODY, NOBODY, NONE, "name", mondays)
    )
    return _around(lessons, changed, of_children, of_weeks)


def _around_now(lessons: Any, changed: Any, lesson: Any, day: Any) -> "QuerySet[Any, tuple[Any, ...]]":
    """And how many pupils are in one of them."""
    learning = Enrolment.objects.active(day).filter(group__lessons=lesson).order_by().values("group__lessons")
    of_pupils = learning.annotate(pupils=Count("pupil_id", distinct=True)).values_list(
        Value(PUPILS), NOBODY, "group__lessons", *EMPTY, "pupils", NOBODY, NONE, NONE, NONE
    )
    return _around(lessons, changed, of_pupils)


def _around_at_home(
    lessons: Any, changed: Any, viewer: Viewer, first: date, last: date
) -> "QuerySet[Any, tuple[Any, ...]]":
    """And the hours of study of a family's schools."""
    slots = DaySlot.objects.visible_to(viewer).of_kind(DaySlot.Kind.STUDY)
    of_slots = slots.filter(year__starts__lte=last, year__ends__gte=first).order_by()
    moment, *rest = EMPTY[2:]
    clocks = (Cast(name, TextField()) for name in ("weekdays", "starts_at", "ends_at"))
    of_studies = of_slots.annotate(place=Coalesce("room__name", NONE)).values_list(
        Value(STUDY),
        "pk",
        "school_id",
        "school__timezone",
        "name",
        moment,
        "place",
        *rest[1:],
        NOBODY,
        NOBODY,
        *clocks,
    )
    return _around(lessons, changed, of_studies)


AROUND, AROUND_OF_DAYS, AROUND_NOW = Prepared(_around), Prepared(_around_of_days), Prepared(_around_now)
AROUND_AT_HOME = Prepared(_around_at_home)


def rows_from(lines: Iterable[tuple[Any, ...]]) -> list[LessonRow]:
    """Lessons as rows, by one more query: in one, a database spends longer on planning the joins than on reading."""
    rows, changed = _bare(lines)
    return _filled(rows, changed, AROUND(tuple(rows), tuple(one.pk for one in changed)))


def bare_rows(lines: Iterable[tuple[Any, ...]]) -> list[LessonRow]:
    """Lessons as rows without groups, teachers nor what was changed: no query more."""
    return list(_bare(lines)[0].values())


def _bare(lines: Iterable[tuple[Any, ...]]) -> tuple[dict[int, LessonRow], list[Now]]:
    rows: dict[int, LessonRow] = {}
    changed: list[Now] = []
    for pk, day, starts, ends, zone, subject, room, state, revision in lines:
        off = state == Lesson.State.CANCELLED
        rows[pk] = LessonRow(pk, day, starts, ends, zone, subject, room or "", off)
        if revision:
            changed.append(Now(pk, starts, zone, room or "", off))
    return rows, changed


def _filled(
    rows: dict[int, LessonRow], changed: Sequence[Now], around: Iterable[tuple[Any, ...]]
) -> list[LessonRow]:
    changes: list[tuple[int, Line]] = []
    titles = {one.value: str(one.label) for one in Person.Civility}
    for what, rank, *line in around:
        lesson, group = line[0], line[7]
        civility, given_name, family_name = line[-3:]
        if what == CHANGED:
            changes.append((rank, Line(*line)))
        elif what == GROUP:
            rows[lesson].group_ids.append(group)
            rows[lesson].groups.append(given_name)
        else:
            name = titles[civility] if civility else given_name
            rows[lesson].teachers.append(f"{name} {family_name}".strip())
    changes.sort(key=lambda change: change[0])
    for pk, words in said_of(changed, (line for _rank, line in changes)).items():
        rows[pk].changes = words
    return list(rows.values())


ONE = Prepared(lambda lesson: lines_of(Lesson.objects.filter(pk=lesson)))


def row_of(lesson_id: int) -> LessonRow:
    """One lesson, which exists."""
    (row,) = rows_from(ONE(lesson_id))
    return row


def row_at_hand(lesson: Lesson) -> LessonRow:
    """A lesson whose school, subject and room are at hand, as `Lesson.objects.opened_by` gives it (one query)."""
    (row,) = rows_from([line_of(lesson)])
    return row


def with_marks(viewer: Viewer, rows: Sequence[LessonRow]) -> list[LessonRow]:
    """Add what other domains say of these lessons: one query a publisher."""
    for publisher, seated in offered(lesson_marks, viewer):
        marks = publisher.marks(seated, [row.pk for row in rows]) if rows else {}
        for row in rows:
            if row.pk in marks:
                row.marks.append(marks[row.pk])
    return list(rows)


def with_day_marks(viewer: Viewer, rows: Sequence[LessonRow]) -> list[LessonRow]:
    """`with_marks`, and what is said of lessons only where a whole day is read: one query a publisher more."""
    marked = with_marks(viewer, rows)
    for publisher, seated in offered(day_marks, viewer):
        marks = publisher.marks(seated, [row.pk for row in marked]) if marked else {}
        for row in marked:
            row.marks.extend(marks.get(row.pk, ()))
    return marked


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


def pupil_groups(viewer: Viewer) -> dict[int, list[str]]:
    """For a family: the first name of each child, by the id of each group they are in today."""
    return names_by_group(PUPIL_GROUPS(viewer))


def names_by_group(lines: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for group, given in lines:
        found.setdefault(group, []).append(given)
    return found


def patterns_of(viewer: Viewer) -> "QuerySet[WeeklyPattern]":
    """The weekly lessons going on in the viewer's school this year."""
    patterns = WeeklyPattern.objects.visible_to(viewer).filter(year=viewer.year)
    return patterns.going_on(viewer.today)


def number_of_patterns(viewer: Viewer) -> Coalesce:
    """How many of them, as a part of another query."""
    return number_of(patterns_of(viewer))


@dataclass(frozen=True)
class Study:
    """An hour of study of a school, on some days of the week."""

    pk: int
    school: int
    zone: str
    name: str
    room: str
    weekdays: tuple[int, ...]
    starts_at: time
    ends_at: time


@dataclass(frozen=True)
class Day:
    """What the home page says of a day: the lesson going on, the others, and whose they are."""

    day: date
    rows: list[LessonRow]
    now: LessonRow | None
    pupils_now: int
    tomorrow: Sequence[LessonRow] = ()  # of a family: read with today's
    # Of a family too: the hours of study of their schools, and the school of each group.
    studies: Sequence[Study] = ()
    schools: Mapping[int, int] = field(default_factory=dict)


def present_day(viewer: Viewer, now: datetime) -> Day:
    """The viewer's day: today's while lessons remain, else (for families) the next one with lessons."""
    if viewer.is_staff:
        return _present_day_of_staff(viewer, viewer.today, now)
    day, after = viewer.today, viewer.today + timedelta(days=1)
    soon, studies, schools = _at_home(viewer, day, after)
    tomorrow = [row for row in soon if row.day == after]
    rows = [row for row in soon if row.day == day]
    if all(row.ends <= now for row in rows):
        shown = after if tomorrow else next_day_with_lessons(viewer, after)
        if shown and tomorrow:
            day, rows = shown, tomorrow
        elif shown:
            day = shown
            rows, studies, schools = _at_home(viewer, shown, shown)
    rows = with_marks(viewer, rows)
    going_on = next((row for row in rows if row.is_on(now)), None)
    return Day(day, rows, going_on, 0, tomorrow, studies, schools)


def _at_home(viewer: Viewer, first: date, last: date) -> tuple[list[LessonRow], list[Study], dict[int, int]]:
    """A family's lessons between two days, the hours of study of their schools, and the school of each group (two queries)."""
    rows, changed = _bare(OWN(viewer, first, last))
    around = AROUND_AT_HOME(tuple(rows), tuple(one.pk for one in changed), viewer, first, last)
    found = _filled(rows, changed, (line for line in around if line[0] != STUDY))
    studies = [_study(line) for line in around if line[0] == STUDY]
    return found, studies, {line[9]: line[10] for line in around if line[0] == GROUP}


def _study(line: tuple[Any, ...]) -> Study:
    _what, pk, school, zone, name, _moment, room, *_numbers, weekdays, starts, ends = line
    clocks = time.fromisoformat(starts), time.fromisoformat(ends)
    return Study(pk, school, zone, name, room, tuple(json.loads(weekdays)), *clocks)


def _present_day_of_staff(viewer: Viewer, day: date, now: datetime) -> Day:
    rows, changed = _bare(OWN(viewer, day, day))
    going_on = next((row for row in rows.values() if row.is_on(now)), None)
    around = AROUND_NOW(tuple(rows), tuple(one.pk for one in changed), going_on.pk if going_on else 0, day)
    pupils = next((line[9] for line in around if line[0] == PUPILS), 0)
    found = _filled(rows, changed, (line for line in around if line[0] != PUPILS))
    return Day(day, with_marks(viewer, found), going_on, pupils)


GROUPS = Prepared(
    lambda viewer: (
        Group.objects.visible_to(viewer)
        .filter(year=viewer.year)
        .order_by("name")
        .values_list("pk", "name", "kind")
    )
)


def classes_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """Classes and groups of the year, each on its page; « 5b » finds « 5e B ».

    Whoever reads no pupil's name has no such page: they are led to the week.
    """
    return [
        Hit(name, _page_of(viewer, group), str(Group.Kind(kind).label), near=slips > 0)
        for (group, name, kind), slips in wanted.best(GROUPS(viewer), lambda row: _words_of(row[1]))
    ]


def _page_of(viewer: Viewer, group: int) -> str:
    if viewer.works_with_pupils:
        return url("directory:group", pk=group)
    return f"{url('timetable:week')}?classe={group}"


@lru_cache(maxsize=4_096)
def _words_of(name: str) -> str:
    """« 5e b 5b »: the name of a class, and the name as it is typed in a hurry."""
    words = fold(name).split()
    return " ".join(
        [*words, "".join(word.removesuffix("e") if word[:1].isdigit() else word for word in words)]
    )


# By their end, and not between two days: of days that it does not know yet, PostgreSQL expects so few lessons that it read all those
# of the school, where it now begins with the teacher's.
NEXT = Prepared(
    lambda viewer, last, now: (
        own_lessons(viewer, of_weeks=True)
        .filter(ends__gt=now, day__lte=last)
        .held()
        .order_by("starts", "pk")
        .values_list(*COLUMNS, "pattern_id")
    )
)


def _next_rows(viewer: Viewer) -> list[LessonRow]:
    """The next lesson of each weekly one, and those of no pattern: a third of the lessons to come, to be named."""
    first_ones: dict[Any, tuple[Any, ...]] = {}
    for *line, pattern in NEXT(viewer, viewer.today + AFTER_HOLIDAYS, timezone.now()):
        first_ones.setdefault(pattern or (line[0],), tuple(line))
    return rows_from(first_ones.values())


def lessons_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The next time of each of one's subjects: looked for by subject, teacher or class, shown on its week (two queries)."""
    next_ones: dict[tuple[str, ...], LessonRow] = {}
    for row in _next_rows(viewer):
        whom = row.groups_label if viewer.is_staff else row.teachers_label
        next_ones.setdefault((row.subject, whom), row)
    found = wanted.best(next_ones.items(), lambda item: fold_title(" ".join(item[0])))
    return [_lesson_hit(viewer, row, whom, near=slips > 0) for ((_subject, whom), row), slips in found]


def _lesson_hit(viewer: Viewer, row: LessonRow, whom: str, *, near: bool) -> Hit:
    when = _("%(day)s à %(hour)s") % {"day": dates.near_day(row.day, viewer.today), "hour": row.begins}
    next_one = _("prochain cours %(when)s") % {"when": when}
    detail = " · ".join(filter(None, [whom, next_one, row.place]))
    return Hit(row.subject, f"{url('timetable:week')}?semaine={row.day}", detail, near=near)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The viewer's lessons between two days, and the names of their weeks; for families, with whose they are.

    Two queries, whatever was changed and however many children there are.
    """
    rows, names, known = _rows_and_around(viewer, first, last)
    children = known if viewer.is_guardian else {}
    weeks = [
        AgendaEntry(uid=f"semaine-{monday}", title=name, starts=monday, ends=monday)
        for monday, name in sorted(names.items())
        if first <= monday <= last
    ]
    return [*weeks, *(_agenda_entry(viewer, row, children) for row in rows)]


def _rows_and_around(
    viewer: Viewer, first: date, last: date
) -> tuple[list[LessonRow], dict[date, str], dict[int, list[str]]]:
    """The lessons, the names of the weeks, and the first names of the children by group."""
    rows, changed = _bare(OWN(viewer, first, last))
    found = AROUND_OF_DAYS(tuple(rows), tuple(one.pk for one in changed), viewer, first, last)
    names = names_of((line[2], line[-2], json.loads(line[-1])) for line in found if line[0] == WEEK)
    children = names_by_group((line[2], line[-2]) for line in found if line[0] == CHILD)
    return _filled(rows, changed, (line for line in found if line[0] <= CHANGED)), names, children


def _agenda_entry(viewer: Viewer, row: LessonRow, children: dict[int, list[str]]) -> AgendaEntry:
    whom = row.groups_label if viewer.is_staff else row.teachers_label
    return AgendaEntry(
        uid=f"seance-{row.pk}",
        title=row.subject,
        starts=row.starts,
        ends=row.ends,
        zone=row.zone,
        whose=row.for_children(children),
        detail=" · ".join(filter(None, [*(change.before for change in row.changes), whom])),
        place=row.place,
        word=", ".join(change.word for change in row.changes),
        tone="changed" if row.changes else "neutral",
        cancelled=row.is_cancelled,
        url=url("timetable:lesson", pk=row.pk),
    )
