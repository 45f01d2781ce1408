"""Work for later: making what was sent, asking the antivirus again, letting go."""

from typing import Any

from django.utils import timezone

from preau.commons.media.actions import keeping, making
from preau.foundation.tasks import job


@job(retries=4, priority=-10)
def make(medium_id: int) -> None:
    """One turn of making a medium, then another, behind whatever else waits. Run again, it goes on from what is there."""
    if making.go_on(medium_id):
        make.enqueue(medium_id)


@job()
def sweep() -> dict[str, int]:
    """Each night: what stopped on its way, what nothing shows, bytes that no row names."""
    return keeping.sweep(timezone.now())


@job()
def check_held() -> int:
    """Every five minutes: the documents that the antivirus did not answer about."""
    waiting = making.held()
    for medium_id in waiting:
        make.enqueue(medium_id)
    return len(waiting)


def enqueue_make(medium_id: int, **_: Any) -> None:
    make.enqueue(medium_id)
