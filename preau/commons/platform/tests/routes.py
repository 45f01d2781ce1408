"""The routes of platform, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from preau.commons.platform.models import OperatedDelivery, OperatedSchool
from preau.directory.models import Delivery
from preau.directory.tests.props import a_delivery_for_many, own_school
from tests.declared import Body
from tests.net.matrix_cast import (
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("platform:schools", {"operator"}),
    Page("platform:deliveries", {"operator"}),
    Page("platform:school", {"operator"}, model=own_school, by="public_id"),
    Page("platform:delivery", {"operator"}, model=a_delivery_for_many),
]
ELSEWHERE = {"platform:export"}
LISTS_APART = {"platform:schools", "platform:deliveries"}
ONE_THING = {"platform:school", "platform:delivery"}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    # The operator of the matrix runs the schools of one territory, that of the school of the test.
    OperatedSchool: near(own={"operator"}),
    OperatedDelivery: near(),
}
OPENS: dict[str, Near | set[str]] = {
    "platform:schools": {"operator"},
    "platform:export": {"operator"},
    "platform:deliveries": {"operator"},
    "platform:school": near(own={"operator"}),
    "platform:delivery": near(),
}
PLAIN = dict.fromkeys(["voir"], ())

# Forms and files

BODIES = {
    "platform:export": Body(
        "operator",
        lambda stage: {"nom": "", "nature": "", "voir": ""},
        again={"journal_line": "each export leaves its trace"},
    ),
}
# What is looked for.
READ_BY: dict[str, set[str]] = {"platform:export": set()}
SHEETS = {
    "platform:export": "operator",
}
NOT_CONFIRMED = {
    "platform:export": "counts of schools, nobody's data",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """The schools, and the delivery of the whole territory, as whoever runs them sees them."""
    for scope in (OWN, OTHER_SCHOOL):
        stage.put(scope, OperatedSchool.objects.get(pk=stage.world_of(scope).school.pk))
    shared = place_of(stage, Delivery, OTHER_CLASS)
    stage.put(OWN, OperatedDelivery.objects.get(pk=shared.pk))
