"""What every reader of a format yields."""

from typing import NamedTuple


class Raw(NamedTuple):
    """One record as its file gave it, in the names of the AAF, which every format is put into.

    `action` is "add" (the whole record), "modify" (some attributes) or "delete" (none).
    """

    category: str
    id: str
    line: int
    attributes: dict[str, list[str]]
    action: str = "add"
