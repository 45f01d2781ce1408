"""Letters about absences, on paper: one for each person to be told."""

from collections.abc import Sequence
from pathlib import Path

from django.template.loader import render_to_string

from preau.directory.viewer import Viewer
from preau.domains.attendance.queries.follow_ups import LetterRow
from preau.foundation import dates, pdf

STYLE = Path(__file__).parent.parent / "static" / "attendance" / "paper.css"


def letters_pdf(viewer: Viewer, rows: Sequence[LetterRow]) -> bytes:
    """One letter a page. Those of one pupil do not name each other's readers."""
    context = {
        "rows": rows,
        "school": viewer.school,
        "person": viewer.person,
        "today": dates.plain_day(viewer.today),
    }
    return pdf.made(render_to_string("attendance/letters_pdf.html", context, using="pages"), STYLE)
