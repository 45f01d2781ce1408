"""Tables whose columns somebody names: what each column holds, its lines by field, days as people type them, lines set aside."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from preau.foundation.csvfiles import Row
from preau.foundation.csvtext import RISKY
from preau.foundation.grids import Grid, open_grid, samples
from preau.foundation.reading import Unreadable
from preau.foundation.text import bare, fold

SAMPLE, LONGEST_HEADING = 40, 120
DAY = re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{2}(?:[0-9]{2})?)(?: .*)?")
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CENTURY = 2000

# By heading, folded, what somebody said that a column holds ("" for nothing).
Words = Mapping[str, str]
Guess = Callable[[Sequence[str]], Sequence[str]]


class ColumnsWanted(Unreadable):
    """Nothing says which column holds something that is needed."""


class WrongCell(ValueError):
    """What a cell says is nothing that it may say; the message is the sentence."""


@dataclass(frozen=True)
class Problem:
    """A line that is not taken, and why; `who`: as the file writes it, for whoever reads the preview."""

    line: int
    reason: str
    who: str = ""
    file: str = ""

    def place(self) -> dict[str, Any]:
        """For a report: nobody's name."""
        return {"file": self.file, "line": self.line, "reason": self.reason}


def guessed(titles: Sequence[str], headings: Mapping[str, frozenset[str]]) -> list[str]:
    """What each column seems to hold by its heading, "" where nothing says it; each field once, the first that knows one has it."""
    found: list[str] = []
    for title in titles:
        known = next((key for key, names in headings.items() if bare(title) in names), "")
        found.append("" if known in found else known)
    return found


def fields_of(titles: Sequence[str], words: Words, guess: Guess) -> list[str]:
    """What each column holds: as somebody said it, else as its heading says."""
    return [words.get(_heading(title), seems) for title, seems in zip(titles, guess(titles), strict=True)]


def needed(
    file: str,
    fields: Sequence[str],
    needs: Sequence[Sequence[str]],
    labels: Mapping[str, Any],
) -> None:
    """Of each of these, one field at least. Raises ColumnsWanted."""
    for wanted in needs:
        if not set(wanted) & set(fields):
            params = {"field": labels[wanted[0]]}
            raise ColumnsWanted(file, 1, _("Aucune colonne ne dit « %(field)s ».") % params)


def columns_left(titles: Sequence[str], fields: Sequence[str]) -> list[str]:
    """The headings of columns that hold nothing that is taken."""
    return [title for title, key in zip(titles, fields, strict=True) if title and not key]


def columns_of(paths: Sequence[Path], words: Words, guess: Guess) -> list[dict[str, Any]]:
    """The headings of these tables, each once, with their first cells and what they seem to hold."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        grid = open_grid(path, path.name)
        for title, cells, key in zip(
            grid.titles, _cells(grid), fields_of(grid.titles, words, guess), strict=True
        ):
            heading = {
                "title": title[:LONGEST_HEADING],
                "cells": [cell[:SAMPLE] for cell in cells],
                "field": key,
            }
            found.setdefault(_heading(title), heading)
    return list(found.values())


def _heading(title: str) -> str:
    return fold(title)[:LONGEST_HEADING]


def _cells(grid: Grid) -> Iterator[list[str]]:
    try:
        yield from samples(grid)
    except Unreadable:
        yield from ([] for _title in grid.titles)


def cells_by_field(row: Row, fields: Sequence[str]) -> dict[str, str]:
    """A line by field; the quote that keeps a spreadsheet from reading a formula is none of what it says."""
    cells = (cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell for cell in row.cells)
    return {key: cell for key, cell in zip(fields, cells, strict=False) if key}


def day_of(value: str) -> date | None:
    """« 12/10/2026 », « 12-10-26 », « 2026-10-12 », with an hour or none; None of nothing. Raises WrongCell."""
    text = value.strip()
    if not text:
        return None
    try:
        if ISO.fullmatch(text[:10]):
            return date.fromisoformat(text[:10])
        if match := DAY.fullmatch(text):
            year = int(match["year"])
            return date(year + CENTURY * (year < 100), int(match["month"]), int(match["day"]))
    except ValueError:
        pass
    raise WrongCell(_("« %(said)s » n’est pas une date.") % {"said": text[:20]})
