"""What was assessed and its results, for OneRoster 1.1: `categories`, `lineItems` and `results`, of what pupils read already."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone

from preau.directory.boards import Roster, RosterFile
from preau.domains.gradebook.models import Assessment, GradingPolicy, Mark

Row = Sequence[object]
Kind = Assessment.Kind
# Where a school has no rule of its own, work that was not returned is worth nothing (`GradingPolicy`).
ZERO, CHUNK = GradingPolicy.NotReturned.ZERO, 2_000


def _told(roster: Roster, prefix: str = "") -> dict[str, Any]:
    """Kept, published by now, and of the current years."""
    return {
        f"{prefix}school__in": roster.schools,
        f"{prefix}deleted_at": None,
        f"{prefix}published_at__lte": timezone.now(),
    }


def _key(assessment: int) -> str:
    return f"evaluation.{assessment}"


def categories(roster: Roster) -> Iterator[Row]:
    """The natures of assessments."""
    for kind in Kind:
        yield [f"nature.{kind.value}", str(kind.label)]


def line_items(roster: Roster) -> Iterator[Row]:
    """Assessments, each in the class of its subject and in its period."""
    columns = (
        "pk",
        "title",
        "topic",
        "day",
        "group_id",
        "subject_id",
        "kind",
        "period_id",
        "scale",
    )
    rows = Assessment.objects.filter(**_told(roster)).order_by("school_id", "day", "pk")
    for pk, title, topic, day, group, subject, kind, period, scale in rows.values_list(*columns):
        place, session = roster.class_of(group, subject), roster.session_of(period)
        if place and session:
            # The day is both: it was given and sat on it.
            yield [_key(pk), title, topic, day, day, place, f"nature.{kind}", session, 0, f"{scale:f}"]


def results(roster: Roster) -> Iterator[Row]:
    """Marks that are a number. A code is none: only work not returned has one, zero, where the school counts it so."""
    class_of, session_of = lru_cache(None)(roster.class_of), lru_cache(None)(roster.session_of)
    columns = (
        "pk",
        "assessment_id",
        "assessment__group_id",
        "assessment__subject_id",
        "assessment__period_id",
        "assessment__school__grading_policy__not_returned",
        "pupil__public_id",
        "value",
        "code",
        "changed_at",
    )
    rows = Mark.objects.filter(**_told(roster, "assessment__"), pupil__in=roster.pupils).order_by("pk")
    for pk, one, group, subject, period, rule, pupil, value, code, at in rows.values_list(*columns).iterator(
        chunk_size=CHUNK
    ):
        if not (class_of(group, subject) and session_of(period)):
            continue
        day = timezone.localtime(at).date()
        if value is not None:
            yield [f"note.{pk}", _key(one), pupil, "fully graded", f"{value:f}", day, ""]
        elif code == Mark.Code.NOT_RETURNED and (rule or ZERO) == ZERO:
            yield [f"note.{pk}", _key(one), pupil, "not submitted", "0", day, ""]


HEAD = ("sourcedId", "status", "dateLastModified")
FILES = (
    RosterFile("categories", (*HEAD, "title"), categories, order=10),
    RosterFile(
        "lineItems",
        (
            *HEAD,
            "title",
            "description",
            "assignDate",
            "dueDate",
            "classSourcedId",
            "categorySourcedId",
            "gradingPeriodSourcedId",
            "resultValueMin",
            "resultValueMax",
        ),
        line_items,
        order=20,
    ),
    RosterFile(
        "results",
        (*HEAD, "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate", "comment"),
        results,
        order=30,
    ),
)
