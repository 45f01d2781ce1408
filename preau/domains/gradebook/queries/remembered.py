"""What a class has in common, kept in the memory of the process under the name of all that it was computed from.

Nothing is ever out of date: what changes a mark or an assessment changes the name. Only figures of a class are kept, never a mark.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

Figures = TypeVar("Figures")
MOST = 8_192


class Memory:
    """The figures that were read last."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, name: Hashable, make: Callable[[], Figures]) -> Figures:
        """What has this name, else what `make` gives. Within a transaction nothing is kept: it may be undone, and its numbers given again."""
        if connection.in_atomic_block:
            return make()
        with self._lock:
            if name in self._held:
                self._held.move_to_end(name)
                found: Figures = self._held[name]
                return found
        made = make()
        with self._lock:
            self._held[name] = made
            while len(self._held) > self.most:
                self._held.popitem(last=False)
        return made


def name_of(*facts: object) -> str:
    """A short name for all these facts."""
    return sha256(repr(facts).encode()).hexdigest()


memory = Memory()
