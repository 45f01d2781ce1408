"""The routes of spaces, as it tells the tests of them (tests/declared.py)."""

from preau.domains.spaces.models import Space
from preau.domains.spaces.tests.props import many_spaces
from tests import pages
from tests.declared import Body
from tests.net.matrix_cast import EVERYWHERE_STAFF, NEIGHBOURING, OFFICE, OTHER_SCHOOL, OWN, STAFF, Stage
from tests.pages import Page

# Who opens each page, and what makes it long.
PAGES = [Page("spaces:spaces", pages.STAFF), Page("spaces:add", pages.OFFICE)]
LISTS = [("head", "spaces:spaces", many_spaces)]
ONE_THING = {"spaces:add"}

# The isolation matrix: who opens each route, what its parameters name, who sees a row.
OPENS = {
    "spaces:spaces": STAFF | NEIGHBOURING,
    "spaces:add": OFFICE | NEIGHBOURING,
}
SEES = {Space: EVERYWHERE_STAFF}
PLAIN: dict[str, tuple[str, ...]] = {"name": ()}

# A valid body, and one with a mistake.
BODIES = {"spaces:add": Body("head", lambda stage: {"name": "C 1"}, wrong=lambda stage: {"name": ""})}


def plant(stage: Stage) -> None:
    """One of the school, and one of the school beside it; each with a mark that only its own staff may meet."""
    own = stage.mark("spaces of the school", STAFF, {"head", "teacher"})
    stage.put(OWN, Space.objects.create(school=stage.college.school, name=own))
    other = stage.mark("spaces of the school beside", NEIGHBOURING, NEIGHBOURING)
    stage.put(OTHER_SCHOOL, Space.objects.create(school=stage.twin.school, name=other))
