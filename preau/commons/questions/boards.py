"""The board of the room: which house asks which questions, who answers them and who reads what was answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from preau.foundation.registry import Registry

# A viewer → the keys of questionnaires, as a subquery or a list.
Keys = Callable[[Any], Any]


@dataclass(frozen=True)
class Owner:
    """A house that asks questions. `house`: what its questionnaires bear.

    `shown(viewer)`: the questionnaires whose questions this viewer reads, to write or to answer them; `read(viewer)`: those of which
    they read everybody's answers.
    """

    house: str
    shown: Keys
    read: Keys


owners: Registry[Owner] = Registry(Owner)
