"""The list of a class or a group, to print or for a spreadsheet: the pupils, and the columns that somebody chose."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import Group, Guardianship, Person
from preau.directory.queries.finding import classes_of
from preau.directory.queries.groups import groups_by_pupil
from preau.directory.queries.school_lists import Call
from preau.directory.rules import follows_pupil, reads_families
from preau.directory.viewer import Viewer


class Column(StrEnum):
    """What a list may say beside the names, as its address says it."""

    BIRTH = "naissance"
    CLASS = "classe"
    GROUPS = "groupes"
    GUARDIANS = "responsables"


LABELS = {
    Column.BIRTH: gettext_lazy("Date de naissance"),
    Column.CLASS: gettext_lazy("Classe"),
    Column.GROUPS: gettext_lazy("Groupes"),
    Column.GUARDIANS: gettext_lazy("Responsables à appeler"),
}
# What is read of a pupil's file: whoever takes it leaves a line.
OF_THE_FILE = {Column.BIRTH, Column.GUARDIANS}


@dataclass(frozen=True)
class ListRow:
    """A pupil of a list; each cell is the lines that its column holds."""

    family_name: str
    given_name: str
    list_name: str
    cells: tuple[tuple[str, ...], ...]


def columns_for(viewer: Viewer, group: Group) -> list[Column]:
    """The columns that this viewer may read, of this class or group."""
    own = Column.GROUPS if group.kind == Group.Kind.CLASS else Column.CLASS
    return [
        column
        for column, readable in (
            (own, True),
            (Column.BIRTH, follows_pupil(viewer)),
            (Column.GUARDIANS, reads_families(viewer)),
        )
        if readable
    ]


def list_of(viewer: Viewer, pupils: Sequence[Person], columns: Collection[Column]) -> list[ListRow]:
    """These pupils with these columns, one query a column at most."""
    ids = [pupil.pk for pupil in pupils]
    cells_by_column = [_cells(viewer, column, pupils, ids) for column in columns]
    return [
        ListRow(
            pupil.family_name,
            pupil.given_name,
            pupil.list_name,
            tuple(tuple(cells.get(pupil.pk, ())) for cells in cells_by_column),
        )
        for pupil in pupils
    ]


def list_lines(rows: Sequence[ListRow]) -> Iterator[Sequence[object]]:
    """The same for a spreadsheet: each cell on one line."""
    for row in rows:
        yield [row.family_name, row.given_name, *(" / ".join(cell) for cell in row.cells)]


def list_header(columns: Collection[Column]) -> list[str]:
    return [_("Nom"), _("Prénom"), *(str(LABELS[column]) for column in columns)]


def _cells(
    viewer: Viewer, column: Column, pupils: Sequence[Person], ids: Sequence[int]
) -> dict[int, Sequence[str]]:
    if column == Column.BIRTH:
        return {pupil.pk: [f"{pupil.birth_date:%d/%m/%Y}"] for pupil in pupils if pupil.birth_date}
    if column == Column.CLASS:
        return {pupil: [name] for pupil, name in classes_of(viewer, ids).items()}
    if column == Column.GROUPS:
        return {pupil: [", ".join(names)] for pupil, names in groups_by_pupil(viewer, ids).items()}
    return _guardians(viewer, ids)


def to_call(viewer: Viewer, pupils: Collection[int]) -> "QuerySet[Guardianship]":
    """Whom the school calls for these pupils, in its order. Never somebody who may not be informed."""
    rows: Any = Guardianship.objects.visible_to(viewer).active(viewer.today).of_another()
    rows = rows.filter(pupil__in=pupils, may_not_be_informed=False, guardian__erased_at=None)
    ordered: QuerySet[Guardianship] = rows.order_by(
        F("contact_priority").asc(nulls_last=True), "guardian__search_name", "pk"
    )
    return ordered.select_related("guardian")


def _guardians(viewer: Viewer, pupils: Sequence[int]) -> dict[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in to_call(viewer, pupils):
        call = Call.of(row)
        label = _("%(name)s (%(kinship)s)") % {"name": call.name, "kinship": call.kinship.lower()}
        found[row.pupil_id].append(f"{label} {call.phone or _('sans téléphone')}")
    return dict(found)
