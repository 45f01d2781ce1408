"""The exercises of a page: what was answered, and whether it is right. Nothing of it is kept: answers live in the address.

A question is one part of a resource: `{"kind": "choix", "html": …, "options": [[html, is right], …], "why": …}` and its like.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

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
    """One question as the page shows it. `state`: "" while nothing was answered, else "right", "wrong", or "near":
    the right word, without its accents or its hyphen."""

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


def _marked(part: Mapping[str, Any], number: int, given: Any, key: str) -> Question:
    marks = {CHOICE: _choice, NUMBER: _number, TEXT: _text, ORDER: _order}
    options, typed, state = marks[part["kind"]](part, f"r{number}", given, f"{key}#{number}")
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
    typed = _typed(name, given)
    return [], typed, _state(typed, right=number_of(typed) == number_of(part["answer"]))


def number_of(text: str) -> Decimal | None:
    """« 1 000 », « 12,50 », « - 3 » as people write them; None for what is no number."""
    plain = re.sub(r"\s", "", text).replace(",", ".").replace("−", "-")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _text(part: Mapping[str, Any], name: str, given: Any, seed: str) -> Marked:
    typed, known = _typed(name, given), part["answers"]
    state = _state(typed, right=_same(typed) in {_same(one) for one in known})
    if state == "wrong" and fold(_same(typed)) in {fold(_same(one)) for one in known}:
        state = "near"
    return [], typed, state


def _same(text: str) -> str:
    """Capitals, the last full stop and the form of the apostrophe do not count; accents do."""
    return " ".join(re.sub(r"[.!?]+\s*$", "", text.casefold()).replace("’", "'").split())


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
