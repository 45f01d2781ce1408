"""The demonstration's share."""

from typing import Any


def plant(world: Any) -> None:
    """Files of a class, a team, a staff and a few people."""
