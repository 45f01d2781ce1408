"""A ballot goes into the urn: nothing there says who put it, nor when, nor after which other one (docs/decisions/0161)."""

from secrets import SystemRandom
from typing import Any

from preau.domains.surveys.models import Urn
from preau.foundation.locks import lock


def put(urn: Urn, ballot: Any) -> None:
    """Add a ballot and shuffle them all: the row is written again as a whole. In the transaction that ticks the roll."""
    urn = lock(Urn, urn.pk)
    ballots = [*urn.ballots, ballot]
    SystemRandom().shuffle(ballots)
    urn.ballots = ballots
    urn.save(update_fields=["ballots"])
