"""What the rows of files say that the disk holds: for whoever verifies it."""

from collections.abc import Iterator

from preau.commons.files.models import GLIMPSE, StoredFile
from preau.foundation import vault
from preau.foundation.boards import KeptFile


def kept() -> Iterator[KeptFile]:
    """Each file, and the small picture of those that have one. What was removed for a virus has its row alone."""
    found = StoredFile.objects.exclude(state=StoredFile.State.REMOVED)
    for name, size, digest, width in found.values_list("public_id", "size", "digest", "width").iterator():
        yield KeptFile(f"fichiers/{vault.inner_path(name)}", size, digest)
        if width is not None:
            yield KeptFile(f"fichiers/{vault.inner_path(name + GLIMPSE)}")
