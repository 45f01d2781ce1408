"""The first layer of the matrix: every rule and every row for every role, by plain calls (docs/net-matrix.md)."""

from typing import Any

import pytest

from tests.net import matrix, rules
from tests.net.matrix_stage import Stage
from tests.net.matrix_table import SEES, Told

pytestmark = pytest.mark.django_db


@pytest.fixture
def tables() -> Told:
    return Told()


# A house without a page of its own (what others show of it) has rows all the same.
HOUSES = sorted({*matrix.houses(), *(model._meta.app_label for model in SEES)})


@pytest.mark.parametrize("house", HOUSES)
def test_rules_and_rows_are_as_declared(stage: Stage, tables: Told, house: str, record_property: Any) -> None:
    asked = rules.Rules(stage, tables)
    asked.ask_models(rules.models_of(house, tables))
    asked.ask_routes(rules.views_of(house))
    record_property("matrix", {"layer": 1, "house": house, "calls": asked.calls})
    assert not asked.complaints, "\n".join(asked.complaints)
