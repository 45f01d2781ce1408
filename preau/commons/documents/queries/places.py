"""Where documents lie, as a viewer enters there: by the key of a place (« moi », « space-12 »), its name and its address."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.documents import boards
from preau.commons.documents.models import OWN, Document
from preau.directory.viewer import Viewer
from preau.foundation.boards import offered

KEY = re.compile(r"([a-z_]{1,20})-([1-9][0-9]{0,15})")
MINE = "moi"


@dataclass(frozen=True)
class Place:
    """`number`: of the place in its kind, 0 for « Mes documents ». `may_write`: does the viewer begin documents there?"""

    kind: str
    number: int
    school_id: int
    face: boards.PlaceFace
    may_write: bool = True

    @property
    def key(self) -> str:
        return MINE if self.kind == OWN else f"{self.kind}-{self.number}"

    @property
    def name(self) -> str:
        return self.face.name


def own_face() -> boards.PlaceFace:
    return boards.PlaceFace(_("Mes documents"), reverse("documents:home"), icon="file-text")


def own_place(viewer: Viewer) -> Place:
    """« Mes documents »: kept by the school of the seat, that of a first child."""
    school = viewer.school_id or viewer.places[0].school.pk
    return Place(OWN, 0, school, own_face())


def read_at(viewer: Viewer, key: str) -> Place | None:
    """The place of this key if the viewer reads there; « Mes documents » for « moi »."""
    if key in {"", MINE}:
        return own_place(viewer)
    found = KEY.fullmatch(key)
    if found is None:
        return None
    number = int(found[2])
    for kind, seated in offered(boards.places, viewer):
        if kind.key == found[1]:
            face = kind.faces(seated, [number]).get(number)
            if face is None or not kind.reads(seated).filter(pk=number).exists():
                return None
            writes = kind.writes(seated).filter(pk=number).exists()
            return Place(kind.key, number, kind.school_of(number), face, writes)
    return None


def named(viewer: Viewer, key: str) -> Place | None:
    """The place of this key if the viewer writes there."""
    place = read_at(viewer, key)
    return place if place and place.may_write else None


def faces_of(viewer: Viewer, rows: Iterable[Document]) -> dict[tuple[str, int], boards.PlaceFace]:
    """The faces of the places of these documents (one query a kind that they are of)."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.kind, set()).add(row.place)
    found = {(OWN, 0): own_face()}
    for kind, seated in offered(boards.places, viewer):
        if kind.key in wanted:
            faces = kind.faces(seated, wanted[kind.key])
            found |= {(kind.key, number): face for number, face in faces.items()}
    return found


def shown_beside(
    viewer: Viewer, document: Document, face: boards.PlaceFace
) -> tuple[str, Mapping[str, Any]] | None:
    """A template and its content, of the place of a document; None for nothing."""
    kind = boards.places.named(document.kind)
    return kind.beside(viewer, face) if kind and kind.beside and face.thing else None


def writable(viewer: Viewer, most: int = 40) -> list[Place]:
    """The places where the viewer begins documents, their own first (two queries a kind)."""
    places = [own_place(viewer)]
    for kind, seated in offered(boards.places, viewer):
        numbers = list(kind.writes(seated).values_list("pk", flat=True)[:most])
        if not numbers:
            continue
        faces = kind.faces(seated, numbers)
        places += [Place(kind.key, number, 0, faces[number]) for number in numbers if number in faces]
    return places
