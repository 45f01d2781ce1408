"""Work for later: lessons follow the calendar and the weeks and those concerned are told."""

from datetime import date
from typing import Any

from django.utils import timezone

from preau.domains.timetable.actions import absences, calendar, covering, telling
from preau.foundation.tasks import job


@job()
def follow_calendar(school_id: int, closed: list[list[str]], opened: list[list[str]]) -> list[int]:
    """Take away the lessons of days that close, bring back those of days that open; returns how many of each."""
    spans = [[tuple(date.fromisoformat(day) for day in span) for span in found] for found in (closed, opened)]
    return list(calendar.follow_calendar(school_id, *spans))  # type: ignore[arg-type]


def enqueue_calendar(*, school_id: int, closed: Any, opened: Any, **_: Any) -> None:
    follow_calendar.enqueue(school_id, closed, opened)


@job()
def follow_weeks(alternation_ids: list[int]) -> list[int]:
    """Lessons to come follow the weeks of these alternations; returns how many went and how many came."""
    return list(calendar.follow_weeks(alternation_ids))


@job()
def tell_of_change(change_id: int) -> int:
    """Tell everybody concerned that a lesson changed."""
    return telling.tell_of_change(change_id)


@job()
def tell_together(origin: str) -> int:
    """Tell everybody concerned of the lessons that one gesture changed."""
    return telling.tell_together(origin)


@job()
def tell_of_undoing(change_id: int) -> int:
    """Take back what was told of a change that was undone."""
    return telling.tell_of_undoing(change_id)


@job()
def tell_of_undoing_together(change_ids: list[int]) -> int:
    """Take back what was told of lessons that were given together, and taken back together."""
    return telling.tell_of_undoing_together(change_ids)


def enqueue_weeks(alternation_ids: list[int], **_: Any) -> None:
    follow_weeks.enqueue(alternation_ids)


def enqueue_telling(change_id: int, **_: Any) -> None:
    tell_of_change.enqueue(change_id)


def enqueue_together(origin: str, **_: Any) -> None:
    tell_together.enqueue(origin)


def enqueue_undoing(change_id: int, **_: Any) -> None:
    tell_of_undoing.enqueue(change_id)


def enqueue_undoing_together(change_ids: list[int], **_: Any) -> None:
    tell_of_undoing_together.enqueue(change_ids)


@job()
def close_asks(change_id: int) -> int:
    """What was asked about a lesson that changed by another way is no longer asked."""
    return covering.close_asks(change_id)


def enqueue_closing(change_id: int, **_: Any) -> None:
    close_asks.enqueue(change_id)


@job()
def forget_causes() -> int:
    """Empty the causes of absences that ended thirty days ago."""
    return absences.forget_causes(timezone.now())
