"""Work for later: emptying bins, reading what documents say."""

from typing import Any

from django.utils import timezone

from preau.commons.drive.actions import leaving, reading, volume
from preau.foundation.tasks import job


@job()
def empty_bins() -> dict[str, int]:
    """Each night: what has been in the bin for thirty days, and the locks that have run out."""
    return {"erased": leaving.erase_old(timezone.now()), "locks": volume.erase_ended()}


@job()
def read_content(file_id: int) -> bool:
    """Read the file of a document, once."""
    return reading.read(file_id)


@job()
def read_missing() -> int:
    """Each night: the files of documents that nobody has read."""
    return reading.read_missing()


def enqueue_reading(file_id: int, **_: Any) -> None:
    read_content.enqueue(file_id)
