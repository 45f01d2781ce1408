"""Pupils by competences as a spreadsheet: CSV or XLSX. Levels are numbers, and nothing is added up."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _

from preau.domains.competences.queries.classes import ClassGrid
from preau.foundation import csvtext, workbooks

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def content_of(grid: ClassGrid, kind: str) -> Iterable[bytes | str]:
    """The file in this format, in parts."""
    header = [_("Élève"), *(column.name for column in grid.columns)]
    rows = [
        [pupil.name, *("" if level is None else level for level in levels)] for pupil, levels in grid.rows
    ]
    if kind == "csv":
        return csvtext.lines([csvtext.safe(one) for one in header], rows)
    file = BytesIO()
    workbooks.write(file, _("Compétences"), header, rows)
    return [file.getvalue()]
