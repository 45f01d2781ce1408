"""What was found, kind by kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet, Value

from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Hit
from preau.foundation.lookup import TITLED, LookupTerms
from preau.foundation.prepared import Prepared

# In the panel under the box, and on the page.
FEW, MANY = 5, 25


@dataclass(frozen=True)
class KindHits:
    """The hits of one kind: those shown, and how many there are as typed."""

    name: str
    icon: str
    hits: Sequence[Hit]
    total: int

    @property
    def exact(self) -> list[Hit]:
        return [hit for hit in self.hits if not hit.near]

    @property
    def near(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.near]

    @property
    def more(self) -> int:
        """Exact hits that are not shown: two more letters will tell them apart."""
        return max(0, self.total - len(self.exact))


@dataclass(frozen=True)
class Results:
    """What a search found, and whether it was asked enough to look everywhere."""

    found: tuple[KindHits, ...]
    is_asked: bool
    is_too_short: bool
    letters: int

    @property
    def total(self) -> int:
        """As many as the headings of the kinds say."""
        return sum(max(kind.total, len(kind.hits)) for kind in self.found)


def sources_for(viewer: Viewer) -> list[tuple[boards.SearchSource, Viewer]]:
    """The kinds open to the viewer, of services that their school offers, each with the viewer as it sees them."""
    return [
        (source, seated) for source, seated in boards.offered(boards.search, viewer) if source.open_to(seated)
    ]


def results_for(viewer: Viewer, typed: str, most: int) -> Results:
    """What the viewer may see of what they look for, at most so many a kind; one or two queries a kind."""
    wanted, sources = LookupTerms.typed(typed), sources_for(viewer)
    asked = [pair for pair in sources if wanted.words and wanted.letters >= pair[0].letters]
    titled = _titled(asked, wanted)
    kinds = [
        _kind(source, _hits(source, seated, wanted, titled.get(rank, [])), most)
        for rank, (source, seated) in enumerate(asked)
    ]
    letters = max((source.letters for source, _seated in sources), default=0)
    return Results(
        found=tuple(kind for kind in kinds if kind.hits),
        is_asked=bool(wanted.words),
        is_too_short=bool(wanted.words) and wanted.letters < letters,
        letters=letters,
    )


# As many titles as one search measures, of all kinds together.
MOST_TITLES = 2_000


def _titled(
    asked: Sequence[tuple[boards.SearchSource, Viewer]], wanted: LookupTerms
) -> dict[int, list[tuple[Any, ...]]]:
    """The titles that may match, by the rank of their kind: of all kinds in one statement."""
    ranks = [rank for rank, (source, _seated) in enumerate(asked) if source.titles]
    if not ranks:
        return {}
    found: dict[int, list[tuple[Any, ...]]] = {}
    viewers = [asked[rank][1] for rank in ranks]
    # A school may close a service to one child of a guardian, which no shape of a viewer says (docs/decisions/0178).
    together = _together if any(viewer.is_guardian for viewer in viewers) else _prepared
    for place, *row in together(tuple(asked[rank][0] for rank in ranks))(wanted, *viewers):
        found.setdefault(ranks[place], []).append(tuple(row))
    return found


def _together(sources: tuple[boards.SearchSource, ...]) -> "Callable[..., QuerySet[Any, Any]]":
    """The titles of these kinds, each for the viewer as its service sees them, after its place among them."""

    def rows(wanted: Any, *viewers: Any) -> "QuerySet[Any, Any]":
        first, *others = (
            source.titles(viewer, wanted)
            .order_by()
            .annotate(of_kind=Value(place))
            .values_list("of_kind", *TITLED)
            for place, (source, viewer) in enumerate(zip(sources, viewers, strict=True))
            if source.titles
        )
        return first.union(*others, all=True)[:MOST_TITLES]

    return rows


@cache
def _prepared(sources: tuple[boards.SearchSource, ...]) -> Prepared:
    return Prepared(_together(sources))


def _hits(
    source: boards.SearchSource, viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]
) -> Sequence[Hit]:
    if source.hits and source.titles:
        return source.hits(viewer, wanted, rows)
    return source.find(viewer, wanted) if source.find else []


def _kind(source: boards.SearchSource, hits: Sequence[Hit], most: int) -> KindHits:
    total = sum(not hit.near for hit in hits)
    return KindHits(source.name, source.icon, hits[:most], total)
