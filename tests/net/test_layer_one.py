"""The first layer of the matrix: every rule and every row for every role, by plain calls (docs/net-matrix.md)."""

from typing import Any

import pytest

from preau.directory.models import Room, Subject
from preau.identity.models import Activation
from tests.net import matrix, rules
from tests.net.matrix_stage import OTHER_SCHOOL, OWN, Stage
from tests.net.matrix_table import SEES, Told

pytestmark = pytest.mark.django_db

# What the code says of rows that no page shows by themselves, and `SEES` not yet: rooms and subjects are seen by families too
# (MemberQuerySet), and a code that was given by its own person (ActivationQuerySet). To be declared there.
FAMILIES = {"pupil", "guardian", "other_guardian", "former_guardian"}
TO_DECLARE = {
    model: {
        scope: roles if scope == OTHER_SCHOOL else roles | FAMILIES for scope, roles in SEES[model].items()
    }
    for model in (Room, Subject)
} | {Activation: SEES[Activation] | {OWN: SEES[Activation][OWN] | {"pupil"}}}


@pytest.fixture
def tables() -> Told:
    tables = Told()
    assert all(tables.sees[model] != near for model, near in TO_DECLARE.items()), "declared: remove it here"
    tables.sees |= TO_DECLARE
    return tables


@pytest.mark.parametrize("house", matrix.houses())
def test_rules_and_rows_are_as_declared(stage: Stage, tables: Told, house: str, record_property: Any) -> None:
    asked = rules.Rules(stage, tables)
    asked.ask_models(rules.models_of(house, tables))
    asked.ask_routes(rules.views_of(house))
    record_property("matrix", {"layer": 1, "house": house, "calls": asked.calls})
    assert not asked.complaints, "\n".join(asked.complaints)


def test_every_model_has_a_house() -> None:
    """Else no item would ask of it."""
    assert {model._meta.app_label for model in SEES} <= set(matrix.houses())
