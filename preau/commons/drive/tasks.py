"""Work for later: emptying bins."""

from django.utils import timezone

from preau.commons.drive.actions import leaving, volume
from preau.foundation.tasks import job


@job()
def empty_bins() -> dict[str, int]:
    """Each night: what has been in the bin for thirty days, and the locks that have run out."""
    return {"erased": leaving.erase_old(timezone.now()), "locks": volume.erase_ended()}
