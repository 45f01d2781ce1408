"""The averages of a class: its pupils by its subjects, for those who follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from preau.directory.models import Enrolment, Period
from preau.directory.queries.finding import pupils_here
from preau.directory.rules.subjects import Look
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import GradeBook
from preau.domains.gradebook.queries.figures import Spread, number, spread_in_words
from preau.domains.gradebook.queries.read_marks import (
    PERIODS,
    ClassMarks,
    Learning,
    chosen_period,
    class_marks,
)
from preau.domains.gradebook.rules import averages
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural

IN_CLASS = Prepared(
    lambda group: (
        Enrolment.objects.filter(group_id=group)
        .order_by("pupil__search_name", "pk")
        .values_list(
            "group_id",
            "group__kind",
            "group__name",
            "pupil_id",
            "starts",
            "ends",
            "pupil__public_id",
            "pupil__family_name",
            "pupil__given_name",
        )
    )
)


@dataclass(frozen=True)
class SubjectColumn:
    """A subject of the class, and the half of the class in it."""

    pk: int
    name: str
    look: Look
    spread: Spread | None

    @property
    def short(self) -> str:
        """A few letters for the head of a narrow column."""
        return self.look.letters if self.look.key else self.name[:4]


@dataclass(frozen=True)
class PupilLine:
    """A pupil, the averages in the order of the columns, and the general one."""

    public_id: str
    name: str
    cells: Sequence[str]
    general: str


@dataclass(frozen=True)
class ClassAverages:
    """What the page of a class shows, of a period or of the year."""

    periods: Sequence[Period]
    period: Period | None
    held: ClassMarks
    pupils: Sequence[tuple[int, str, str]]
    today: date

    @property
    def begun(self) -> list[Period]:
        return [period for period in self.periods if period.starts <= self.today]

    @cached_property
    def made(self) -> dict[int, averages.Averages]:
        if self.period is not None:
            made = self.held.averages_of_all
            return {pupil: made[pupil] for pupil, _public_id, _name in self.pupils if pupil in made}
        parts = [(period.pk, self.held.of(period.pk).averages_of_all) for period in self.periods]
        return {
            pupil: averages.year_of(
                [(pk, made[pupil]) for pk, made in parts if pupil in made], self.held.policy
            )
            for pupil, _public_id, _name in self.pupils
        }

    @cached_property
    def columns(self) -> list[SubjectColumn]:
        lines = {line.subject_id: line for line in self.held.lines}
        found = sorted(lines.values(), key=lambda line: natural(line.subject))
        return [
            SubjectColumn(line.subject_id, line.subject, line.look, self._spread(line.subject_id))
            for line in found
        ]

    def _spread(self, subject_id: int) -> Spread | None:
        found = (made.subjects.get(subject_id) for made in self.made.values())
        return spread_in_words(one.exact for one in found if one and one.exact is not None)

    @cached_property
    def general_spread(self) -> Spread | None:
        found = (made.general.exact for made in self.made.values())
        return spread_in_words(value for value in found if value is not None)

    @cached_property
    def lines(self) -> list[PupilLine]:
        """By name: never by average."""
        return [
            PupilLine(
                public_id,
                name,
                [self._said(pupil, column.pk) for column in self.columns],
                number(self.made[pupil].general.rounded if pupil in self.made else None),
            )
            for pupil, public_id, name in self.pupils
        ]

    def _said(self, pupil: int, subject_id: int) -> str:
        made = self.made.get(pupil)
        average = made.subjects.get(subject_id) if made else None
        shown: Decimal | None = average.rounded if average else None
        return "" if shown is None else number(shown)


def averages_of_class(viewer: Viewer, book: GradeBook, asked: str | None) -> ClassAverages:
    """Seven statements; a pupil who left before the period is not there."""
    periods = PERIODS(book.year_id)
    period = chosen_period(periods, asked, viewer.today)
    rows = IN_CLASS(book.pk)
    learning = [Learning(*row[:6]) for row in rows]
    first = period.starts if period else None
    last = period.ends if period else None
    # Whoever has left the school counts, and is no colleague's to read any more.
    here = set(
        pupils_here(viewer).filter(person__in=[row[3] for row in rows]).values_list("person_id", flat=True)
    )
    there = {
        row[3]: (row[3], row[6], f"{row[7].upper()} {row[8]}".strip())
        for row, one in zip(rows, learning, strict=True)
        if row[3] in here and (first is None or last is None or one.meets(first, last))
    }
    held = class_marks(viewer, book.school_id, book.pk, learning, [period] if period else periods)
    return ClassAverages(periods, period, held, list(there.values()), viewer.today)
