"""Tables sorted by the links of their heads: the order is in the address, so it works without a script and can be kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

PARAMETER = "tri"


@dataclass(frozen=True)
class Column:
    """The head of a column that sorts: where its link leads, and `aria-sort` when it is the one that sorts now."""

    label: str
    href: str
    sort: str


class Sorting:
    """The order that an address asks for, among those that a page offers.

    `orders` maps the word of the address to the fields to sort by, read upwards; `tri=-nom` reads them downwards. Any
    other word, and none, means `default`.
    """

    def __init__(self, given: QueryDict, orders: Mapping[str, tuple[str, ...]], default: str) -> None:
        asked = given.get(PARAMETER, default)
        known = asked.removeprefix("-") in orders
        self._orders, self._given = orders, given
        self._asked = asked if known else default

    @property
    def fields(self) -> list[str]:
        """What to give to `order_by`."""
        fields = self._orders[self._asked.removeprefix("-")]
        return [_opposite(name) for name in fields] if self._asked.startswith("-") else list(fields)

    def column(self, label: str, key: str) -> Column:
        """A head: it sorts upwards, then downwards; the page starts again at its first lines, its filters kept."""
        query = self._given.copy()
        query.pop("page", None)
        query[PARAMETER] = f"-{key}" if self._asked == key else key
        sort = {key: "ascending", f"-{key}": "descending"}.get(self._asked, "")
        return Column(label, f"?{query.urlencode()}", sort)


def _opposite(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"
