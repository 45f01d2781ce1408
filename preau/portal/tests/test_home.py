"""How the home is laid out: what waits, the day, and what is beside them."""

import pytest

from conftest import SchoolClient
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db

GUIDE = "Vos premiers pas"


def test_the_day_of_a_teacher_fills_its_column_and_the_rest_is_below(
    college: World, client: SchoolClient
) -> None:
    page = client.sit(college.people["teacher"]).get("/").content.decode()
    assert page.index("Ma journée") < page.index('class="home-below"') < page.index(GUIDE)


def test_who_has_no_day_keeps_the_column_beside(college: World, client: SchoolClient) -> None:
    page = client.sit(college.people["secretary"]).get("/").content.decode()
    assert "home-below" not in page and "home-grid-tall" not in page
    if "<aside" in page:
        assert page.index("<aside") < page.index(GUIDE)


def test_a_pupil_reads_the_day_then_what_is_beside_it(college: World, client: SchoolClient) -> None:
    page = client.sit(college.people["pupil"]).get("/").content.decode()
    assert "home-below" not in page
    assert page.index("<aside") < page.index("Voir la semaine") < page.index(GUIDE)
