"""Work for later: a survey may be for a whole school, and opens at its hour."""

from collections.abc import Sequence
from typing import Any

from preau.domains.surveys.actions import telling, writing
from preau.foundation.tasks import job


@job()
def tell(survey_id: int, voters: Sequence[int], reminder: int) -> int:
    """Tell those who are asked, or tell them again; without a line of the roll, all those of what has just opened."""
    if not voters and not reminder:
        return telling.tell_of_opened()
    return telling.tell(survey_id, voters, reminder)


@job()
def tell_of_opened() -> int:
    """Announce the surveys whose moment has come."""
    return telling.tell_of_opened()


@job()
def end_past() -> int:
    """End the surveys whose last hour has passed."""
    return writing.end_past()


def enqueue_telling(survey_id: int, voters: Sequence[int], reminder: int, **_: Any) -> None:
    tell.enqueue(survey_id, voters, reminder)
