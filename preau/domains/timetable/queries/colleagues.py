"""Whom to ask to give lessons: the facts about every colleague, for the ranking."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Group, Holding, Person
from preau.directory.words import Role
from preau.domains.timetable.models import DaySlot, Lesson, LessonChange, TeacherAbsence
from preau.domains.timetable.queries.cover import NAME, NeedRow, called
from preau.domains.timetable.queries.ranking import Colleague, Proposal, Slot, Span, ranked
from preau.foundation import dates

# Between two schools there is a way to go.
ON_THE_WAY = timedelta(minutes=20)
DAY = timedelta(days=1)
PERSON, COVER, GROUP, TEACHER, DRAWN = range(5)


@dataclass(frozen=True)
class Held:
    """What keeps somebody: a lesson, or an absence (`lesson` is 0)."""

    lesson: int
    school: int
    day: date
    span: Span


def proposals_for(need: NeedRow, lesson: Lesson) -> list[Proposal]:
    """Who is free to give a lesson, ranked, with why."""
    return proposals_of([need], [lesson]).get(lesson.pk, [])


def proposals_of(needs: Iterable[NeedRow], lessons: Sequence[Lesson]) -> dict[int, list[Proposal]]:
    """The same of several lessons of one school: four queries, whatever the number of lessons and of colleagues."""
    wanted = {need.row.pk: need for need in needs if need.is_open}
    found = {}
    for pk, (lesson, colleagues) in _colleagues([one for one in lessons if one.pk in wanted]).items():
        asked = {ask.person for ask in wanted[pk].waiting}
        slot = Slot(lesson.starts, lesson.ends, wanted[pk].row.groups_label)
        found[pk] = [one for one in ranked(slot, colleagues) if one.pk not in asked]
    return found


def is_free_for(lesson: Lesson, person: int) -> bool:
    """May this person give this lesson: neither in class anywhere, nor away?"""
    slot = Slot(lesson.starts, lesson.ends, "")
    return not any(slot.meets(span) for span in _busy_for(lesson, _held([lesson], [person])[person]))


def obstacles_of(lessons: Sequence[Lesson], person: Person) -> dict[int, str]:
    """Why a person cannot give each of these lessons of one school, in a few words; "" when they can: four queries."""
    if not lessons:
        return {}
    school = lessons[0].school_id
    held = _held(lessons, [person.pk])[person.pk]
    years = {lesson.year_id for lesson in lessons}
    watched = list(DaySlot.objects.filter(year__in=years, watchers=person))
    terms = list(
        Holding.objects.filter(person=person, role=Role.TEACHER, school=school).values_list("starts", "ends")
    )
    own = set(
        Lesson.teachers.through.objects.filter(person=person, lesson__in=lessons).values_list(
            "lesson_id", flat=True
        )
    )
    found: dict[int, str] = {}
    given: list[Span] = []
    for lesson in sorted(lessons, key=lambda lesson: (lesson.starts, lesson.pk)):
        if lesson.pk in own:
            found[lesson.pk] = _("donne déjà ce cours")
        elif not any(_holds(lesson.day, *term) for term in terms):
            found[lesson.pk] = _("n’enseigne pas ici ce jour-là")
        else:
            found[lesson.pk] = _obstacle(lesson, held, watched, given)
        if not found[lesson.pk]:
            given.append((lesson.starts, lesson.ends))
    return found


def _obstacle(lesson: Lesson, held: Sequence[Held], watched: Iterable[DaySlot], given: Iterable[Span]) -> str:
    """What they do here is said first; of what they do in another school, only that they are not free."""
    slot = Slot(lesson.starts, lesson.ends, "")
    met = [one for one in held if any(slot.meets(span) for span in _busy_for(lesson, [one]))]
    here = [one for one in met if one.school == lesson.school_id]
    if here:
        in_class = any(one.lesson for one in here)
        return _("a déjà cours à cette heure") if in_class else _("aura une absence à cette heure")
    if met:
        return _("n’est pas libre à cette heure")
    zone = lesson.school.timezone
    begins, ends = (dates.local(moment, zone).time() for moment in (lesson.starts, lesson.ends))
    for kept in watched:
        if kept.comes_on(lesson.day) and kept.starts_at < ends and kept.ends_at > begins:
            return _("surveille à cette heure (%(name)s)") % {"name": kept.name}
    return _("a un autre de ces cours à cette heure") if any(slot.meets(span) for span in given) else ""


def colleagues_of(lesson: Lesson) -> list[Colleague]:
    """Everybody who teaches in the school that day, those of the lesson aside, with what ties them to it."""
    return _colleagues([lesson])[lesson.pk][1]


@dataclass(frozen=True)
class _Around:
    """What is around some lessons of a school: the groups that are kin to each (its own, those drawn from them, the classes
    from which they are drawn), and who gives it."""

    kin: Mapping[int, frozenset[int]]
    own: Mapping[int, set[int]]


def _colleagues(lessons: Sequence[Lesson]) -> dict[int, tuple[Lesson, list[Colleague]]]:
    """The colleagues of each of these lessons, which are of one school: four queries."""
    if not lessons:
        return {}
    people, covers = _people(lessons)
    held = _held(lessons, sorted({pk for pk, *_rest in people}))
    around = _around(lessons)
    teaching = _teaching(lessons, around)
    found = {}
    for lesson in lessons:
        here = [line for line in teaching if _holds(lesson.day, *line[3:])]
        teaches = {line[0] for line in here if line[1] in around.kin[lesson.pk]}
        same = {line[0] for line in here if line[2] == lesson.subject_id}
        there = {pk: names for pk, starts, ends, *names in people if _holds(lesson.day, starts, ends)}
        found[lesson.pk] = (
            lesson,
            [
                Colleague(
                    pk,
                    called(*names),
                    pk in teaches,
                    pk in same,
                    _busy_for(lesson, held[pk]),
                    _here(lesson, held[pk]),
                    covers[pk, lesson.day.month],
                )
                for pk, names in there.items()
                if pk not in around.own[lesson.pk]
            ],
        )
    return found


def _holds(day: date, starts: date | None, ends: date | None) -> bool:
    return (starts is None or starts <= day) and (ends is None or ends > day)


def _people(lessons: Sequence[Lesson]) -> tuple[list[tuple[Any, ...]], Counter[tuple[int, int]]]:
    """Who teaches in the school around these days, since when and until when; how many covers each took, by month."""
    school, days = lessons[0].school_id, sorted(lesson.day for lesson in lessons)
    held = Holding.objects.filter(
        Q(starts=None) | Q(starts__lte=days[-1]),
        Q(ends=None) | Q(ends__gt=days[0]),
        role=Role.TEACHER,
        school=school,
    )
    taken = LessonChange.objects.in_force().filter(
        school=school,
        kind=LessonChange.Kind.REPLACED,
        teacher_after__isnull=False,
        lesson__day__gte=days[0].replace(day=1),
        lesson__day__lt=dates.month_after(days[-1]),
    )
    of_people = held.order_by().values_list(
        Value(PERSON), "person_id", "starts", "ends", *(f"person__{name}" for name in NAME)
    )
    never, none = Cast(Value(None), DateField()), Value("")
    of_covers = taken.order_by().values_list(
        Value(COVER), "teacher_after_id", "lesson__day", never, none, none, none
    )
    lines = list(of_people.union(of_covers, all=True))
    covers = Counter((pk, day.month) for what, pk, day, *_rest in lines if what == COVER)
    return [tuple(line) for what, *line in lines if what == PERSON], covers


def _around(lessons: Sequence[Lesson]) -> _Around:
    """One query."""
    keys = [lesson.pk for lesson in lessons]
    of_groups = Lesson.groups.through.objects.filter(lesson__in=keys)
    of_teachers = Lesson.teachers.through.objects.filter(lesson__in=keys)
    own = of_groups.values("group_id")
    drawn = Group.classes.through.objects.filter(Q(from_group__in=own) | Q(to_group__in=own))
    lines = of_groups.values_list(Value(GROUP), "lesson_id", "group_id").union(
        of_teachers.values_list(Value(TEACHER), "lesson_id", "person_id"),
        drawn.values_list(Value(DRAWN), "from_group_id", "to_group_id"),
        all=True,
    )
    groups: dict[int, set[int]] = {key: set() for key in keys}
    teachers: dict[int, set[int]] = {key: set() for key in keys}
    beside: dict[int, set[int]] = defaultdict(set)
    for what, one, other in lines:
        if what == GROUP:
            groups[one].add(other)
        elif what == TEACHER:
            teachers[one].add(other)
        else:
            beside[one].add(other)
            beside[other].add(one)
    kin = {key: frozenset(found.union(*(beside[one] for one in found))) for key, found in groups.items()}
    return _Around(kin, teachers)


def _teaching(lessons: Sequence[Lesson], around: _Around) -> list[tuple[Any, ...]]:
    """Who teaches these classes or these subjects in the school: to which group, what, since when and until when."""
    subjects = {lesson.subject_id for lesson in lessons}
    kin = {group for groups in around.kin.values() for group in groups}
    taught = Assignment.objects.filter(
        Q(group__in=kin) | Q(subject__in=subjects),
        school=lessons[0].school_id,
        kind=Assignment.Kind.TEACHES,
    )
    return list(taught.values_list("teacher", "group", "subject", "starts", "ends"))


def _busy_for(lesson: Lesson, held: Iterable[Held]) -> tuple[Span, ...]:
    """When somebody is busy, this lesson aside. Between two schools, the way there counts as busy."""
    found = []
    for one in held:
        way = ON_THE_WAY if one.lesson and one.school != lesson.school_id else timedelta()
        if one.lesson != lesson.pk:
            found.append((one.span[0] - way, one.span[1] + way))
    return tuple(found)


def _here(lesson: Lesson, held: Iterable[Held]) -> tuple[Span, ...]:
    """Their lessons of its day in its school."""
    place = (lesson.school_id, lesson.day)
    return tuple(
        one.span for one in held if one.lesson not in (0, lesson.pk) and (one.school, one.day) == place
    )


def _held(lessons: Sequence[Lesson], people: Sequence[int]) -> dict[int, list[Held]]:
    """What keeps each of these around some lessons: one query. An absence that waits for its answer counts as one."""
    found: dict[int, list[Held]] = defaultdict(list)
    lines = _taught(lessons, people).union(_away(lessons, people), all=True)
    for person, lesson, school, day, starts, ends in lines:
        found[person].append(Held(lesson, school, day, (starts, ends)))
    return found


def _taught(lessons: Sequence[Lesson], people: Sequence[int]) -> "QuerySet[Any, Any]":
    """Their lessons around these days: who, which, in which school, on which day, from when to when."""
    days = sorted({lesson.day + shift for lesson in lessons for shift in (-DAY, timedelta(), DAY)})
    # By the schools of these people and the day, which are indexed together: not by all that they teach in a year.
    schools = Holding.objects.filter(
        Q(starts=None) | Q(starts__lte=days[-1]), Q(ends=None) | Q(ends__gt=days[0]), person__in=people
    ).values("school_id")
    taught = Lesson.objects.held().filter(school__in=schools, day__in=days, teachers__in=people)
    return taught.order_by().values_list("teachers", "pk", "school_id", "day", "starts", "ends")


def _away(lessons: Sequence[Lesson], people: Sequence[int]) -> "QuerySet[Any, Any]":
    """Their absences over these lessons, in the same columns: of no lesson."""
    starts, ends = min(one.starts for one in lessons), max(one.ends for one in lessons)
    away = TeacherAbsence.objects.standing().filter(teacher__in=people).over(starts, ends)
    return away.order_by().values_list(
        "teacher_id", Value(0), "school_id", Value(lessons[0].day), "starts", "ends"
    )
