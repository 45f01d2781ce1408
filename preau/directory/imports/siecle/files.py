"""Reading the XML of SIECLE (BEE_…) and of STSWEB (STS_EDT): a file is recognised by its root, never by its name.

Source of the formats: « SIECLE, spécifications des exportations XML » (fields of each export) and the DTD of STS_EDT.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from preau.directory.imports.reading import LONGEST_RECORD, LONGEST_VALUE, Refused, XmlReader

PUPILS, GUARDIANS, STRUCTURES = "BEE_ELEVES", "BEE_RESPONSABLES", "BEE_STRUCTURES"
NOMENCLATURES, COMMONS, PLACES, STS = "BEE_NOMENCLATURES", "BEE_COMMUN", "BEE_GEOGRAPHIQUE", "STS_EDT"
# root → the elements that are read, under their parent; everything else is passed over.
_CODES = {("MEFS", "MEF"), ("MATIERES", "MATIERE")}
_CLASSES = {("DIVISIONS", "DIVISION"), ("GROUPES", "GROUPE")}
RECORDS: dict[str, set[tuple[str, str]]] = {
    PUPILS: {("ELEVES", "ELEVE"), ("STRUCTURES", "STRUCTURES_ELEVE")},
    GUARDIANS: {("PERSONNES", "PERSONNE"), ("RESPONSABLES", "RESPONSABLE_ELEVE")},
    STRUCTURES: _CLASSES,
    NOMENCLATURES: _CODES,
    COMMONS: {("DONNEES", "UAJ")},
    PLACES: set(),
    STS: _CODES | _CLASSES | {("INDIVIDUS", "INDIVIDU"), ("SUPPLEANTS", "SUPPLEANT")},
}
# Of a record, what nobody asks for: last year's schooling has tags of the same names as this year's.
PASSED_OVER = {"SCOLARITE_AN_DERNIER", "ADRESSE", "SERVICES_SUPPLEANTS"}
# Where a `$` is a sign like another. Codes and labels go into values of the AAF, where it separates.
FREE = {
    "NOM", "NOM_DE_FAMILLE", "NOM_USAGE", "NOM_PATRONYMIQUE", "PRENOM", "PRENOM2", "PRENOM3", "MEL",
}  # fmt: skip
# No file in ISO-8859-15 holds this sign: two codes that differ by a `$` still differ.
DOLLAR = "\uff04"


@dataclass(slots=True)
class Node:
    """An element with its attributes, its text and its children; `line` is where it opens."""

    tag: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def said(self, *tags: str) -> str:
        """What the first of these children that says something says."""
        for tag in tags:
            for child in self.children:
                if child.tag == tag and child.text:
                    return child.text
        return ""

    def each(self, tag: str, *below: str) -> Iterator["Node"]:
        """The elements at the end of this path."""
        for child in self.children:
            if child.tag == tag:
                yield from child.each(*below) if below else (child,)


class Reader(XmlReader):
    """Records of one file. `root_tag` and `version` are known with the first one; `dollars` are lines with a `$`.

    `nodes`: how many elements were kept.
    """

    deepest = 16

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.root_tag = self.version = ""
        self.dollars: list[int] = []
        self.nodes = 0
        self._open: list[Node] = []
        self._parts: list[str] = []
        self._length = self._size = self._passed = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) == 1:
            self._begin(tag, attributes)
        elif self._passed or (self._open and tag in PASSED_OVER):
            self._passed += 1
        elif self._open or self._is_record():
            told = {name: self._safe(value, name) for name, value in attributes.items()}
            node = Node(tag, self.line, told)
            if self._open:
                self._open[-1].children.append(node)
            self._open.append(node)
            self.nodes += 1
            self._weigh(32 + sum(map(len, attributes.values())))
        self._parts, self._length = [], 0

    def end(self, tag: str) -> None:
        if self._passed:
            self._passed -= 1
        elif self._open:
            node = self._open.pop()
            if not node.children:
                node.text = self._safe(" ".join("".join(self._parts).split()), tag)
            if not self._open:
                self.found.append(node)
                self._size = 0
        self._parts, self._length = [], 0

    def text(self, data: str) -> None:
        if self._open and not self._passed:
            self._length += len(data)
            if self._length > LONGEST_VALUE:
                raise Refused(_("Une valeur dépasse 100 000 caractères."))
            self._weigh(len(data))
            self._parts.append(data)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in RECORDS:
            raise Refused(_("Ce n’est pas un export de SIECLE ni de STSWEB que Préau sait lire."))
        self.root_tag, self.version = tag, attributes.get("VERSION", "")

    def _is_record(self) -> bool:
        if self.root_tag == PLACES:
            return False
        return self.path[1:] == ["PARAMETRES"] or tuple(self.path[-2:]) in RECORDS[self.root_tag]

    def _weigh(self, more: int) -> None:
        self._size += more
        if self._size > LONGEST_RECORD:
            raise Refused(_("Un enregistrement dépasse un million de caractères."))

    def _safe(self, text: str, tag: str) -> str:
        if "$" not in text or tag in FREE:
            return text
        self.dollars.append(self.line)
        return text.replace("$", DOLLAR)
