"""The exercises of a page: what was answered, and whether it is right. Nothing of it is kept: answers live in the address.

A question is one part of a resource: `{"kind": "choix", "html": …, "options": [[html, is right], …], "why": …}` and its like.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any
from unicodedata import combining, normalize

from preau.domains.catalogue.models import Resource
from preau.foundation.text import fold

CHOICE, NUMBER, TEXT, ORDER = "choix", "nombre", "texte", "ordre"
KINDS = (CHOICE, NUMBER, TEXT, ORDER)
LONGEST_ANSWER = 80


@dataclass(frozen=True)
class Option:
    """One thing to choose, or to put in its place: `value` is what the form sends for it."""

    value: str
    html: str
    is_chosen: bool
    place: str = ""


@dataclass(frozen=True)
class Question:
    """One question as the page shows it. `state`: "" while nothing was answered, else "right", "wrong", "near": the right word,
    without its accents or its hyphen; or "missing": it was to be checked without an answer."""

    number: int
    kind: str
    html: str
    options: Sequence[Option]
    several: bool
    typed: str
    state: str
    why: str
    answer: str

    @property
    def name(self) -> str:
        """What its fields are called in the form."""
        return f"r{self.number}"

    @property
    def places(self) -> range:
        return range(1, len(self.options) + 1)


def questions_of(resource: Resource, given: Any) -> dict[int, Question]:
    """The questions of a resource by their number, marked with the answers given (a QueryDict)."""
    parts = [part for part in resource.parts if part["kind"] in KINDS]
    return {number: _marked(part, number, given, resource.key) for number, part in enumerate(parts, start=1)}


@dataclass(frozen=True)
class Score:
    """How many are right of how many, once each was answered, and the numbers of those to look at again."""

    right: int
    count: int
    again: Sequence[int]


def score_of(questions: Iterable[Question]) -> Score | None:
    """The score of an exercise; None as long as a question waits for its answer."""
    asked = list(questions)
    if not asked or any(one.state in ("", "missing") for one in asked):
        return None
    right = [one.number for one in asked if one.state == "right"]
    return Score(len(right), len(asked), [one.number for one in asked if one.number not in right])


def _marked(part: Mapping[str, Any], number: int, given: Any, key: str) -> Question:
    marks = {CHOICE: _choice, NUMBER: _number, TEXT: _text, ORDER: _order}
    options, typed, state = marks[part["kind"]](part, f"r{number}", given, f"{key}#{number}")
    if not state and given.get("verifier") == str(number):
        state = "missing"
    several = part["kind"] == CHOICE and sum(right for _html, right in part["options"]) > 1
    return Question(
        number, part["kind"], part["html"], options, several, typed, state, part.get("why", ""), _answer(part)
    )


Marked = tuple[list[Option], str, str]


def shuffled(count: int, seed: str) -> list[int]:
    """An order that is always the same for a question, and never the one in which it was written."""
    order = sorted(range(count), key=lambda rank: sha256(f"{seed}:{rank}".encode()).digest())
    return order if order != sorted(order) else order[1:] + order[:1]


def _state(given: object, *, right: bool) -> str:
    return "" if not given else "right" if right else "wrong"


def _choice(part: Mapping[str, Any], name: str, given: Any, seed: str) -> Marked:
    chosen = {value for value in given.getlist(name) if value.isascii() and value.isdigit()}
    options = part["options"]
    order = shuffled(len(options), seed)
    rows = [
        Option(str(place), options[rank][0], str(place) in chosen)
        for place, rank in enumerate(order, start=1)
    ]
    right = {str(place) for place, rank in enumerate(order, start=1) if options[rank][1]}
    return rows, "", _state(chosen, right=chosen == right)


def _typed(name: str, given: Any) -> str:
    return str(given.get(name, "")).replace("\0", "").strip()[:LONGEST_ANSWER]


def _number(part: Mapping[str, Any], name: str, given: Any, seed: str) -> Marked:
    typed, wanted = _typed(name, given), number_of(part["answer"])
    return [], typed, _state(typed, right=wanted is not None and number_of(typed) == wanted)


# A number as people write it: with spaces between thousands, a comma, an equals sign before, a unit after.
WRITTEN = re.compile(r"=?([-+]?\d+(?:\.\d+)?)(?:/(\d+))?(?:[a-z%€$°²³ /.]*[a-z%€$°²³])?\.?")
UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
)
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}


def number_of(text: str) -> Fraction | None:
    """« 1 000 », « 12,50 », « - 3 », « 3/4 », « 19 h », « = 8 carreaux », « huit »; None for what is no number."""
    plain = _unaccented(text).replace(",", ".").replace("−", "-").strip()
    if (number := IN_WORDS.get(" ".join(re.sub(r"[-.]", " ", plain).split()))) is not None:
        return Fraction(number)
    digits = re.sub(r"(?<=[\d=+-])\s+(?=\d)", "", re.sub(r"\s*([=/])\s*", r"\1", plain))
    found = WRITTEN.fullmatch(
        re.sub(r"\s+", " ", digits).replace(" ", "", 1) if digits[:1] in "=-+" else digits
    )
    if found is None or (found[2] and not int(found[2])):
        return None
    return Fraction(found[1]) / int(found[2] or 1)


def _unaccented(text: str) -> str:
    """Small letters without accents; signs stay, since a minus is one."""
    return "".join(char for char in normalize("NFD", text.casefold()) if not combining(char))


def _in_words() -> dict[str, int]:
    """The numbers up to a hundred as they are written, hyphens and accents aside."""
    word_by_number = {**dict(enumerate(UNITS)), 17: "dix sept", 18: "dix huit", 19: "dix neuf", 100: "cent"}
    for ten, word in TENS.items():
        for rest in range(20 if ten in (60, 80) else 10):
            joined = "et " if rest in (1, 11) and ten != 80 else ""
            word_by_number[ten + rest] = f"{word} {joined}{word_by_number[rest]}" if rest else word
    words = {_unaccented(word.replace("-", " ")): number for number, word in word_by_number.items()}
    return words | {"une": 1, "quatre vingts": 80}


IN_WORDS = _in_words()


def _text(part: Mapping[str, Any], name: str, given: Any, seed: str) -> Marked:
    typed, known = _typed(name, given), part["answers"]
    right = _same(typed) in {_same(one) for one in known} or _without_article(typed) in {
        _without_article(one) for one in known
    }
    # « 8 » and « 8 carreaux »; a number to be spelt is compared as it is spelt.
    counted = {number_of(one) for one in known if re.search(r"\d", one)} - {None}
    state = _state(typed, right=right or number_of(typed) in counted)
    if state == "wrong" and fold(_same(typed)) in {fold(_same(one)) for one in known}:
        state = "near"
    return [], typed, state


def _same(text: str) -> str:
    """Capitals, the last full stop and the form of the apostrophe do not count; accents do."""
    return " ".join(re.sub(r"[.!?]+\s*$", "", text.casefold()).replace("’", "'").split())


# What stands before a name, and does not make another answer of it.
ARTICLE = re.compile(r"^(?:l'|d'|(?:le|la|les|un|une|des|du|de la) )(?=\S)")


def _without_article(text: str) -> str:
    return ARTICLE.sub("", _same(text))


def _order(part: Mapping[str, Any], name: str, given: Any, seed: str) -> Marked:
    items = part["items"]
    order = shuffled(len(items), seed)
    places = [given.get(f"{name}-{number}", "")[:3] for number in range(1, len(items) + 1)]
    rows = [
        Option(str(number), items[rank], is_chosen=False, place=places[number - 1])
        for number, rank in enumerate(order, start=1)
    ]
    right = places == [str(rank + 1) for rank in order]
    return rows, "", _state(all(places), right=right)


def _answer(part: Mapping[str, Any]) -> str:
    """The right answer, as HTML already cleaned."""
    if part["kind"] == CHOICE:
        return ", ".join(html for html, right in part["options"] if right)
    if part["kind"] == ORDER:
        return " → ".join(part["items"])
    return str(part["answer"] if part["kind"] == NUMBER else part["answers"][0])
