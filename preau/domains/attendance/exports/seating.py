"""A seating plan on paper."""

from django.template.loader import render_to_string

from preau.directory.viewer import Viewer
from preau.domains.attendance.exports.letters import STYLE
from preau.domains.attendance.queries.seating import Board
from preau.foundation import dates, pdf


def plan_pdf(viewer: Viewer, board: Board) -> bytes:
    """One A4 sheet, the board on top. Neither who is wanted in front nor what is arranged for anyone is printed."""
    context = {
        "board": board,
        "plan": board.plan,
        "school": viewer.school,
        "today": dates.plain_day(viewer.today),
    }
    return pdf.made(render_to_string("attendance/plan_pdf.html", context, using="pages"), STYLE)
