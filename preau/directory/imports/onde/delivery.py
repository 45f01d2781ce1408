"""The files of one primary school into the spool, put into the names of the AAF of the first degree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from preau.directory.imports.onde import columns, faces
from preau.directory.imports.onde.columns import Child, Line
from preau.directory.imports.onde.faces import Face, Register, contacts_of, names_of
from preau.directory.imports.onde.people import Somebody, pupils_apart, told_apart
from preau.directory.imports.onde.words import (
    LEGAL,
    authority_of,
    day_written,
    function_of,
    ine_of,
    kinship_of,
)
from preau.directory.imports.records import Raw
from preau.directory.imports.spool import Record
from preau.directory.imports.staging.staged import Staged, Tell
from preau.directory.words import LEVELS, level_rank
from preau.foundation.csvfiles import TOO_LONG, TOO_SHORT, Sheet
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

# A primary school has some hundred pupils: a file with more rows than this is of something else.
MOST_ROWS = 5_000
NO_LEVEL = len(LEVELS)
WORKS = (columns.TEACHERS, columns.STAFF, columns.GUESTS)
Told = dict[str, str | list[str]]


@dataclass(frozen=True)
class Place:
    """The school that the files do not name. `type` is in the words of ENTStructureTypeStruct.

    `certified`: the school says that its parents' file lists those who hold parental authority, and nobody else.
    """

    uai: str
    name: str
    type: str = "ECOLE"
    certified: bool = False


def read_onde(paths: Iterable[Path], staged: Staged, tell: Tell, *, place: Place) -> None:
    """Pupils, parents and staff of one school. A file tells everything of what it holds."""
    staged.academies.add(f"uai:{place.uai}")
    staged.new = True
    read: dict[str, list[Line]] = {}
    for path in paths:
        tell(path.name)
        file = staged.open(path.name)
        sheet = Sheet(partial(path.open, "rb"), path.name)
        kind = columns.kind_of(sheet.headings, path.name)
        rows = read.setdefault(kind, [])
        for row in columns.lines(sheet, file, kind):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise Unreadable(path.name, row.line, _("Trop de lignes pour une seule école."))
    if columns.PARENTS in read and columns.PUPILS not in read:
        reason = _("Le fichier des responsables se lit avec celui des élèves : livrez-les ensemble.")
        raise Unreadable(staged.spool.files[0], None, reason)
    Delivery(staged, place, read, Register(place.uai, faces.known(place.uai))).stage()


class Delivery:
    """What the files said, until it is staged.

    `untold` are pupils of whom the parents' file says something that cannot be told: their family stays as it is.
    """

    def __init__(self, staged: Staged, place: Place, read: dict[str, list[Line]], register: Register) -> None:
        self.staged, self.place, self.read, self.register = staged, place, read, register
        self.pupils: list[Somebody] = []
        self.named: dict[tuple[str, str], list[Somebody]] = defaultdict(list)
        self.links: dict[str, list[str]] = defaultdict(list)
        self.untold: set[str] = set()
        self.class_keys: dict[str, str] = {}

    def stage(self) -> None:
        self._take(
            "EtabEducNat",
            self.place.uai,
            Line(0, 1, "", {}, [], [], ""),
            {
                "ENTStructureUAI": self.place.uai,
                "ENTStructureNomCourant": self.place.name,
                "ENTStructureTypeStruct": self.place.type,
            },
        )
        self._find_pupils()
        self._compare_levels()
        self._stage_guardians()
        for pupil in self.pupils:
            self._stage_pupil(pupil)
        self._stage_staff()

    def _take(self, category: str, key: str, row: Line, values: Told) -> None:
        """An empty text is silence; an empty list is told."""
        attributes = {
            name: [value] if isinstance(value, str) else value
            for name, value in values.items()
            if value != ""
        }
        self.staged.take(Raw(category, key, row.line, attributes), row.file)

    def _set_aside(self, category: str, row: Line, reason: str) -> None:
        self.staged.set_aside(Raw(category, "", row.line, {}), row.file, reason, self.place.uai)

    def _leave_aside(self, category: str, somebody: Somebody, reason: str) -> None:
        """Nobody can tell who this is: of those whom it may be, none has left."""
        for row in somebody.rows:
            self._set_aside(category, row, reason)
        named = self.register.named(faces.LETTERS[category], somebody.face)
        self.staged.spared |= {face.key for face in named}

    def _doubt(self, reason: str, row: Line) -> None:
        here = Record(0, "", "", row.file, row.line, {})
        self.staged.spool.warn(reason, here, school=self.place.uai)

    def _rows(self, category: str, *kinds: str) -> Iterator[Line]:
        """The rows that fit under their headings and name somebody. As long as one does not, nobody leaves."""
        for row in (row for kind in kinds for row in self.read.get(kind, ())):
            reason = _why_not(row)
            if reason:
                self._set_aside(category, row, reason)
                self.staged.spared |= self.register.everybody(faces.LETTERS[category])
                self.untold |= self._children(row)
            else:
                if row.odd == TOO_SHORT:
                    self._doubt(_("Ligne plus courte que les titres : ce qui manque est lu comme vide."), row)
                yield row

    # Pupils

    def _find_pupils(self) -> None:
        for row in self._rows("Eleve", columns.PUPILS):
            pupil = Somebody(face_of(row), [row])
            self.pupils.append(pupil)
            for name in pupil.face.names:
                self.named[pupil.face.given, name].append(pupil)
            if row.classes and row.told["class_key"]:
                self.class_keys.setdefault(fold(row.classes[0]), _one_part(row.told["class_key"]))
        pupils_apart(self.pupils, self.register, self._is_named_by_parents)

    def _is_named_by_parents(self, pupil: Somebody) -> bool:
        children = (child for row in self.read.get(columns.PARENTS, ()) for child in row.children)
        return any(pupil in self._pupils_named(child) for child in children)

    def _compare_levels(self) -> None:
        """These files say no year: those of a former one put nearly everybody in a lower level than where they are."""
        now = faces.levels_now(self.place.uai)
        for pupil in self.pupils:
            told, known = level_rank(pupil.told["level"]), now.get(pupil.key, NO_LEVEL)
            if max(told, known) < NO_LEVEL:
                self.staged.levelled += 1
                self.staged.below += told < known

    def _stage_pupil(self, pupil: Somebody) -> None:
        row, cells = pupil.rows[0], pupil.told
        if not pupil.key:
            reason = _("Deux élèves du même nom, nés le même jour : sans INE, rien ne les distingue.")
            self._leave_aside("Eleve", pupil, pupil.why or reason)
            return
        if pupil.doubt:
            self._doubt(pupil.doubt, row)
        links: Told = {}
        if columns.PARENTS in self.read and pupil.key not in self.untold:
            links = {"ENTElevePersRelEleve": list(dict.fromkeys(self.links[pupil.key]))}
        self._take(
            "Eleve",
            pupil.key,
            row,
            {
                **_identity(cells),
                "ENTEleveINE": pupil.face.ine,
                "ENTPersonStructRattach": self.place.uai,
                "ENTEleveNiveau": f"${cells['level']}" if cells["level"] else "",
                "ENTPersonClasses": [self._class(label, row) for label in row.classes],
                "ENTPersonGroupes": [
                    f"{self.place.uai}$11$ORDINAIRE${_one_part(group)}${group}" for group in row.groups
                ],
                **links,
            },
        )

    def _class(self, label: str, row: Line) -> str:
        """`structure$11$ORDINAIRE$id$label`: only the last part may hold a « $ »."""
        key = _one_part(row.told["class_key"]) or self.class_keys.get(fold(label)) or _one_part(label)
        return f"{self.place.uai}$11$ORDINAIRE${key}${label}"

    # Parents

    def _stage_guardians(self) -> None:
        found: list[Somebody] = []
        for row in self._rows("PersRelEleve", columns.PARENTS):
            face = face_of(row)
            face.children = self._children(row)
            if face.children:
                found.append(Somebody(face, [row]))
            else:
                reason = _("Aucun de ses enfants n’est reconnu dans le fichier des élèves.")
                self._set_aside("PersRelEleve", row, reason)
        for guardian in told_apart(faces.GUARDIAN, found, self.register):
            self._stage_guardian(guardian)

    def _stage_guardian(self, guardian: Somebody) -> None:
        cells = guardian.told
        if not guardian.key:
            self.untold |= guardian.face.children
            self._leave_aside(
                "PersRelEleve",
                guardian,
                _(
                    "Un autre responsable porte les mêmes noms, et rien ne dit si c’est la même personne : ni enfant, ni "
                    "courriel, ni téléphone, ni adresse en commun."
                ),
            )
            return
        level, kinship, contact = self._level(cells), self._kinship(cells), self._contact(cells)
        for key in sorted(guardian.face.children):
            self.links[key].append(f"{guardian.key}${kinship}$0${level}${contact}$0")
        self._stage_adult("PersRelEleve", guardian, {})

    # What the words of a row mean

    def _level(self, cells: Mapping[str, str]) -> str:
        return LEGAL if self.place.certified else authority_of(cells["authority"])

    def _kinship(self, cells: Mapping[str, str]) -> str:
        return kinship_of(cells["kinship"])

    def _contact(self, cells: Mapping[str, str]) -> str:
        """« 1 » when they are called first: these files do not say."""
        return "0"

    def _function(self, row: Line) -> str:
        return function_of(row, self.place.uai)

    def _stage_adult(self, category: str, somebody: Somebody, more: Told) -> None:
        for row in somebody.rows[1:]:
            self._doubt(_("Même personne sur plusieurs lignes : lue une fois."), row)
        self._take(category, somebody.key, somebody.rows[0], _identity(somebody.told) | more)

    def _children(self, row: Line) -> set[str]:
        """The keys of the pupils whom a parent's row names."""
        keys = set()
        for child in row.children:
            found = {pupil.key for pupil in self._pupils_named(child)}
            if len(found) == 1 and "" not in found:
                keys |= found
            elif found:
                self.untold |= found
                aside = _(
                    "Un enfant de cette ligne est mis de côté : ses responsables restent ce qu’ils sont."
                )
                twice = _(
                    "Deux élèves portent les noms d’un enfant de cette ligne : leurs responsables restent ce qu’ils sont."
                )
                self._doubt(aside if found == {""} else twice, row)
            else:
                self._doubt(
                    _(
                        "Un enfant de cette ligne n’est pas dans le fichier des élèves : le lien n’est pas repris."
                    ),
                    row,
                )
        return keys

    def _pupils_named(self, child: Child) -> list[Somebody]:
        """Those of all these names; of several, those of the class, which the two files may write in two ways."""
        names, given = names_of(child.family, child.usage), fold(child.given)
        first = min(names, default="")
        here = [pupil for pupil in self.named.get((given, first), ()) if names <= pupil.face.names]
        if len(here) < 2:
            return here
        label = fold(child.label)
        return [pupil for pupil in here if label in map(fold, pupil.rows[0].classes)] or here

    # Staff

    def _stage_staff(self) -> None:
        found = [Somebody(face_of(row), [row]) for row in self._rows("PersEducNat", *WORKS)]
        for somebody in told_apart(faces.STAFF, found, self.register):
            if not somebody.key:
                reason = _(
                    "Quelqu’un d’autre porte les mêmes noms, et rien ne dit si c’est la même personne."
                )
                self._leave_aside("PersEducNat", somebody, reason)
                continue
            functions = dict.fromkeys(self._function(row) for row in somebody.rows)
            teaches = [row for row in somebody.rows if row.kind == columns.TEACHERS]
            classes = dict.fromkeys(self._class(label, row) for row in teaches for label in row.classes)
            self._stage_adult(
                "PersEducNat",
                somebody,
                {
                    "ENTPersonStructRattach": self.place.uai,
                    "ENTPersonFonctions": [function for function in functions if function],
                    "ENTPersonClasses": list(classes),
                },
            )


def _why_not(row: Line) -> str:
    if row.odd == TOO_LONG:
        return _("Plus de cellules que de titres : les colonnes ont pu se décaler.")
    return "" if names_of(row.told["family"], row.told["usage"]) else _("Sans nom.")


def _one_part(text: str) -> str:
    return text.replace("$", "-")


def face_of(row: Line) -> Face:
    """Whom a row describes."""
    cells = row.told
    home = frozenset({f"{fold(cells['line'])}|{cells['postcode']}"} if cells["line"] else ())
    contacts = contacts_of(cells["email"], cells["mobile"], cells["phone"], cells["work_phone"]) | home
    names = names_of(cells["family"], cells["usage"])
    label = next(iter([*row.classes, *(child.label for child in row.children)]), "")
    return Face(
        names, fold(cells["given"]), day_written(cells["born"]), ine_of(cells["ine"]), contacts, label=label
    )


def _identity(cells: dict[str, str]) -> Told:
    return {
        "sn": cells["usage"] or cells["family"],
        "ENTPersonNomPatro": cells["family"],
        "givenName": cells["given"],
        "personalTitle": cells["civility"],
        "ENTPersonDateNaissance": day_written(cells["born"]),
        "mail": cells["email"],
        "mobile": cells["mobile"],
        "homePhone": cells["phone"],
        "telephoneNumber": cells["work_phone"],
    }
