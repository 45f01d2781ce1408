"""Files: the following of a word for a spreadsheet; coupons and the proof of a signature, on paper."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from preau.domains.liaison.models import Recipient, Word
from preau.domains.liaison.queries.reading import digest_of_lines, lines_shown, short
from preau.domains.liaison.queries.states import PupilRow
from preau.domains.liaison.queries.words import CouponRow, Following
from preau.foundation import pdf
from preau.foundation.csvtext import lines


def following_csv(found: Following, coupons: Sequence[CouponRow] = ()) -> Iterator[str]:
    """One line for each person who was asked or told; of those who answer on paper, why."""
    header = [
        _("Nom de l’élève"),
        _("Prénom"),
        _("Responsable"),
        _("Lien"),
        _("Reçu par"),
        _("État"),
        _("Quand"),
        _("Comment"),
        _("Pourquoi sur papier"),
    ]
    why = {(coupon.pupil.pk, coupon.person.pk): coupon.why for coupon in coupons}
    return lines(header, (cells for row in found.rows for cells in _cells(row, why)))


def _cells(row: PupilRow, why: Mapping[tuple[int, int], str]) -> Iterator[list[object]]:
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
            answer.at if answer else "",
            str(answer.get_way_display()) if answer else "",
            why.get((row.pupil.pk, copy.person.pk), ""),
        ]


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
    return pdf.page_of("liaison/coupons_pdf.html", context)
