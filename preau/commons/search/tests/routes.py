"""The routes of search, as it tells the tests of them (tests/declared.py)."""

from preau.directory.models import Person
from preau.directory.tests.routes.matrix import a_search
from tests import pages
from tests.declared import Body, Named
from tests.net.matrix_cast import SIGNED_IN, Near
from tests.pages import Page

# Pages

PAGES = [
    Page("search:search", pages.EVERYONE),
]
ONE_THING = {"search:search"}

# The isolation matrix

OPENS: dict[str, Near | set[str]] = {
    "search:search": SIGNED_IN,
}
NAMES = {
    "texte": Named(Person, says=a_search),
}

# Forms and files

BODIES = {
    "search:search": Body("teacher", lambda stage: {"texte": "Nina"}, writes=False),
}
