"""Work for later: a word may be for a whole school."""

from collections.abc import Sequence
from typing import Any

from preau.domains.liaison.actions import telling
from preau.foundation.tasks import job


@job()
def tell(word_id: int, recipients: Sequence[int], reminder: int, by: int, until: str = "") -> int:
    """Tell those to whom a word goes, tell them again, or that there is more time; returns how many."""
    return telling.tell(word_id, recipients, reminder, by, until)


def enqueue_telling(
    word_id: int, recipients: Sequence[int], reminder: int, by: int, until: str = "", **_: Any
) -> None:
    tell.enqueue(word_id, recipients, reminder, by, until)
