"""Logins made from names: `prenom.nom`, and a number from the second homonym on."""

import re
from collections.abc import Iterable

from preau.directory.models import Person
from preau.foundation.text import fold

LONGEST_STEM = 44
NAMELESS = "compte"
NUMBER = re.compile(r"(\d*)$")


def stem_of(person: Person) -> str:
    """« Aïssatou D’Aubigné-Petit » → `aissatou.d-aubigne-petit`: letters and hyphens only, so that a number can follow."""
    parts = [_plain(person.given_name), _plain(person.family_name)]
    stem = ".".join(part for part in parts if part)[:LONGEST_STEM].strip(".-")
    return stem or NAMELESS


def _plain(name: str) -> str:
    return "-".join(re.sub(r"[^a-z ]", "", fold(name)).split())


def split(login: str) -> tuple[str, int]:
    """`lucas.martin12` → (`lucas.martin`, 12); without a number it is the first."""
    number = NUMBER.search(login)
    digits = number[1] if number else ""
    return login.removesuffix(digits), int(digits) if digits else 1


def logins_for(people: Iterable[Person], taken: Iterable[str]) -> dict[int, str]:
    """A login for each person, none of those `taken` nor twice the same."""
    last: dict[str, int] = {}
    for login in taken:
        stem, number = split(login)
        last[stem] = max(number, last.get(stem, 0))
    given = {}
    for person in people:
        stem = stem_of(person)
        last[stem] = last.get(stem, 0) + 1
        given[person.pk] = stem if last[stem] == 1 else f"{stem}{last[stem]}"
    return given
