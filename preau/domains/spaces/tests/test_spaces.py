"""Who sees what, who may add, and what a second click does."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.seeds import World
from preau.directory.words import Role
from preau.domains.spaces import actions, rules
from preau.domains.spaces.models import Space

pytestmark = pytest.mark.django_db
LIST, ADD = "spaces:spaces", "spaces:add"


def test_the_staff_of_the_school_sees_them_and_nobody_else(college: World, twin: World, seat_of: Any) -> None:
    own = Space.objects.create(school=college.school, name="B 1")
    for key in ("head", "cpe", "teacher"):
        assert own in Space.objects.visible_to(seat_of(key)), key
        assert own not in Space.objects.visible_to(seat_of(key, world=twin)), key
    for key in ("pupil", "guardian"):
        assert own not in Space.objects.visible_to(seat_of(key)), key


def test_who_keeps_them(holder: Any) -> None:
    assert {role for role in Role if rules.keeps_spaces(holder(role))} == {Role.HEAD, Role.SECRETARY}


def test_adding_twice_adds_once(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    assert [actions.add(head, "B 1"), actions.add(head, "B 1")] == [True, False]
    assert Space.objects.filter(school=college.school, name="B 1").count() == 1
    assert Line.objects.filter(verb="spaces.added").count() == 1


def test_a_form_without_a_name_says_so_and_adds_nothing(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    before = Space.objects.count()
    page = client.post(reverse(ADD), {"name": ""})
    assert page.status_code == 422 and "Écrivez un nom." in page.content.decode()
    assert Space.objects.count() == before


def test_what_is_added_is_in_the_list(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    assert client.post(reverse(ADD), {"name": "B 1"}).url == reverse(LIST)
    assert "B 1" in client.get(reverse(LIST)).content.decode()
