"""What houses above add to the pages of the resources: beside a search, and on the page of one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class BesideSearch:
    """What another house has for the words of a search of resources: `found(typed)` gives a sentence with its number and the
    address that shows them, or None. It asks nothing of the database that it may already know."""

    found: Callable[[str], tuple[str, str] | None]
    icon: str
    order: int = 50


@dataclass(frozen=True)
class Beside:
    """A part of the page of a resource. `content(viewer, resource)` gives its context in a query or two, or None to stay away;
    the viewer is None for a visitor, to whom the page is the same for everybody."""

    template: str
    content: Callable[[Any, Any], Mapping[str, Any] | None]
    order: int = 50


beside_search: Registry[BesideSearch] = Registry(BesideSearch)
beside_resources: Registry[Beside] = Registry(Beside)
