"""Work for later: the count of each night."""

from django.utils import timezone

from preau.commons.platform import actions
from preau.foundation.tasks import job


@job()
def count_schools() -> int:
    """How many people each school has, for the page of the operator."""
    now = timezone.now()
    return actions.count_schools(now, timezone.localdate(now))
