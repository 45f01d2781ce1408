"""What weighs on the pupils of a class: minutes by day, and what a teacher may want to know before giving more."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from preau.directory.models import Closure, Enrolment, Group
from preau.directory.queries.settings import levels_of as school_levels
from preau.directory.rules.subjects import look_of
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Homework, LessonRecord, WorkloadLimit
from preau.domains.homework.queries.concerned import asked_of
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.scales import STEP

SATURDAY, LATE = 5, 16


@dataclass(frozen=True)
class DayLoad:
    """What is due on one day for a class: how many works for all its pupils together, and how long for the pupil who has most of it,
    with the works of that pupil; `limit` is the school's for this level."""

    day: date
    works: int
    minutes: int
    limit: int | None
    heaviest: frozenset[int] = frozenset()

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.minutes > self.limit

    @property
    def takes(self) -> str:
        return dates.minutes(self.minutes) if self.minutes else ""


# A work without a time still takes a place, and a long one no more than three hours of it.
LEAST_STEPS, MOST_STEPS = 2, 36


class DueWork(NamedTuple):
    """A work that is due: its subject and its title, its minutes or None, whether it is for some pupils alone."""

    pk: int
    subject: str
    title: str
    minutes: int | None
    is_for_some: bool


@dataclass(frozen=True)
class WorkBlock:
    """A work in the drawing of a day: its letters and colours, what it is in words, how tall it is in steps of five minutes."""

    letters: str
    key: str
    said: str
    steps: int


@dataclass(frozen=True)
class LoadColumn:
    """A day of the drawing of the work of a class."""

    label: str
    said: str
    is_over: bool
    blocks: tuple[WorkBlock, ...]


def columns_of(loads: Iterable[DayLoad], works: Mapping[date, Sequence[DueWork]]) -> list[LoadColumn]:
    """What each day asks of the pupil who has most to do, block on block."""
    return [
        LoadColumn(
            dates.short_day(load.day),
            load.takes,
            load.is_over,
            tuple(_block_of(work) for work in works.get(load.day, ()) if work.pk in load.heaviest),
        )
        for load in loads
    ]


def _block_of(work: DueWork) -> WorkBlock:
    look = look_of("", work.subject)
    steps = min(max(round((work.minutes or 0) / STEP), LEAST_STEPS), MOST_STEPS)
    label = f"{work.subject}, {dates.minutes(work.minutes)}" if work.minutes else work.subject
    return WorkBlock(look.letters, look.key, label, steps)


def near(groups: Sequence[int]) -> "QuerySet[Group]":
    """These groups, the classes that they draw from, and whatever is drawn from those: whose pupils share a day."""
    classes = Group.objects.filter(Q(pk__in=groups) | Q(groups_drawn__in=groups)).values("pk")
    return Group.objects.filter(Q(pk__in=classes) | Q(classes__in=classes))


def _due(school: int, groups: Any, first: date, last: date) -> "QuerySet[Homework]":
    joined = Lesson.groups.through.objects.filter(lesson_id=OuterRef("record__lesson_id"))
    given = Homework.objects.kept().filter(school=school, due_day__range=(first, last))
    given = given.filter(record__state=LessonRecord.State.READY)
    return given.filter(Exists(joined.filter(group_id__in=near(groups).values("pk"))))


def load_of(groups: Sequence[Group], first: date, last: date) -> list[DayLoad]:
    """By day of school, what is due for the pupils of these classes between two days (three queries)."""
    school, keys = groups[0].school_id if groups else 0, [group.pk for group in groups]
    pupils = set(Enrolment.objects.active(first).filter(group__in=keys).values_list("pupil", flat=True))
    return _loads(pupils, _due(school, keys, first, last), limit_of(groups), first, last)


def _loads(
    pupils: Container[int], due: "QuerySet[Homework]", limit: int | None, first: date, last: date
) -> list[DayLoad]:
    tasks: dict[date, dict[int, dict[int, int]]] = {}
    for work, pupil, day, minutes in asked_of(due):
        if pupil in pupils:
            tasks.setdefault(day, {}).setdefault(pupil, {})[work] = minutes or 0
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        _day_of(day, tasks.get(day, {}), limit) for day in days if day in tasks or day.weekday() < SATURDAY
    ]


def _day_of(day: date, tasks: Mapping[int, Mapping[int, int]], limit: int | None) -> DayLoad:
    """`tasks`: the minutes of each work of each pupil."""
    if not tasks:
        return DayLoad(day, 0, 0, limit)
    heaviest = max(tasks.values(), key=lambda works: (sum(works.values()), len(works)))
    works = {work for asked in tasks.values() for work in asked}
    return DayLoad(day, len(works), sum(heaviest.values()), limit, frozenset(heaviest))


def week_shown(viewer: Viewer, group: Group) -> Mapping[str, Any] | None:
    """What is due for a class today and on the six next days (three queries); None for nothing. For whoever reads every class."""
    loads = [one for one in load_of([group], viewer.today, viewer.today + timedelta(days=6)) if one.works]
    return {"loads": loads, "today": viewer.today} if loads else None


def loads_of(lesson: Lesson, pupils: Container[int], following: Sequence[Any]) -> dict[date, DayLoad]:
    """By day, what is due for the `pupils` of a lesson on the days of the following ones, which say its `limit` (one query)."""
    if not following:
        return {}
    first, last = following[0].day, following[-1].day
    groups = Group.objects.filter(lessons=lesson).values("pk")
    due = _due(lesson.school_id, groups, first, last)
    return {load.day: load for load in _loads(pupils, due, following[0].limit, first, last)}


def limit_for(lesson: Any) -> "QuerySet[Group, Any]":
    """As `limit_of` says, of the groups of a lesson: that of the first level that is one."""
    advised = WorkloadLimit.objects.filter(school=OuterRef("school"), level=OuterRef("level")).values(
        "minutes"
    )[:1]
    groups = Group.objects.filter(lessons=lesson).exclude(level="").order_by("name")
    return groups.annotate(limit=Subquery(advised)).values("limit")[:1]


def levels_of(viewer: Viewer) -> dict[str, int | None]:
    """The levels of the school's classes, in the order of schools, each with the minutes it advises (two queries)."""
    known = dict(WorkloadLimit.objects.filter(school=viewer.school_id).values_list("level", "minutes"))
    return {level: known.get(level) for level in school_levels(viewer)}


def limit_of(groups: Sequence[Group]) -> int | None:
    """The minutes a day that the school has set for the level of these groups."""
    level = next((group.level for group in groups if group.level), "")
    if not level:
        return None
    advised = WorkloadLimit.objects.filter(school=groups[0].school_id, level=level)
    return advised.values_list("minutes", flat=True).first()


def warnings_of(lesson: Lesson, groups: Sequence[Group], due: date) -> list[str]:
    """What a teacher is told of a date without being refused it: closed, without this lesson, loaded already, or the morrow
    of an afternoon's end (five queries)."""
    return [*_of_the_day(lesson, groups, due), *_of_the_load(groups, due), *_of_the_hour(lesson, due)]


def _of_the_day(lesson: Lesson, groups: Sequence[Group], due: date) -> list[str]:
    facts = {"day": dates.day(due), "subject": lesson.subject.name}
    closure = Closure.objects.filter(school=lesson.school_id, starts__lte=due, ends__gte=due).first()
    if closure:
        return [_("Le %(day)s, l’établissement est fermé (%(why)s).") % (facts | {"why": closure.name})]
    here = Lesson.objects.held().filter(
        school=lesson.school_id, day=due, groups__in=[group.pk for group in groups]
    )
    subjects = set(here.values_list("subject_id", flat=True))
    if not subjects and due.weekday() >= SATURDAY:
        return [_("Le %(day)s, il n’y a pas classe.") % facts]
    if lesson.subject_id not in subjects:
        return [_("Le %(day)s, la classe n’a pas %(subject)s.") % facts]
    return []


def _of_the_load(groups: Sequence[Group], due: date) -> list[str]:
    load = next((one for one in load_of(groups, due, due) if one.day == due), None)
    if load is None or not load.is_over or load.limit is None:
        return []
    sentence = _(
        "Le %(day)s, des élèves ont déjà %(minutes)s de travail ; l’établissement en conseille %(limit)s au plus."
    )
    return [sentence % {"day": dates.day(due), "minutes": load.takes, "limit": dates.minutes(load.limit)}]


def _of_the_hour(lesson: Lesson, due: date) -> list[str]:
    """Given late in the day for the next morning: an evening is all there is."""
    ends = dates.local(lesson.ends, lesson.school.timezone)
    if due - lesson.day == timedelta(days=1) and ends.hour >= LATE:
        return [_("C’est pour demain, et la séance finit à %(hour)s.") % {"hour": dates.hour(ends)}]
    return []
