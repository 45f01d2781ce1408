"""Paper: a page of HTML as a PDF that screen readers read, with our font, and nothing fetched from anywhere."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

log = structlog.get_logger(__name__)
# Sheets to sign or to give, one after the other; what has columns or borders has a style of its own.
PAPERS = Path(__file__).parent / "papers.css"
FONT = "preau/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"


def page_of(template: str, context: Mapping[str, Any]) -> str:
    """What is to be printed, as a page of its own."""
    return render_to_string(template, dict(context), using="pages")


@cache
def is_possible() -> bool:
    """WeasyPrint needs Pango, which the machine may lack."""
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401, PLC0415 - heavy, and not everywhere
    except (ImportError, OSError):
        log.warning("pdf_unavailable")
        return False
    return True


def made(page: str, style: Path) -> bytes:
    """The PDF (PDF/UA-1) of a whole HTML document, with one style sheet of ours."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - heavy, and not everywhere
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415

    fonts, font = FontConfiguration(), finders.find(FONT)
    face = f'@font-face{{font-family:"Préau";src:url("{Path(font).as_uri()}")}}' if font else ""
    only_files = URLFetcher(allowed_protocols=["file"])
    sheet = CSS(string=face + style.read_text(), font_config=fonts, url_fetcher=only_files)
    # A picture comes within the page (« data: »): nothing is fetched, from the network nor from the disk.
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    return bytes(document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1"))
