"""A table as its columns and rows, whatever wrote it: CSV, or the first sheet of an XLSX workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from preau.foundation.csvfiles import MOST_COLUMNS, TOO_LONG, Row, Sheet
from preau.foundation.reading import LONGEST_VALUE, Unreadable
from preau.foundation.uploads import ZIP_MARK

# A school has some thousand pupils, and each some guardians.
MOST_ROWS = 20_000
SHOWN = 3


class Grid(Protocol):
    """`titles` are the headings as they are written."""

    titles: list[str]

    def rows(self) -> Iterator[Row]: ...


class SheetGrid:
    """A CSV file."""

    def __init__(self, path: Path, name: str) -> None:
        self.sheet = Sheet(lambda: path.open("rb"), name)
        self.titles = self.sheet.titles

    def rows(self) -> Iterator[Row]:
        return self.sheet.rows()


class BookGrid:
    """The first visible sheet of a workbook that holds something; the first of its rows that does are the headings."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.titles: list[str] = []
        for _line, cells in self._filled():
            self.titles = _trimmed(cells)
            break
        if len(self.titles) > MOST_COLUMNS:
            raise Unreadable(name, 1, _("Une ligne a plus de mille cellules."))
        if not self.titles:
            raise Unreadable(name, None, _("Le fichier ne contient pas de titres de colonnes."))

    def rows(self) -> Iterator[Row]:
        width = len(self.titles)
        for line, cells in islice(self._filled(), 1, None):
            told = [*cells[:width], *[""] * (width - len(cells))]
            yield Row(line, told, TOO_LONG if any(cells[width:]) else "")

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that hold something, with their numbers."""
        with self._sheet() as sheet:
            empty = 0
            for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [self._said(value, line) for value in values]
                empty = 0 if any(cells) else empty + 1
                if empty > MOST_ROWS:
                    return
                if any(cells):
                    yield line, cells

    @contextmanager
    def _sheet(self) -> Iterator[Any]:
        """Streamed: a workbook may announce a million rows. The library reads no entity and fetches nothing."""
        try:
            book = load_workbook(self.path, read_only=True, data_only=True, keep_links=False)
        except Exception:  # noqa: BLE001 - the library fails in many ways on what is no workbook
            raise Unreadable(self.name, None, _broken()) from None
        try:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            yield next((sheet for sheet in sheets if _holds(sheet)), sheets[0])
        except (Unreadable, GeneratorExit):
            raise
        except Exception:  # noqa: BLE001
            raise Unreadable(self.name, None, _broken()) from None
        finally:
            book.close()

    def _said(self, value: Any, line: int) -> str:
        text = " ".join(_text(value).split())
        if len(text) > LONGEST_VALUE:
            raise Unreadable(self.name, line, _("Une valeur dépasse 100 000 caractères."))
        return text


def _broken() -> str:
    return _("Ce classeur ne se lit pas : enregistrez-le de nouveau en .xlsx, ou en .csv.")


def _holds(sheet: Any) -> bool:
    rows = islice(sheet.iter_rows(values_only=True), MOST_ROWS)
    return any(value not in (None, "") for row in rows for value in row)


def _text(value: Any) -> str:
    """What a cell shows: dates and whole numbers as one types them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def open_grid(path: Path, name: str) -> Grid:
    """By what the file holds, not by its name. Raises Unreadable."""
    with path.open("rb") as file:
        is_book = file.read(len(ZIP_MARK)) == ZIP_MARK
    return BookGrid(path, name) if is_book else SheetGrid(path, name)


def samples(grid: Grid) -> list[list[str]]:
    """Of each column, what its first rows hold: enough to know it by."""
    rows = list(islice(grid.rows(), SHOWN))
    return [[row.cells[place] for row in rows if row.cells[place]] for place in range(len(grid.titles))]
