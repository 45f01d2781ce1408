"""Reading files of past marks for a year of a school: their columns, then what they would write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from preau.directory.models import SchoolYear
from preau.domains.gradebook.imports.past.columns import FIELDS, NEEDED, guessed
from preau.domains.gradebook.imports.past.matching import Ground, Plan, ground_of, plan
from preau.domains.gradebook.imports.past.rows import PastMark, read_rows
from preau.foundation.grids import open_grid
from preau.foundation.importers import tables
from preau.foundation.importers.tables import Problem, Words

# The name under which what somebody says of headings is remembered.
COLUMNS = "gradebook.marks"


@dataclass(frozen=True)
class PastMarks:
    """What files would write, and the headings of columns that are left."""

    plan: Plan
    ground: Ground
    left: Sequence[str]

    @property
    def print(self) -> str:
        """The same for the same writing."""
        rows = sorted(
            (repr(one.place), one.known, sorted((pupil, typed.said) for pupil, typed in one.marks.items()))
            for one in self.plan.planned
        )
        return sha256(repr(rows).encode()).hexdigest()


def bring(paths: Sequence[Path], year: SchoolYear, today: date, words: Words) -> PastMarks:
    """What these tables would write; `words`: what somebody said of headings, folded. Raises Unreadable, ColumnsWanted."""
    marks: list[PastMark] = []
    problems: list[Problem] = []
    left: dict[str, None] = {}
    for path in paths:
        grid = open_grid(path, path.name)
        fields = tables.fields_of(grid.titles, words, guessed)
        tables.needed(path.name, fields, NEEDED, dict(FIELDS))
        left |= dict.fromkeys(tables.columns_left(grid.titles, fields))
        read, wrong = read_rows(grid.rows(), fields)
        marks += [replace(one, file=path.name) for one in read]
        problems += [replace(one, file=path.name) for one in wrong]
    ground = ground_of(year, today)
    return PastMarks(plan(marks, problems, ground), ground, list(left))


def columns_of(paths: Sequence[Path], words: Words) -> list[dict[str, Any]]:
    """The headings of these tables, each once, with their first cells and what they seem to hold."""
    return tables.columns_of(paths, words, guessed)
