"""The paper of a consent: one sheet a pupil, what is asked, who signs, and a box for yes and one for no."""

from collections.abc import Sequence

from preau.directory.queries.consents import PupilRow, RequestText
from preau.foundation import pdf


def papers(request_text: RequestText, rows: Sequence[PupilRow]) -> bytes:
    """One PDF for all of them."""
    page = pdf.page_of("directory/consent_papers.html", {"told": request_text, "rows": rows})
    return pdf.made(page, pdf.PAPERS)
