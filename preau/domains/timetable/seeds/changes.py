"""A term as it went: weeks A and B, and lessons that were cancelled or given by somebody else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from preau.directory.models import Enrolment
from preau.domains.timetable.actions.patterns import Weekly, closures_of
from preau.domains.timetable.models import Alternation, Lesson, LessonChange
from preau.domains.timetable.queries.weeks import in_turn, weeks_between
from preau.foundation.db import insert

CIVICS = "043800"  # half an hour a week, hence one hour every other week
Kind, Reason = LessonChange.Kind, LessonChange.Reason
# A lesson in sixty is cancelled, another is given by somebody else: as many weeks back and ahead as people look at.
BACK, AHEAD = timedelta(days=60), timedelta(days=10)
ONE_IN = 60
Busy = dict[int, list[tuple[datetime, datetime]]]
REASONS = (Reason.AWAY, Reason.OUTING, Reason.MEETING, Reason.AWAY, Reason.EXAM)


def in_weeks(world: Any, weeklies: Sequence[Weekly]) -> list[Weekly]:
    """The same, what comes every other week being in A or in B."""
    year = world.year
    turns = in_turn(weeks_between(year.starts, year.ends, closures_of(world.school)))
    pair = [
        Alternation.objects.create(
            school=world.school,
            year=year,
            name=f"Semaine {letter}",
            code=letter,
            names_weeks=True,
            mondays=[day.isoformat() for day in mondays],
        )
        for letter, mondays in zip("AB", turns, strict=True)
    ]
    return [
        replace(one, alternation=pair[number % 2]) if one.subject.code == CIVICS else one
        for number, one in enumerate(weeklies)
    ]


def plant(world: Any) -> None:
    """Changes of the weeks around today, today left out; some of them of the class of the cast's pupil."""
    found = Lesson.objects.filter(school=world.school, day__range=(world.today - BACK, world.today + AHEAD))
    found = found.exclude(day=world.today)
    lessons = list(found.order_by("starts", "pk").prefetch_related("teachers"))
    own = _own_next(world)
    busy: Busy = defaultdict(list)
    for lesson in lessons:
        for teacher in lesson.teachers.all():
            busy[teacher.pk].append((lesson.starts, lesson.ends))
    changes = []
    for number, lesson in enumerate(lessons):
        if lesson.pk == own or number % ONE_IN == ONE_IN // 2:
            changes.append(_cancelled(world, lesson, REASONS[number % len(REASONS)]))
        elif number % ONE_IN == 0:
            changes += _replaced(world, lesson, lessons, busy)
    Lesson.objects.filter(pk__in=[change.lesson_id for change in changes]).update(revision=1)
    off = [change.lesson_id for change in changes if change.kind == Kind.CANCELLED]
    Lesson.objects.filter(pk__in=off).update(state=Lesson.State.CANCELLED)
    insert(changes)


def _own_next(world: Any) -> int:
    """The last lesson of the next day of the cast's pupil."""
    pupil = world.people.get("pupil")
    groups = Enrolment.objects.filter(pupil=pupil, group__year=world.year).values("group")
    own = Lesson.objects.filter(groups__in=groups, day__gt=world.today).order_by("day", "-starts")
    return own.values_list("pk", flat=True).first() or 0


def _cancelled(world: Any, lesson: Lesson, reason: str) -> LessonChange:
    return LessonChange(kind=Kind.CANCELLED, reason=reason, **_about(world, lesson))


def _replaced(world: Any, lesson: Lesson, lessons: Sequence[Lesson], busy: Busy) -> Iterator[LessonChange]:
    """By a colleague of the same subject who gives nothing then, when there is one."""
    (gone, *_others) = lesson.teachers.all() or [None]
    colleagues = (
        teacher
        for other in lessons
        if other.subject_id == lesson.subject_id
        for teacher in other.teachers.all()
    )
    comes = next((colleague for colleague in colleagues if _is_free(busy[colleague.pk], lesson)), None)
    if gone is None or comes is None:
        return
    busy[comes.pk].append((lesson.starts, lesson.ends))
    lesson.teachers.remove(gone)
    lesson.teachers.add(comes)
    change = LessonChange(kind=Kind.REPLACED, reason=Reason.AWAY, **_about(world, lesson))
    change.teacher_before, change.teacher_after = gone, comes
    yield change


def _is_free(taken: Sequence[tuple[datetime, datetime]], lesson: Lesson) -> bool:
    return not any(starts < lesson.ends and ends > lesson.starts for starts, ends in taken)


def _about(world: Any, lesson: Lesson) -> dict[str, Any]:
    """By the head, the day before or today."""
    made_at = min(lesson.starts - timedelta(days=1), timezone.now())
    return {"school": world.school, "lesson": lesson, "made_by": world.people["head"], "made_at": made_at}
