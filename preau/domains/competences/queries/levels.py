"""Levels as every page of the house reads them, and what they come to by the school's rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Level
from preau.domains.competences.rules.synthesis import Found, Rule, synthesis
from preau.foundation.prepared import Prepared

COLUMNS = (
    "pk",
    "pupil_id",
    "column__competence_id",
    "value",
    "code",
    "day_shown",
    "title_shown",
    "column__sheet__kind",
    "changed_by__family_name",
    "changed_by__civility",
    "note",
    "proof__public_id",
    "proof__kind",
    "column__sheet_id",
)


@dataclass(frozen=True)
class Line:
    """A level that the viewer reads, with what proves it."""

    pk: int
    pupil_id: int
    competence_id: int
    value: int | None
    code: str
    day: date
    title: str
    kind: str
    by_name: str
    by_civility: str
    note: str
    proof: str | None
    proof_kind: str | None
    sheet_id: int

    @property
    def is_picture(self) -> bool:
        return bool(self.proof_kind and self.proof_kind.startswith("image/"))

    @property
    def code_said(self) -> str:
        return str(Level.Code(self.code).label) if self.code else ""

    @property
    def by(self) -> str:
        civility = Person.Civility(self.by_civility).label if self.by_civility else ""
        return " ".join(filter(None, (str(civility), self.by_name)))


def dated(rows: "QuerySet[Level]") -> Any:
    """With the day, the title and the period of the assessment beside which the sheet stands, else its own."""
    sheet = "column__sheet__"
    return rows.annotate(
        day_shown=Coalesce(F(f"{sheet}assessment__day"), F(f"{sheet}day")),
        title_shown=Coalesce(F(f"{sheet}assessment__title"), F(f"{sheet}title")),
        period_shown=Coalesce(F(f"{sheet}assessment__period"), F(f"{sheet}period")),
    )


def lines_of(viewer: Viewer, pupils: Iterable[int], where: Q | None = None, rows: Any = None) -> list[Line]:
    """The levels of these pupils that the viewer reads, in the order of time: one query."""
    seen = Level.objects.visible_to(viewer) if rows is None else rows
    found = dated(seen.filter(pupil__in=pupils, column__sheet__school__isnull=False))
    if where is not None:
        found = found.filter(where)
    told: Any = found.order_by("day_shown", "pk").values_list(*COLUMNS)
    return [Line(*row) for row in told]


def _of_periods(viewer: Viewer, pupils: tuple[int, ...], school: int, periods: tuple[int, ...]) -> Any:
    rows = Level.objects.visible_to(viewer).filter(pupil__in=pupils, column__sheet__school=school)
    return dated(rows).filter(period_shown__in=periods)


OF_PERIODS = Prepared(
    lambda viewer, pupils, school, periods: (
        _of_periods(viewer, pupils, school, periods).order_by("day_shown", "pk").values_list(*COLUMNS)
    )
)
VALUES = Prepared(
    lambda viewer, pupils, school, periods: (
        _of_periods(viewer, pupils, school, periods)
        .order_by()
        .values_list("pupil_id", "column__competence_id", "day_shown", "pk", "value")
    )
)


def lines_of_periods(viewer: Viewer, pupil: int, school: int, periods: Iterable[int]) -> list[Line]:
    """Those of a pupil in these periods, in the order of time: one prepared query."""
    return [Line(*row) for row in OF_PERIODS(viewer, (pupil,), school, tuple(periods))]


def syntheses_of_period(
    viewer: Viewer, pupils: Iterable[int], school: int, period: int, rule: Rule
) -> Mapping[tuple[int, int], int | None]:
    """By pupil and competence, what each history of a period comes to: one prepared query."""
    found: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for pupil, competence, day, pk, value in VALUES(viewer, tuple(pupils), school, (period,)):
        found[pupil, competence].append(Found(day, pk, value))
    return {key: synthesis(told, rule) for key, told in found.items()}


def histories(lines: Iterable[Line]) -> dict[tuple[int, int], list[Line]]:
    """By pupil and competence, in the order of time."""
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.pupil_id, line.competence_id].append(line)
    return found


def comes_to(lines: Sequence[Line], rule: Rule) -> int | None:
    """The level of one history by the school's rule."""
    return synthesis((Found(line.day, line.pk, line.value) for line in lines), rule)


def syntheses(lines: Iterable[Line], rule: Rule) -> Mapping[tuple[int, int], int | None]:
    """By pupil and competence, what each history comes to."""
    return {key: comes_to(told, rule) for key, told in histories(lines).items()}
