"""What leaves for a translator has neither names nor ways to reach anybody: they are put aside, and put back in what returns."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# An address of the web or of mail, a telephone or any other long number, as people write them.
REACHING = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|\+?\d(?:[\s.()/-]?\d){5,}")
WORD, MARK = re.compile(r"[^\W\d_]+"), re.compile(r"⟦\s*(\d+)\s*⟧")
# Shorter ones are articles more often than names, and a name is seldom of two letters alone.
SHORTEST = 3
PARTICLES = {"des", "les", "und", "der", "del", "dos", "das"}


class Unusable(ValueError):
    """What came back has lost a mark, or has one too many: it might say something of somebody else."""


@dataclass(frozen=True)
class Masked:
    """`lines`, in which « ⟦3⟧ » stands for `kept[3]`."""

    lines: tuple[str, ...]
    kept: tuple[str, ...]

    def restored(self, lines: Sequence[str]) -> list[str]:
        """The same lines once translated, with what was put aside. Raises Unusable."""
        if len(lines) != len(self.lines):
            raise Unusable
        return [self._line(before, after) for before, after in zip(self.lines, lines, strict=True)]

    def _line(self, before: str, after: str) -> str:
        if sorted(MARK.findall(before)) != sorted(MARK.findall(after)):
            raise Unusable
        return MARK.sub(lambda found: self.kept[int(found[1])], after)


def masked(lines: Iterable[str], names: Iterable[str]) -> Masked:
    """These lines without any word of these names, nor what reaches somebody. A name that is a word too (« Rose », « Claire ») is put aside
    where it has a capital; accents do not matter."""
    known = {bare for name in names for one in WORD.findall(name) if len(bare := _bare(one)) >= SHORTEST}
    known -= PARTICLES
    kept: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"⟦{len(kept) - 1}⟧"

    def if_named(found: re.Match[str]) -> str:
        return put_aside(found) if found[0][0].isupper() and _bare(found[0]) in known else found[0]

    without = []
    for line in lines:
        # Marks that somebody typed are nobody's.
        plain = unicodedata.normalize("NFC", line).replace("⟦", "").replace("⟧", "")
        without.append(WORD.sub(if_named, REACHING.sub(put_aside, plain)))
    return Masked(tuple(without), tuple(kept))


def _bare(word: str) -> str:
    """Without accents nor capitals."""
    return "".join(
        one for one in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(one)
    )
