"""The demonstration's share: training papers written by Préau, the same for every school."""

from typing import Any

from preau.domains.exams.imports import folder
from preau.domains.exams.queries import index


def plant(world: Any) -> None:
    """A second school finds them there. The index too, so that the first page does not wait for it."""
    folder.plant()
    index.engine(wait=True)


def refresh() -> None:
    """A demonstration that was planted before a paper came gets it when it starts again."""
    folder.plant()
    index.engine(wait=True)
