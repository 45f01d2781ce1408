"""Levels as every page of the house reads them, and what they come to by the school's rule."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from preau.directory.models import Enrolment, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.competences.models import Level, SheetColumn
from preau.domains.competences.models.reading import groups_today, readable, were_in_own_groups
from preau.domains.competences.models.sheets import written_by
from preau.domains.competences.rules.synthesis import Found, Rule, synthesis
from preau.domains.gradebook.models import MARKS
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
    records: Any = found.order_by("day_shown", "pk").values_list(*COLUMNS)
    return [Line(*row) for row in records]


def _of_periods(viewer: Viewer, pupils: tuple[int, ...], school: int, periods: tuple[int, ...]) -> Any:
    rows = Level.objects.visible_to(viewer).filter(pupil__in=pupils, column__sheet__school=school)
    return dated(rows).filter(period_shown__in=periods)


OF_PERIODS = Prepared(
    lambda viewer, pupils, school, periods: (
        _of_periods(viewer, pupils, school, periods).order_by("day_shown", "pk").values_list(*COLUMNS)
    )
)


def _read_columns(viewer: Viewer, pupils: Any, school: int, period: int) -> Any:
    sheet = "sheet__"
    groups = Enrolment.objects.filter(pupil__in=pupils).values("group_id")
    rows = SheetColumn.objects.filter(sheet__school=school, sheet__group__in=groups).annotate(
        day_shown=Coalesce(F(f"{sheet}assessment__day"), F(f"{sheet}day")),
        period_shown=Coalesce(F(f"{sheet}assessment__period"), F(f"{sheet}period")),
    )
    own = Value(True) if viewer.holds(Role.HEAD) else written_by(viewer, sheet)  # noqa: FBT003
    read = readable("published_at", viewer.moment, sheet)
    levels = Level.objects.filter(column=OuterRef("pk"), pupil__in=pupils)
    columns = rows.filter(Exists(levels), period_shown=period).annotate(
        is_own=ExpressionWrapper(own, BooleanField())
    )
    return columns.filter(Q(is_own=True) | read).values_list("pk", "competence_id", "day_shown", "is_own")


# The law of `Level.visible_to`, asked of some dozens of columns and of a class instead of each of its two thousand levels.
READ_COLUMNS = Prepared(_read_columns)
TAUGHT = Prepared(
    lambda viewer, pupils: (
        Enrolment.objects.active(viewer.today)
        .filter(group__in=groups_today(viewer), pupil__in=pupils)
        .values_list("pupil_id", flat=True)
    )
)
TAUGHT_THEN = Prepared(
    lambda viewer, pupils, year: (
        were_in_own_groups(viewer)
        .filter(pupil__in=pupils, group__year=year)
        .values_list("pupil_id", flat=True)
    )
)
VALUES = Prepared(
    lambda columns, pupils: (
        Level.objects.filter(column__in=columns, pupil__in=pupils)
        .order_by()
        .values_list("column_id", "pupil_id", "pk", "value")
    )
)


def lines_of_periods(viewer: Viewer, pupil: int, school: int, periods: Iterable[int]) -> list[Line]:
    """Those of a pupil in these periods, in the order of time: one prepared query."""
    return [Line(*row) for row in OF_PERIODS(viewer, (pupil,), school, tuple(periods))]


class ReadColumn(NamedTuple):
    """A column of a sheet where a class has levels; `is_own`: the viewer writes it."""

    pk: int
    competence_id: int
    day: date
    is_own: bool


def read_columns(viewer: Viewer, pupils: Iterable[int], school: int, period: int) -> list[ReadColumn]:
    """Where these pupils have levels of a period that a member of the staff reads: one prepared query."""
    return [ReadColumn(*row) for row in READ_COLUMNS(viewer, tuple(pupils), school, period)]


def syntheses_in(
    viewer: Viewer, columns: Sequence[ReadColumn], pupils: Iterable[int], rule: Rule, year: int
) -> Mapping[tuple[int, int], int | None]:
    """By pupil and competence, what their histories in these columns, of a year, come to: two prepared queries."""
    asked = tuple(pupils)
    times = Counter(column.competence_id for column in columns)
    # Most competences are assessed once: their level is what it comes to.
    known = {
        column.pk: (column.competence_id, column.day, column.is_own, times[column.competence_id] == 1)
        for column in columns
    }
    team = _team(viewer, asked, year)
    made: dict[tuple[int, int], int | None] = {}
    found: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for pk, pupil, order, value in VALUES(tuple(sorted(known)), asked):
        competence, day, is_own, is_alone = known[pk]
        if not (is_own or pupil in team):
            continue
        if is_alone:
            made[pupil, competence] = value
        else:
            found[pupil, competence].append(Found(day, order, value))
    return made | {key: synthesis(history, rule) for key, history in found.items()}


def _team(viewer: Viewer, pupils: tuple[int, ...], year: int) -> set[int]:
    """Those of whom the viewer reads what is published, wherever it was assessed that year."""
    if viewer.has_power(MARKS):
        return set(pupils)
    is_now = viewer.year is not None and viewer.year.pk == year
    return set(TAUGHT(viewer, pupils) if is_now else TAUGHT_THEN(viewer, pupils, year))


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
    return {key: comes_to(history, rule) for key, history in histories(lines).items()}
