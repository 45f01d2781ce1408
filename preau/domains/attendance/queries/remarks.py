"""What teachers say of the lists of their lessons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from preau.directory.counting import number_of
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import ListRemark
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import lines_of as lessons_of
from preau.domains.timetable.queries.lessons import rows_from

COLUMNS = (
    "pk",
    "lesson_id",
    "pupil_id",
    "kind",
    "said_at",
    "pupil__public_id",
    "pupil__family_name",
    "pupil__given_name",
    "said_by__given_name",
    "said_by__family_name",
)


@dataclass(frozen=True)
class RemarkRow:
    """One remark: of whom, which list, who said it and when."""

    pk: int
    public_id: str
    list_name: str
    said: str
    lesson: str
    said_by: str
    said_at: datetime


def remarks_open(viewer: Viewer) -> "QuerySet[ListRemark]":
    """Those that wait, the oldest first."""
    return ListRemark.objects.visible_to(viewer).open().order_by("said_at", "pk")


def number_of_remarks(viewer: Viewer) -> Coalesce:
    """How many wait, as a part of another query."""
    return number_of(ListRemark.objects.visible_to(viewer).open())


def remark_rows(found: Any) -> list[RemarkRow]:
    """Remarks as the page lists them (three queries)."""
    lines = list(found.values(*COLUMNS))
    lessons = {
        row.pk: row
        for row in rows_from(lessons_of(Lesson.objects.filter(pk__in=[line["lesson_id"] for line in lines])))
    }
    return [_row(line, lessons) for line in lines]


def _row(line: dict[str, Any], lessons: Any) -> RemarkRow:
    lesson = lessons[line["lesson_id"]]
    return RemarkRow(
        line["pk"],
        line["pupil__public_id"],
        f"{line['pupil__family_name'].upper()} {line['pupil__given_name']}",
        str(ListRemark.Kind(line["kind"]).label),
        f"{lesson.groups_label} · {lesson.subject}",
        f"{line['said_by__given_name']} {line['said_by__family_name']}",
        line["said_at"],
    )


def remarked_in(lesson: Lesson) -> dict[int, str]:
    """By pupil, what was said of them in this lesson and waits."""
    rows = ListRemark.objects.open().filter(lesson=lesson).values_list("pupil_id", "kind")
    return {pupil: str(ListRemark.Kind(kind).label) for pupil, kind in rows}
