"""The routes of the hours of delivery, as they tell the tests of them (tests/declared.py)."""

from django.db.models import Model

from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.directory.seeds.world import World
from preau.foundation import boards
from tests.declared import Body, Data
from tests.net.matrix_cast import OWNERS, Near, Stage, near, runs_the_platform
from tests.pages import Page

# Pages

PAGES = [
    Page("delivery:school", {"head"}),
    Page("delivery:carriers", {"operator"}),
]
ELSEWHERE = {"delivery:resend"}
ONE_THING = {"delivery:school", "delivery:carriers"}


def lay(college: World) -> None:
    """The hours of the school, and those of a mother."""
    SchoolPolicy.objects.create(school=college.school, opens=8 * 60)
    PersonPolicy.objects.create(person=college.people["guardian"], quiet=[[19 * 60, 8 * 60]])


# The isolation matrix

SEES: dict[type[Model], Near] = {
    PersonPolicy: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "delivery:school": {"head", "cook", "neighbour_head"},
    # The operator of the matrix runs one territory: gateways carry for all.
    "delivery:carriers": set(),
    "delivery:resend": set(),
}
REST_OF_ADDRESS = {"delivery:resend": {"key": "mail"}}
PLAIN = dict.fromkeys(
    [
        "opens",
        "closes",
        "days",
        "keeps_closures",
        *(f"passe-{kind.key}" for kind in boards.notification_kinds if kind.urgent and kind.may_wait),
    ],
    (),
)

# Forms and files


def _hours(stage: Stage) -> Data:
    return {"opens": "08:00", "closes": "19:00", "days": ["1", "2", "4", "5"], "keeps_closures": "on"}


BODIES = {
    "delivery:school": Body("head", _hours, wrong=lambda stage: {"closes": "07:00"}),
    # Nothing waits for a gateway on the stage.
    "delivery:resend": Body("operator", before=runs_the_platform, writes=False),
}


def plant(stage: Stage) -> None:
    """Hours of people near and far."""
    for scope, key in OWNERS.items():
        stage.put(scope, PersonPolicy.objects.create(person=stage.people[key], quiet=[[19 * 60, 8 * 60]]))
