"""Work for later: an event may be for a whole school."""

from typing import Any

from preau.domains.events.actions import keeping, telling
from preau.foundation.tasks import job


@job()
def tell(event_id: int, gesture: str, before: str, by: int) -> int:
    """Tell those for whom an event is; returns how many."""
    return telling.tell(event_id, gesture, before, by)


def enqueue_telling(event_id: int, gesture: str, before: str, by: int, **_: Any) -> None:
    tell.enqueue(event_id, gesture, before, by)


@job()
def follow_plan(school_id: int) -> int:
    """Lessons that a timetable brought are cancelled by the closings that are out; returns how many closings there are."""
    return keeping.follow_plan(school_id)


def enqueue_following(school_id: int, **_: Any) -> None:
    follow_plan.enqueue(school_id)
