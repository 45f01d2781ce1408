"""On paper: the codes of a round, to be cut and handed out; the minutes of an election."""

from collections.abc import Sequence

from preau.directory.models import Person
from preau.domains.surveys.models import Round
from preau.foundation import pdf


def codes_page(round_: Round, codes: Sequence[tuple[Person, str]], address: str) -> str:
    return pdf.page_of("surveys/codes_pdf.html", {"round": round_, "codes": codes, "address": address})
