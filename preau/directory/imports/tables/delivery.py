"""A school's tables into the spool: the rows of a primary school's files, with columns that somebody has named."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from preau.directory.imports.onde import columns as rows
from preau.directory.imports.onde.columns import Child, Line
from preau.directory.imports.onde.delivery import Delivery, Place, Told, face_of
from preau.directory.imports.onde.faces import PUPIL
from preau.directory.imports.onde.words import FUNCTIONS, YES, kinship_of
from preau.directory.imports.records import Raw
from preau.directory.imports.staging.codes import NEW_KINSHIP
from preau.directory.imports.staging.staged import Staged, Tell
from preau.directory.imports.tables.fields import GUARDIANS, ONE, PUPILS, STAFF, TWO
from preau.directory.imports.tables.present import Present
from preau.directory.models import School
from preau.directory.words import FEMININE, Authority, Kinship, Role
from preau.foundation.csvfiles import Row
from preau.foundation.csvtext import RISKY
from preau.foundation.grids import MOST_ROWS, open_grid
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

# A number that a spreadsheet has taken for a quantity: its first nought is lost.
NO_NOUGHT = re.compile(r"[1-9][0-9]{8}")
SILENT = dict.fromkeys(rows.COLUMNS, "")
# Words of our own lists → codes of the AAF, besides those that primary schools write.
ROLES = {
    Role.HEAD: "DIR",
    Role.SCHOOL_LIFE: "EDU",
    Role.TEACHER: "ENS",
    Role.SECRETARY: "ADF",
    Role.NURSE: "MDS",
    Role.LIBRARIAN: "DOC",
    Role.ASSISTANT: "AEH",
}
NAMES = {"sn", "ENTPersonNomPatro", "givenName"}
TEACHES = ("prof", "enseign", "institut", "pe ")
LEVELS = {"1": "1", "2": "2", "3": "3"}


@dataclass(frozen=True)
class Matching:
    """What somebody of the school said: `columns` of each table, whether it is `complete`, whether its guardians without
    a level hold parental authority (`certified`)."""

    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    complete: bool = False
    certified: bool = False


def read_tables(
    paths: Iterable[Path], staged: Staged, tell: Tell, *, school: School, matching: Matching, today: date
) -> None:
    """The tables of one school, each named by what it is (« eleves.csv »)."""
    staged.academies.add(f"uai:{school.uai}")
    staged.new, staged.is_delta = True, not matching.complete
    read: dict[str, list[Line]] = {}
    for path in paths:
        tell(path.name)
        file = staged.open(path.name)
        grid = open_grid(path, path.name)
        table = table_of(path)
        columns = matching.columns.get(table, ())
        if len(columns) != len(grid.titles):
            raise Unreadable(path.name, 1, _("Les colonnes ont changé depuis que vous les avez dites."))
        for number, row in enumerate(grid.rows()):
            if number >= MOST_ROWS:
                raise Unreadable(path.name, row.line, _("Trop de lignes pour un seul établissement."))
            for line in LINES[table](file, _Cells(row, columns)):
                read.setdefault(line.kind, []).append(line)
    Tables(staged, school, read, matching, today).stage()


def table_of(path: Path) -> str:
    """Which table a file is, by its name: « annuaire-eleves-2026-11-24.csv »; "" for none."""
    return next((key for key in LINES if key in path.stem), "")


class _Cells:
    """A row by the fields that its columns hold."""

    def __init__(self, row: Row, columns: Sequence[str]) -> None:
        self.row = row
        self.told: dict[str, list[str]] = {}
        for key, cell in zip(columns, row.cells, strict=True):
            # What kept it from being a formula is no part of it.
            cell = cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell
            if key and cell:
                self.told.setdefault(key, []).append(cell)

    def __getitem__(self, key: str) -> str:
        return next(iter(self.told.get(key, ())), "")

    def several(self, key: str) -> list[str]:
        """« 5e B, 5e C », in one cell or in several."""
        found = (part.strip() for cell in self.told.get(key, ()) for part in cell.split(","))
        return list(dict.fromkeys(filter(None, found)))

    def line(self, file: int, kind: str, texts: Mapping[str, str], **more: list[str] | list[Child]) -> Line:
        cells = SILENT | dict(texts)
        for name in ("mobile", "phone", "work_phone"):
            cells[name] = f"0{cells[name]}" if NO_NOUGHT.fullmatch(cells[name]) else cells[name]
        classes, children, groups = (more.get(name, []) for name in ("classes", "children", "groups"))
        return Line(file, self.row.line, kind, cells, classes, children, self.row.odd, tuple(groups))  # type: ignore[arg-type]


def _of_pupils(file: int, row: _Cells) -> Iterator[Line]:
    """A pupil, and the guardians that their row names."""
    names = {
        name: row[name] for name in ("family", "usage", "given", "born", "ine", "level", "email", "mobile")
    }
    classes = row.several("classes")
    yield row.line(file, rows.PUPILS, names, classes=classes, groups=row.several("groups"))
    child = Child(names["family"], names["usage"], names["given"], next(iter(classes), ""))
    for prefix in (ONE, TWO):
        cells = {key.removeprefix(prefix): row[key] for key in row.told if key.startswith(prefix)}
        if cells.get("family"):
            yield row.line(file, rows.PARENTS, cells, children=[child])


def _of_guardians(file: int, row: _Cells) -> Iterator[Line]:
    child = Child(row["pupil_family"], "", row["pupil_given"], next(iter(row.several("pupil_class")), ""))
    cells = {key: row[key] for key in row.told if key in SILENT or key == "priority"}
    yield row.line(file, rows.PARENTS, cells, children=[child])


def _of_staff(file: int, row: _Cells) -> Iterator[Line]:
    cells = {key: row[key] for key in row.told if key in SILENT or key == "title"}
    kind = rows.TEACHERS if fold(cells.get("function", "")).startswith(TEACHES) else rows.STAFF
    yield row.line(file, kind, cells, classes=row.several("classes"))


LINES = {PUPILS: _of_pupils, GUARDIANS: _of_guardians, STAFF: _of_staff}


class Tables(Delivery):
    """Of a table that is not complete, whoever is known is changed in what it tells, and nobody has left."""

    register: Present

    def __init__(
        self, staged: Staged, school: School, read: dict[str, list[Line]], matching: Matching, today: date
    ) -> None:
        self.matching = matching
        type_ = {School.Kind.ECOLE: "ECOLE", School.Kind.COLLEGE: "COLLEGE", School.Kind.LYCEE: "LYCEE"}
        place = Place(school.uai, school.name, type_.get(School.Kind(school.kind), ""), matching.certified)
        super().__init__(staged, place, read, Present(school, today))
        staged.same = self.register.same

    def stage(self) -> None:
        self._meet_those_of_guardians()
        super().stage()

    def _meet_those_of_guardians(self) -> None:
        """A table of guardians alone: the children that it names are pupils of the school."""
        if rows.PUPILS in self.read:
            return
        first = {child: line for line in reversed(self.read.get(rows.PARENTS, [])) for child in line.children}
        for child, line in first.items():
            cells = SILENT | {"family": child.family, "given": child.given}
            pupil = Line(line.file, line.line, rows.PUPILS, cells, [], [child], line.odd)
            if self.register.named(PUPIL, face_of(pupil)):
                self.read.setdefault(rows.PUPILS, []).append(pupil)

    def _take(self, category: str, key: str, row: Line, values: Told) -> None:
        if not self.staged.is_delta or category == "EtabEducNat" or key not in self.register.keys:
            super()._take(category, key, row, values)
            return
        # Known by their names: these say nothing new.
        attributes = {
            name: [value] if isinstance(value, str) else value
            for name, value in values.items()
            if value and name not in NAMES
        }
        self.staged.take(Raw(category, key, row.line, attributes, "modify"), row.file)

    def _level(self, cells: Mapping[str, str]) -> str:
        authority = fold(cells["authority"])
        by_label = {fold(str(one.label)): str(number) for number, one in enumerate(Authority, 1)}
        if not authority:
            return "1" if self.matching.certified else "3"
        return (
            LEVELS.get(authority)
            or by_label.get(authority)
            or ("1" if authority in YES or authority.startswith("legal") else "3")
        )

    def _kinship(self, cells: Mapping[str, str]) -> str:
        return KINSHIP.get(fold(cells["kinship"])) or kinship_of(cells["kinship"])

    def _contact(self, cells: Mapping[str, str]) -> str:
        return cells.get("priority") or "0"

    def _function(self, row: Line) -> str:
        """`structure$code$label$discipline$name`: what they are gives the role, what they teach or do the title."""
        function, title = row.told["function"].replace("$", " "), row.told.get("title", "").replace("$", " ")
        code = _code_of(function)
        if not function and not title:
            return ""
        if code == "ENS":
            return (
                f"{self.place.uai}$ENS$ENSEIGNEMENT$TABLE${title}" if title else f"{self.place.uai}$ENS$$-$"
            )
        return f"{self.place.uai}${code}${title or ('' if fold(function) in OUR_ROLES else function)}$-$"


def _code_of(function: str) -> str:
    word = fold(function)
    if word in OUR_ROLES:
        return OUR_ROLES[word]
    if word.startswith(TEACHES):
        return "ENS"
    return next((code for mark, code in FUNCTIONS.items() if word.startswith(mark)), "AUTRE")


OUR_ROLES = {fold(str(role.label)): code for role, code in ROLES.items()} | {
    fold(str(FEMININE[role.value])): code for role, code in ROLES.items() if role.value in FEMININE
}
KINSHIP = {fold(str(Kinship(kin).label)): code for code, kin in reversed(NEW_KINSHIP.items())}
