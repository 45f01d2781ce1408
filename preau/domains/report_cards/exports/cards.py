"""A bulletin on paper."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from preau.domains.report_cards.exports.minutes import STYLE
from preau.domains.report_cards.models.settings import usual_columns
from preau.domains.report_cards.queries.cards import (
    Content,
    digest_of,
    digest_of_picture,
    picture_bytes,
    subjects_of,
)
from preau.foundation import pdf


@dataclass(frozen=True)
class Pictures:
    """What is drawn on a paper, as addresses that hold the picture itself; empty where there is none."""

    logo: str = ""
    signature: str = ""
    signature_digest: str = ""


def pictures_of(logo: Any, signature: Any) -> Pictures:
    """The logo of a school and the signature of its head, read once for all the papers of a work."""
    addresses = (_address(picture_bytes(one)) for one in (logo, signature))
    return Pictures(*addresses, digest_of_picture(signature))


def _address(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}" if picture else ""


def card_context(
    content: Content, number: int, pictures: Pictures, *, top: str = "h1", under: str = "h2"
) -> dict[str, Any]:
    """What the paper of a bulletin shows; the preview of a model is drawn from the same."""
    columns = content.get("columns", usual_columns())
    return {
        "card": content,
        "subjects": subjects_of(content),
        "columns": columns,
        "top": top,
        "under": under,
        "number": number,
        "digest": digest_of(content),
        "logo": pictures.logo if content.get("logo") else "",
        # Printed again, a bulletin never bears another signature than that of its day.
        "signature": pictures.signature if content.get("signature", "") == pictures.signature_digest else "",
    }


def card_pdf(content: Content, number: int, pictures: Pictures = Pictures()) -> bytes:
    """A4, tagged for screen readers; each page says by what its content may be checked."""
    context = card_context(content, number, pictures)
    return pdf.made(render_to_string("report_cards/card_pdf.html", context, using="pages"), STYLE)
