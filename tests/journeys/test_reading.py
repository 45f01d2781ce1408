"""How a person reads pages, in a real browser."""

from typing import Any

import pytest

from preau.directory.seeds.world import World
from preau.identity.models import Account

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("preferences", [{}, {"simple": "on"}], ids=["as everybody", "simple"])
def test_the_header_of_a_phone_is_one_line(
    visit: Any, schools: dict[str, World], preferences: dict[str, str]
) -> None:
    guardian = next(iter(schools.values())).people["guardian"]
    Account.objects.filter(person=guardian).update(preferences=preferences)
    page = visit("guardian").page
    name, menu = (
        page.locator(one).first.bounding_box()
        for one in (".header .wordmark", ".header .menu.account > summary")
    )
    middle = [box["y"] + box["height"] / 2 for box in (name, menu)]
    assert abs(middle[0] - middle[1]) < 5
