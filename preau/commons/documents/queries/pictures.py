"""The pictures of a document: those that its text may show, by the name that it gives them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from preau.commons.documents.models import Document, Picture
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation.richtext.showing import Shown

MARK = "<img data-file="


def files_of(document: Document, html: str) -> Mapping[str, StoredFile]:
    """By its key, the file of each picture of the document (one query; none where the text has no picture)."""
    if MARK not in html:
        return {}
    rows = StoredFile.objects.filter(document_pictures__document=document.pk, state=StoredFile.State.READY)
    return {row.public_id: row for row in rows}


def shown(document: Document, html: str) -> Mapping[str, Shown]:
    """The same, as a page shows them."""
    return {
        key: Shown(address_of(key), file.width or 0, file.height or 0)
        for key, file in files_of(document, html).items()
    }


def address_of(key: str) -> str:
    return reverse("files:reading", kwargs={"public_id": key})


def measure(document: Document) -> tuple[int, int]:
    """How many pictures a document has, those that only its versions show included, and how heavy they are (one query)."""
    found = document.pictures.aggregate(weight=Sum("file__size"))
    return document.pictures.count(), int(found["weight"] or 0)


def seen(viewer: Viewer) -> Any:
    """The files of the pictures of documents that one reads, none of the bin (a subquery)."""
    return Picture.objects.visible_to(viewer).filter(document__trashed_at=None).values("file_id")
