"""A school's own tables as their page shows them: headings, what they seem to be, and a few cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.actions.deliveries import room
from preau.directory.imports.tables.fields import TABLES
from preau.directory.models import ColumnWord, Delivery
from preau.directory.rules import may_name_columns
from preau.directory.viewer import Viewer
from preau.foundation import uploads
from preau.foundation.grids import Grid, open_grid, samples
from preau.foundation.reading import Unreadable

# An address, a date, a number: of a row, and of no heading.
OF_SOMEBODY = re.compile(r"@|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{5}")


@dataclass(frozen=True)
class Told:
    """One table of a delivery. `cells` are, of each column, what its first rows hold; `proposed` the fields guessed."""

    key: str
    label: str
    titles: Sequence[str]
    cells: Sequence[Sequence[str]]
    proposed: Sequence[str]

    def fields_of(self, form: Any) -> list[tuple[Any, Sequence[str]]]:
        """Each column's choice with its first cells."""
        return [(form[f"{self.key}-{place}"], cells) for place, cells in enumerate(self.cells)]


def tables_of(viewer: Viewer, delivery: Delivery) -> list[Told] | None:
    """The tables whose columns are still to be said; None when they are no more (one query)."""
    if not may_name_columns(viewer, delivery):
        return None
    try:
        paths = uploads.files_in(room(), delivery.folder)
    except FileNotFoundError:
        return None
    remembered = _remembered(viewer)
    found = []
    for path in paths:
        table, grid = TABLES[path.stem], open_grid(path, path.name)
        proposed = table.guess(grid.titles, remembered.get(table.key, {}))
        found.append(Told(table.key, str(table.label), grid.titles, _samples(grid), proposed))
    return found


def _samples(grid: Grid) -> list[list[str]]:
    """Nothing of rows that do not read: whoever reads them all will say why."""
    try:
        return samples(grid)
    except Unreadable:
        return [[] for _title in grid.titles]


def check_headings(path: Path) -> None:
    """Is it a table with headings? Raises uploads.Refused with the sentence.

    A first row with an address or a date is somebody's: taken for headings, they would be lost, and remembered.
    """
    try:
        grid = open_grid(path, path.name)
    except Unreadable as refusal:
        raise uploads.Refused(refusal.reason) from refusal
    if any(OF_SOMEBODY.search(title) for title in grid.titles):
        raise uploads.Refused(
            _("La première ligne doit donner les titres des colonnes : ajoutez-la dans votre tableur, puis déposez de nouveau.")
        )  # fmt: skip


def _remembered(viewer: Viewer) -> dict[str, dict[str, list[str]]]:
    """table → heading → what its columns were said to hold, in their order."""
    found: dict[str, dict[str, list[str]]] = {}
    words = ColumnWord.objects.visible_to(viewer).order_by("table", "heading", "rank")
    for table, heading, key in words.values_list("table", "heading", "field"):
        found.setdefault(table, {}).setdefault(heading, []).append(key)
    return found
