"""Reading the XML of SIECLE (BEE_…) and of STSWEB (STS_EDT): a file is recognised by its root, never by its name.

Source of the formats: « SIECLE, spécifications des exportations XML » (fields of each export) and the DTD of STS_EDT.
"""

from typing import IO

from django.utils.translation import gettext as _

from preau.foundation.reading import UnreadableFile
from preau.foundation.xmlrecords import RecordReader

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
    "NOM",
    "NOM_DE_FAMILLE",
    "NOM_USAGE",
    "NOM_PATRONYMIQUE",
    "PRENOM",
    "PRENOM2",
    "PRENOM3",
    "MEL",
}
# No file in ISO-8859-15 holds this sign: two codes that differ by a `$` still differ.
DOLLAR = "\uff04"


class Reader(RecordReader):
    """Records of one file. `root_tag` and `version` are known with the first one; `dollars` are lines with a `$`."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.root_tag = self.version = ""
        self.dollars: list[int] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in RECORDS:
            raise UnreadableFile(_("Ce n’est pas un export de SIECLE ni de STSWEB que Préau sait lire."))
        self.root_tag, self.version = tag, attributes.get("VERSION", "")

    def is_record(self) -> bool:
        if self.root_tag == PLACES:
            return False
        return self.path[1:] == ["PARAMETRES"] or tuple(self.path[-2:]) in RECORDS[self.root_tag]

    def passes_over(self, tag: str) -> bool:
        return tag in PASSED_OVER

    def safe(self, text: str, tag: str) -> str:
        if "$" not in text or tag in FREE:
            return text
        self.dollars.append(self.line)
        return text.replace("$", DOLLAR)
