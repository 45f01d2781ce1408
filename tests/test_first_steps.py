"""The guide of the first visits: what each role may do here, until they put it away."""

import re

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import School
from preau.directory.seeds.world import World, make_parent_of
from preau.foundation import boards
from preau.identity.actions import accounts
from preau.identity.models import Account
from preau.portal.first_steps import MOST_LINES

PAGE, SETTLE, CARD = "/aide/premiers-pas/", "/aide/premiers-pas/ranger/", "Vos premiers pas"
CAST = ["teacher", "cpe", "head", "secretary", "pupil", "guardian"]


def steps_on(page: str) -> list[tuple[str, str]]:
    """The links of the guide, on the card or on the page: where to, in which words."""
    found = re.search(r'<(ul|ol) class="first-steps">(.*?)</\1>', page, re.DOTALL)
    assert found
    return re.findall(r'href="([^"]+)"[^>]*><span>([^<]+)</span>', found[2])


@pytest.mark.parametrize("key", CAST)
def test_each_role_is_shown_gestures_that_it_may_do(college: World, client: SchoolClient, key: str) -> None:
    client.sit(college.people[key])
    on_card = steps_on(client.get("/").content.decode())
    on_page = steps_on(client.get(PAGE).content.decode())
    assert 4 <= len(on_card) <= MOST_LINES
    assert on_page[: len(on_card)] == on_card
    for address, label in on_page:
        assert client.get(address).status_code == 200, label


def test_roles_are_not_told_each_others_gestures(college: World, client: SchoolClient) -> None:
    labels = {}
    for key in CAST:
        client.sit(college.people[key])
        labels[key] = {label for _, label in steps_on(client.get(PAGE).content.decode())}
    assert "Appeler une classe" in labels["teacher"]
    assert "Suivre les appels du jour" in labels["cpe"] & labels["head"]
    assert "Régler l’établissement" in labels["head"] - labels["secretary"] - labels["cpe"]
    assert "Ouvrir les comptes" in labels["secretary"] - labels["teacher"] - labels["cpe"]
    assert "Expliquer une absence" in labels["guardian"] - labels["pupil"]


def test_the_guide_is_put_away_on_every_device_and_comes_back(college: World, client: SchoolClient) -> None:
    guardian = college.people["guardian"]
    client.sit(guardian)
    assert CARD in client.get("/").content.decode()
    client.post(SETTLE)
    client.post(SETTLE)
    assert Line.objects.filter(verb="identity.guide_put_away").count() == 1
    elsewhere = SchoolClient().sit(guardian)
    assert CARD not in elsewhere.get("/").content.decode()
    assert PAGE in elsewhere.get("/").content.decode()
    assert "Remettre ce guide" in elsewhere.get(PAGE).content.decode()
    elsewhere.post(SETTLE, {"montrer": "oui"})
    assert CARD in client.get("/").content.decode()


def test_each_profile_of_a_person_has_its_guide(college: World, client: SchoolClient) -> None:
    make_parent_of(college, "teacher", college.people["pupil"])
    teacher = college.people["teacher"]
    client.sit(teacher).post(SETTLE)
    assert CARD not in client.get("/").content.decode()
    client.sit(teacher, "guardian")
    assert "Expliquer une absence" in client.get("/").content.decode()


def test_a_closed_service_has_no_line_and_a_renamed_one_its_new_name(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["guardian"])
    assert "Dans le menu\u202f: Absences" in client.get("/").content.decode()
    school = School.objects.filter(pk=college.school.pk)
    school.update(services={"attendance": {"names": {"attendance:absences": "Carnet"}}})
    assert "Dans le menu\u202f: Carnet" in client.get("/").content.decode()
    school.update(services={"attendance": {"off": True}})
    assert "Expliquer une absence" not in client.get(PAGE).content.decode()
    # A line of an open service, whose page belongs to a closed one, leads nowhere.
    school.update(services={"timetable": {"off": True}})
    client.sit(college.people["teacher"])
    assert "Appeler une classe" not in client.get(PAGE).content.decode()


def test_every_line_says_how_to_come_back(db: None) -> None:
    named = {entry.url_name for entry in boards.menu}
    for step in boards.first_steps:
        assert step.where or step.url_name in named, step.label
        assert reverse(step.url_name)


def test_an_erased_account_keeps_no_guide(college: World, client: SchoolClient) -> None:
    person = college.people["guardian"]
    client.sit(person).post(SETTLE)
    accounts.close_account(person.pk)
    assert Account.objects.get(person=person).guides_read == []
