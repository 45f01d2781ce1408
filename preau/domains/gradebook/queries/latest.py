"""The last marks of a pupil or of the children of a family: for the home, and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Mark
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
LAST = Prepared(
    lambda viewer: (
        Mark.objects.visible_to(viewer)
        .order_by("-assessment__published_at", "-assessment__day", "-pk")
        .values_list(*COLUMNS)
    )
)


def last_marks(viewer: Viewer) -> list[LatestMark]:
    """Those that were published last: one statement."""
    return [LatestMark(*row) for row in LAST.part(0, ON_THE_HOME, viewer)] if viewer.own_pupils() else []


def marks_between(viewer: Viewer, first: date, last: date) -> Sequence[LatestMark]:
    """Those of assessments between two days, newest first: one statement."""
    return [LatestMark(*row) for row in BETWEEN(viewer, first, last)] if viewer.own_pupils() else []


def newest_pupil(viewer: Viewer) -> str:
    """Whose mark was published last, by their public identifier; "" when nobody has one: one statement."""
    row = next(iter(LAST.part(0, 1, viewer)), None)
    return LatestMark(*row).public_id if row else ""
