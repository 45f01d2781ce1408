"""Work for later: an event may be for a whole school."""

from typing import Any

from preau.domains.events.actions import telling
from preau.foundation.tasks import job


@job()
def tell(event_id: int, gesture: str, before: str, by: int) -> int:
    """Tell those for whom an event is; returns how many."""
    return telling.tell(event_id, gesture, before, by)


def enqueue_telling(event_id: int, gesture: str, before: str, by: int, **_: Any) -> None:
    tell.enqueue(event_id, gesture, before, by)
