"""The paper of a consent: one sheet a pupil, what is asked, who signs, and a box for yes and one for no."""

from collections.abc import Sequence
from pathlib import Path

from django.template.loader import render_to_string

from preau.directory.queries.consents import PupilRow, RequestText
from preau.foundation import pdf

STYLE = Path(__file__).parent.parent / "static" / "directory" / "papers.css"


def papers(told: RequestText, rows: Sequence[PupilRow]) -> bytes:
    """One PDF for all of them."""
    page = render_to_string("directory/consent_papers.html", {"told": told, "rows": rows}, using="pages")
    return pdf.made(page, STYLE)
