"""An ordered collection of one type of entry: the whole machinery behind the boards."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Entries of one type, read in their `order`, then in the order they were added.

    Raises TypeError for an entry of another type and ValueError for one already there: a manifest read twice is
    a mistake to see, not to hide.
    """

    def __init__(self, entry_type: type[Entry]) -> None:
        self.entry_type = entry_type
        self._entries: list[Entry] = []
        self._known: dict[str, dict[Any, Entry]] = {}

    def add(self, entry: Entry) -> Entry:
        if not isinstance(entry, self.entry_type):
            raise TypeError(f"This board takes {self.entry_type.__name__}, not {type(entry).__name__}.")
        if entry in self._entries:
            raise ValueError(f"Already on the board: {entry!r}.")
        self._entries.append(entry)
        self._entries.sort(key=lambda known: getattr(known, "order", 0))
        self._known.clear()
        return entry

    def named(self, value: Any, by: str = "key") -> Entry | None:
        """The first entry that bears this name, None where none does: a page asks for the same few dozens of times."""
        if by not in self._known:
            self._known[by] = {getattr(entry, by): entry for entry in reversed(self._entries)}
        return self._known[by].get(value)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
