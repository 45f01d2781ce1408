"""What is read of marks: by whom, when, compared with whom, and how an average is explained."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Person
from preau.directory.seeds import World, make_parent_of
from preau.domains.gradebook.models import GradeBook, GradingPolicy
from preau.domains.gradebook.queries import class_reading, latest, reading
from preau.domains.gradebook.rules import reading as rules
from preau.domains.gradebook.tests.read_scene import assessed, charges_of, give, lived_term, pupils_of
from preau.domains.gradebook.tests.scene import class_of

LATER = NOW + timedelta(hours=2)


def page_of(pupil: Person, name: str = "pupil", **more: Any) -> str:
    return reverse(f"gradebook:{name}", kwargs={"public_id": pupil.public_id, **more})


@pytest.fixture
def pupil(college: World) -> Person:
    return college.people["pupil"]


@pytest.fixture
def term(college: World) -> None:
    lived_term(college)


@pytest.mark.usefixtures("term")
def test_the_pages_open(college: World, client: SchoolClient, pupil: Person) -> None:
    client.sit(pupil)
    page = client.get(reverse("gradebook:own"))
    assert page.status_code == 200
    assert client.get(page_of(pupil)).status_code == 200
    assert client.get(page_of(pupil) + "?periode=annee").status_code == 200
