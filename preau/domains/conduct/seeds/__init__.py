"""The demonstration's share: a term of small incidents and their punitions, slots, and a few sanctions."""

from typing import Any

from preau.domains.conduct.seeds import term


def plant(world: Any) -> None:
    term.plant(world)
