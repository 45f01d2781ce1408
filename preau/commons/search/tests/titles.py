"""What the search does with a kind that is found by its titles, for the tests of every house."""

from collections.abc import Callable, Sequence
from typing import Any

from preau.foundation.boards import Hit
from preau.foundation.lookup import TITLED, LookupTerms


def found_by_title(lists: Any, hits: Callable[..., Sequence[Hit]], viewer: Any, typed: str) -> list[Hit]:
    """The hits of `typed`, of the `titles` of this module."""
    wanted = LookupTerms.typed(typed)
    return list(hits(viewer, wanted, list(lists.titles(viewer, wanted).values_list(*TITLED))))
