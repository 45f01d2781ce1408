"""A grid as a spreadsheet: CSV, XLSX or ODS; marks are numbers there, codes are texts."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from django.utils.translation import gettext as _

from preau.domains.gradebook.queries.grid import Grid, Row, heading
from preau.foundation import csvtext, opendocument, workbooks

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def content_of(grid: Grid, kind: str) -> Iterable[bytes | str]:
    """The file in this format, in parts."""
    if kind == "csv":
        # A title is typed by somebody: the head of a column is a cell like any other.
        return csvtext.lines([csvtext.safe(one) for one in _header(grid)], (_texts(row) for row in grid.rows))
    rows = [_cells(row) for row in grid.rows]
    if kind == "xlsx":
        file = BytesIO()
        workbooks.write(file, _("Notes"), _header(grid), rows)
        return [file.getvalue()]
    widths = [6.0, *[3.0] * (len(grid.columns) + 1)]
    return [opendocument.workbook(_("Notes"), [opendocument.Sheet(_("Notes"), _header(grid), rows, widths)])]


def _header(grid: Grid) -> list[str]:
    return [_("Élève"), *map(heading, grid.columns), _("Moyenne")]


def _texts(row: Row) -> Iterator[str]:
    yield row.pupil.name
    yield from (cell.said for cell in row.cells)
    yield row.average_said


def _cells(row: Row) -> Sequence[object]:
    values = [cell.typed.value if cell.typed.value is not None else cell.typed.code for cell in row.cells]
    return [row.pupil.name, *values, row.average if row.average is not None else ""]
