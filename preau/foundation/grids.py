"""A table as its columns and rows, whatever wrote it: CSV, or the first sheet of an XLSX or ODS workbook."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from preau.foundation.csvfiles import MOST_COLUMNS, TOO_LONG, Row, Sheet
from preau.foundation.reading import LONGEST_VALUE, Unreadable
from preau.foundation.uploads import ZIP_MARK
from preau.foundation.xmlrecords import Node, RecordReader

# A school has some thousand pupils, and each some guardians.
MOST_ROWS = 20_000
SHOWN = 3
BLANKS = frozenset({"s", "tab", "line-break"})


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
            values = [*cells[:width], *[""] * (width - len(cells))]
            yield Row(line, values, TOO_LONG if any(cells[width:]) else "")

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


class _OdsRows(RecordReader):
    """The rows of the first sheet of an ODS workbook."""

    root = "document-content"

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.foreign = _broken()
        self.sheets = self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.depth:
            # Within a paragraph: words in bold are words, and a blank has an element of its own.
            self.depth += 1
            if tag in BLANKS:
                self.text(" ")
            return
        if tag == "table" and not self._open:
            self.sheets += 1
        super().start(tag, attributes)
        self.depth = int(tag == "p" and bool(self._open) and not self._passed)

    def end(self, tag: str) -> None:
        self.depth = max(self.depth - 1, 0)
        if not self.depth:
            super().end(tag)

    def is_record(self) -> bool:
        return self.path[-1] == "table-row" and self.sheets == 1

    def passes_over(self, tag: str) -> bool:
        """What somebody notes of a cell is not what it holds."""
        return tag == "annotation"


class OdsGrid:
    """The first sheet of an ODS workbook; the first of its rows that holds something are the headings."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        first = next(self._filled(), (0, [""]))
        self.titles = _trimmed(first[1])
        if len(self.titles) > MOST_COLUMNS:
            raise Unreadable(name, 1, _("Une ligne a plus de mille cellules."))
        if not self.titles:
            raise Unreadable(name, None, _("Le fichier ne contient pas de titres de colonnes."))

    def rows(self) -> Iterator[Row]:
        width = len(self.titles)
        for line, cells in islice(self._filled(), 1, None):
            values = [*cells[:width], *[""] * (width - len(cells))]
            yield Row(line, values, TOO_LONG if any(cells[width:]) else "")

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that hold something, with their numbers: a row or a cell that comes back is written once, with its count."""
        line = 1
        try:
            with ZipFile(self.path) as book, book.open("content.xml") as file:
                for node in _OdsRows(file, self.name):
                    cells = _ods_cells(node)
                    count = _count(node, "table:number-rows-repeated")
                    if any(cells):
                        yield from ((line + more, cells) for more in range(min(count, MOST_ROWS)))
                    line += count
        except (BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError, zlib.error):
            raise Unreadable(self.name, None, _broken()) from None


def _ods_cells(row: Node) -> list[str]:
    cells: list[str] = []
    for node in row.children:
        if node.tag not in {"table-cell", "covered-table-cell"}:
            continue
        text = _ods_said(node) if node.tag == "table-cell" else ""
        # Empty cells come back to the end of the sheet.
        cells += [text] * min(_count(node, "table:number-columns-repeated"), MOST_COLUMNS + 1)
        if len(cells) > MOST_COLUMNS:
            break
    return _trimmed(cells)


def _ods_said(node: Node) -> str:
    kind = node.told("office:value-type")
    if kind in {"float", "percentage", "currency"}:
        return _plain(node.told("office:value"))
    if kind == "date":
        day, _sign, hour = node.told("office:date-value").partition("T")
        if len(parts := day.split("-")) == 3:
            hour = "" if hour.startswith("00:00") else hour[:5]
            return " ".join(filter(None, ["/".join(reversed(parts)), hour]))
    return " ".join(child.text for child in node.children if child.tag == "p" and child.text)


def _plain(number: str) -> str:
    """« 12 » of « 12.0 »: a number as one types it."""
    whole, point, cents = number.partition(".")
    return whole if point and not cents.strip("0") else number


def _count(node: Node, name: str) -> int:
    count = node.told(name)
    return int(count) if count.isascii() and count.isdigit() and len(count) < 8 else 1


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
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%d/%m/%Y %H:%M}"
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
    if is_book and path.suffix == ".ods":
        return OdsGrid(path, name)
    return BookGrid(path, name) if is_book else SheetGrid(path, name)


def samples(grid: Grid) -> list[list[str]]:
    """Of each column, what its first rows hold: enough to know it by."""
    rows = list(islice(grid.rows(), SHOWN))
    return [[row.cells[place] for row in rows if row.cells[place]] for place in range(len(grid.titles))]
