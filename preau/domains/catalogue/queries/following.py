"""Searches that people follow: their list, and what is new in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import FollowedSearch, Resource
from preau.domains.catalogue.queries import index
from preau.domains.catalogue.queries.search import FACETS, Search, names_of_facets

# What is new is looked for among so many of the latest results of a search, and of its nearest ones.
LOOKED_IN = 500


@dataclass(frozen=True)
class Followed:
    """A line of the list: the search in words, and the address of what it finds, the latest first."""

    pk: int
    said: str
    query: str
    row: FollowedSearch


def asked_by(row: FollowedSearch) -> Search:
    return Search.read(QueryDict(row.query))


def kept_form(search: Search) -> str:
    """The query under which a search is followed: its words and what is chosen, whatever their order of display."""
    return search.query(sort="pertinence")


def following(viewer: Viewer, search: Search) -> FollowedSearch | None:
    """The row by which this viewer follows this search, if they do."""
    return FollowedSearch.objects.visible_to(viewer).filter(query=kept_form(search)).first()


def followed_by(viewer: Viewer) -> list[Followed]:
    """The searches of this viewer, the last one first: they are few, `rules.MOST_FOLLOWED` at most."""
    rows = list(FollowedSearch.objects.visible_to(viewer))
    names = names_of_facets() if rows else {}
    lines = []
    for row in rows:
        search = asked_by(row)
        lines.append(Followed(row.pk, search_in_words(search, names), search.query(sort="recentes"), row))
    return lines


def search_in_words(search: Search, names: dict[str, dict[str, str]]) -> str:
    """« fractions, CM1, exercice »."""
    values = [
        names[kind.name].get(value, value) for kind in FACETS for value in search.chosen.get(kind.param, ())
    ]
    return ", ".join([f"«\u202f{search.typed}\u202f»"] * bool(search.typed) + values) or _(
        "Toutes les ressources"
    )


def published_since(edition: int) -> dict[int, int]:
    """Resources published for the first time after this edition: {key of the row: edition}."""
    return dict(Resource.objects.published().filter(arrived__gt=edition).values_list("pk", "arrived"))


def new_in(search: Search, fresh: Collection[int]) -> Sequence[int]:
    """Of these rows, those that the search finds. Raises index.BeingBuilt."""
    engine = index.engine()
    asked = [
        replace(search, sort=sort, page=1).asked(limit=LOOKED_IN, offset=0)
        for sort in ("recentes", "pertinence")
    ]
    return sorted({pk for one in asked for pk in engine.ask(one).pks if pk in fresh})
