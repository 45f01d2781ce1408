"""A referential as a table: its columns, its lines, and what is wrong with its tree, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from preau.domains.competences.actions.referentials import Row
from preau.domains.competences.models import COMPONENTS
from preau.foundation.grids import open_grid
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

# What a heading says, folded.
FIELDS = {
    "code": "code",
    "identifiant": "code",
    "parent": "parent",
    "code parent": "parent",
    "intitule": "name",
    "libelle": "name",
    "competence": "name",
    "cycle": "cycle",
    "matiere": "subject",
    "discipline": "subject",
    "composante": "component",
    "domaine du socle": "component",
    "repere": "node",
    "repere des programmes": "node",
}
NEEDED = (("code", "code"), ("name", "intitulé"))
MOST_ROWS, LONGEST_NAME, LONGEST_CODE = 5_000, 300, 40


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line: nothing of the file is then written."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Placed:
    """A line with its place in the file."""

    row: Row
    line: int


def read_table(path: Path) -> tuple[list[Row], list[Problem]]:
    """The lines of a table, parents first, and every problem of its tree. Raises Unreadable for what is no table of competences."""
    grid = open_grid(path, path.name)
    fields = [FIELDS.get(fold(title).strip(), "") for title in grid.titles]
    for field, label in NEEDED:
        if field not in fields:
            raise Unreadable(path.name, 1, _("Aucune colonne « %(name)s ».") % {"name": label})
    placed: list[Placed] = []
    problems: list[Problem] = []
    for row in grid.rows():
        if len(placed) >= MOST_ROWS:
            raise Unreadable(path.name, row.line, _("Plus de 5 000 lignes : coupez ce référentiel."))
        cells = _told(fields, row.cells)
        wrong = row.odd or _wrong(cells)
        if wrong:
            problems.append(Problem(path.name, row.line, wrong))
        else:
            placed.append(Placed(Row(**cells), row.line))
    problems += _tree_problems(path.name, placed)
    if not placed and not problems:
        raise Unreadable(path.name, None, _("Aucune compétence dans ce fichier."))
    return _parents_first([one.row for one in placed]) if not problems else [], problems


def _told(fields: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """What a line says, by field."""
    pairs = zip(fields, cells, strict=False)
    return {field: " ".join(cell.split()) for field, cell in pairs if field}


def _wrong(cells: Mapping[str, str]) -> str:
    if not cells.get("code") or not cells.get("name"):
        return _("Il manque le code ou l’intitulé.")
    if len(cells["name"]) > LONGEST_NAME or len(cells["code"]) > LONGEST_CODE:
        return _("Le code (40 signes) ou l’intitulé (300 signes) est trop long.")
    if len(cells.get("cycle", "")) > 10 or len(cells.get("node", "")) > 120:
        return _("Le cycle ou le repère est trop long.")
    component = cells.get("component", "")
    if component and component not in COMPONENTS:
        return _("Composante du socle inconnue : « %(code)s ».") % {"code": component[:40]}
    return ""


def _tree_problems(file: str, placed: Sequence[Placed]) -> list[Problem]:
    """A code twice, a parent that is nowhere, a circle."""
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    parents: dict[str, str] = {}
    for one in placed:
        if one.row.code in lines:
            sentence = _("Le code « %(code)s » est déjà à la ligne %(line)s.")
            problems.append(
                Problem(file, one.line, sentence % {"code": one.row.code, "line": lines[one.row.code]})
            )
            continue
        lines[one.row.code] = one.line
        parents[one.row.code] = one.row.parent
    for one in placed:
        if one.row.parent and one.row.parent not in lines:
            sentence = _("Le parent « %(code)s » n’est nulle part dans le fichier.")
            problems.append(Problem(file, one.line, sentence % {"code": one.row.parent}))
    for code in _in_circles(parents):
        sentence = _("« %(code)s » est sous lui-même : ses parents tournent en rond.") % {"code": code}
        problems.append(Problem(file, lines[code], sentence))
    return sorted(problems, key=lambda problem: problem.line)


def _in_circles(parents: Mapping[str, str]) -> list[str]:
    """Those that one meets again by going up."""
    sound: set[str] = set()
    found = []
    for code in parents:
        path: dict[str, None] = {}
        here = code
        while here and here in parents and here not in path and here not in sound:
            path[here] = None
            here = parents[here]
        if here in path:
            if here == code:
                found.append(code)
        else:
            sound |= set(path)
    return found


def _parents_first(rows: Sequence[Row]) -> list[Row]:
    """The same lines, each below its own, in the order of the file."""
    below: dict[str, list[Row]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)
    found: list[Row] = []
    waiting = list(reversed(below.get("", [])))
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting += reversed(below.get(row.code, []))
    return found
