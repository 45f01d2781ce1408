"""A service, an activity of it, and who sits where."""

from typing import Any

import pytest

from conftest import SchoolClient
from preau.commons.lti.models import Activity, Tool
from preau.commons.lti.tests.tool import given, linked
from preau.directory.seeds.world import World


@pytest.fixture
def tool(college: World) -> Tool:
    return linked(college)


@pytest.fixture
def activity(college: World, tool: Tool) -> Activity:
    return given(college, tool)


@pytest.fixture
def sits(college: World) -> Any:
    """`sits("pupil")`: a browser in which this member of the cast is signed in."""

    def sit(key: str, seat: str = "") -> SchoolClient:
        return SchoolClient().sit(college.people[key], seat)

    return sit
