"""Referentials and their trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Referential
from preau.foundation.prepared import Prepared

# In the order of the referentials, the school's own first.
RANK = ("-referential__is_own", "referential__name", "rank", "pk")
# Competences by their keys.
RANKED = Prepared(
    lambda keys: (
        Competence.objects.filter(pk__in=keys).select_related("parent", "referential").order_by(*RANK)
    )
)


@dataclass(frozen=True)
class TreeLine:
    """A line of the tree, and how deep it is."""

    competence: Competence
    is_retired: bool


def referentials_of(viewer: Viewer) -> list[Referential]:
    """Those of the school, the current ones first, each with how many competences it `holds`: one query."""
    leaves = Count("competences", filter=Q(competences__has_children=False))
    rows = Referential.objects.visible_to(viewer).annotate(holds=leaves)
    return sorted(rows.order_by("name", "-edition"), key=lambda row: row.replaced_on is not None)


def tree_of(referential: Referential, today: date) -> list[TreeLine]:
    """Its lines in their order, each below its own: one query."""
    rows = list(referential.competences.select_related("subject").order_by("rank", "pk"))
    below: dict[int | None, list[Competence]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[TreeLine] = []
    _walk(below, None, today, found)
    return found


def _walk(
    below: Mapping[int | None, Sequence[Competence]], parent: int | None, today: date, found: list[TreeLine]
) -> None:
    for one in below.get(parent, ()):
        found.append(TreeLine(one, not one.is_in_use(today)))
        _walk(below, one.pk, today, found)
