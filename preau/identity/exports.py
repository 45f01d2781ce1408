"""Letters on paper: the square to aim a phone at, and the PDF."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from markupsafe import Markup

log = structlog.get_logger(__name__)
FONT = "preau/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
STYLE = Path(__file__).parent / "static" / "identity" / "letters.css"


@cache
def pdf_is_possible() -> bool:
    """WeasyPrint needs Pango, which the machine may lack."""
    try:
        import weasyprint  # noqa: F401, PLC0415 - heavy, and not everywhere
    except (ImportError, OSError):
        log.warning("pdf_unavailable")
        return False
    return True


def activation_page() -> str:
    """The address to type from a letter."""
    return f"{settings.PUBLIC_URL}{reverse('identity:activation')}"


def activation_address(login: str, code: str) -> str:
    """Where the letter's square leads: the page with login and code filled in; opening it uses nothing up."""
    return f"{activation_page()}?{urlencode({'identifiant': login, 'code': code})}"


def square(login: str, code: str) -> Markup:
    """The QR code of the activation page, drawn in the page itself."""
    import segno  # noqa: PLC0415 - only where letters are made

    drawn = segno.make(activation_address(login, code), error="m", micro=False)
    return Markup(drawn.svg_inline(scale=3, border=2, omitsize=True))  # nosec B704  # noqa: S704 - drawn by segno from numbers


def pdf_of(context: dict[str, Any]) -> bytes:
    """One letter a page, A4, tagged for screen readers. Nothing is fetched but the font that stands here."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - heavy, and not everywhere
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    page = render_to_string("identity/letters_pdf.html", context, using="pages")
    fonts, font = FontConfiguration(), finders.find(FONT)
    face = f'@font-face{{font-family:"Préau";src:url("{Path(font).as_uri()}")}}' if font else ""
    style = CSS(
        string=face + STYLE.read_text(), font_config=fonts, url_fetcher=URLFetcher(allowed_protocols=["file"])
    )
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=[]))
    return bytes(document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"))
