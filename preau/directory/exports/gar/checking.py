"""Our own rules for what leaves, which the schema of the GAR does not have: profiles, references, doubles."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.exports.gar.reading import Reader, Record
from preau.directory.exports.gar.words import DIVISION, GROUPE, LONGEST, PROFILES, Degree

SHOWN = 20
UAI, WHO, GROUP = "GARStructureUAI", "GARPersonIdentifiant", "GARGroupeCode"
# Record → what makes it unique. People are unique among their kind: somebody may learn in a school and work in another.
KEYS = {
    "GAREleve": (WHO,),
    "GAREnseignant": (WHO,),
    "GARRespAff": (WHO,),
    "GAREtab": (UAI,),
    "GARMEF": (UAI, "GARMEFCode"),
    "GARMatiere": (UAI, "GARMatiereCode"),
    "GARGroupe": (UAI, GROUP),
    "GARPersonMEF": (UAI, WHO, "GARMEFCode"),
    "GARPersonMEFSTAT4": (UAI, WHO, "GARMEFSTAT4Code"),
    "GAREleveEnseignement": (UAI, WHO, "GARMatiereCode"),
    "GARPersonGroupe": (UAI, WHO, GROUP),
    "GAREnsGroupeMatiere": (UAI, WHO, GROUP),
    "GAREnsClasseMatiere": (UAI, WHO, GROUP),
}
PEOPLE = {"Eleve": "GAREleve", "Enseignant": "GAREnseignant"}
TAUGHT = {"GAREnsGroupeMatiere": GROUPE, "GAREnsClasseMatiere": DIVISION}
ONLY = {
    Degree.SECOND: {name: KEYS[name] for name in KEYS if name != "GARPersonMEFSTAT4"},
    Degree.FIRST: {
        name: KEYS[name]
        for name in (
            "GAREleve",
            "GAREnseignant",
            "GARRespAff",
            "GAREtab",
            "GARGroupe",
            "GARPersonMEFSTAT4",
            "GARPersonGroupe",
        )
    },
}
# What is named and is nowhere in the delivery.
LOST = {
    "uai": gettext_lazy("L’établissement « %(key)s » n’est pas dans la livraison."),
    "person": gettext_lazy("La personne « %(key)s » n’est pas dans la livraison."),
    "GAREleve": gettext_lazy("L’élève « %(key)s » n’est pas dans la livraison."),
    "GAREnseignant": gettext_lazy("L’enseignant « %(key)s » n’est pas dans la livraison."),
    "group": gettext_lazy("Le groupe « %(key)s » n’est pas dans la livraison."),
    DIVISION: gettext_lazy("La division « %(key)s » n’est pas dans la livraison."),
    GROUPE: gettext_lazy("Le groupe « %(key)s » n’est pas dans la livraison."),
    "mef": gettext_lazy("Le MEF « %(key)s » n’est pas dans la livraison."),
    "subject": gettext_lazy("La matière « %(key)s » n’est pas dans la livraison."),
}
# Element → the words it may hold, and the sentence for any other.
WORDS = {
    "GARPersonProfil": (PROFILES, gettext_lazy("« %(text)s » n’est pas un profil du GAR.")),
    "GARGroupeStatut": ({DIVISION, GROUPE}, gettext_lazy("« %(text)s » n’est ni DIVISION ni GROUPE.")),
}
Key = tuple[str, ...]


class ExportRefused(Exception):
    """Nothing is delivered. The message is one French sentence a line, the first ones."""


def check(paths: Iterable[Path], degree: Degree, limit: int) -> None:
    """Read every file of a delivery again. Raises ExportRefused when anything is not as it must be."""
    with closing(sqlite3.connect("", isolation_level=None)) as db:
        rules = Rules(db, degree, limit)
        db.execute("BEGIN")
        for path in paths:
            rules.read(path)
        faults = [*rules.faults, *rules.lost()]
    if faults:
        raise ExportRefused("\n".join([*faults[:SHOWN], *_and_more(len(faults) - SHOWN)]))


def _and_more(number: int) -> list[str]:
    message = ngettext("… et %(num)s autre.", "… et %(num)s autres.", number)
    return [message % {"num": number}] if number > 0 else []


class Rules:
    """What is met and what is named wait in a temporary database: a delivery does not fit in memory."""

    def __init__(self, db: sqlite3.Connection, degree: Degree, limit: int) -> None:
        self.db, self.degree, self.limit = db, degree, limit
        self.faults: list[str] = []
        db.execute("CREATE TABLE met (key TEXT PRIMARY KEY) WITHOUT ROWID")
        db.execute("CREATE TABLE named (key TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID")

    def read(self, path: Path) -> None:
        kind = path.stem.rpartition("_")[0].rpartition("_")[2]
        reader, nodes = Reader(path, self.degree.namespace), 1
        try:
            for record in reader:
                nodes += record.nodes
                self._record(path.name, kind, record)
        except expat.ExpatError as error:
            self._fault(path.name, error.lineno, _("Le fichier n’est pas un XML bien formé."))
            return
        if reader.root != f"GAR-ENT-{kind}":
            message = _("« %(root)s » n’est pas ce que le nom du fichier annonce.")
            self._fault(path.name, 1, message % {"root": reader.root})
        if nodes > self.limit:
            message = _("%(nodes)s nœuds, quand %(limit)s sont permis.")
            self._fault(path.name, 1, message % {"nodes": nodes, "limit": self.limit})

    def lost(self) -> Iterator[str]:
        """What is named and is nowhere in the delivery."""
        rows = self.db.execute(
            "SELECT key, place FROM named WHERE key NOT IN (SELECT key FROM met) ORDER BY place, key"
        )
        for key, place in rows:
            what, *rest = key.split("\n")
            yield _said(place, LOST[what] % {"key": " ".join(rest)})

    def _fault(self, file: str, line: int, sentence: str) -> None:
        self.faults.append(_said(_place(file, line), sentence))

    def _record(self, file: str, kind: str, record: Record) -> None:
        if record.name not in ONLY[self.degree]:
            message = _("« %(name)s » n’existe pas dans les fichiers du %(degree)s.")
            self._fault(file, record.line, message % {"name": record.name, "degree": self.degree.label})
            return
        for sentence in _wrong_values(record):
            self._fault(file, record.line, sentence)
        key = tuple(record.first(name) for name in KEYS[record.name])
        if not self._meet((f"{kind}/{record.name}", *key)):
            message = _("« %(key)s » deux fois parmi les %(name)s.")
            self._fault(file, record.line, message % {"key": " ".join(key), "name": record.name})
        for met in _met(record):
            self._meet(met)
        place = _place(file, record.line)
        named = (("\n".join(key), place) for key in _named(record, kind))
        self.db.executemany("INSERT OR IGNORE INTO named VALUES (?,?)", named)

    def _meet(self, key: Key) -> bool:
        """Is it the first time?"""
        return self.db.execute("INSERT OR IGNORE INTO met VALUES (?)", ["\n".join(key)]).rowcount == 1


def _place(file: str, line: int) -> str:
    return _("%(file)s, ligne %(line)s") % {"file": file, "line": line}


def _said(place: str, sentence: str) -> str:
    return f"{place}\u202f: {sentence}"


def _wrong_values(record: Record) -> Iterator[str]:
    for name, text in record.values:
        if message := _wrong_value(name, text):
            yield message
    for name in KEYS[record.name]:
        if not record.first(name):
            yield _("%(record)s sans %(name)s.") % {"record": record.name, "name": name}


def _wrong_value(name: str, text: str) -> str:
    """What is wrong with one value, or ""."""
    if name not in LONGEST:
        return _("« %(name)s » ne sort pas de Préau.") % {"name": name}
    if not text.strip():
        return _("« %(name)s » est vide.") % {"name": name}
    if len(text) > LONGEST[name]:
        message = _("« %(name)s » est trop long (%(length)s caractères, %(longest)s permis).")
        return message % {"name": name, "length": len(text), "longest": LONGEST[name]}
    if name in WORDS and text not in WORDS[name][0]:
        return WORDS[name][1] % {"text": text}
    if name == "GARPersonDateNaissance" and not _is_day(text):
        return _("« %(text)s » n’est pas une date (aaaa-mm-jj).") % {"text": text}
    return ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _met(record: Record) -> Iterator[Key]:
    """What a record brings, that others may name."""
    uai = record.first(UAI)
    if record.name in {"GAREleve", "GAREnseignant"}:
        yield record.name, record.first(WHO)
        yield "person", record.first(WHO)
    elif record.name == "GAREtab":
        yield "uai", uai
    elif record.name == "GARMEF":
        yield "mef", uai, record.first("GARMEFCode")
    elif record.name == "GARMatiere":
        yield "subject", uai, record.first("GARMatiereCode")
    elif record.name == "GARGroupe":
        yield "group", uai, record.first(GROUP)
        yield record.first("GARGroupeStatut"), uai, record.first(GROUP)


def _named(record: Record, kind: str) -> Iterator[Key]:
    """What a record names: all of it must be in the delivery."""
    uai, who = record.first(UAI), record.first(WHO)
    for name in (UAI, "GARPersonEtab", "GARRespAffEtab", "GARPersonStructRattach"):
        yield from (("uai", text) for text in record.all(name))
    yield from ((DIVISION, uai, text) for text in record.all("GARGroupeDivAppartenance"))
    if record.name == "GARPersonGroupe":
        yield "person", who
        yield "group", uai, record.first(GROUP)
    elif record.name in TAUGHT:
        yield "GAREnseignant", who
        yield TAUGHT[record.name], uai, record.first(GROUP)
    elif kind in PEOPLE and record.name != PEOPLE[kind]:
        yield PEOPLE[kind], who
    if record.name != "GARMatiere":
        yield from (("subject", uai, code) for code in record.all("GARMatiereCode"))
    if record.name != "GARMEF":
        yield from (("mef", uai, code) for code in record.all("GARMEFCode"))
