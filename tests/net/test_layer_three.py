"""The third layer of the matrix: everything that each role may try in each house (docs/net-matrix.md)."""

from pathlib import Path
from typing import Any

import pytest

from tests.net import plan
from tests.net.matrix import Matrix, houses, routes_of, unmet
from tests.net.matrix_plans import Whole
from tests.net.matrix_stage import CAST, OF_EACH_KIND, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]


@pytest.mark.net
@pytest.mark.parametrize("house", houses())
@pytest.mark.parametrize("role", CAST if plan.PLAN.eyes else OF_EACH_KIND)
def test_nobody_reads_or_writes_what_is_not_theirs(
    stage: Stage, role: str, house: str, record_property: Any
) -> None:
    found = Matrix(stage, Whole(stage, role)).run(routes_of(house))
    record_property("matrix", {"layer": 3, "role": role, "house": house, **found.counted()})
    assert not found.complaints, "\n".join(found.complaints)
    # Whichever item of a role ends last, in whichever process, knows of all houses.
    assert unmet(stage, role, plan.shared(f"marks-{role}", house, found.met_by(role))) == []


def test_a_mark_that_is_never_met_is_caught_by_the_last_house(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "run", lambda: tmp_path)
    stage.mark("a page that is gone", {"cook"}, {"cook"})
    must = sorted(mark.name for mark in stage.marks if "cook" in mark.must)
    *first, last = houses()
    for house in first:
        assert unmet(stage, "cook", plan.shared("marks-cook", house, [])) == []
    assert unmet(stage, "cook", plan.shared("marks-cook", last, [])) == must
    assert unmet(stage, "cook", plan.shared("marks-cook", last, must)) == []
