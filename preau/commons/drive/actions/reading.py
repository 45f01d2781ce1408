"""Reading the files of documents, once each, so that a search finds their words and a page shows what a browser does not."""

from django.dispatch import Signal
from django.utils import timezone

from preau.commons.drive.models import Content, Version
from preau.commons.drive.models.contents import LONGEST_TEXT, LONGEST_WORDS
from preau.commons.files.models import StoredFile
from preau.foundation import documents, filekinds, vault
from preau.foundation.text import fold

# file_id: a document has a file that nobody has read.
document_kept = Signal()
# How many are read in one night, of those that were there before or that the antivirus held back.
MOST_READ = 2_000


def read(file_id: int) -> bool:
    """Keep what a file says; False where there is nothing to read, or it was read."""
    file = StoredFile.objects.filter(pk=file_id, state=StoredFile.State.READY, content=None).first()
    if file is None or file.kind not in documents.READ:
        return False
    path = vault.path_of(file.public_id)
    if not path.is_file():
        return False
    found = documents.content_of(path, file.kind)
    facts = {
        "words": words_of(found.text),
        # A browser shows a PDF, and a text is read from its file.
        "text": found.text[:LONGEST_TEXT] if file.kind in filekinds.OFFICE_FILES else "",
        "pages": found.pages,
        "is_tagged": found.is_tagged,
        "read_at": timezone.now(),
    }
    return Content.objects.get_or_create(file=file, defaults=facts)[1]


def words_of(text: str) -> str:
    """Each different word once, folded, as many as are kept."""
    words = " ".join(dict.fromkeys(fold(text).split()))
    return words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS].rpartition(" ")[0]


def read_missing() -> int:
    """Read what was kept before, or held back by the antivirus; returns how many were read."""
    kept = Version.objects.filter(file__kind__in=documents.READ, file__state=StoredFile.State.READY)
    missing = kept.filter(file__content=None).order_by("-pk").values_list("file_id", flat=True)
    return sum(read(pk) for pk in dict.fromkeys(missing[:MOST_READ]))
