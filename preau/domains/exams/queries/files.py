"""Where the PDFs of papers lie: each under the digest of its bytes, so that the same file is there once."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from preau.domains.exams.models import Paper
from preau.foundation.boards import KeptFile

DIGEST = re.compile(r"[0-9a-f]{64}")


def room() -> Path:
    return Path(settings.MEDIA_ROOT) / "annales"


def path_of(digest: str) -> Path:
    """Raises FileNotFoundError for what is no digest."""
    if not DIGEST.fullmatch(digest):
        raise FileNotFoundError(digest)
    return room() / digest[:2] / f"{digest}.pdf"


def kept() -> Iterator[KeptFile]:
    """What the papers say that the disk holds."""
    for digest, size in Paper.objects.exclude(pdf="").values_list("pdf", "pdf_size").distinct().iterator():
        yield KeptFile(f"annales/{digest[:2]}/{digest}.pdf", size, digest)
