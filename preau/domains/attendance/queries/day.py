"""The rolls of a teacher's day, as a device keeps them for an hour without a network."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet

from preau.directory.models import Enrolment
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import UNCALLED, Entry, Status
from preau.domains.attendance.queries.registers import came_after, class_of, listed_to, seen_of, told_apart
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import LessonRow, lines_of, rows_from
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class RollOfDay:
    """A lesson and its register: names, what was noted, and the class where pupils of several are together; no more."""

    lesson: LessonRow
    pupils: list[tuple[int, str, str, str]]


# What a register is sorted by comes first.
NAMES = ("pupil_id", "pupil__search_name", "pupil__family_name", "pupil__given_name")


def _enrolled(lessons: Iterable[int], day: date) -> "QuerySet[Enrolment, tuple[Any, ...]]":
    known = Enrolment.objects.active(day).filter(group__lessons__in=lessons)
    own_class = class_of("pupil", OuterRef("school"), day)
    listed = listed_to(OuterRef("group__lessons__pk"))
    return known.values_list("group__lessons__pk", *NAMES, own_class, listed, "pk").distinct()


TAUGHT = Prepared(
    lambda viewer, day: lines_of(Lesson.objects.in_school(viewer).held().on(day).taught_by(viewer.person))
)
ENROLLED = Prepared(_enrolled)
NOTED = Prepared(
    lambda lessons: Entry.objects.filter(lesson__in=lessons).values_list(
        "lesson_id", *NAMES, "status", "minutes_late"
    )
)


def rolls_of_day(viewer: Viewer) -> list[RollOfDay]:
    """The lessons that the viewer gives today, each with its pupils (four queries, whatever their number)."""
    rows = rows_from(TAUGHT(viewer, viewer.today))
    ids = tuple(row.pk for row in rows)
    if not ids:
        return []
    pupils: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
    seen: dict[tuple[int, int], str] = {}
    classes: dict[int, dict[int, str | None]] = defaultdict(dict)
    came: dict[tuple[int, int], tuple[int | None, int]] = {}
    for lesson, pupil, sorted_by, family_name, given_name, own_class, listed, enrolment in ENROLLED(
        ids, viewer.today
    ):
        pupils[lesson][sorted_by, pupil] = f"{family_name.upper()} {given_name}"
        classes[lesson][pupil] = own_class
        # Of a pupil of two groups of the lesson, the older enrolment.
        _listed, known = came.get((lesson, pupil), (listed, enrolment))
        came[lesson, pupil] = (listed, min(known, enrolment))
    seen |= {key: seen_of(UNCALLED, None) for key, pair in came.items() if came_after(*pair)}
    for lesson, pupil, sorted_by, family_name, given_name, status, late in NOTED(ids):
        pupils[lesson][sorted_by, pupil] = f"{family_name.upper()} {given_name}"
        seen[lesson, pupil] = seen_of(status, late)
    return [RollOfDay(row, _lines(row.pk, pupils[row.pk], seen, told_apart(classes[row.pk]))) for row in rows]


def _lines(
    lesson: int,
    pupils: Mapping[tuple[str, int], str],
    seen: Mapping[tuple[int, int], str],
    classes: Mapping[int, str],
) -> list[tuple[int, str, str, str]]:
    present = Status.PRESENT.value
    return [
        (pupil, name, seen.get((lesson, pupil), present), classes.get(pupil, ""))
        for (_, pupil), name in sorted(pupils.items())
    ]
