"""The demonstration's share: training papers written by Préau, the same for every school."""

from typing import Any

from preau.domains.exams import imports
from preau.domains.exams.queries import index


def plant(world: Any) -> None:
    """A second school finds them there. The index too, so that the first page does not wait for it."""
    imports.plant()
    index.engine(wait=True)


def refresh() -> None:
    """A demonstration that was planted before a paper came gets it when it starts again."""
    imports.plant()
    index.engine(wait=True)
