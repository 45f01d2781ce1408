"""The drive: what services put in folders for somebody, opened one folder at a time."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from preau.commons.files.models import StoredFile
from preau.directory.queries.apart import parts_of
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Document, Folder
from preau.foundation.filekinds import drive_name, each_once

Inside = Sequence[Folder | Document]
# What `drive_name` and `each_once` put in a name.
CHANGED = re.compile(r"_| \(\d+\)|^sans nom")
# What a file manager shows in one folder; a year of lessons in one subject is two hundred.
# One that writes takes what is not listed for gone.
MOST_INSIDE, MOST_WRITTEN = 1000, 20_000


def document_of(
    file: StoredFile, name: str = "", changed_at: datetime | None = None, **more: Any
) -> Document:
    """A file under its own name and day, or those that its document has."""
    return Document(
        name or file.name,
        file.public_id,
        file.kind,
        file.size,
        file.digest,
        changed_at or file.kept_at,
        **more,
    )


def documents_of(files: Iterable[StoredFile]) -> list[Document]:
    """Those that may be handed over; what is held back is on no drive until it is cleared, and its page says why."""
    return [document_of(file) for file in files if file.state == StoredFile.State.READY]


def drive_of(viewer: Viewer) -> Folder:
    """The drive of a seat: its folders; for a family, those of each child in a folder of their own."""
    return Folder("", partial(_at_top, viewer))


def _at_top(viewer: Viewer) -> Inside:
    if viewer.is_guardian:
        found = [Folder(part.name, partial(_sources, part.viewer)) for part in parts_of(viewer)]
    else:
        found = list(_sources(viewer))
    for source, seated in boards.offered(boards.folders, viewer):
        if source.at_top and source.open_to(seated):
            found += source.inside(seated)
    return found


def _sources(viewer: Viewer) -> list[Folder]:
    return [
        Folder(str(source.name), partial(source.inside, seated))
        for source, seated in boards.offered(boards.folders, viewer)
        if not source.at_top and source.open_to(seated)
    ]


def inside(folder: Folder) -> dict[str, Folder | Document]:
    """What lies in a folder, each under a name that every system accepts and that nothing else has there."""
    found = list(folder.inside())[: MOST_WRITTEN if folder.held else MOST_INSIDE]
    names = each_once(drive_name(one.name) for one in found)
    return dict(zip(names, found, strict=True))


def at(viewer: Viewer, steps: Sequence[str]) -> Folder | Document | None:
    """Where these names lead from the top, one folder after the other; None when they lead nowhere."""
    here: Folder | Document = drive_of(viewer)
    for step in steps:
        below = child(here, step)
        if below is None:
            return None
        here = below
    return here


def child(folder: Folder | Document, name: str) -> Folder | Document | None:
    """What bears this name in a folder: as it was given first, then as the drive shows it."""
    if not isinstance(folder, Folder) or "\0" in name:
        return None
    found = folder.find(name) if folder.find else None
    # Ten thousand names are not read for one that is new: only those that the drive has changed are looked for among them.
    return found if found or (folder.find and not CHANGED.search(name)) else inside(folder).get(name)


def file_of(viewer: Viewer, document: Document) -> StoredFile | None:
    """The file itself, by the rules of those who own it, and as it is now (one query)."""
    seen = StoredFile.objects.visible_to(viewer).filter(public_id=document.public_id)
    return seen.filter(state=StoredFile.State.READY).first()
