"""The drive: what services put in folders for somebody, opened one folder at a time."""

from collections.abc import Iterable, Sequence
from functools import partial

from preau.commons.files.models import StoredFile
from preau.directory.queries.apart import parts_of
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Document, Folder
from preau.foundation.filekinds import drive_name, each_once

Inside = Sequence[Folder | Document]
# What a file manager shows in one folder; a year of lessons in one subject is two hundred.
MOST_INSIDE = 1000


def document_of(file: StoredFile) -> Document:
    """A file under its own name."""
    return Document(file.name, file.public_id, file.kind, file.size, file.digest, file.kept_at)


def documents_of(files: Iterable[StoredFile]) -> list[Document]:
    """Those that may be handed over; what is held back is on no drive until it is cleared, and its page says why."""
    return [document_of(file) for file in files if file.state == StoredFile.State.READY]


def drive_of(viewer: Viewer) -> Folder:
    """The drive of a seat: its folders; for a family, those of each child in a folder of their own."""
    if viewer.is_guardian:
        return Folder(
            "", lambda: [Folder(part.name, partial(_sources, part.viewer)) for part in parts_of(viewer)]
        )
    return Folder("", partial(_sources, viewer))


def _sources(viewer: Viewer) -> Inside:
    return [
        Folder(str(source.name), partial(source.inside, seated))
        for source, seated in boards.offered(boards.folders, viewer)
        if source.open_to(seated)
    ]


def inside(folder: Folder) -> dict[str, Folder | Document]:
    """What lies in a folder, each under a name that every system accepts and that nothing else has there."""
    found = list(folder.inside())[:MOST_INSIDE]
    names = each_once(drive_name(one.name) for one in found)
    return dict(zip(names, found, strict=True))


def at(viewer: Viewer, steps: Sequence[str]) -> Folder | Document | None:
    """Where these names lead from the top, one folder after the other; None when they lead nowhere."""
    here: Folder | Document = drive_of(viewer)
    for step in steps:
        below = inside(here).get(step) if isinstance(here, Folder) else None
        if below is None:
            return None
        here = below
    return here


def file_of(viewer: Viewer, document: Document) -> StoredFile | None:
    """The file itself, by the rules of those who own it, and as it is now (one query)."""
    seen = StoredFile.objects.visible_to(viewer).filter(public_id=document.public_id)
    return seen.filter(state=StoredFile.State.READY).first()
