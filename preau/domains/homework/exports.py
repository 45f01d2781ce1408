"""Who handed in a homework, as a spreadsheet; the cahier de textes of a class for a year, on paper."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from preau.domains.homework.queries.archives import BookOfYear
from preau.domains.homework.queries.hand_ins import HandInRow
from preau.foundation import csvtext, dates, pdf

STYLE = Path(__file__).parent / "static" / "homework" / "paper.css"
# WeasyPrint draws no MathML: a formula is printed as its author typed it.
FORMULA = re.compile(r'<math class="formula" alttext="([^"]*)".*?</math>', re.DOTALL)


def csv_of(rows: Iterable[HandInRow]) -> Iterator[str]:
    """UTF-8 with a mark and semicolons; formulas are neutralised."""
    header = [_("Élève"), _("État"), _("Rendu"), _("Fichiers"), _("Note ou appréciation")]
    lines = ((row.name, row.tag[0], row.handed_at or "", row.files, row.mark) for row in rows)
    return csvtext.lines(header, lines)


def book_page(book: BookOfYear, *, in_browser: bool = True) -> str:
    """A whole HTML document; a browser is told of its style sheet, WeasyPrint is handed it."""
    context = {"book": book, "in_browser": in_browser}
    return render_to_string("homework/book_of_year.html", context, using="pages")


def book_pdf(book: BookOfYear) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(FORMULA.sub(r"<code>\1</code>", book_page(book, in_browser=False)), STYLE)


def name_of(book: BookOfYear) -> str:
    """« Cahier de textes 5e B 2026-2027, 24 novembre 2026.pdf »."""
    values = {"group": book.group.name, "year": book.year.name, "day": dates.plain_day(book.until)}
    return _("Cahier de textes %(group)s %(year)s, %(day)s.pdf") % values
