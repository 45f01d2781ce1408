"""The last marks of a pupil or of the children of a family: for the home, and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Mark
from preau.domains.gradebook.queries.figures import Spread, spread_in_words
from preau.domains.gradebook.rules.marking import plain
from preau.foundation.prepared import Prepared

ON_THE_HOME = 4
COLUMNS = (
    "assessment_id",
    "assessment__title",
    "assessment__day",
    "assessment__scale",
    "assessment__coefficient",
    "assessment__mode",
    "assessment__subject__name",
    "assessment__subject__code",
    "value",
    "code",
    "pupil__public_id",
    "pupil__given_name",
)


@dataclass(frozen=True)
class LatestMark:
    """A published mark, as a family reads it."""

    assessment_id: int
    title: str
    day: date
    scale: Decimal
    coefficient: Decimal
    mode: str
    subject: str
    subject_code: str
    value: Decimal | None
    code: str
    public_id: str
    pupil: str
    # Where the half of the class is, once enough pupils have a mark.
    spread: Spread | None = None

    @property
    def look(self) -> Look:
        return look_of(self.subject_code, self.subject)

    @property
    def said(self) -> str:
        """« 14,5 », « Absent »."""
        return plain(self.value) if self.value is not None else str(Mark.Code(self.code).label)

    @property
    def out_of(self) -> str:
        return plain(self.scale) if self.value is not None else ""


def _between(viewer: Viewer, first: date, last: date) -> "QuerySet[Mark, Any]":
    seen = Mark.objects.visible_to(viewer).filter(assessment__day__range=(first, last))
    return seen.order_by("-assessment__day", "-pk").values_list(*COLUMNS)


BETWEEN = Prepared(_between)
NEWEST = ("-assessment__published_at", "-assessment__day", "-pk")
LAST = Prepared(lambda viewer: Mark.objects.visible_to(viewer).order_by(*NEWEST).values_list(*COLUMNS))


def _last_in_class(viewer: Viewer) -> "QuerySet[Mark, Any]":
    """Every mark of the assessments that were published last; `is_own`: of those, the ones that this viewer reads."""
    own = Mark.objects.visible_to(viewer)
    newest = own.order_by(*NEWEST).values("assessment")[:ON_THE_HOME]
    rows = Mark.objects.filter(assessment__in=newest).annotate(is_own=Exists(own.filter(pk=OuterRef("pk"))))
    return rows.order_by(*NEWEST).values_list(*COLUMNS, "is_own")


LAST_IN_CLASS = Prepared(_last_in_class)


@dataclass(frozen=True)
class MarksOnTheirWay:
    """How many marks of a pupil are read by the pupil and not yet by the family, and when the next one is."""

    count: int
    at: datetime


def _on_their_way(viewer: Viewer, pupil: int) -> Any:
    rows = Mark.objects.filter(
        pupil=pupil,
        assessment__deleted_at=None,
        assessment__published_at__lte=viewer.moment,
        assessment__guardians_at__gt=viewer.moment,
    )
    return rows.order_by("assessment__guardians_at").values_list("assessment__guardians_at", flat=True)


ON_THEIR_WAY = Prepared(_on_their_way)


def marks_on_their_way(viewer: Viewer, pupil: int) -> MarksOnTheirWay | None:
    """For a pupil and the family, who read different averages meanwhile: how many, never what they are (one query)."""
    if viewer.is_staff or pupil not in viewer.own_pupils():
        return None
    moments = list(ON_THEIR_WAY(viewer, pupil))
    return MarksOnTheirWay(len(moments), moments[0]) if moments else None


def last_marks(viewer: Viewer) -> list[LatestMark]:
    """Those that were published last, each in its class: one statement."""
    if not viewer.own_pupils():
        return []
    own: list[LatestMark] = []
    values: dict[int, list[Fraction]] = {}
    for *facts, is_own in LAST_IN_CLASS(viewer):
        mark = LatestMark(*facts)
        if mark.value is not None:
            values.setdefault(mark.assessment_id, []).append(Fraction(mark.value))
        if is_own:
            own.append(mark)
    return [
        replace(mark, spread=spread_in_words(values.get(mark.assessment_id, ())))
        for mark in own[:ON_THE_HOME]
    ]


def marks_between(viewer: Viewer, first: date, last: date) -> Sequence[LatestMark]:
    """Those of assessments between two days, newest first: one statement."""
    return [LatestMark(*row) for row in BETWEEN(viewer, first, last)] if viewer.own_pupils() else []


def newest_pupil(viewer: Viewer) -> str:
    """Whose mark was published last, by their public identifier; "" when nobody has one: one statement."""
    row = next(iter(LAST.part(0, 1, viewer)), None)
    return LatestMark(*row).public_id if row else ""
