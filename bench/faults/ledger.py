"""The ledger: what the site has acknowledged, in order, and what the database says of it."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

# (kind, number): « the entry of this pupil in that lesson », « the codes of that person ».
Key = tuple[Any, ...]


@dataclass
class Findings:
    """What a look at the database says of the ledger. `words`: each difference, for people."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    broken: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.broken)

    def compare(self, key: Key, promised: list[Any], held: list[Any]) -> None:
        """`promised`: what was acknowledged, oldest first. `held`: what the database has, oldest first."""
        self.acknowledged += len(promised)
        missing = Counter(promised) - Counter(held)
        extra = Counter(held) - Counter(promised)
        self.lost += missing.total()
        self.doubled += extra.total()
        if missing or extra:
            self.words.append(f"{key}: lost {list(missing.elements())}, doubled {list(extra.elements())}")
        elif promised != held:
            self.refuse(f"{key}: another order, {promised} became {held}")

    def refuse(self, what: str) -> None:
        self.broken += 1
        self.words.append(what)

    def expect(self, sound: bool, what: str) -> None:
        if not sound:
            self.refuse(what)


class Ledger:
    """Shared by the threads. A key belongs to one thread, so that the order of its writes is known; or to a race."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._promised: dict[Key, list[Any]] = defaultdict(list)
        self._last: dict[Key, Callable[[], None]] = {}
        self.surprises: list[str] = []
        self.begun = 0  # how many of the promises were there before anybody wrote

    def begin(self, key: Key, held: list[Any]) -> None:
        """What was there before anybody wrote."""
        self._promised[key] = list(held)
        self.begun += len(held)

    def forget(self, key: Key) -> None:
        self.begun -= len(self._promised.pop(key))

    def acknowledged(self, key: Key, value: Any, again: Callable[[], None] | None = None) -> None:
        """The site has said yes. `again` sends the same form once more, to see that this changes nothing."""
        with self._lock:
            self._promised[key].append(value)
            if again:
                self._last[key] = again

    def last(self, key: Key, again: Callable[[], None]) -> None:
        """From now on, this is what is sent again for that key."""
        with self._lock:
            self._last[key] = again

    def surprised(self, what: str) -> None:
        with self._lock:
            self.surprises.append(what)

    def promised(self) -> dict[Key, list[Any]]:
        return {key: list(values) for key, values in self._promised.items()}

    def replay(self) -> int:
        """Send the last form of each key once more."""
        for again in self._last.values():
            again()
        return len(self._last)
