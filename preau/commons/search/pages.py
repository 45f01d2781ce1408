"""The pages of the site itself, found by their names: those of the menu and of the settings, and those that neither names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, fold_title
from preau.foundation.templating import url


@dataclass(frozen=True)
class Page:
    """A page that the viewer may open. `words`: others than its name by which one looks for it."""

    label: str
    url_name: str
    words: str


def find_pages(viewer: Viewer, wanted: LookupTerms) -> Sequence[Hit]:
    """Those whose name or words begin as typed: a page is known by its exact name, and names of people resemble many words."""
    named = [page for page in pages_for(viewer) if all(word.begins_in(_text(page)) for word in wanted.words)]
    known = {page.url_name: page for page, _slips in wanted.best(named, _text)}
    return [Hit(page.label, url(page.url_name)) for page in known.values()]


def _text(page: Page) -> str:
    return fold_title(f"{page.label} {page.words}")


def pages_for(viewer: Viewer) -> Iterator[Page]:
    """Each page once or more, under each of its names; no query."""
    for entry, seated in boards.offered(boards.menu, viewer):
        if entry.open_to(seated):
            yield Page(viewer.name_of(entry.url_name, entry.label), entry.url_name, "")
    for place in boards.settings_pages:
        if place.open_to(viewer):
            yield Page(place.label, place.url_name, place.words)
    for page, seated in boards.offered(boards.site_pages, viewer):
        if page.open_to(seated):
            yield Page(page.label, page.url_name, page.words)
