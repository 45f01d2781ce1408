"""What somebody may type as a mark, and how a mark is written back."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from preau.domains.gradebook.models import Mark
from preau.foundation.text import decimal

NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{0,6})?|[.,][0-9]{1,6}")
# What a teacher types for a code: the code, or the key that the page names.
CODES = {
    "ABS": Mark.Code.ABSENT,
    "A": Mark.Code.ABSENT,
    "DISP": Mark.Code.EXEMPT,
    "D": Mark.Code.EXEMPT,
    "NN": Mark.Code.NOT_MARKED,
    "N": Mark.Code.NOT_MARKED,
    "NR": Mark.Code.NOT_RETURNED,
    "R": Mark.Code.NOT_RETURNED,
}
CENT = Decimal("0.01")


class NotAMark(ValueError):
    """What was typed is no mark on this scale: `sentence` says why, in words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class TypedMark:
    """A mark as it was typed: a value or a code; neither, and the cell is empty."""

    value: Decimal | None = None
    code: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.code

    @cached_property
    def said(self) -> str:
        """« 12,5 », « ABS », or nothing."""
        return self.code or (plain(self.value) if self.value is not None else "")


def plain(number: Decimal) -> str:
    """A number as a school writes it: a comma, and no zero that says nothing."""
    return decimal(number)


def fixed(number: Decimal) -> str:
    """An average, with all the decimals that the school rounds it to: « 12,0 »."""
    return f"{number:f}".replace(".", ",")


def typed_mark(text: str, scale: Decimal) -> TypedMark:
    """What a cell means on this scale, with a comma or a point. Raises NotAMark."""
    mark = "".join(text.split()).upper()
    # « 12/20 », as one copies it from elsewhere: the same scale only.
    mark = mark.removesuffix(f"/{plain(scale)}")
    if not mark:
        return TypedMark()
    if mark in CODES:
        return TypedMark(code=CODES[mark].value)
    if not NUMBER.fullmatch(mark):
        raise NotAMark(_("Une note sur %(scale)s, ou ABS, DISP, NN, NR.") % {"scale": plain(scale)})
    value = Decimal(mark.replace(",", ".").rstrip(".") or "0")
    if value > scale:
        raise NotAMark(
            _("%(value)s dépasse le barème de %(scale)s.") % {"value": plain(value), "scale": plain(scale)}
        )
    if value != value.quantize(CENT):
        raise NotAMark(_("Deux chiffres au plus après la virgule."))
    return TypedMark(value=value.quantize(CENT))


def as_typed(mark: "Mark | None") -> TypedMark:
    """What a cell holds."""
    return TypedMark(mark.value, mark.code) if mark else TypedMark()
