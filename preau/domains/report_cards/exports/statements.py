"""Statements of marks, and the bulletins of a class, as one paper to print."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from preau.domains.report_cards.exports.cards import Pictures, card_context
from preau.domains.report_cards.exports.minutes import STYLE
from preau.domains.report_cards.models import ReportCard
from preau.domains.report_cards.queries.statements import Statement
from preau.foundation import pdf


def statements_pdf(school: Any, title: str, statements: Sequence[Statement]) -> bytes:
    """One or several statements, each on its own sheet."""
    context = {"school": school, "title": title, "statements": statements}
    return pdf.made(render_to_string("report_cards/statements_pdf.html", context, using="pages"), STYLE)


def class_pdf(group: str, cards: Sequence[ReportCard], pictures: Pictures) -> bytes:
    """The bulletins of a class as they were made, one after the other: for those without a device."""
    context = {
        "title": _("Bulletins de %(group)s") % {"group": group},
        "cards": [card_context(card.content, card.number, pictures) for card in cards],
    }
    return pdf.made(render_to_string("report_cards/class_pdf.html", context, using="pages"), STYLE)
