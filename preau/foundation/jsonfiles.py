"""What somebody wrote as JSON, read key by key: what is wrong is said in one sentence, with the path of the key."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from django.utils.translation import gettext as _

from preau.foundation.text import filled

# Plain decimals only: no exponent, no sign that is not a minus, no infinity. The length is bounded as Python bounds integers.
NUMBER = re.compile(r"-?[0-9]{1,1000}(?:\.[0-9]{1,1000})?")
Choice = TypeVar("Choice", bound=StrEnum)


class Malformed(Exception):
    """A file that does not say what it must: the path of the key, and one sentence."""

    def __init__(self, path: str, sentence: str) -> None:
        self.path, self.sentence = path, sentence
        super().__init__(f"{path}{_(' : ')}{sentence}" if path else sentence)


@dataclass(frozen=True)
class Node:
    """A value of the file and the path to it."""

    path: str
    value: Any

    def refuse(self, sentence: str) -> NoReturn:
        raise Malformed(self.path, sentence)

    def get(self, key: str) -> "Node":
        if not isinstance(self.value, dict):
            self.refuse(_("un objet est attendu."))
        path = f"{self.path}.{key}" if self.path else key
        if key not in self.value:
            raise Malformed(path, _("cette clé manque."))
        return Node(path, self.value[key])

    def get_or_none(self, key: str) -> "Node | None":
        """The same, for a key that may be absent."""
        return None if isinstance(self.value, dict) and key not in self.value else self.get(key)

    def entries(self) -> list[tuple[str, "Node"]]:
        """The keys of an object that names its own, with their values."""
        if not isinstance(self.value, dict):
            self.refuse(_("un objet est attendu."))
        return [(key, Node(f"{self.path}.{key}", value)) for key, value in self.value.items()]

    def items(self) -> list["Node"]:
        if not isinstance(self.value, list):
            self.refuse(_("une liste est attendue."))
        return [Node(f"{self.path}[{rank}]", value) for rank, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            self.refuse(_("un texte est attendu, entre guillemets."))
        return self.value

    def choice(self, words: type[Choice]) -> Choice:
        if self.value not in list(words):
            self.refuse(filled(_("une de ces valeurs est attendue : %(words)s."), words=", ".join(words)))
        return words(self.value)

    def number(self) -> Fraction:
        """From zero."""
        value = plain_number(self.value)
        if value is None:
            self.refuse(_('un nombre est attendu, en chiffres et entre guillemets, comme "12.5".'))
        if value < 0:
            self.refuse(_("un nombre négatif n’est pas possible ici."))
        return value

    def positive(self) -> Fraction:
        value = self.number()
        if not value:
            self.refuse(_("un nombre plus grand que zéro est attendu."))
        return value


def plain_number(value: object) -> Fraction | None:
    return Fraction(value) if isinstance(value, str) and NUMBER.fullmatch(value) else None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key written twice would hide one of its values."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Malformed(key, _("cette clé est écrite deux fois dans le même objet."))
        found[key] = value
    return found


def read(content: bytes) -> Node:
    """The object that a file holds. Raises Malformed."""
    try:
        root = Node("", json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once))
    except UnicodeDecodeError as error:
        raise Malformed("", _("Ce fichier n’est pas écrit en UTF-8.")) from error
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise Malformed(
            "", _("Ce fichier n’est pas du JSON : ligne %(line)s, colonne %(column)s.") % place
        ) from error
    except (RecursionError, ValueError) as error:  # nested beyond reason; an integer beyond what Python reads
        raise Malformed("", _("Ce fichier n’est pas lisible.")) from error
    if not isinstance(root.value, dict):
        raise Malformed("", _("Dans ce fichier, un objet est attendu."))
    return root
