"""A picture put in a document, where somebody says."""

from django.db import transaction
from django.utils import timezone

from preau.commons.documents import rules
from preau.commons.documents.actions import writing
from preau.commons.documents.models import Document, Picture
from preau.commons.documents.queries import pictures, texts
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.richtext import nodes, shared

FIRST, LAST = "debut", ""


class TooManyPictures(Exception):
    """The document has as many pictures as it may, or as heavy ones."""


@transaction.atomic
def put(viewer: Viewer, document_id: int, file: StoredFile, alt: str, after: str = LAST) -> bool:
    """Put a picture after the block that reads so (canonical HTML), at the beginning or at the end; where that block is gone, at the end.

    False when the text shows it already. Raises NotOpen, TooManyPictures.
    """
    document = writing.hold(viewer, document_id)
    html = texts.html_now(document)
    picture = nodes.as_kept(nodes.Picture(file.public_id, alt))
    if f'{pictures.MARK}"{file.public_id}"' in html:
        return False
    _hang(viewer, document, file)
    blocks = shared.blocks_of(html)
    at = 0 if after == FIRST else blocks.index(after) + 1 if after in blocks else len(blocks)
    writing.write(viewer, document, html, "".join([*blocks[:at], picture, *blocks[at:]]))
    journal.record(viewer, "documents.picture_put", document)
    return True


def _hang(viewer: Viewer, document: Document, file: StoredFile) -> None:
    """One that was taken out of the text is there still, for its versions: it is counted once."""
    if document.pictures.filter(file=file).exists():
        return
    count, weight = pictures.measure(document)
    if count >= rules.MOST_PICTURES or weight + file.size > rules.HEAVIEST_PICTURES:
        raise TooManyPictures
    Picture.objects.create(document=document, file=file, put_by=viewer.person, put_at=timezone.now())
