"""XLSX workbooks that execute nothing: every cell is a text or a number, whatever it begins with."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# What a sheet may hold, headings included.
MOST_ROWS = 1_048_576
WIDTH = 22


class TooLong(Exception):
    """More rows than a sheet has."""


def write(file: IO[bytes], title: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    """One sheet, its headings in bold and always in sight, row by row. Raises TooLong."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}1"
    for place in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTH
    sheet.append([_cell(sheet, str(one), bold=True) for one in header])
    for number, row in enumerate(rows, 2):
        if number > MOST_ROWS:
            raise TooLong
        sheet.append([_cell(sheet, one) for one in row])
    book.save(file)


def _cell(sheet: Any, value: object, *, bold: bool = False) -> object:
    """A number as it is; anything else as a text, so that « =1+1 » or « +33 6 » stay what they are."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # the library takes a Decimal
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
