"""The net stands on the journeys' browser, on a site that also serves the known-bad page."""

from typing import Any

import pytest

from preau.directory.seeds import World
from tests.journeys.conftest import browser, clock, schools  # noqa: F401 - fixtures, used by their names
from tests.net.cast import Stage, gather


@pytest.fixture
def bad_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.net.known_bad"


@pytest.fixture
def stage(schools: dict[str, World], bad_pages: None) -> Stage:  # noqa: F811
    return gather(schools["college"], schools["twin"])
