"""A record on paper: every page says who printed it and when."""

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from preau.foundation import pdf

STYLE = Path(__file__).parent / "static" / "records" / "paper.css"


def page_of(context: dict[str, Any]) -> str:
    return render_to_string("records/record_pdf.html", context, using="pages")


def pdf_of(page: str) -> bytes:
    """A4, tagged for screen readers. Nothing is fetched but the font that stands here."""
    return pdf.made(page, STYLE)
