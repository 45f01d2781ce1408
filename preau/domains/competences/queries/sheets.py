"""Sheets: those of a teacher's classes, one with its pupils and its cells, what a mark proposes in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from preau.directory.models import Group, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Level, MasteryPolicy, SelfLevel, Sheet, SheetColumn
from preau.domains.competences.models.reading import own_groups
from preau.domains.competences.rules.access import reads_every_class
from preau.domains.competences.rules.synthesis import level_of_mark
from preau.domains.competences.rules.typing import Typed, as_typed
from preau.domains.gradebook.models import Mark
from preau.domains.gradebook.queries.grid import Learner, learners_of
from preau.domains.gradebook.queries.periods import years_with
from preau.domains.gradebook.rules.marking import plain
from preau.foundation.prepared import Prepared

# Where levels were asked for: `gradebook.queries.periods.years_of`.
YEARS = years_with(Sheet.objects.all)


@dataclass(frozen=True)
class Cell:
    """What a cell shows, and the version of its level (0: none)."""

    typed: Typed = field(default_factory=Typed)
    version: int = 0

    @property
    def said(self) -> str:
        return self.typed.said


@dataclass(frozen=True)
class Row:
    """One pupil: cells in the order of the columns; what they said of themselves, by column."""

    pupil: Learner
    cells: tuple[Cell, ...]
    told: Mapping[int, int]


@dataclass(frozen=True)
class SheetPage:
    """A sheet with its columns and its pupils."""

    sheet: Sheet
    columns: Sequence[SheetColumn]
    rows: Sequence[Row]

    @property
    def left(self) -> int:
        """How many cells nobody has filled, of pupils who are there."""
        return sum(cell.typed.is_empty for row in self.rows if not row.pupil.left for cell in row.cells)


def page_of(viewer: Viewer, sheet: Sheet, *, writes: bool) -> SheetPage:
    """The sheet as those who assess see it: four queries, five for whoever writes it."""
    columns = list(SheetColumn.objects.filter(sheet=sheet).select_related("competence"))
    learners = learners_of(viewer, sheet.group, sheet.shown.period)
    rows = Level.objects.visible_to(viewer).filter(column__sheet=sheet)
    levels = {(row.column_id, row.pupil_id): row for row in rows}
    by_pupil: dict[int, dict[int, int]] = {}
    if writes and sheet.asks_pupils:
        for self_level in SelfLevel.objects.visible_to(viewer).filter(column__sheet=sheet):
            by_pupil.setdefault(self_level.pupil_id, {})[self_level.column_id] = self_level.value
    lines = [
        Row(
            learner,
            tuple(_cell(levels.get((column.pk, learner.pk))) for column in columns),
            by_pupil.get(learner.pk, {}),
        )
        for learner in learners
    ]
    return SheetPage(sheet, columns, lines)


def _cell(level: Level | None) -> Cell:
    return Cell(as_typed(level), level.version) if level else Cell()


@dataclass(frozen=True)
class GroupRow:
    """A class or a group of the viewer, with how many sheets a period has and how many are drafts."""

    group: Group
    count: int
    drafts: int


def group_rows(viewer: Viewer, period: Period | None, year: int) -> list[GroupRow]:
    """The viewer's classes and groups of a year; for whoever reads every class, those of the school. Two queries."""
    groups = Group.objects.filter(school=viewer.school_id, year=year)
    if reads_every_class(viewer):
        groups = groups.filter(Q(kind=Group.Kind.CLASS) | Q(pk__in=own_groups(viewer)))
    else:
        groups = groups.filter(pk__in=own_groups(viewer))
    seen = Sheet.objects.visible_to(viewer).filter(_of_period(period))
    counted = (
        seen.order_by()
        .values("group_id")
        .annotate(number=Count("pk"), drafts=Count("pk", filter=Q(published_at=None, assessment=None)))
    )
    counts = {row["group_id"]: (row["number"], row["drafts"]) for row in counted}
    found = groups.order_by("kind", "rank", "name")
    return [GroupRow(group, *counts.get(group.pk, (0, 0))) for group in found]


def _of_period(period: Any) -> Q:
    return Q(assessment=None, period=period) | Q(assessment__period=period, assessment__deleted_at=None)


@dataclass(frozen=True)
class SheetRow:
    """A sheet in the list of its class."""

    pk: int
    title: str
    day: date
    published_at: datetime | None
    subject: str | None
    teacher: str

    def is_published(self, now: datetime) -> bool:
        """Do pupils read it by now?"""
        return self.published_at is not None and self.published_at <= now


OF_GROUP = Prepared(
    lambda viewer, group, period: (
        Sheet.objects.visible_to(viewer)
        .filter(_of_period(period), group=group)
        .annotate(
            title_shown=Coalesce(F("assessment__title"), F("title")),
            day_shown=Coalesce(F("assessment__day"), F("day")),
            published=Coalesce(F("assessment__published_at"), F("published_at")),
        )
        .order_by("-day", "-pk")
        .values_list(
            "pk",
            "title_shown",
            "day_shown",
            "published",
            "subject__name",
            "teacher__civility",
            "teacher__family_name",
            "teacher__given_name",
        )
    )
)


def sheets_of(viewer: Viewer, group: Group, period: Period) -> list[SheetRow]:
    """Those of a class in a period that the viewer sees, the newest first: one prepared query."""
    rows = OF_GROUP(viewer, group.pk, period.pk)
    # Many sheets, few teachers.
    names = {
        teacher: Person(civility=teacher[0], family_name=teacher[1], given_name=teacher[2]).formal_name
        for teacher in {tuple(row[5:]) for row in rows}
    }
    return [
        SheetRow(pk, title, day, published, subject, names[*teacher])
        for pk, title, day, published, subject, *teacher in rows
    ]


@dataclass(frozen=True)
class Choice:
    """A domain, with the competences that one may assess under it."""

    label: str
    competences: tuple[Competence, ...]


def choices_of(
    viewer: Viewer, cycle: int | None, subject_id: int | None, kept: Sequence[int] = ()
) -> list[Choice]:
    """What may be assessed in a class of this cycle, domain by domain, those of the subject first."""
    rows = Competence.objects.visible_to(viewer).assessed()
    used = Competence.objects.in_use(viewer.today).values("pk")
    rows = rows.filter(Q(pk__in=used) | Q(pk__in=kept)).select_related("referential", "parent__parent")
    if cycle is not None:
        rows = rows.filter(Q(cycle="") | Q(cycle__contains=str(cycle)) | Q(pk__in=kept))
    found: dict[str, list[Competence]] = {}
    for row in rows.order_by("-referential__is_own", "referential__name", "rank", "pk"):
        above = [row.parent.parent, row.parent] if row.parent else []
        names = [str(row.referential.name), *(str(each.name) for each in above if each)]
        found.setdefault(" · ".join(names), []).append(row)
    choices = [Choice(label, tuple(held)) for label, held in found.items()]
    return sorted(choices, key=lambda one: subject_id is None or one.competences[0].subject_id != subject_id)


@dataclass(frozen=True)
class Proposal:
    """What a mark would give a pupil: the mark as it is read, and the level."""

    pupil: Learner
    mark: Decimal
    level: int
    empty: int

    @property
    def mark_said(self) -> str:
        return plain(self.mark)


def proposals_of(page: SheetPage, thresholds: Sequence[Decimal]) -> list[Proposal]:
    """For each pupil who has a mark and a cell without a level. One query."""
    assessment = page.sheet.assessment
    if assessment is None:
        return []
    marks = dict(
        Mark.objects.filter(assessment=assessment, value__isnull=False).values_list("pupil_id", "value")
    )
    found = []
    for row in page.rows:
        empty = sum(cell.typed.is_empty for cell in row.cells)
        if row.pupil.pk in marks and empty:
            mark = marks[row.pupil.pk]
            level = level_of_mark(mark, assessment.scale, thresholds)
            found.append(Proposal(row.pupil, mark, level, empty))
    return found


def recent_competences(viewer: Viewer, group: Group, most: int = 8) -> list[int]:
    """Those that this teacher assessed last in this class, the newest first: what one observes again is under the thumb."""
    rows = SheetColumn.objects.filter(sheet__group=group, sheet__teacher=viewer.person.pk)
    competences = rows.order_by("-sheet__day", "-pk").values_list("competence_id", flat=True)[: most * 4]
    return list(dict.fromkeys(competences))[:most]


def words_of(policy: MasteryPolicy) -> list[tuple[int, str]]:
    """The levels from the first to the last, in the school's words."""
    return sorted(policy.words.items())


def own_answers(viewer: Viewer, sheet: Sheet) -> dict[int, int]:
    """What a pupil has said of themselves, by column."""
    rows = SelfLevel.objects.visible_to(viewer).filter(column__sheet=sheet)
    return dict(rows.values_list("column_id", "value"))
