"""On paper: the codes of a round, to be cut and handed out; the minutes of an election."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from preau.directory.models import Person
from preau.domains.surveys.models import Round
from preau.foundation import pdf

STYLE = Path(__file__).parent / "static" / "surveys" / "papers.css"


def page_of(template: str, context: dict[str, Any]) -> str:
    """What is to be printed, as a page of its own."""
    return render_to_string(template, context, using="pages")


def pdf_of(page: str) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(page, STYLE)


def codes_page(round_: Round, codes: Sequence[tuple[Person, str]], address: str) -> str:
    return page_of("surveys/codes_pdf.html", {"round": round_, "codes": codes, "address": address})
