"""Files: the following of a word for a spreadsheet; coupons and the proof of a signature, on paper."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from preau.domains.liaison.models import Recipient, Word
from preau.domains.liaison.queries.reading import digest_of_lines, lines_shown, short
from preau.domains.liaison.queries.states import PupilRow
from preau.domains.liaison.queries.words import Following
from preau.foundation import dates, pdf
from preau.foundation.csvtext import lines

STYLE = Path(__file__).parent / "static" / "liaison" / "papers.css"


def following_csv(found: Following) -> Iterator[str]:
    """One line for each person who was asked or told."""
    header = [
        _("Nom de l’élève"),
        _("Prénom"),
        _("Responsable"),
        _("Lien"),
        _("Reçu par"),
        _("État"),
        _("Quand"),
        _("Comment"),
    ]
    return lines(header, (cells for row in found.rows for cells in _cells(row)))


def _cells(row: PupilRow) -> Iterator[list[object]]:
    if not row.copies:
        yield [
            row.pupil.family_name,
            row.pupil.given_name,
            "",
            "",
            "",
            _("Aucun responsable à joindre"),
            "",
            "",
        ]
    for copy in row.copies:
        answer = copy.answer
        yield [
            row.pupil.family_name,
            row.pupil.given_name,
            copy.person.full_name,
            copy.kinship,
            copy.channel_said[0],
            copy.tag[0],
            f"{dates.local(answer.at):%Y-%m-%d %H:%M}" if answer else "",
            str(answer.get_way_display()) if answer else "",
        ]


def page_of(template: str, context: dict[str, Any]) -> str:
    """What is to be printed, as a page of its own."""
    return render_to_string(template, context, using="pages")


def pdf_of(page: str) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(page, STYLE)


def coupons_page(word: Word, copies: Sequence[Recipient], questions: Sequence[Any]) -> str:
    """One sheet a copy: the word, its questions, what is to be ticked and signed, and the code."""
    precisions = list(word.precisions.order_by("pk"))
    digest = digest_of_lines(lines_shown(word, questions, precisions))
    context = {
        "word": word,
        "copies": copies,
        "questions": questions,
        "precisions": precisions,
        "digest": short(digest),
    }
    return page_of("liaison/coupons_pdf.html", context)
