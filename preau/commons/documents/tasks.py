"""Work for later on documents."""

from django.utils import timezone

from preau.commons.documents.actions import leaving, versions, writing
from preau.foundation.tasks import job


@job()
def settle() -> dict[str, int]:
    """Every few minutes: keep versions of what people have paused on, and forget the pages that are closed."""
    now = timezone.now()
    closed = writing.forget_absent(now)
    return {"versions": versions.settle(now), "closed": closed}


@job()
def empty_bins() -> int:
    """Each night: what has been in the bin for thirty days."""
    return leaving.erase_old(timezone.now())
