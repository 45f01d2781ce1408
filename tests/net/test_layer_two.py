"""The second layer of the matrix: a few requests of each route, in which every role has its turn (docs/net-matrix.md)."""

from typing import Any

import pytest

from tests.net.matrix import Matrix, all_routes, houses, routes_of
from tests.net.matrix_plans import Few
from tests.net.matrix_stage import CAST, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]


@pytest.mark.parametrize("house", houses())
def test_a_few_requests_of_each_route(stage: Stage, house: str, record_property: Any) -> None:
    found = Matrix(stage, Few(stage)).run(routes_of(house))
    record_property("matrix", {"layer": 2, "house": house, **found.counted()})
    assert not found.complaints, "\n".join(found.complaints)


def test_every_role_has_its_turn(stage: Stage) -> None:
    sent = [request for route in all_routes() for request in Few(stage).requests(route)]
    assert {request.role for request in sent} == set(CAST)
    assert {request.route.name for request in sent} == {route.name for route in all_routes()}
