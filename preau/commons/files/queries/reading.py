"""Files read in the page that holds them: a document, a picture, a recording or a text, shown without being saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from preau.commons.files.models import StoredFile
from preau.commons.files.queries import FileRow, rows_of
from preau.foundation import filekinds, vault

# What is shown of a text: the rest is in the file.
MOST_SHOWN = 20_000


class How(StrEnum):
    """How a page shows a file; NONE: it is only saved."""

    PDF = "pdf"
    PICTURE = "picture"
    SOUND = "sound"
    TEXT = "text"
    NONE = ""


@dataclass(frozen=True)
class Reading:
    """A file as `ui.reader` shows it. `text`: the words of a text, `cut` when there are more of them in the file, `bare` when it is drawn otherwise
    there. `description`: what a picture shows."""

    file: FileRow
    how: How
    address: str = ""
    text: str = ""
    cut: bool = False
    bare: bool = False
    description: str = ""


def readings_of(files: Iterable[StoredFile]) -> list[Reading]:
    """These files, in this order. Whoever asks has looked at who may see them."""
    found = list(files)
    return [_reading(file, row) for file, row in zip(found, rows_of(found), strict=True)]


def _reading(file: StoredFile, row: FileRow) -> Reading:
    if not row.url:
        return Reading(row, How.NONE)
    if file.kind in filekinds.PDF | filekinds.IMAGES:
        address = reverse("files:reading", kwargs={"public_id": file.public_id})
        return Reading(row, How.PDF if file.kind in filekinds.PDF else How.PICTURE, address)
    if file.kind in filekinds.AUDIO:
        return Reading(row, How.SOUND, row.url)
    if file.kind in filekinds.TEXT:
        return _text(file, row)
    return Reading(row, How.NONE)


def _text(file: StoredFile, row: FileRow) -> Reading:
    """The beginning of a text; one whose bytes are gone is only named."""
    try:
        with vault.path_of(file.public_id).open("rb") as source:
            start = source.read(4 * MOST_SHOWN + 1)
    except FileNotFoundError:
        return Reading(row, How.NONE)
    # A sign of several bytes may have been cut in two.
    words = start.decode("utf-8", "ignore")
    return Reading(row, How.TEXT, row.url, words[:MOST_SHOWN], cut=len(words) > MOST_SHOWN)
