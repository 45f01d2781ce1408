"""Work for later: everybody's rows, what has its hour, arrivals. Each may die at any moment, and ends in the same state."""

from typing import Any

from django.utils import timezone

from preau.domains.messaging.actions import leaving
from preau.foundation.tasks import job


@job(priority=10, retries=8)
def leave(message_id: int) -> int:
    """Write the rows of a message, then bring what is due now."""
    written = leaving.expand(message_id)
    leaving.arrive(timezone.now(), message_id)
    return written


@job()
def leave_due() -> int:
    """What waited for its hour: scheduled messages leave, and rows arrive."""
    now = timezone.now()
    leaving.release_due(now)
    return leaving.arrive(now)


@job()
def purge_bins() -> int:
    """What was thrown away a month ago."""
    return leaving.purge_bins(timezone.now())


def enqueue_leaving(message_id: int, **_more: Any) -> None:
    leave.enqueue(message_id)
