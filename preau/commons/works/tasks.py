"""Work for later: letting works go."""

from django.utils import timezone

from preau.commons.works import actions
from preau.foundation.tasks import job


@job()
def purge() -> int:
    """Drop the works that were over thirty days ago."""
    return actions.purge(timezone.now())
