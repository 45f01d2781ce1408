"""A CSV file or an XLSX workbook at an address: one resource a row, columns known by their headings. The table is the whole source."""

import re
import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from preau.domains.catalogue.imports.harvest import reading
from preau.domains.catalogue.imports.harvest.mapping import Mapper, SourceRecord
from preau.domains.catalogue.imports.harvest.reading import BadSource, Step
from preau.domains.catalogue.models import Source
from preau.foundation import uploads
from preau.foundation.grids import open_grid
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

# Each heading in the ways that people write it, folded.
COLUMNS = {
    "identifier": ("identifiant", "id", "identifier", "ark", "doi", "cle"),
    "title": ("titre", "title", "intitule", "nom"),
    "address": ("adresse", "url", "lien", "link", "adresse web", "uri"),
    "description": ("description", "resume", "abstract", "presentation"),
    "authors": ("auteurs", "auteur", "author", "authors", "createur", "creator"),
    "words": ("mots cles", "mots cle", "keywords", "themes", "theme"),
    "levels": ("niveaux", "niveau", "classe", "classes", "cycle", "cycles", "level"),
    "subjects": ("matieres", "matiere", "discipline", "disciplines", "subject"),
    "types": ("type", "nature", "type de ressource"),
    "roles": ("public", "publics", "pour qui", "audience"),
    "rights": ("licence", "droits", "license", "rights"),
    "language": ("langue", "language"),
    "date": ("date", "date de publication", "publie le", "publiee le", "published"),
    "duration": ("duree", "duration"),
}
SEVERAL = re.compile(r"[;|]")
FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def step(source: Source, cursor: dict[str, Any], mapper: Mapper, *, limits: Any = reading.PAGE) -> Step:
    """The whole table. Raises Unchanged when the source says that it is the one of the last time."""
    answer = reading.fetch(source.address, reading.conditions(source.marks), limits=limits)
    if answer.body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise BadSource(_("La source a répondu une page web au lieu de ses notices."))
    made = Step(size=len(answer.body), marks=reading.marks_of(answer), is_whole=True)
    with tempfile.TemporaryDirectory() as folder:
        # The reader of workbooks wants their name; what it holds says whether it is one.
        path = Path(folder) / "table.xlsx"
        path.write_bytes(answer.body)
        try:
            with path.open("rb") as file:
                # A workbook is an archive: what it unfolds to is looked at first.
                uploads.kind_of_table(file, uploads.Limits())
            grid = open_grid(path, _("Le tableau"))
            places = _columns(grid.titles)
            for row in grid.rows():
                cells = {name: row.cells[place] for name, place in places.items()}
                reading.taken(made, mapper, record_of(cells, row.line), sum(map(len, row.cells)))
        except (Unreadable, uploads.UploadRefused) as failure:
            raise BadSource(str(failure)) from failure
    return made


def _columns(titles: list[str]) -> dict[str, int]:
    folded = [fold(title) for title in titles]
    found = {
        name: next(folded.index(way) for way in ways if way in folded)
        for name, ways in COLUMNS.items()
        if any(way in folded for way in ways)
    }
    if missing := [
        word for name, word in (("title", _("titre")), ("address", _("adresse"))) if name not in found
    ]:
        raise BadSource(_("Il manque une colonne : %(names)s.") % {"names": ", ".join(missing)})
    return found


def record_of(cells: dict[str, str], line: int) -> SourceRecord:
    def several(name: str) -> list[str]:
        return [one.strip() for one in SEVERAL.split(cells.get(name, "")) if one.strip()]

    # « CM1, CM2 » is two levels; a comma in a name of an author is one name.
    names = [
        one.strip() for name in ("levels", "subjects") for part in several(name) for one in part.split(",")
    ]
    day = FRENCH_DAY.fullmatch(cells.get("date", "").strip())
    minutes = cells.get("duration", "").strip()
    return SourceRecord(
        cells.get("identifier", ""),
        _("ligne %(line)s") % {"line": line},
        cells.get("title", ""),
        cells.get("description", ""),
        [cells.get("address", "")],
        several("authors"),
        several("words"),
        [[name] for name in names],
        several("types"),
        several("roles"),
        [cells.get("rights", "")],
        cells.get("language", ""),
        f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else cells.get("date", ""),
        f"PT{minutes}M" if minutes.isascii() and minutes.isdigit() else minutes,
    )
