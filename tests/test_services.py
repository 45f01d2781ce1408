"""Services that a school switches off, closes to a level, or calls otherwise: one mechanism for all of the building."""

import re
from typing import Any

import pytest
from django.urls import get_resolver, reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Holding, Person, School
from preau.directory.seeds.world import World, add_sibling_elsewhere
from preau.directory.words import Role
from preau.domains.attendance.models import Entry
from preau.domains.timetable.models import Lesson
from preau.foundation import boards
from preau.identity.models import Account
from tests.building import routes

SERVICE = "directory:service"


def settle(world: World, **services: Any) -> None:
    School.objects.filter(pk=world.school.pk).update(services=services)


def menu_of(client: SchoolClient) -> list[str]:
    """The words of the menu, sections included, as the page shows them."""
    page = client.get("/").content.decode()
    header = page.split('<div class="header-menu')[1].split("</nav>")[0]
    return [word for word in re.findall(r"<span>([^<]+)</span>", header) if word]


def test_a_head_closes_a_service_and_it_is_gone_everywhere(client: SchoolClient, college: World) -> None:
    absence = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    client.sit(college.people["guardian"])
    assert "Absences" in menu_of(client)
    assert "à expliquer" in client.get("/").content.decode().lower()
    # The other houses of the same section stay where they are: two of them would keep its name.
    for service in ("attention", "attendance"):
        client.sit(college.people["head"]).post(reverse(SERVICE, kwargs={"key": service}), {})
    for key in ("head", "cpe", "teacher", "guardian", "pupil"):
        client.sit(college.people[key])
        # Confidential records have their own link in the section.
        assert "Absences" not in menu_of(client), key
        home = client.get("/").content.decode()
        assert "/appel/" not in home, key
        assert "/absences/" not in home, key
        for name in ("board", "entries", "arrangements"):
            assert f'href="{reverse(f"attendance:{name}")}"' not in home, (key, name)
        for name in ("absences", "board", "entries", "export"):
            answer = client.get(reverse(f"attendance:{name}"))
            assert answer.status_code == 404, (key, name)
            assert "n’a pas ouvert ce service" in answer.content.decode()
        explain = reverse("attendance:explain", kwargs={"pk": absence.pk})
        assert client.get(explain).status_code == 404
        assert client.post(explain, {"reason": 1}).status_code == 404
        assert client.get(reverse("timetable:week")).status_code == 200
    assert Entry.objects.filter(pk=absence.pk).exists()


def test_a_closed_service_comes_back_as_it_was(client: SchoolClient, college: World) -> None:
    client.sit(college.people["head"])
    settle(college, attendance={"off": True})
    client.post(reverse(SERVICE, kwargs={"key": "attendance"}), {"open": "on"})
    assert School.objects.get(pk=college.school.pk).services == {}
    assert client.get(reverse("attendance:board")).status_code == 200
    assert Line.objects.filter(verb="directory.service_changed").latest("pk").details == {
        "service": "attendance",
        "changed": "off",
        "off": "no",
    }
    assert "Absences et vie scolaire\u202f: ouvert" in client.get(reverse("journal:changes")).content.decode()


def test_a_service_closed_elsewhere_is_open_here(client: SchoolClient, college: World, twin: World) -> None:
    settle(twin, attendance={"off": True}, timetable={"off": True})
    client.sit(college.people["cpe"])
    assert client.get(reverse("attendance:board")).status_code == 200
    assert "Emploi du temps" in menu_of(client)


def test_a_level_is_closed_to_its_pupils_and_families_not_to_staff(
    client: SchoolClient, college: World
) -> None:
    client.sit(college.people["head"])
    client.post(reverse(SERVICE, kwargs={"key": "timetable"}), {"open": "on", "levels": ["5e"]})
    assert client.get(reverse("timetable:week")).status_code == 200
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        assert client.get(reverse("timetable:week")).status_code == 404, key
        assert "Emploi du temps" not in menu_of(client)
        assert client.get(reverse("attendance:absences")).status_code == 200
    # The other level keeps it.
    other = Enrolment.objects.filter(group__year=college.year, group__level="6e")[0].pupil
    group = Group.objects.get(year=college.year, level="6e")
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(group=group)
    assert other.pk != college.people["pupil"].pk
    client.sit(college.people["pupil"])
    assert client.get(reverse("timetable:week")).status_code == 200


@pytest.mark.parametrize("typed", [{"open": "on", "levels": ["CM2"]}, {"open": "on", "name_0": "x" * 31}])
def test_what_cannot_be_is_refused(client: SchoolClient, college: World, typed: dict[str, Any]) -> None:
    client.sit(college.people["head"])
    assert client.post(reverse(SERVICE, kwargs={"key": "timetable"}), typed).status_code == 422
    assert client.post(reverse(SERVICE, kwargs={"key": "nothing"}), {}).status_code == 404
    assert School.objects.get(pk=college.school.pk).services == {}


def test_a_guardian_keeps_the_child_whose_school_opens_it(
    client: SchoolClient, college: World, twin: World
) -> None:
    """Two children in two schools: what one school closes is left out, what the other opens stays."""
    add_sibling_elsewhere(college, twin)
    settle(twin, attendance={"off": True})
    client.sit(college.people["guardian"])
    client.may_see_twin = True
    page = client.get(reverse("attendance:absences")).content.decode()
    assert "Nina" in page
    assert "Hugo" not in page
    week = client.get(reverse("timetable:week")).content.decode()
    assert "Hugo" in week
    absence = Entry.objects.filter(pupil=twin.people["pupil"])[0]
    assert client.get(reverse("attendance:explain", kwargs={"pk": absence.pk})).status_code == 404
    settle(twin)
    assert "Hugo" in client.get(reverse("attendance:absences")).content.decode()


def test_the_teacher_who_is_a_parent_enters_by_the_school_that_opens_it(
    client: SchoolClient, college: World, twin: World
) -> None:
    lesson = Lesson.objects.filter(teachers=college.people["teacher"])[0]
    settle(college, attendance={"off": True})
    client.sit(college.people["teacher"])
    assert client.get(reverse("attendance:roll", kwargs={"pk": lesson.pk})).status_code == 404


def test_a_school_names_its_services(client: SchoolClient, college: World, twin: World) -> None:
    client.sit(college.people["head"])
    form = {"open": "on", "name_0": "Bureau <b>CPE</b>", "name_1": "Présences"}
    client.post(reverse(SERVICE, kwargs={"key": "attendance"}), form)
    page = client.get(reverse("attendance:board")).content.decode()
    assert "<h1>Bureau &lt;b&gt;CPE&lt;/b&gt;</h1>" in page
    assert "<title>Bureau &lt;b&gt;CPE&lt;/b&gt; · Préau</title>" in page
    client.sit(college.people["guardian"])
    assert "Présences" in menu_of(client)
    twin_client = SchoolClient().sit(twin.people["guardian"])
    assert "Présences" not in menu_of(twin_client)
    # Children of two schools that use different words: neither's word is shown.
    add_sibling_elsewhere(college, twin)
    client.may_see_twin = True
    assert "Absences" in menu_of(client)


@pytest.mark.parametrize("key", ["head", "secretary", "cpe", "teacher", "guardian", "pupil"])
def test_the_menu_has_seven_entries_at_most(client: SchoolClient, college: World, key: str) -> None:
    client.sit(college.people[key])
    page = client.get("/").content.decode()
    header = page.split('<div class="header-menu')[1].split("</nav>")[0]
    outer = re.sub(r"<details.*?</details>", "<b></b>", header, flags=re.DOTALL)
    assert 1 <= outer.count("<li>") <= 7


def test_everything_else_is_under_menu_by_heading(client: SchoolClient, college: World) -> None:
    client.sit(college.people["head"])
    page = client.get(reverse("directory:settings")).content.decode()
    assert '<details class="menu everything" data-menu data-current>' in page
    assert '<p class="menu-heading" id="menu-4">Établissement</p>' in page
    assert {"Menu", "Annuaire", "Comptes", "Réglages"} <= set(menu_of(client))
    client.sit(college.people["teacher"])
    assert "Comptes" in menu_of(client)
    assert not {"Annuaire", "Réglages"} & set(menu_of(client))


def test_a_phone_finds_under_menu_what_its_bar_has_no_room_for(client: SchoolClient, college: World) -> None:
    for key in ("pupil", "guardian"):
        words = menu_of(client.sit(college.people[key]))
        assert words[:6] == ["Accueil", "Emploi du temps", "Travail", "Messages", "Absences", "Notes"]
        below = words[words.index("Menu") :]
        assert {"Absences", "Notes"} <= set(below)
        assert not {"Travail", "Messages"} & set(below)


def test_the_agenda_and_the_timetable_are_one_entry(client: SchoolClient, college: World) -> None:
    client.sit(college.people["guardian"])
    assert "Agenda" not in menu_of(client)
    page = client.get(reverse("agenda:agenda"), {"vue": "jour", "jour": "2026-11-24"}).content.decode()
    nav = page.split('<div class="header-menu')[1].split("</nav>")[0]
    assert re.findall(r'aria-current="page".*?<span>([^<]+)</span>', nav, re.DOTALL) == ["Emploi du temps"]
    assert f'href="{reverse("timetable:week")}?vue=jour&amp;jour=2026-11-24"' in page
    # The timetable closed, the agenda has its own entry.
    client.sit(college.people["head"]).post(reverse(SERVICE, kwargs={"key": "timetable"}), {})
    client.sit(college.people["guardian"])
    assert "Agenda" in menu_of(client)
    assert "Emploi du temps" not in menu_of(client)


def test_a_primary_school_has_its_own_words(client: SchoolClient, college: World) -> None:
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    words = menu_of(client.sit(college.people["teacher"]))
    assert "Cahier journal" in words
    assert not {"Cahier de textes", "Notes"} & set(words)


def test_every_service_can_be_closed_by_its_addresses() -> None:
    """A service names namespaces that exist; its entries and cards say its key, and the key is on the board."""
    namespaces = {name.split(":")[0] for name, _ in routes(get_resolver().url_patterns)}
    keys = {service.key for service in boards.services}
    for service in boards.services:
        assert set(service.namespaces) <= namespaces, service.key
    for board in (boards.menu, boards.cards, boards.agenda, boards.search):
        for entry in board:
            assert not entry.service or entry.service in keys
    # An entry of the menu that opens a page of a service says so.
    for entry in boards.menu:
        assert boards.service_at(entry.url_name.split(":")[0]) == entry.service, entry.url_name
    sections = {section.key for section in boards.menu_sections}
    assert {entry.section for entry in boards.menu if entry.section} <= sections


def test_one_entry_of_the_menu_is_where_one_is(client: SchoolClient, college: World) -> None:
    """« /plateforme/moderation/ » is under « /plateforme/ »: both are in the menu of whoever runs the platform."""
    person = Person.objects.create(given_name="Inès", family_name="Roussel")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create(person=person, login="ines", password="!")
    client.sit(person).may_see_twin = True
    for name, word in (("scenarios:cases", "Modération"), ("platform:schools", "Plateforme")):
        page = client.get(reverse(name)).content.decode()
        nav = page.split('<div class="header-menu')[1].split("</nav>")[0]
        (where,) = re.findall(r'<a [^>]*aria-current="page"[^>]*>(.*?)</a>', nav, re.DOTALL)
        assert f"<span>{word}</span>" in where
