"""What somebody may type as a level, and how it is written back."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from preau.domains.competences.models import Level

CODES = {
    "ABS": Level.Code.ABSENT,
    "A": Level.Code.ABSENT,
    "DISP": Level.Code.EXEMPT,
    "D": Level.Code.EXEMPT,
    "NE": Level.Code.NOT_ASSESSED,
    "N": Level.Code.NOT_ASSESSED,
}


class NotALevel(ValueError):
    """What was typed is no level: `sentence` says why, in words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Typed:
    """A level as it was typed: a value or a code; neither, and the cell is empty."""

    value: int | None = None
    code: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.code

    @property
    def said(self) -> str:
        """« 3 », « ABS », or nothing."""
        return self.code or (str(self.value) if self.value is not None else "")


def typed_level(text: str) -> Typed:
    """What a cell means. Raises NotALevel."""
    value = "".join(text.split()).upper()
    if not value:
        return Typed()
    if value in CODES:
        return Typed(code=CODES[value].value)
    if value not in {"1", "2", "3", "4"}:
        raise NotALevel(_("Un niveau de 1 à 4, ou ABS, DISP, NE."))
    return Typed(value=int(value))


def as_typed(level: Level | None) -> Typed:
    """What a cell holds."""
    return Typed(level.value, level.code) if level else Typed()
