"""The bank of phrases (`phrases.toml`): easy French with pictograms, and translations of which each names who checked it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from preau.domains.liaison.models import Word
from preau.domains.liaison.models.languages import LANGUAGES, Language

BANK = Path(__file__).resolve().parent.parent / "phrases.toml"


class WrongBank(ValueError):
    """The file does not say what it must: it is refused whole, so that nothing is shown as checked by mistake."""


@dataclass(frozen=True)
class Text:
    """A sentence, and who checked it, on which day: both, or nobody has."""

    text: str
    checked_by: str
    checked_on: date | None

    @property
    def is_checked(self) -> bool:
        return bool(self.checked_by)


@dataclass(frozen=True)
class Phrase:
    """`french`: easy French. `translations`: by language, checked or not; `checked` holds those that families read."""

    key: str
    sign: str
    french: Text
    translations: Mapping[str, Text]

    @property
    def checked(self) -> dict[str, Text]:
        return {code: text for code, text in self.translations.items() if text.is_checked}

    @property
    def languages(self) -> list[tuple[Language, Text]]:
        """What was checked, in the order of languages."""
        return [(LANGUAGES[code], self.checked[code]) for code in LANGUAGES if code in self.checked]


@cache
def bank() -> dict[str, Phrase]:
    """The phrases of this version, by key, in the order of the file."""
    return read(BANK.read_text(encoding="utf-8"))


def read(content: str) -> dict[str, Phrase]:
    """What a file of phrases says. Raises WrongBank."""
    found: dict[str, Phrase] = {}
    for row in tomllib.loads(content).get("phrase", []):
        phrase = _phrase(row)
        if phrase.key in found:
            raise WrongBank(f"{phrase.key}: twice")
        found[phrase.key] = phrase
    return found


def _phrase(row: Mapping[str, Any]) -> Phrase:
    key = str(row.get("key", ""))
    if not key or not row.get("sign"):
        raise WrongBank(f"{key or '?'}: a phrase has a key and a sign")
    others = row.get("translations", {})
    unknown = set(others) - set(LANGUAGES)
    if unknown:
        raise WrongBank(f"{key}: unknown languages {sorted(unknown)}")
    return Phrase(
        key,
        str(row["sign"]),
        _text(key, row),
        {code: _text(f"{key}, {code}", one) for code, one in others.items()},
    )


def _text(where: str, row: Mapping[str, Any]) -> Text:
    text, by, on = (str(row.get(name, "")).strip() for name in ("text", "checked_by", "checked_on"))
    if not text or "checked_by" not in row:
        raise WrongBank(f"{where}: a text says its words, and who checked it or nobody")
    if bool(by) != bool(on):
        raise WrongBank(f"{where}: who checked it and on which day go together")
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError as error:
        raise WrongBank(f"{where}: the day is written 2027-01-12") from error
    return Text(text, by, day)


def frozen(keys: Iterable[str]) -> list[dict[str, str]]:
    """The phrases of a word as it keeps them, in the order of the bank: what was signed does not move with the file."""
    chosen = set(keys)
    return [
        {"key": phrase.key, "sign": phrase.sign, "text": phrase.french.text}
        for phrase in bank().values()
        if phrase.key in chosen
    ]


def checked_in(word: Word, code: str) -> dict[str, Text]:
    """By key, the checked translations of the phrases of a word, as long as the French of the bank is still the word's."""
    known = bank()
    return {
        one["key"]: phrase.checked[code]
        for one in word.phrases
        if (phrase := known.get(one["key"])) is not None
        and phrase.french.text == one["text"]
        and code in phrase.checked
    }


def has_checked(code: str = "") -> bool:
    """Has anybody checked a translation, in this language or in any?"""
    return any(code in phrase.checked if code else phrase.checked for phrase in bank().values())
