"""The school, its classes and groups, its programmes (MEF) and subjects."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from preau.directory.imports.records import Raw
from preau.directory.imports.siecle import files
from preau.directory.imports.siecle.told import FoundElement, SiecleFiles
from preau.directory.imports.spool import Record
from preau.directory.imports.staging.staged import PROGRAMME, STRUCTURE, SUBJECT, Staged
from preau.foundation.xmlrecords import Node

# Levels of a collège by the first four digits of a MEF's statistical code: its labels tell the option too.
LEVELS = {"2111": "6EME", "2112": "5EME", "2115": "4EME", "2116": "3EME"}
LONGEST_LEVEL = 20
# Natures of establishment (STSWEB) and their types (SIECLE) that we tell apart.
NATURES = {"340": "COLLEGE", "352": "COLLEGE"} | dict.fromkeys(
    ("300", "301", "302", "303", "306", "310", "315", "320", "334"), "LYCEE"
)
TYPES = {
    "CLG": "COLLEGE",
    "LYC": "LYCEE",
    "LPO": "LYCEE",
    "LP": "LYCEE",
    "LG": "LYCEE",
    "LT": "LYCEE",
    "LGT": "LYCEE",
}
CLASS, GROUP = "class", "group"
TAGS = {CLASS: "DIVISION", GROUP: "GROUPE"}


@dataclass
class Structure:
    """A class or a group, under its code. `programmes` are those of its pupils, `classes` those it draws from."""

    label: str = ""
    programmes: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)

    def add(self, label: str, programmes: list[str], classes: list[str]) -> None:
        self.label = self.label or label
        self.programmes += [code for code in programmes if code not in self.programmes]
        self.classes += [code for code in classes if code not in self.classes]


def code_of(found: FoundElement) -> str:
    """The code of a class, a group, a programme or a subject: SIECLE and STSWEB name the attribute differently."""
    attributes = found.node.attributes
    names = ("CODE_STRUCTURE", "CODE_MEF", "CODE_MATIERE", "CODE")
    return next((attributes[name].strip() for name in names if attributes.get(name, "").strip()), "")


class Structures:
    """`classes` and `groups` by code: of Structures.xml, of STSWEB, and those where a pupil is."""

    def __init__(self, siecle_files: SiecleFiles, staged: Staged) -> None:
        self.told, self.staged, self.place = siecle_files, staged, siecle_files.uai
        self.found: dict[str, dict[str, Structure]] = {CLASS: {}, GROUP: {}}
        self.programmes = dict(self._codes("MEF"))

    def stage(self) -> None:
        self._gather()
        self._stage_school()
        for tag, category, attributes in (
            ("MEF", PROGRAMME, self._programme),
            ("MATIERE", SUBJECT, self._subject),
        ):
            for code, one in self._codes(tag):
                self.staged.take(Raw(category, code, one.line, attributes(one)), one.file)

    def _codes(self, tag: str) -> Iterator[tuple[str, FoundElement]]:
        """The codes of SIECLE, and those that STSWEB alone tells."""
        ours = self.told.of(tag, files.NOMENCLATURES)
        known = {code_of(one) for one in ours}
        theirs = [one for one in self.told.of(tag, files.STS) if code_of(one) not in known]
        yield from ((code_of(one), one) for one in (*ours, *theirs))

    def _programme(self, found: FoundElement) -> dict[str, list[str]]:
        return filled(
            ENTLibelleMef=found.node.said("LIBELLE_LONG", "LIBELLE_EDITION", "FORMATION"),
            ENTMEFRattach=found.node.said("MEF_RATTACHEMENT"),
            ENTMEFSTAT11=found.node.said("CODE_MEFSTAT", "MEFSTAT11"),
        )

    def _subject(self, found: FoundElement) -> dict[str, list[str]]:
        return filled(
            ENTLibelleMatiere=found.node.said("LIBELLE_LONG", "LIBELLE_EDITION", "LIBELLE_COURT"),
            ENTMatiereRattach=found.node.said("CODE_MATIERE_NATIONALE"),
        )

    # Classes and groups

    def _gather(self) -> None:
        """SIECLE's list, then STSWEB's: what STSWEB alone knows is taken when pupils are in it, or when SIECLE lists nothing."""
        listed = files.STRUCTURES in self.told.roots
        attended = {place for one in self.told.of("STRUCTURES_ELEVE") for place in places_in(one)}
        for kind, tag in TAGS.items():
            for one in self.told.of(tag, files.STRUCTURES):
                self._add(kind, one)
            ours = set(self.found[kind])
            for one in self.told.of(tag, files.STS):
                code = code_of(one)
                if listed and code and code not in ours and (kind, code) not in attended:
                    self.warn(_("Classe ou groupe que STSWEB seul connaît : pas ouvert."), one, code)
                else:
                    self._add(kind, one)
        if not self.told.roots & {files.STRUCTURES, files.STS}:
            self._gather_from_pupils()

    def knows(self, kind: str, code: str) -> bool:
        return code in self.found[kind]

    def _add(self, kind: str, found: FoundElement) -> None:
        node, code = found.node, code_of(found)
        if not code:
            self.warn(_("Classe ou groupe sans code : ignoré."), found)
            return
        programmes = [
            part.attributes.get("CODE") or part.said("CODE_MEF")
            for part in node.each("MEFS_APPARTENANCE", "MEF_APPARTENANCE")
        ]
        classes = [
            part.attributes.get("CODE") or part.said("CODE_STRUCTURE")
            for part in node.each("DIVISIONS_APPARTENANCE", "DIVISION_APPARTENANCE")
        ]
        kept = self.found[kind].setdefault(code, Structure())
        kept.add(node.said("LIBELLE_LONG"), list(filter(None, programmes)), list(filter(None, classes)))

    def _gather_from_pupils(self) -> None:
        """Without the list of the school, the classes are those where pupils are."""
        followed = {
            one.node.attributes.get("ELEVE_ID", ""): one.node.said("CODE_MEF")
            for one in self.told.of("ELEVE")
        }
        for one in self.told.of("STRUCTURES_ELEVE"):
            programme = followed.get(one.node.attributes.get("ELEVE_ID", ""), "")
            for kind, code in places_in(one):
                programmes = [programme] if programme and kind == CLASS else []
                self.found[kind].setdefault(code, Structure()).add("", programmes, [])

    def _level(self, name: str, structure: Structure, stands: FoundElement) -> str:
        levels = [self._level_of(code) for code in structure.programmes]
        level = "-".join(dict.fromkeys(filter(None, levels)))
        if len(level) > LONGEST_LEVEL:
            self.warn(_("Niveau de classe de plus de 20 caractères : il est coupé."), stands, name)
        return level[:LONGEST_LEVEL].strip(" -")

    def _level_of(self, code: str) -> str:
        """6EME… by the statistical code in a collège; elsewhere the label of the programme that it is attached to."""
        one = self.programmes.get(code)
        if one is None:
            return ""
        attributes = self._programme(one)
        stat, attached = (attributes.get(name, [""])[0] for name in ("ENTMEFSTAT11", "ENTMEFRattach"))
        if level := LEVELS.get(stat[:4]):
            return level
        general = self.programmes.get(attached, one)
        return self._programme(general).get("ENTLibelleMef", [""])[0].strip()

    # The school

    def _stage_school(self) -> None:
        """The nomenclatures alone say nothing of a school."""
        if not self.told.roots - {files.NOMENCLATURES, files.PLACES}:
            return
        stands, node = self._heading()
        name = " ".join(filter(None, (node.said("DENOM_PRINC"), node.said("DENOM_COMPL"))))
        academy = next(node.each("ACADEMIE"), None)
        attributes = filled(
            ENTStructureUAI=self.place,
            ENTStructureNomCourant=name or self.place,
            ENTStructureTypeStruct=self._type(node),
            telephoneNumber=node.said("TELEPHONE"),
            ENTServAcAcademie=academy.said("LIBELLE") if academy else "",
        )
        classes, groups = self.found[CLASS], self.found[GROUP]
        if classes:
            attributes["ENTStructureClasses"] = [
                f"{code}${self._level(code, one, stands)}" for code, one in classes.items()
            ]
        if groups:
            attributes["ENTStructureGroupes"] = [
                "$".join((code, one.label, *one.classes)) for code, one in groups.items()
            ]
        self.staged.take(Raw(STRUCTURE, self.place, stands.line, attributes), stands.file)
        if not name:
            self.warn(_("Aucun fichier ne dit le nom de l’établissement (Communs.xml, STSWEB)."), stands)

    def _heading(self) -> tuple[FoundElement, Node]:
        """Where the school is told, and the element that tells it: of Communs.xml, of STSWEB, else a bare heading."""
        for one in self.told.of("UAJ", files.COMMONS):
            return one, one.node
        sts = [heading for heading in self.told.headings if heading.root == files.STS]
        stands = (sts or self.told.headings)[0]
        return stands, next(stands.node.each("UAJ"), stands.node)

    def _type(self, node: Node) -> str:
        """Of the nature told, else of the years of study: their codes begin with 1 in a collège, with 2 in a lycée."""
        kind = NATURES.get(node.said("CODE_NATURE")) or TYPES.get(node.said("CODE_TYPE_ETAB"))
        if kind:
            return kind
        taught = {code[:1] for one in self.found[CLASS].values() for code in one.programmes}
        return "LYCEE" if "2" in taught else "COLLEGE" if "1" in taught else ""

    def warn(self, reason: str, found: FoundElement, key: str = "") -> None:
        """Said of a place of the files that is no record."""
        place = Record(0, "", key, found.file, found.line, {})
        self.staged.spool.warn(reason, place, key=key, school=self.place)


def places_in(found: FoundElement) -> Iterator[tuple[str, str]]:
    """(class or group, code) of each structure where a pupil is."""
    for part in found.node.each("STRUCTURE"):
        if code := part.said("CODE_STRUCTURE"):
            yield (GROUP if part.said("TYPE_STRUCTURE") == "G" else CLASS), code


def filled(**attributes: str) -> dict[str, list[str]]:
    """Attributes that say something, in the shape of a record."""
    return {name: [value] for name, value in attributes.items() if value}
