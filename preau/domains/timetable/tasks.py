"""Work for later: the lessons follow the days on which the school closes or opens."""

from datetime import date
from typing import Any

from preau.domains.timetable import actions
from preau.foundation.tasks import job


@job()
def follow_calendar(school_id: int, closed: list[list[str]], opened: list[list[str]]) -> list[int]:
    """Take away the lessons of days that close, bring back those of days that open; returns how many of each."""
    spans = [[tuple(date.fromisoformat(day) for day in span) for span in found] for found in (closed, opened)]
    return list(actions.follow_calendar(school_id, *spans))  # type: ignore[arg-type]


def enqueue_calendar(*, school_id: int, closed: Any, opened: Any, **_: Any) -> None:
    follow_calendar.enqueue(school_id, closed, opened)
