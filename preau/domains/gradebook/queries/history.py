"""One pupil in one assessment: the mark, where it lies among the others, and what it was before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, Mark, MarkChange
from preau.domains.gradebook.queries.grid import BARS, Learner, Spread, column_cells, spread
from preau.domains.gradebook.rules.access import reads_every_class
from preau.domains.gradebook.rules.marking import TypedMark, as_typed, plain


@dataclass(frozen=True)
class ChangeRow:
    """« 8 devient 12 »: when, and by whom."""

    at: datetime
    by: str
    before: str
    after: str


@dataclass(frozen=True)
class MarkPage:
    """What the page of one pupil in one assessment shows to those who work here; `before` and `after` are their neighbours in the list."""

    assessment: Assessment
    pupil: Learner
    mark: Mark | None
    spread: Spread
    changes: Sequence[ChangeRow]
    before: Learner | None
    after: Learner | None

    @property
    def typed(self) -> TypedMark:
        return as_typed(self.mark)

    @property
    def bar(self) -> str:
        """The label of the bar where the mark is."""
        if self.typed.value is None:
            return ""
        width = self.assessment.scale / BARS
        return plain(width * min(int(self.typed.value / width), BARS - 1))


def changes_of(viewer: Viewer, assessment: Assessment | int, pupil: int) -> list[ChangeRow]:
    """What a mark was, each time that it changed after its publication, newest first (one query)."""
    rows = MarkChange.objects.visible_to(viewer).filter(assessment=assessment, pupil=pupil)
    return [
        ChangeRow(
            row.at, row.by.formal_name, _said(row.former_value, row.former_code), _said(row.value, row.code)
        )
        for row in rows.select_related("by").order_by("-at", "-pk")
    ]


def _said(value: Decimal | None, code: str) -> str:
    return TypedMark(value, code).said or _("effacée")


def changed_in(viewer: Viewer, assessment: Assessment) -> Counter[int]:
    """How often the mark of each pupil has changed after its publication (one query)."""
    rows = MarkChange.objects.visible_to(viewer).filter(assessment=assessment)
    return Counter(rows.values_list("pupil_id", flat=True))


def mark_page(viewer: Viewer, assessment: Assessment, asked: str | None) -> MarkPage | None:
    """The pupil that is asked for, else the first of the list; None where nobody is (three queries, four for a head teacher)."""
    taught: Any = getattr(assessment, "taught", False)
    led_only = not taught and not reads_every_class(viewer)
    learners, marks = column_cells(viewer, assessment, led_only=led_only)
    if not learners:
        return None
    place = next((n for n, one in enumerate(learners) if one.public_id == asked), 0)
    pupil = learners[place]
    typed = [as_typed(marks.get(learner.pk)) for learner in learners if not learner.left]
    return MarkPage(
        assessment,
        pupil,
        marks.get(pupil.pk),
        spread(typed, assessment.scale),
        changes_of(viewer, assessment, pupil.pk),
        learners[place - 1] if place else None,
        learners[place + 1] if place + 1 < len(learners) else None,
    )


def person_of(learner: Learner) -> Person:
    """Who this learner is, for the journal and the rules, which ask for no more than the key."""
    return Person(pk=learner.pk, public_id=learner.public_id)
