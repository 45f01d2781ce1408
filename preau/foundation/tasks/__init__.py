"""Work for later: `@job` declares it, `worker` runs it with a lease, `schedule` brings it back.

Built on the Django tasks API (django-tasks and its database backend until Django 6). What they lack is here: a task
held by a dead worker is taken up again, a failure is tried again later with a growing delay, and work can return.
A job may run twice (its worker can die after the work and before the note of it): it must end in the same state.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.dispatch import Signal
from django_tasks import task

RETRIES: dict[str, int] = {}
MAX_DELAY = timedelta(hours=6)
# An attempt ended by an exception: `error`, and the path of its `task`. Its words may hold a name.
attempt_failed = Signal()


def job(*, retries: int = 5, priority: int = 0) -> Callable[[Callable[..., Any]], Any]:
    """Declare a task, tried `retries` times after a first failure (5: over about an hour and a half)."""

    def declare(function: Callable[..., Any]) -> Any:
        declared = task(priority=priority)(function)
        RETRIES[declared.module_path] = retries
        return declared

    return declare


def delay_before(attempt: int) -> timedelta:
    """How long to wait before the attempt number `attempt` (2: after a first failure): 1, 4, 16, 64 min, then 6 h."""
    return min(timedelta(minutes=4 ** (attempt - 2)), MAX_DELAY)
