"""The register of absences of a time, as a spreadsheet and on paper."""

import csv
from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.attendance.exports.letters import STYLE
from preau.domains.attendance.queries.month import MonthRegister
from preau.domains.attendance.queries.summaries import Register
from preau.foundation import pdf
from preau.foundation.csvtext import Line, safe

HEADER = [
    _("Nom"),
    _("Classe"),
    _("Élèves"),
    _("Demi-journées manquées"),
    _("En temps de cours"),
    _("Sans motif valable"),
    _("Retards"),
    _("Taux d’absence (%)"),
]


def register_csv(register: Register) -> Iterator[str]:
    """UTF-8 with a mark and semicolons, as French spreadsheets open it; formulas are neutralised."""
    writer = csv.writer(Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(HEADER)
    for one in [*register.lines, register.whole]:
        cells = [
            one.name,
            one.group,
            one.pupils,
            one.gross,
            one.calculated,
            one.unexcused,
            one.late,
            one.rate,
        ]
        yield writer.writerow([safe(str(cell)) for cell in cells])


def register_pdf(viewer: Viewer, register: Register, group: Group | None, *, each: bool = False) -> bytes:
    """The same table on paper; `each`: by pupil, though it is of the whole school."""
    context = {"register": register, "school": viewer.school, "group": group, "each": each}
    return pdf.made(render_to_string("attendance/register_pdf.html", context, using="pages"), STYLE)


def month_pdf(viewer: Viewer, register: MonthRegister, group: Group) -> bytes:
    """A class for one month, a column for each half-day."""
    context = {"register": register, "school": viewer.school, "group": group}
    return pdf.made(render_to_string("attendance/month_pdf.html", context, using="pages"), STYLE)
