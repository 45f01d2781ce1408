"""Where two texts differ, word by word: what one has lost and the other has gained."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Part:
    """Words in a row, the same in both texts or not."""

    text: str
    is_changed: bool


def differences(former: str, new: str) -> tuple[list[Part], list[Part]]:
    """The two texts as parts, whose changed ones are what was taken away and what was put instead."""
    old, now = WORD.findall(former), WORD.findall(new)
    # The space after a word is not a difference: the last word of a text has none.
    first_bare, second_bare = ([word.strip() for word in words] for words in (old, now))
    parts: tuple[list[Part], list[Part]] = ([], [])
    for verb, first, last, begin, end in SequenceMatcher(
        None, first_bare, second_bare, autojunk=False
    ).get_opcodes():
        _add(parts[0], old[first:last], is_changed=verb != "equal")
        _add(parts[1], now[begin:end], is_changed=verb != "equal")
    return parts


def _add(parts: list[Part], words: Sequence[str], *, is_changed: bool) -> None:
    if words:
        parts.append(Part("".join(words), is_changed))
