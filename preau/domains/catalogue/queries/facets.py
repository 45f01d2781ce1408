"""A search by words and facets, of whatever an index holds: from the address of its page to the boxes beside what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from preau.domains.catalogue.queries.engine import Answer, EngineQuery
from preau.domains.catalogue.queries.words import LONGEST, wanted

MOST_PAGES, MOST_VALUES = 500, 20
BY_DEFAULT = "pertinence"
Row = TypeVar("Row")


@dataclass(frozen=True)
class FacetKind:
    """One thing by which results are sorted out: its name in addresses, in the index, and on the page."""

    param: str
    name: str
    label: Any
    choices: Any = None


@dataclass(frozen=True)
class Asking:
    """What the address of the page says: words, values chosen in facets, sort, page.

    `kinds`: the facets; `sorts`: for each word of the address, the order of the engine and its name on the page.
    """

    kinds: ClassVar[Sequence[FacetKind]] = ()
    sorts: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    a_page: ClassVar[int] = 20

    typed: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = BY_DEFAULT
    page: int = 1

    @classmethod
    def read(cls, given: Any) -> Self:
        """From the parameters of a request (a QueryDict); whatever is not ours counts for nothing."""
        chosen = {
            kind.param: list(dict.fromkeys(value[:120] for value in given.getlist(kind.param) if value))[
                :MOST_VALUES
            ]
            for kind in cls.kinds
        }
        sort, page = given.get("tri", ""), given.get("page", "")
        return cls(
            typed=" ".join(given.get("q", "").replace("\0", " ").split())[:LONGEST],
            chosen={param: values for param, values in chosen.items() if values},
            sort=sort if sort in cls.sorts else BY_DEFAULT,
            page=min(int(page), MOST_PAGES) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1,
        )

    @property
    def is_empty(self) -> bool:
        return not self.typed and not self.chosen

    def query(self, **changes: Any) -> str:
        """The part of the address that says it, the page aside: « q=fractions&niveau=cm1 »."""
        other = replace(self, **changes)
        pairs = [("q", other.typed)] if other.typed else []
        pairs += [(kind.param, value) for kind in self.kinds for value in other.chosen.get(kind.param, ())]
        return urlencode(pairs + ([("tri", other.sort)] if other.sort != BY_DEFAULT else []))

    def without(self, param: str) -> str:
        return self.query(chosen={one: values for one, values in self.chosen.items() if one != param})

    def on_last_page(self, total: int) -> Self:
        return replace(self, page=(total - 1) // self.a_page + 1)

    def asked(self, **more: Any) -> EngineQuery:
        """The same as the engine reads it."""
        filters = {kind.name: self.chosen[kind.param] for kind in self.kinds if kind.param in self.chosen}
        options = {"offset": (self.page - 1) * self.a_page, "limit": self.a_page} | more
        return EngineQuery(wanted(self.typed), filters, self.sorts[self.sort][0], **options)


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool
    is_inner: bool = False


@dataclass(frozen=True)
class Facet:
    """One group of boxes beside the results."""

    param: str
    label: str
    choices: Sequence[Choice]

    @property
    def chosen(self) -> int:
        return sum(choice.is_chosen for choice in self.choices)


@dataclass(frozen=True)
class WayOut:
    """Where to go when nothing was found: what it is, its address, how many are there."""

    label: str
    query: str
    count: int


@dataclass(frozen=True)
class SearchPage(Generic[Row]):
    """What the page of a search shows: rows, and for each facet its values in their order with what they are called."""

    search: Asking
    rows: Sequence[Row]
    answer: Answer
    names: Mapping[str, Mapping[str, str]]

    @property
    def total(self) -> int:
        return self.answer.total

    @cached_property
    def page(self) -> "Page[int]":
        """For `ui.pagination`: the number of the page and of those around it, nothing of what is in them."""
        most = min(self.total, MOST_PAGES * self.search.a_page)
        return Paginator(range(most), self.search.a_page).get_page(self.search.page)  # type: ignore[arg-type]

    @cached_property
    def facets(self) -> list[Facet]:
        """The groups in which there is something to choose."""
        made = [self._facet(kind) for kind in self.search.kinds]
        return [facet for facet in made if len(facet.choices) > 1 or facet.chosen]

    def inner(self, kind: FacetKind) -> set[str]:
        """The values of this facet that stand under another."""
        return set()

    def _facet(self, kind: FacetKind) -> Facet:
        counts, chosen = self.answer.counts.get(kind.name, {}), self.search.chosen.get(kind.param, ())
        inner = self.inner(kind)
        choices = [
            Choice(value, label, counts.get(value, 0), value in chosen, value in inner)
            for value, label in self.names[kind.name].items()
            if counts.get(value) or value in chosen
        ]
        return Facet(kind.param, str(kind.label), choices)

    @cached_property
    def filters(self) -> list[tuple[str, str]]:
        """What is chosen, in words, and the address without it."""
        found = []
        for kind in self.search.kinds:
            values = self.search.chosen.get(kind.param, ())
            if values:
                text = ", ".join(self.names[kind.name].get(value, value) for value in values)
                found.append((f"{kind.label}\u202f: {text}", self.search.without(kind.param)))
        return found

    @cached_property
    def ways_out(self) -> list[WayOut]:
        """Where nothing was found: the filters of which one less would show something."""
        return [
            WayOut(str(kind.label).lower(), self.search.without(kind.param), self.answer.without[kind.name])
            for kind in self.search.kinds
            if self.answer.without.get(kind.name)
        ]
