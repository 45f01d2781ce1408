"""Where documents lie, besides « Mes documents »: each house that has such places (a space, a lesson…) adds its kind here.

A document says its kind and the number of its place (`Document.kind`, `Document.place`), and who reads, writes or runs it is asked of
the kind at each page and at each sending. What is not on the board any more is read by nobody.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class PlaceFace:
    """How a place shows on the page of a document: its name, its own address (the way back), a line below it, a subject for its colour
    (`frontend/subjects.json`) and an icon. `pages()`: what stands at its side, each (key, name, address, icon), among them `url`, under
    which the page of a document names those that lie beside it; none without it."""

    name: str
    url: str
    detail: str = ""
    subject: str = ""
    icon: str = "folder"
    pages: Callable[[], Sequence[tuple[str, str, str, str]]] = tuple


@dataclass(frozen=True)
class PlaceKind:
    """One kind of place. `key` begins the names of its places in a form: « space-12 ».

    `reads`, `writes` and `runs` each take a viewer and give the keys of the places where they may, as a QuerySet of one column (a
    subquery: `Space.objects.visible_to(viewer).values("pk")`), never a list. Who runs writes, who writes reads: `writes` holds
    all that `runs` holds, and `reads` all of `writes`. A place that is closed, not yet open or archived leaves `writes` and stays in `reads`.
    Who writes also comments and suggests; who runs takes suggestions, names versions, goes back to one and throws documents away (so does
    whoever began a document, as long as they write there).

    `faces(viewer, numbers)`: by number, the face of those that the viewer enters (one query). `school_of(number)`: the school that keeps
    what lies there. `service`: where it is closed to a viewer, its documents are too. `meets()`: the keys of the places where people of
    several schools write together, who are named there by a first name and an initial (a subquery too); none of its places without it.

    The house that adds a kind
    - calls `actions.leaving.erase_place(key, number)` in the transaction that erases a place;
    - writes a line in the journal that names the person, of a verb whose `JournalWord` has `touches_rights=True`, when it takes somebody out
      of a place: streams that are open are then looked at again. Each fetch and each sending asks anew whatever happens.
    """

    key: str
    label: Any
    reads: Callable[[Any], Any]
    writes: Callable[[Any], Any]
    runs: Callable[[Any], Any]
    faces: Callable[[Any, Collection[int]], Mapping[int, PlaceFace]]
    school_of: Callable[[int], int]
    meets: Callable[[], Any] | None = None
    order: int = 50
    service: str = ""


places: Registry[PlaceKind] = Registry(PlaceKind)
