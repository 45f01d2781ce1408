"""Reading the XML of the AAF (ficAlimMENESR): complete deliveries (`addRequest`) and deltas (`modifyRequest`, `deleteRequest`).

Source of the format: « Annexe 4 bis » of the SDET, and the DTD ficAlimMENESR that every file names and nobody fetches.
"""

from typing import IO

from django.utils.translation import gettext as _

from preau.directory.imports.records import Raw
from preau.foundation.reading import LONGEST_RECORD, LONGEST_VALUE, UnreadableFile, XmlReader

CATEGORIES = {"categoriePersonne", "categorieStructure", "categorieMef", "categorieMatiere"}
ACTIONS = {"addRequest": "add", "modifyRequest": "modify", "deleteRequest": "delete"}


class Reader(XmlReader):
    """Records of one file. `header` holds what the comments before the first record say (versionAF…).

    `kept`: the attributes to read; the others are passed over, which is half of a delivery. None: all.
    """

    root = "ficAlimMENESR"

    def __init__(self, file: IO[bytes], name: str, kept: frozenset[str] | None = None) -> None:
        super().__init__(file, name)
        self._kept, self._passes_over = kept, False
        self.foreign = _("Ce n’est pas un fichier de l’annuaire fédérateur (AAF).")
        self.header: dict[str, str] = {}
        self._text: list[str] | None = None
        self._length = self._size = 0
        self._name = self._id = self._category = ""
        self._line = 0
        self._attributes: dict[str, list[str]] = {}
        self._values: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in {"value", "id"}:
            self._text, self._length = None if self._passes_over else [], 0
        elif tag in {"attr", "modification"}:
            self._name, self._values = attributes.get("name", ""), []
            self._passes_over = self._is_of_no_use()
            if tag == "modification" and attributes.get("operation", "replace") != "replace":
                raise UnreadableFile(
                    _("Une modification autre que « replace » : ce n’est pas une livraison de l’AAF.")
                )
        elif tag in ACTIONS:
            self._line = self.line
            self._attributes, self._id, self._category, self._size = {}, "", "", 0

    def end(self, tag: str) -> None:
        if self._passes_over:
            self._passes_over = tag not in {"attr", "modification"}
        elif tag == "value":
            self._size += self._length + 32
            if self._size > LONGEST_RECORD:
                raise UnreadableFile(_("Un enregistrement dépasse un million de caractères."))
            self._values.append(" ".join("".join(self._text or ()).split()))
            self._text = None
        elif tag in {"attr", "modification"}:
            self._end_attribute(self.path[-1] if self.path else "")
        elif tag == "id":
            self._id, self._text = " ".join("".join(self._text or ()).split()), None
        elif tag in ACTIONS:
            self.found.append(Raw(self._category, self._id, self._line, self._attributes, ACTIONS[tag]))

    def _is_of_no_use(self) -> bool:
        return (
            self._kept is not None
            and self._name not in self._kept
            and "operationalAttributes" not in self.path
        )

    def _end_attribute(self, parent: str) -> None:
        if parent == "operationalAttributes":
            if self._name in CATEGORIES and self._values:
                self._category = self._values[0]
        elif values := [value for value in self._values if value]:
            self._attributes.setdefault(self._name, []).extend(values)
        else:
            self._attributes.setdefault(self._name, [])

    def text(self, data: str) -> None:
        if self._text is not None:
            self._length += len(data)
            if self._length > LONGEST_VALUE:
                raise UnreadableFile(_("Une valeur dépasse 100 000 caractères."))
            self._text.append(data)

    def comment(self, data: str) -> None:
        name, equals, value = data.strip().partition("=")
        if equals and not self._line and len(data) < 200:
            self.header[name.strip()] = value.strip().strip("\"'")
