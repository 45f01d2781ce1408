"""Work for later: a rule may mean a whole school."""

from typing import Any

from preau.domains.mediacentre.actions import telling
from preau.foundation.tasks import job


@job()
def tell_given(rule_id: int) -> int:
    """Tell those whom a rule means; returns how many."""
    return telling.tell_given(rule_id)


@job()
def tell_gone(school_id: int, resources: list[int], at: str) -> int:
    """Tell those who had what has left the list; returns how many."""
    return telling.tell_gone(school_id, resources, at)


@job()
def warn_of_endings() -> int:
    """Each day: tell those who assign of the subscriptions that end within a month and a half; once each."""
    return telling.warn_of_endings()


def enqueue_given(rule_id: int, **_: Any) -> None:
    tell_given.enqueue(rule_id)


def enqueue_gone(school_id: int, resources: list[int], at: str, **_: Any) -> None:
    tell_gone.enqueue(school_id, resources, at)
