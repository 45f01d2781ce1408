"""Documents that lie in a space (`documents.boards.places`): who reads, writes and runs them there is who does so in the space.

One's own space has none: « Mes documents » are there for that.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from preau.commons.documents.boards import PlaceFace
from preau.commons.documents.models import Document
from preau.commons.documents.queries import lists
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Party, Space

KIND = "space"
MOST_AT_HOME = 5


def _held(rows: Any) -> Any:
    return rows.exclude(kind=Space.Kind.OWN)


def read(viewer: Viewer) -> Any:
    """The spaces that one enters (a subquery)."""
    return _held(Space.objects.visible_to(viewer)).values("pk")


def written(viewer: Viewer) -> Any:
    """Those in which one writes that day; until its first day a space has no document to write in."""
    return _open(viewer, Space.objects.written_by(viewer)).values("pk")


def run(viewer: Viewer) -> Any:
    return _open(viewer, Space.objects.run_by(viewer)).values("pk")


def _open(viewer: Viewer, rows: Any) -> Any:
    return _held(rows.going_on(viewer.today)).filter(Q(opens=None) | Q(opens__lte=viewer.today))


def meeting() -> Any:
    """Projects where another school is, or was."""
    return Party.objects.exclude(school=F("space__school")).values("space_id")


def faces(viewer: Viewer, numbers: Collection[int]) -> Mapping[int, PlaceFace]:
    """How a space shows beside a document (one query)."""
    rows = _held(Space.objects.visible_to(viewer)).filter(pk__in=list(numbers)).select_related("subject")
    return {space.pk: face_of(space) for space in rows}


def face_of(space: Space) -> PlaceFace:
    return PlaceFace(
        space.title,
        reverse("spaces:documents", kwargs={"pk": space.pk}),
        space.purpose or str(space.get_kind_display()),
        space.look.key,
        space.look.icon or "book",
    )


def school_of(number: int) -> int:
    return int(Space.objects.values_list("school_id", flat=True).get(pk=number))


def all_of(viewer: Viewer, space: Space) -> Any:
    """The documents of a space, the last changed first."""
    return lists.seen(viewer.within("documents")).filter(kind=KIND, place=space.pk)


def rows_of(viewer: Viewer, rows: Sequence[Document]) -> list[lists.DocumentRow]:
    return lists.rows_of(viewer.within("documents"), rows, with_place=False)


def begins(viewer: Viewer, space: Space) -> bool:
    """Does the viewer write documents there today?"""
    is_open = space.opens is None or space.opens <= viewer.today
    return is_open and rules.writes(viewer, space)


def last_of(viewer: Viewer, space: Space) -> list[lists.DocumentRow]:
    """What was written last in a space, for its home (one query)."""
    if not has_documents(viewer, space):
        return []
    return rows_of(viewer, list(all_of(viewer, space)[:MOST_AT_HOME]))


def has_documents(viewer: Viewer, space: Space) -> bool:
    """Where people write together, in a seat to which documents are open."""
    return space.kind != Space.Kind.OWN and viewer.offers("documents")
