"""What a cold review of the notebook found: each would send, show or prove something false."""

import re
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.liaison.models import Remark, Word
from preau.domains.liaison.queries import words

pytestmark = pytest.mark.django_db


def written(group: Group, **more: Any) -> dict[str, Any]:
    return {"kind": "information", "title": "Rendez-vous", "text": "Mardi.", "classe": group.pk} | more


def boxes(page: Any, name: str) -> dict[int, bool]:
    """The boxes of a field, by their value: is each ticked?"""
    found = re.findall(r"<input[^>]*>", page.content.decode())
    mine = [one for one in found if f'name="{name}"' in one]
    return {int(re.findall(r'value="(\d+)"', one)[0]): " checked" in one for one in mine}


# Choosing two pupils writes to their two families


def test_showing_a_class_ticks_nothing_and_the_link_of_a_group_ticks_it(
    college: World, client: SchoolClient
) -> None:
    group, page = own_class(college), reverse("liaison:write")
    client.sit(college.people["teacher"])
    shown = client.get(f"{page}?classe={group.pk}")
    assert group.pk in boxes(shown, "groups") and not any(boxes(shown, "groups").values())
    assert college.people["pupil"].list_name in shown.content.decode()
    assert boxes(client.get(f"{page}?groupe={group.pk}"), "groups")[group.pk]
    assert not any(boxes(client.get(f"{page}?groupe=0&classe=x"), "groups").values())


def test_pupils_of_a_class_that_is_ticked_are_refused_and_alone_they_get_the_word_alone(
    college: World, client: SchoolClient
) -> None:
    group, pupil = own_class(college), college.people["pupil"]
    client.sit(college.people["teacher"])
    both = client.post(reverse("liaison:write"), written(group, groups=[group.pk], pupils=[pupil.pk]))
    assert both.status_code == 422 and "décochez la classe" in both.content.decode()
    client.post(reverse("liaison:write"), written(group, pupils=[pupil.pk]))
    word = Word.objects.get(title="Rendez-vous")
    assert {copy.pupil_id for copy in words.copies_meant(word, NOW.date())} == {pupil.pk}


def test_showing_another_class_keeps_the_word_and_the_pupils(college: World, client: SchoolClient) -> None:
    group, pupil = own_class(college), college.people["pupil"]
    other = Group.objects.classes().filter(year=college.year).exclude(pk=group.pk).order_by("pk")[0]
    client.sit(college.people["head"])
    body = written(other, pupils=[pupil.pk], geste="classe", last_day="2026-12-04", audience="families")
    page = client.post(reverse("liaison:write"), body)
    said = page.content.decode()
    assert page.status_code == 200 and not Word.objects.filter(title="Rendez-vous").exists()
    assert 'value="Rendez-vous"' in said and "Mardi." in said and pupil.list_name in said
    assert {key for key, on in boxes(page, "pupils").items() if on} == {pupil.pk}
    there = other.enrolments.active(NOW.date()).order_by("pk")[0].pupil  # type: ignore[attr-defined]
    client.post(reverse("liaison:write"), body | {"geste": "", "pupils": [pupil.pk, there.pk]})
    assert set(Word.objects.get(title="Rendez-vous").pupils.all()) == {pupil, there}
    line = {"kind": "observation", "text": "Un cahier oublié.", "classe": other.pk, "pupils": [pupil.pk]}
    page = client.post(reverse("liaison:remark"), line | {"geste": "classe"})
    assert page.status_code == 200 and not Remark.objects.filter(text=line["text"]).exists()
    assert "Un cahier oublié." in page.content.decode() and there.list_name in page.content.decode()
    client.post(reverse("liaison:remark"), line | {"pupils": [pupil.pk, there.pk]})
    assert {remark.pupil_id for remark in Remark.objects.filter(text=line["text"])} == {pupil.pk, there.pk}


def test_a_pupil_of_somebody_else_is_not_kept(college: World, twin: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    foreign = twin.people["pupil"]
    page = client.post(
        reverse("liaison:write"), written(own_class(college), pupils=[foreign.pk, "x"], geste="classe")
    )
    assert college.people["pupil"].pk in boxes(page, "pupils") and foreign.pk not in boxes(page, "pupils")
