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
    which the page of a document names those that lie beside it; none without it. `thing`: the row of the house, for what it
    shows `beside` a document."""

    name: str
    url: str
    detail: str = ""
    subject: str = ""
    icon: str = "folder"
    pages: Callable[[], Sequence[tuple[str, str, str, str]]] = tuple
    thing: Any = None


@dataclass(frozen=True)
class PlaceKind:
    """One kind of place. `key` begins the names of its places in a form: « space-12 ».

    `reads`, `writes` and `runs` each take a viewer and give the keys of the places where they may, as a QuerySet of one column (a
    subquery: `Space.objects.visible_to(viewer).values("pk")`), never a list. Who runs writes, who writes reads: `writes` holds
    all that `runs` holds, and `reads` all of `writes`. A place that is closed, not yet open or archived leaves `writes` and stays in `reads`.
    `comments` says in the same way who comments and suggests, which changes nothing of the text: it holds all that `writes` holds, and is
    `writes` itself where the kind does not say it. Who runs takes suggestions, names versions, goes back to one and throws documents away
    (so does whoever began a document, as long as they write there).

    `faces(viewer, numbers)`: by number, the face of those that the viewer enters (one query). `school_of(number)`: the school that keeps
    what lies there. `service`: where it is closed to a viewer, its documents are too. `meets()`: the keys of the places where people of
    several schools write together, who are named there by a first name and an initial (a subquery too); none of its places without it.
    `beside(viewer, face)`: a template and its content that the page of a document shows at its side (three queries at most), or None.

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
    comments: Callable[[Any], Any] | None = None
    meets: Callable[[], Any] | None = None
    beside: Callable[[Any, PlaceFace], tuple[str, Mapping[str, Any]] | None] | None = None
    order: int = 50
    service: str = ""

    def keys(self, power: str, viewer: Any) -> Any:
        """The keys of the places where the viewer « reads », « comments », « writes » or « runs » (a subquery)."""
        asked = getattr(self, power) or self.writes
        return asked(viewer)


places: Registry[PlaceKind] = Registry(PlaceKind)


@dataclass(frozen=True)
class FileForm:
    """A form of file that a document takes to leave, pictures included: `make(document)` gives its bytes as it says now. For the houses that
    keep a copy of one (a portfolio); whoever asks has looked at who reads it."""

    key: str
    content_type: str
    make: Callable[[Any], bytes]


file_forms: Registry[FileForm] = Registry(FileForm)
