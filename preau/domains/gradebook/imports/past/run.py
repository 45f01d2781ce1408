"""Reading files of past marks for a year of a school: their columns, then what they would write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.domains.gradebook.imports.past.columns import FIELDS, NEEDED, guessed
from preau.domains.gradebook.imports.past.matching import Ground, Plan, ground_of, plan
from preau.domains.gradebook.imports.past.rows import PastMark, Problem, read_rows
from preau.foundation.grids import Grid, open_grid, samples
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

# The name under which what somebody says of headings is remembered.
COLUMNS = "gradebook.marks"
SAMPLE = 40


class ColumnsWanted(Unreadable):
    """Nothing says which column holds something that is needed."""


@dataclass(frozen=True)
class PastMarks:
    """What files would write, and the headings of columns that are left."""

    plan: Plan
    ground: Ground
    left: Sequence[str]

    @property
    def print(self) -> str:
        """The same for the same writing."""
        told = sorted(
            (repr(one.place), one.known, sorted((pupil, typed.said) for pupil, typed in one.marks.items()))
            for one in self.plan.planned
        )
        return sha256(repr(told).encode()).hexdigest()


def bring(paths: Sequence[Path], year: SchoolYear, today: date, words: Mapping[str, str]) -> PastMarks:
    """What these tables would write; `words`: what somebody said of headings, folded. Raises Unreadable, ColumnsWanted."""
    marks: list[PastMark] = []
    problems: list[Problem] = []
    left: dict[str, None] = {}
    for path in paths:
        grid = open_grid(path, path.name)
        fields = fields_of(grid.titles, words)
        for wanted in NEEDED:
            if not set(wanted) & set(fields):
                told = {"field": dict(FIELDS)[wanted[0]]}
                raise ColumnsWanted(path.name, 1, _("Aucune colonne ne dit « %(field)s ».") % told)
        left |= dict.fromkeys(
            title for title, key in zip(grid.titles, fields, strict=True) if title and not key
        )
        read, wrong = read_rows(grid.rows(), fields)
        marks += [replace(one, file=path.name) for one in read]
        problems += [replace(one, file=path.name) for one in wrong]
    ground = ground_of(year, today)
    return PastMarks(plan(marks, problems, ground), ground, list(left))


def fields_of(titles: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """What each column holds: as somebody said it, else as its heading says."""
    return [words.get(fold(title)[:120], guess) for title, guess in zip(titles, guessed(titles), strict=True)]


def columns_of(paths: Sequence[Path], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """The headings of these tables, each once, with their first cells and what they seem to hold."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        grid = open_grid(path, path.name)
        for title, cells, key in zip(grid.titles, _cells(grid), fields_of(grid.titles, words), strict=True):
            told = {"title": title[:120], "cells": [cell[:SAMPLE] for cell in cells], "field": key}
            found.setdefault(fold(title)[:120], told)
    return list(found.values())


def _cells(grid: Grid) -> Iterator[list[str]]:
    try:
        yield from samples(grid)
    except Unreadable:
        yield from ([] for _title in grid.titles)
