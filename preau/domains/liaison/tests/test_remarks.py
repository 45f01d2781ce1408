"""Observations and encouragements: one gesture for several pupils, read by the family and the pupil."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.liaison.actions import remarking
from preau.domains.liaison.models import Remark
from preau.domains.liaison.tests.props import a_remark

pytestmark = pytest.mark.django_db
FORM = "0123456789abcdef" * 2


def test_one_gesture_writes_in_several_notebooks_and_twice_is_once(
    college: World, client: SchoolClient
) -> None:
    group = own_class(college)
    pupils = list(Person.objects.filter(enrolments__group=group).order_by("pk")[:3])
    client.sit(college.people["teacher"])
    body = {
        "pupils": [pupil.pk for pupil in pupils],
        "kind": "encouragement",
        "text": "De bonnes questions.",
        "sent_as": FORM,
    }
    for _time in range(2):
        client.post(reverse("liaison:remark"), body | {"classe": group.pk})
    assert Remark.objects.filter(text="De bonnes questions.").count() == 3


def test_the_family_and_the_pupil_read_it_and_nobody_else_does(
    college: World, twin: World, seat_of: Any
) -> None:
    mine = a_remark(college)
    theirs = a_remark(twin)
    for key in ("teacher", "head", "cpe", "guardian", "other_guardian", "pupil"):
        seen = Remark.objects.visible_to(seat_of(key))
        assert mine in seen and theirs not in seen, key
    for key in ("teacher_1", "former_guardian"):
        if key in college.people:
            assert mine not in Remark.objects.visible_to(seat_of(key)), key


def test_guardians_are_told_and_its_author_alone_takes_it_back(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    remarking.remark(teacher, [college.people["pupil"]], "observation", "Cahier oublié.", FORM)
    (mine,) = Remark.objects.filter(text="Cahier oublié.")
    told = Item.objects.filter(kind="liaison.remarked")
    assert {item.person_id for item in told} == {
        college.people[key].pk for key in ("guardian", "other_guardian")
    }
    assert not remarking.remove(seat_of("head"), mine)
    assert remarking.remove(teacher, mine) and not remarking.remove(teacher, mine)
