"""A school's own tables as their page shows them: headings, what they seem to be, and a few cells."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from preau.directory.imports.tables.fields import SEVERAL, TABLES, ColumnMeaning
from preau.directory.models import ColumnWord, Delivery
from preau.directory.rules import may_name_columns
from preau.directory.viewer import Viewer
from preau.foundation import uploads
from preau.foundation.grids import Grid, open_grid, samples
from preau.foundation.importers.forms import Column, Table
from preau.foundation.reading import Unreadable

# Where the files of deliveries wait, below VAR_DIR.
ROOM = "deliveries"
# An address, a date, a number: of a row, and of no heading.
OF_SOMEBODY = re.compile(r"@|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{5}")


def tables_of(viewer: Viewer, delivery: Delivery) -> list[Table] | None:
    """The tables whose columns are still to be said, with what they seem to hold; None when they are no more (one query)."""
    if not may_name_columns(viewer, delivery):
        return None
    try:
        paths = uploads.files_in(Path(settings.VAR_DIR) / ROOM, delivery.folder)
    except FileNotFoundError:
        return None
    remembered, complete = _remembered(viewer), bool((delivery.matching or {}).get("complete"))
    return [_table(path, remembered, complete=complete) for path in paths]


def _table(path: Path, remembered: Mapping[str, Mapping[str, Sequence[str]]], *, complete: bool) -> Table:
    kind, grid = TABLES[path.stem], open_grid(path, path.name)
    proposed = kind.guess(grid.titles, remembered.get(kind.key, {}))
    return Table(
        kind.key,
        [Column(*column) for column in zip(grid.titles, _samples(grid), proposed, strict=True)],
        _choices(kind.fields),
        (*kind.needs, *(kind.told_whole if complete else ())),
        SEVERAL,
        str(kind.label),
        {field.key: field.label for field in kind.fields},
    )


def _choices(fields: Sequence[ColumnMeaning]) -> list[Any]:
    """The fields, under the name of whom they are about where there are several."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for field in fields:
        parts.setdefault(str(field.part), []).append((field.key, str(field.label)))
    return [row for part, choices in parts.items() for row in ([(part, choices)] if part else choices)]


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
        raise uploads.UploadRefused(refusal.reason) from refusal
    if any(OF_SOMEBODY.search(title) for title in grid.titles):
        raise uploads.UploadRefused(
            _(
                "La première ligne doit donner les titres des colonnes : ajoutez-la dans votre tableur, puis déposez de nouveau."
            )
        )


def _remembered(viewer: Viewer) -> dict[str, dict[str, list[str]]]:
    """table → heading → what its columns were said to hold, in their order."""
    found: dict[str, dict[str, list[str]]] = {}
    words = ColumnWord.objects.visible_to(viewer).order_by("table", "heading", "rank")
    for table, heading, key in words.values_list("table", "heading", "field"):
        found.setdefault(table, {}).setdefault(heading, []).append(key)
    return found
