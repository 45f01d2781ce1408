"""A bulletin on paper."""

from django.template.loader import render_to_string

from preau.domains.report_cards.exports.minutes import STYLE
from preau.domains.report_cards.queries.cards import Content, digest_of, subjects_of
from preau.foundation import pdf


def card_pdf(content: Content, number: int) -> bytes:
    """A4, tagged for screen readers; each page says by what its content may be checked."""
    context = {
        "card": content,
        "subjects": subjects_of(content),
        "number": number,
        "digest": digest_of(content),
    }
    return pdf.made(render_to_string("report_cards/card_pdf.html", context, using="pages"), STYLE)
