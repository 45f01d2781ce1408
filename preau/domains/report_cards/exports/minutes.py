"""The minutes of a council, on paper."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from preau.foundation import pdf

STYLE = Path(__file__).parent.parent / "static" / "report_cards" / "paper.css"


def minutes_pdf(context: Mapping[str, Any]) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(render_to_string("report_cards/minutes_pdf.html", dict(context), using="pages"), STYLE)
