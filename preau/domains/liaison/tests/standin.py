"""What stands in for a machine that translates, in the tests alone: it keeps what it was given, and answers by writing it backwards."""

from collections.abc import Sequence
from typing import ClassVar

from preau.foundation.translators import Unreachable

PATH = "preau.domains.liaison.tests.standin.StandIn"


class StandIn:
    """« Jeudi ⟦0⟧ » becomes « tr: ⟦0⟧ Jeudi ». `given`: all that has left. `says`: another answer; `is_down`: none."""

    given: ClassVar[list[tuple[str, ...]]] = []
    says: ClassVar[list[str] | None] = None
    is_down: ClassVar[bool] = False

    def translate(self, lines: Sequence[str], language: str) -> list[str]:
        StandIn.given.append(tuple(lines))
        if StandIn.is_down:
            raise Unreachable("down")
        if StandIn.says is not None:
            return StandIn.says
        return [f"{language}: {' '.join(reversed(line.split()))}" for line in lines]
