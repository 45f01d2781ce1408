"""The routes of works, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from conftest import NOW
from preau.commons.works.models import Work
from preau.commons.works.tests.props import many_works
from preau.directory.seeds.world import World
from tests import pages
from tests.declared import Body, Fragment
from tests.net.matrix_cast import OWNERS, SIGNED_IN, Near, Stage, near
from tests.pages import Page

# Pages

PAGES = [
    Page("works:works", pages.EVERYONE),
]
ELSEWHERE = {"works:stop"}
LISTS = [
    ("secretary", "works:works", many_works),
]


def lay(college: World) -> None:
    """A work that the head asked for: it goes on, and may be given up."""
    Work.objects.create(
        key="essai",
        label="Lecture des fichiers de l’annuaire",
        person=college.people["head"],
        school=college.school,
        url="/annuaire/livraisons/",
        can_stop=True,
        asked_at=NOW,
        begun_at=NOW,
        state=Work.State.RUNNING,
        step="Lecture",
        done=3,
        total=9,
    )


# The isolation matrix

SEES: dict[type[Model], Near] = {
    Work: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "works:works": SIGNED_IN,
    "works:stop": SEES[Work],
}

# Forms and files

BODIES = {
    "works:stop": Body("guardian"),
}
FRAGMENTS = {"works:works": Fragment("guardian", "works", ("", "?page=2"))}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A work that goes on, of people near and far."""
    for scope, key in OWNERS.items():
        work = Work.objects.create(
            key=f"stage-{key}",
            label="Un travail",
            person=stage.people[key],
            url="/",
            can_stop=True,
            asked_at=NOW,
        )
        stage.put(scope, work)
