"""The XML forms of the same answers, put into the shape of the JSON ones: objects that know their lines."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from preau.domains.mediacentre.imports.lined import Lined
from preau.foundation.reading import UnreadableFile
from preau.foundation.xmlrecords import Node, RecordReader

RECORDS = {"listeRessources": "ressource", "abonnements": "abonnement", "abonnement": "abonnement"}
NATIONAL = "listeRessourcesDiffusables"


class _Reader(RecordReader):
    deepest = 8
    top = ""

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == NATIONAL:
            raise UnreadableFile(
                _("C’est le catalogue national des ressources, et non la liste de votre établissement.")
            )
        if tag not in RECORDS:
            raise UnreadableFile(
                _("Ce fichier XML n’est ni une liste de ressources du GAR ni des abonnements.")
            )
        self.top = tag
        if tag == "abonnement":
            # One subscription alone is its own record.
            self._open.append(Node(tag, self.line, {}))

    def is_record(self) -> bool:
        return len(self.path) == 2 and self.path[1] == RECORDS[self.top]


def parsed(content: bytes, name: str) -> tuple[str, list[Lined]]:
    """The root's name, and its records. Raises Unreadable."""
    reader = _Reader(BytesIO(content), name)
    records = [_as_object(node) for node in reader]
    return reader.top, records


def _as_object(node: Node) -> Lined:
    """Elements of one name, twice there, make a list."""
    found = Lined()
    found.line = node.line
    for child in node.children:
        value: Any = _as_object(child) if child.children else child.text
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found
