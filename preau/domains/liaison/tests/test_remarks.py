"""Observations and encouragements: one gesture for several pupils, read by the family and the pupil."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.actions import work_groups
from preau.directory.models import Enrolment, Group, Person, WorkGroup
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
    notices = Item.objects.filter(kind="liaison.remarked")
    assert {item.person_id for item in notices} == {
        college.people[key].pk for key in ("guardian", "other_guardian")
    }
    assert not remarking.remove(seat_of("head"), mine)
    assert remarking.remove(teacher, mine) and not remarking.remove(teacher, mine)


def test_a_group_of_work_is_ticked_instead_of_its_pupils(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    group = own_class(college)
    one, two, three = list(Person.objects.filter(enrolments__group=group).order_by("pk")[:3])
    address, line = reverse("liaison:remark"), {"kind": "encouragement", "text": "Bravo.", "sent_as": FORM}
    client.sit(college.people["teacher"])
    assert 'name="sets"' not in client.get(address).content.decode()
    nobody = client.post(address, line | {"classe": group.pk})
    assert nobody.status_code == 422 and "Choisissez au moins un élève." in nobody.content.decode()
    work_groups.keep(seat_of("teacher"), group, "Îlot 1", [one, two])
    kept = WorkGroup.objects.get()
    # Another class is shown: the group stays ticked.
    other = Group.objects.classes().filter(year=college.year).exclude(pk=group.pk)[0]
    body = line | {"classe": group.pk, "sets": [kept.pk], "pupils": [three.pk]}
    shown = client.post(address, body | {"geste": "classe", "classe": other.pk}).content.decode()
    assert "Îlot 1" in shown and shown.count(" checked") == 3
    client.post(address, body)
    assert {remark.pupil_id for remark in Remark.objects.filter(text="Bravo.")} == {one.pk, two.pk, three.pk}
    # Of a pupil who left the class nothing is written; and a page that stayed open says that its group is gone.
    Enrolment.objects.filter(pupil=one, group=group).update(ends=NOW.date())
    client.post(address, body | {"text": "Merci.", "pupils": [], "sent_as": FORM[::-1]})
    assert {remark.pupil_id for remark in Remark.objects.filter(text="Merci.")} == {two.pk}
    work_groups.keep(seat_of("teacher"), group, "Îlot 2", [three])
    WorkGroup.objects.filter(pk=kept.pk).update(owner=college.people["teacher_1"])
    for left in (True, False):
        gone = client.post(address, body | {"text": "Encore.", "pupils": []})
        assert gone.status_code == 422 and "Encore." in gone.content.decode(), left
        assert "coché n’existe plus" in gone.content.decode()
        assert "Îlot 1" not in gone.content.decode() and not Remark.objects.filter(text="Encore.").exists()
        WorkGroup.objects.exclude(pk=kept.pk).delete()


def test_the_head_of_another_school_is_offered_no_group_of_this_one(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    work_groups.keep(seat_of("head"), own_class(college), "Îlot 1", [college.people["pupil"]])
    client.sit(college.people["head"])
    assert "Îlot 1" in client.get(reverse("liaison:remark")).content.decode()
    for person in (college.people["cpe"], twin.people["head"]):
        client.sit(person)
        assert "Îlot 1" not in client.get(reverse("liaison:remark")).content.decode()
