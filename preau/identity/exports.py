"""Letters on paper: the square to aim a phone at, and the PDF."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from markupsafe import Markup

from preau.foundation import pdf

STYLE = Path(__file__).parent / "static" / "identity" / "letters.css"


def activation_page() -> str:
    """The address to type from a letter."""
    return f"{settings.PUBLIC_URL}{reverse('identity:activation')}"


def activation_address(login: str, code: str) -> str:
    """Where the letter's square leads: the page with login and code filled in; opening it uses nothing up."""
    return f"{activation_page()}?{urlencode({'identifiant': login, 'code': code})}"


def pictures_page() -> str:
    """The address to type from a card with pictures."""
    return f"{settings.PUBLIC_URL}{reverse('identity:pictures')}"


def square(login: str, code: str) -> Markup:
    """The QR code of the activation page, drawn in the page itself."""
    return drawn_square(activation_address(login, code))


def card_square(code: str) -> Markup:
    """The QR code of a card with pictures: it leads to the pictures, and opens nothing by itself."""
    return drawn_square(f"{pictures_page()}?{urlencode({'carte': code})}")


def drawn_square(address: str) -> Markup:
    """The QR code of an address, drawn in the page itself."""
    import segno  # noqa: PLC0415 - only where letters are made

    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=3, border=2, omitsize=True))  # nosec B704  # noqa: S704 - drawn by segno from numbers


def pdf_of(context: dict[str, Any]) -> bytes:
    """One letter a page, A4, tagged for screen readers. Nothing is fetched but the font that stands here."""
    return pdf.made(render_to_string("identity/letters_pdf.html", context, using="pages"), STYLE)
