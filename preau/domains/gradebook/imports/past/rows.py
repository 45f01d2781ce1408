"""The lines of such a table as marks: who, in what, when, how much; and the lines that say something else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from preau.domains.gradebook.imports.past import columns
from preau.domains.gradebook.models import Mark
from preau.domains.gradebook.rules.marking import NotAMark, TypedMark, plain, typed_mark
from preau.foundation.csvfiles import Row
from preau.foundation.importers.tables import Problem, WrongCell, cells_by_field, day_of
from preau.foundation.text import bare

TWENTY, ONE, MOST_SCALE, MOST_WEIGHT = Decimal(20), Decimal(1), Decimal(9999), Decimal(999)
NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")
# What other programs write for a code, without signs. A star says that it counts as zero.
CODES = {
    "abs": Mark.Code.ABSENT,
    "absent": Mark.Code.ABSENT,
    "absente": Mark.Code.ABSENT,
    "disp": Mark.Code.EXEMPT,
    "dispense": Mark.Code.EXEMPT,
    "inap": Mark.Code.EXEMPT,
    "inapte": Mark.Code.EXEMPT,
    "n not": Mark.Code.NOT_MARKED,
    "nnot": Mark.Code.NOT_MARKED,
    "nn": Mark.Code.NOT_MARKED,
    "ne": Mark.Code.NOT_MARKED,
    "non note": Mark.Code.NOT_MARKED,
    "non evalue": Mark.Code.NOT_MARKED,
    "n rdu": Mark.Code.NOT_RETURNED,
    "nrdu": Mark.Code.NOT_RETURNED,
    "nr": Mark.Code.NOT_RETURNED,
    "non rendu": Mark.Code.NOT_RETURNED,
}
# « En attente »: nothing yet.
NOTHING = {"", "ea", "en attente"}


@dataclass(frozen=True)
class PastMark:
    """One line: a pupil's mark, in words of the file but for its numbers and its day."""

    line: int
    pupil: str
    group: str
    subject: str
    period: str
    title: str
    day: date | None
    typed: TypedMark
    scale: Decimal
    coefficient: Decimal
    file: str = ""


def read_rows(rows: Iterable[Row], fields: Sequence[str]) -> tuple[list[PastMark], list[Problem]]:
    """The marks of these lines, whose columns hold `fields`; a line without a mark is none, and no problem."""
    marks, problems = [], []
    for row in rows:
        cells = cells_by_field(row, fields)
        try:
            mark = _mark(row.line, cells)
        except WrongCell as wrong:
            problems.append(Problem(row.line, str(wrong), _pupil(cells)))
        else:
            marks += [mark] if mark else []
    return marks, problems


def _pupil(cells: Mapping[str, str]) -> str:
    whole = cells.get(columns.PUPIL, "")
    return whole or f"{cells.get(columns.FAMILY, '')} {cells.get(columns.GIVEN, '')}".strip()


def _mark(line: int, cells: Mapping[str, str]) -> PastMark | None:
    mark = cells.get(columns.MARK, "")
    if bare(mark) in NOTHING:
        return None
    mark, _slash, over = mark.partition("/")
    scale = _number(cells.get(columns.SCALE, "").lstrip("/ ") or over, TWENTY, MOST_SCALE, _("Barème"))
    if not scale:
        raise WrongCell(_("Un barème de zéro."))
    who, subject = _pupil(cells), cells.get(columns.SUBJECT, "")
    if not who:
        raise WrongCell(_("Pas de nom d’élève."))
    if not subject:
        raise WrongCell(_("Pas de matière."))
    return PastMark(
        line,
        who,
        cells.get(columns.GROUP, ""),
        subject,
        cells.get(columns.PERIOD, ""),
        " ".join(cells.get(columns.TITLE, "").split())[:80],
        day_of(cells.get(columns.DAY, "")),
        _typed(mark, scale),
        scale,
        _number(cells.get(columns.WEIGHT, ""), ONE, MOST_WEIGHT, _("Coefficient")),
    )


def _typed(mark: str, scale: Decimal) -> TypedMark:
    text = mark.strip()
    known = CODES.get(bare(text))
    if known is not None:
        return TypedMark(value=Decimal("0.00")) if text.endswith("*") else TypedMark(code=known.value)
    try:
        return typed_mark(text, scale)
    except NotAMark as refused:
        raise WrongCell(refused.sentence) from refused


def _number(cell: str, without: Decimal, most: Decimal, what: str) -> Decimal:
    text = cell.replace(" ", "")
    if not text:
        return without
    if not NUMBER.fullmatch(text) or Decimal(text.replace(",", ".")) > most:
        raise WrongCell(_("%(what)s : « %(said)s » n’est pas un nombre.") % {"what": what, "said": cell[:20]})
    return Decimal(text.replace(",", "."))


def shown(mark: PastMark) -> str:
    """« 12/20 », « ABS »."""
    return f"{mark.typed.said}/{plain(mark.scale)}" if mark.typed.value is not None else mark.typed.said
