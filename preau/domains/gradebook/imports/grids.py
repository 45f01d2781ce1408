"""A grid that was filled in a spreadsheet and comes back: what it changes, cell by cell, and what is wrong in it, line by line."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from preau.domains.gradebook.actions.marks import Cell
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.queries.grid import Grid, Learner, heading
from preau.domains.gradebook.rules.marking import NotAMark, TypedMark, plain, typed_mark
from preau.foundation import grids
from preau.foundation.csvtext import RISKY
from preau.foundation.text import fold

MOST_TYPED = 24
# « Fractions (14 septembre 2026 · /20 · ×0.5) »: the title, and its scale.
HEADING = re.compile(r"(?P<title>.+?)\s*\((?P<rest>[^()]*)\)")
SCALE = re.compile(r"/(?P<scale>[0-9.]+)")
AVERAGE = "moyenne"


@dataclass(frozen=True)
class Change:
    """A cell that the file fills otherwise than the grid does; `seen`: the version of the mark that this was compared with."""

    assessment: Assessment
    pupil: Learner
    before: str
    typed: TypedMark
    seen: int

    @property
    def after(self) -> str:
        return self.typed.said

    @property
    def kept(self) -> str:
        """As the page sends it back."""
        return f"{self.assessment.pk}:{self.pupil.pk}:{self.seen}:{self.after}"


@dataclass(frozen=True)
class Problem:
    """What keeps the file from being taken: where it is, and a sentence."""

    line: int
    sentence: str
    where: str = ""

    @property
    def said(self) -> str:
        """« Ligne 4 (DURAND Léa, Fractions) : 25 dépasse le barème de 20. »"""
        place = _("Ligne %(number)s") % {"number": self.line}
        where = f"{place} ({self.where})" if self.where else place
        return _("%(place)s : %(sentence)s") % {"place": where, "sentence": self.sentence}


@dataclass(frozen=True)
class GridChanges:
    """What a file would do. `aside`: headings of columns that are no assessment of the grid."""

    changes: Sequence[Change] = ()
    problems: Sequence[Problem] = ()
    aside: Sequence[str] = ()
    same: int = 0

    @cached_property
    def by_assessment(self) -> list[tuple[Assessment, list[Change]]]:
        """The changes, column by column."""
        found: dict[int, list[Change]] = defaultdict(list)
        for change in self.changes:
            found[change.assessment.pk].append(change)
        return [(changes[0].assessment, changes) for changes in found.values()]

    @property
    def overwritten(self) -> int:
        """How many marks were there already."""
        return sum(bool(change.before) for change in self.changes)

    @property
    def kept(self) -> str:
        return "\n".join(change.kept for change in self.changes)

    def cells(self) -> list[tuple[Assessment, list[Cell]]]:
        """What is written, once it is agreed to."""
        return [
            (assessment, [Cell(change.pupil.pk, change.typed, change.seen) for change in changes])
            for assessment, changes in self.by_assessment
        ]


class GridChanged(Exception):
    """What was agreed to speaks of an assessment or of a pupil that is not in the grid any more."""


@dataclass
class _Reading:
    grid: Grid
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    same: int = 0

    @cached_property
    def pupils(self) -> Mapping[str, Sequence[int]]:
        """Places in the grid, by names as lists write them, either way round."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.grid.rows):
            one = row.pupil
            names = {fold(f"{one.family_name} {one.given_name}"), fold(f"{one.given_name} {one.family_name}")}
            for name in names:
                found[name].append(place)
        return found

    def columns_of(self, titles: Sequence[str]) -> dict[int, int]:
        """Which column of the grid each column of the file is; the first one says who."""
        exact = {fold(heading(one)): place for place, one in enumerate(self.grid.columns)}
        named: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self.grid.columns):
            named[fold(one.title)].append(place)
        found: dict[int, int] = {}
        for number, title in enumerate(titles[1:], 1):
            if not title or fold(title) == AVERAGE:
                continue
            place = exact.get(fold(title))
            if place is None:
                place = self._named(title, named)
            if place is None:
                continue
            if place in found.values():
                self.problems.append(Problem(1, _("cette colonne y est deux fois."), title))
            found[number] = place
        return found

    def _named(self, title: str, named: Mapping[str, Sequence[int]]) -> int | None:
        """By its title alone, when one assessment has it and its scale has not changed."""
        match = HEADING.fullmatch(title)
        places = named.get(fold(match["title"] if match else title), ())
        if len(places) > 1:
            self.problems.append(
                Problem(
                    1,
                    _("plusieurs évaluations ont ce titre : gardez l’en-tête du fichier téléchargé."),
                    title,
                )
            )
            return None
        if not places:
            self.aside.append(title)
            return None
        scale = SCALE.search(match["rest"]) if match else None
        own = plain(self.grid.columns[places[0]].scale)
        if scale and scale["scale"].replace(".", ",") != own:
            reason = _("le barème est maintenant de %(scale)s : téléchargez de nouveau la grille.") % {
                "scale": own
            }
            self.problems.append(Problem(1, reason, title))
            return None
        return places[0]

    def read(self, file: grids.Grid) -> GridChanges:
        columns = self.columns_of(file.titles)
        if not columns and not self.problems:
            self.problems.append(
                Problem(
                    1,
                    _("aucune colonne n’est une évaluation de cette grille : partez du fichier téléchargé."),
                )
            )
        met: dict[int, int] = {}
        for row in file.rows():
            place = self._pupil(row.line, _bare(row.cells[0]))
            if place is None:
                continue
            if place in met:
                reason = _("cet élève est déjà à la ligne %(number)s.") % {"number": met[place]}
                self.problems.append(Problem(row.line, reason, row.cells[0]))
                continue
            met[place] = row.line
            for number, column in columns.items():
                self._cell(row.line, place, column, _bare(row.cells[number]))
        return GridChanges(self.changes, self.problems, self.aside, self.same)

    def _pupil(self, line: int, name: str) -> int | None:
        places = self.pupils.get(fold(name), ())
        if len(places) == 1:
            return places[0]
        wrong = _("plusieurs élèves ont ce nom") if places else _("personne n’a ce nom dans la classe")
        self.problems.append(Problem(line, f"{wrong}.", name or _("sans nom")))
        return None

    def _cell(self, line: int, place: int, column: int, text: str) -> None:
        row, assessment = self.grid.rows[place], self.grid.columns[column]
        known = row.cells[column]
        if not text:
            return
        try:
            typed = typed_mark(text[:MOST_TYPED], assessment.scale)
        except NotAMark as refused:
            where = f"{row.pupil.name}, {assessment.title}"
            self.problems.append(Problem(line, refused.sentence, where))
            return
        if typed == known.typed:
            self.same += 1
        else:
            self.changes.append(Change(assessment, row.pupil, known.said, typed, known.version))


def _bare(cell: str) -> str:
    """Without what kept it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell


def read_grid(file: grids.Grid, grid: Grid) -> GridChanges:
    """What a file changes in this grid. An empty cell leaves the mark as it is."""
    return _Reading(grid).read(file)


def agreed(kept: str, grid: Grid) -> GridChanges:
    """What a page had shown and sends back, compared with the grid as it is now: `seen` stays what it had shown. Raises GridChanged."""
    columns = {str(one.pk): place for place, one in enumerate(grid.columns)}
    rows = {str(row.pupil.pk): row for row in grid.rows}
    changes = []
    for assessment, pupil, seen, text in _kept_cells(kept):
        if assessment not in columns or pupil not in rows:
            raise GridChanged
        place, row = columns[assessment], rows[pupil]
        column, known = grid.columns[place], row.cells[place]
        try:
            typed = typed_mark(text[:MOST_TYPED], column.scale)
        except NotAMark as refused:
            raise GridChanged from refused
        if typed != known.typed:
            changes.append(Change(column, row.pupil, known.said, typed, int(seen)))
    return GridChanges(changes)


def _kept_cells(kept: str) -> Iterator[Sequence[str]]:
    for line in kept.split():
        parts = line.split(":")
        if len(parts) != 4 or not all(one.isascii() and one.isdigit() and len(one) < 12 for one in parts[:3]):
            raise GridChanged
        yield parts


def shown_again(brought: GridChanges, grid: Grid) -> GridChanges:
    """The same, compared with what the grid now holds."""
    versions: dict[tuple[int, int], int] = {
        (column.pk, row.pupil.pk): row.cells[place].version
        for row in grid.rows
        for place, column in enumerate(grid.columns)
    }
    return GridChanges([_seen_now(change, versions) for change in brought.changes])


def _seen_now(change: Change, versions: Mapping[tuple[int, int], int]) -> Change:
    return Change(
        change.assessment,
        change.pupil,
        change.before,
        change.typed,
        versions[change.assessment.pk, change.pupil.pk],
    )


def first_changes(brought: GridChanges, most: int) -> Iterable[tuple[Assessment, Sequence[Change], int]]:
    """As many as a page shows, column by column, and how many are left out of each."""
    left = most
    for assessment, changes in brought.by_assessment:
        shown = changes[:left]
        left -= len(shown)
        yield assessment, shown, len(changes) - len(shown)
