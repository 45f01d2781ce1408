"""A place of four hundred documents: each page costs what it costs with ten."""

from collections.abc import Callable

import pytest

from conftest import SchoolClient
from preau.commons.drive.tests.props import class_item, many_of_class, many_of_staff, many_own
from preau.directory.seeds.world import World
from tests.pages import MOST_BYTES, counted

MANY = 400


@pytest.mark.parametrize(
    ("key", "address", "fill"),
    [
        ("teacher", "/mes-fichiers/", many_own),
        ("teacher", "/mes-fichiers/personnels/", many_of_staff),
        ("pupil", "/mes-fichiers/classe/{}/", many_of_class),
        ("teacher", "/mes-fichiers/choisir/", many_own),
    ],
)
def test_four_hundred_documents_cost_what_ten_do(
    client: SchoolClient, college: World, key: str, address: str, fill: Callable[[World, int], None]
) -> None:
    fill(college, 10)
    client.sit(college.people[key])
    address = address.format(class_item(college).group_id)
    few = counted(client, address)[1]
    fill(college, MANY)
    page, many = counted(client, address)
    assert few == many <= 14
    assert len(page.content) <= MOST_BYTES
