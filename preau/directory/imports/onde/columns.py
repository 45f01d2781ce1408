"""Which file of a primary school one has, and where its columns are: known by their headings, whatever their order.

Sources: the headings of BE1D's « CSVExtraction », of ONDE's exports, and of the CSV templates of the ENT. Headings are
compared folded: without accents, stars or apostrophes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from preau.foundation.csvfiles import Sheet
from preau.foundation.reading import Unreadable

PUPILS, PARENTS, TEACHERS, STAFF, GUESTS = "pupils", "parents", "teachers", "staff", "guests"
# What we look for → the headings that say it, the surest first.
COLUMNS = {
    "civility": ("civilite responsable", "civilite"),
    "family": (
        "nom de famille eleve",
        "nom eleve",
        "nom de famille responsable",
        "nom responsable",
        "nom de famille",
        "nom",
    ),
    "usage": (
        "nom d usage eleve",
        "nom usage eleve",
        "nom d usage responsable",
        "nom usage responsable",
        "nom d usage",
        "nom usage",
    ),
    "given": ("prenom eleve", "prenom responsable", "prenom"),
    "born": ("date naissance", "date de naissance"),
    "ine": ("ine",),
    "level": ("niveau",),
    "class_key": ("identifiant classe",),
    "email": ("courriel", "email"),
    "mobile": ("telephone portable", "telephone mobile"),
    "phone": ("telephone domicile", "telephone"),
    "work_phone": ("telephone travail", "telephonetravail"),
    "line": ("adresse responsable", "adresse"),
    "postcode": ("cp responsable", "code postal", "cp"),
    "head": ("directeur",),
    "function": ("fonction",),
    "kinship": ("lien de parente", "lien avec l eleve", "lien"),
    "authority": ("autorite parentale", "responsable legal", "representant legal"),
}
CLASSES = {"libelle classe", "classe", "classes"}
# A block of columns a child, in the parents' file.
CHILD = {
    "nom d usage enfant": "usage",
    "nom de famille enfant": "family",
    "prenom enfant": "given",
    "classes enfants": "label",
    "nom de l eleve": "family",
    "prenom de l eleve": "given",
    "classes de l eleve": "label",
}


class Child(NamedTuple):
    """A child as their parent's row names them: the only link between the two files."""

    family: str = ""
    usage: str = ""
    given: str = ""
    label: str = ""


class Line(NamedTuple):
    """One row. `told` has a value for each of COLUMNS; `file` is the number of its file, `kind` what that file is."""

    file: int
    line: int
    kind: str
    told: dict[str, str]
    classes: list[str]
    children: list[Child]
    odd: str
    groups: tuple[str, ...] = ()


def kind_of(headings: list[str], name: str) -> str:
    """Raises Unreadable for headings that no file of a primary school has."""
    here = set(headings)
    if here & CHILD.keys():
        return PARENTS
    if "prenom eleve" in here:
        return PUPILS
    if {"nom", "prenom"} <= here:
        if "directeur" in here or ("fonction" in here and here & CLASSES):
            return TEACHERS
        if "fonction" in here:
            return STAFF
        if here & CLASSES:
            return GUESTS if here & {"telephone", "email", "courriel"} else PUPILS
    raise Unreadable(
        name, 1, _("Ce n’est pas un fichier d’ONDE : ses titres de colonnes ne sont pas connus.")
    )


def lines(sheet: Sheet, file: int, kind: str) -> Iterator[Line]:
    """The rows of a sheet. Only the parents' file may be longer than its headings: a block more a child."""
    where = {
        wanted: next((sheet.headings.index(name) for name in names if name in sheet.headings), None)
        for wanted, names in COLUMNS.items()
    }
    classes = [place for place, heading in enumerate(sheet.headings) if heading in CLASSES]
    for row in sheet.rows(longer=kind == PARENTS):
        cells = {wanted: row.cells[place] if place is not None else "" for wanted, place in where.items()}
        labels = [row.cells[place] for place in classes if row.cells[place]]
        children = list(_children(sheet.headings, row.cells)) if kind == PARENTS else []
        yield Line(file, row.line, kind, cells, labels, children, row.odd)


def _children(headings: list[str], cells: list[str]) -> Iterator[Child]:
    """A block begins again at the heading that began the first; the last blocks may have no headings."""
    first = next(place for place, heading in enumerate(headings) if heading in CHILD)
    block = [CHILD[headings[first]]]
    for heading in headings[first + 1 :]:
        if heading == headings[first] or heading not in CHILD:
            break
        block.append(CHILD[heading])
    for start in range(first, len(cells), len(block)):
        values = cells[start : start + len(block)]
        child = Child(**dict(zip(block, values, strict=False)))
        if any((child.family, child.usage, child.given)):
            yield child
