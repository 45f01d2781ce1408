"""The balance of a cycle as a spreadsheet: what is settled beside what the levels come to. Nothing is added up, nobody is ranked."""

from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext as _

from preau.domains.competences.models import COMPONENTS
from preau.domains.competences.queries.cycles import CycleRow
from preau.foundation import csvtext, workbooks

EXEMPT = "D"


def header() -> list[str]:
    """A column for what is settled and one for what is proposed, component by component; codes are those of the livret scolaire."""
    parts = [
        title
        for code in COMPONENTS
        for title in (
            _("%(component)s, arrêté") % {"component": code},
            _("%(component)s, proposé") % {"component": code},
        )
    ]
    return [_("Classe"), _("Élève"), *parts]


def lines(rows: Sequence[CycleRow]) -> list[list[object]]:
    """A line a pupil."""
    return [
        [row.group, row.name, *(cell for code in COMPONENTS for cell in _cells(row, code))] for row in rows
    ]


def _cells(row: CycleRow, code: str) -> tuple[object, object]:
    settled, proposed = row.settled.get(code), row.proposed.get(code)
    return (
        EXEMPT if settled == 0 else "" if settled is None else settled
    ), "" if proposed is None else proposed


def as_csv(rows: Sequence[CycleRow]) -> bytes:
    return "".join(csvtext.lines(header(), lines(rows))).encode()


def as_workbook(rows: Sequence[CycleRow]) -> bytes:
    file = BytesIO()
    workbooks.write(file, _("Bilan de fin de cycle"), header(), lines(rows))
    return file.getvalue()
