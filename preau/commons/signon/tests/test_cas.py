"""The CAS server: who comes, what leaves, and everything that says nothing."""

import html
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils.http import urlencode

from conftest import NOW, SchoolClient
from preau.commons.signon.models import Alias, Opening, Service, Ticket
from preau.commons.signon.tests.asking import (
    CAS,
    MOODLE,
    READING,
    ask,
    code_of,
    facts_in,
    go,
    ticket_in,
    xml_of,
)
from preau.directory.models import Holding
from preau.directory.seeds.world import World, make_parent_of
from preau.foundation import proof
from preau.identity import boards, sessions
from preau.identity.models import Account
from preau.identity.seeds import CAST, PASSWORD

pytestmark = pytest.mark.django_db


# Coming


def test_whoever_is_signed_in_goes_straight_to_the_service(teacher: SchoolClient) -> None:
    response = go(teacher)
    assert response["Location"].startswith(f"{MOODLE}&ticket=ST-")
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_visitor_signs_in_first_and_a_page_of_ours_goes_on(college: World, client: SchoolClient) -> None:
    first = go(client)
    assert first["Location"].startswith("/connexion/?suite=%2Fcas%2Flogin%3Fservice%3D")
    suite = parse_qs(urlsplit(first["Location"]).query)["suite"][0]
    after = client.post("/connexion/", {"login": CAST["teacher"], "password": PASSWORD, "suite": suite})
    page = client.get(after["Location"])
    assert page.status_code == 200, "a redirection after a form would meet form-action"
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert 'http-equiv="refresh" content="0; url=https://moodle.academie.example/' in page.content.decode()
    value = Ticket.objects.get()
    assert value.is_new


def test_without_a_service_one_arrives_at_ones_services(teacher: SchoolClient) -> None:
    assert teacher.get("/cas/login")["Location"] == "/services-relies/"
    assert Client().get("/cas/login")["Location"] == "/connexion/"


def test_a_gateway_asks_nothing_of_a_visitor(college: World, client: SchoolClient) -> None:
    assert go(client, gateway="true")["Location"] == MOODLE
    assert go(client, "https://autre.example/", gateway="true").status_code == 404


def test_a_gateway_brings_a_ticket_to_whoever_is_signed_in(teacher: SchoolClient) -> None:
    assert "ticket=ST-" in go(teacher, gateway="true")["Location"]


@pytest.mark.parametrize(
    "service", ["https://autre.example/", "javascript:alert(1)", "x\x00y", "a" * 9_000, ""]
)
def test_an_unknown_service_gets_a_page_and_nobody(
    college: World, teacher: SchoolClient, service: str
) -> None:
    for client in (teacher, SchoolClient()):
        response = go(client, service)
        assert response.status_code == 404
        assert "ne connaît pas ce service" in response.content.decode()
    assert not Ticket.objects.exists()


def test_a_service_given_twice_is_no_service(teacher: SchoolClient) -> None:
    twice = urlencode([("service", MOODLE), ("service", "https://autre.example/")])
    assert teacher.get(f"/cas/login?{twice}").status_code == 404


def test_whoever_is_not_let_in_is_told_why(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    response = go(client, READING)
    assert response.status_code == 403
    assert "ne vous est pas ouvert" in response.content.decode()
    assert not Ticket.objects.exists()


def test_what_another_school_has_is_unknown_here(college: World, twin: World, teacher: SchoolClient) -> None:
    Opening.objects.filter(school=college.school).delete()
    assert go(teacher).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"is_on": False},
        {"opens_on": NOW.date() + timedelta(days=1)},
        {"closes_on": NOW.date() - timedelta(days=1)},
        {"profiles": ["pupil"]},
    ],
)
def test_a_service_that_is_off_or_over_lets_nobody_in(teacher: SchoolClient, change: dict[str, Any]) -> None:
    Service.objects.filter(name="Moodle").update(**change)
    assert go(teacher).status_code in {403, 404}
    assert not Ticket.objects.exists()


def test_levels_and_classes_are_for_pupils_and_families(college: World, client: SchoolClient) -> None:
    opening = Opening.objects.get(service__name="Moodle", school=college.school)
    group = college.people["pupil"].enrolments.get(group__kind="class").group
    for narrowed, may in [
        ({"levels": ["3e"]}, False),
        ({"levels": [group.level]}, True),
        ({"classes": [group.pk]}, True),
        ({"classes": [0]}, False),
    ]:
        Opening.objects.filter(pk=opening.pk).update(**{"levels": [], "classes": []} | narrowed)
        for key in ("pupil", "guardian"):
            assert (go(client.sit(college.people[key])).status_code == 302) is may, (key, narrowed)
        assert go(client.sit(college.people["teacher"])).status_code == 302


def test_the_seat_of_the_moment_is_the_one_that_comes(college: World, client: SchoolClient) -> None:
    """A teacher who is a parent too, and sits as a parent."""
    make_parent_of(college, "teacher", college.people["pupil"])
    client.sit(college.people["teacher"], "guardian")
    facts = facts_in(ask(ticket=ticket_in(go(client)), service=MOODLE))
    assert facts["profile"] == ["National_TUT"]


def test_a_service_that_wants_the_password_gets_it_asked(college: World, teacher: SchoolClient) -> None:
    session = teacher.session
    session[sessions.OPENED] = session[proof.KEY] = session[sessions.OPENED] - 3600
    session.save()
    asked = go(teacher, renew="true")
    assert asked["Location"].startswith("/cas/confirmer/?service=")
    wrong = teacher.post(asked["Location"], {"password": "faux"})
    assert wrong.status_code == 422
    assert not Ticket.objects.exists()
    assert "ticket=ST-" in teacher.post(asked["Location"], {"password": PASSWORD}).content.decode()
    assert Ticket.objects.get().is_new


def test_a_session_that_was_open_elsewhere_does_not_answer_renew(teacher: SchoolClient) -> None:
    session = teacher.session
    del session[proof.KEY]
    session.save()
    assert go(teacher, renew="true")["Location"].startswith("/cas/confirmer/?service=")
    assert code_of(ask(ticket=ticket_in(go(teacher)), service=MOODLE, renew="true")) == "INVALID_TICKET_SPEC"


def test_whoever_has_no_password_proves_it_where_they_came_from(
    college: World, teacher: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = boards.Again("essai", lambda _, after: boards.Way("Confirmer avec Guichet", after))
    monkeypatch.setattr(boards, "agains", [elsewhere])
    Account.objects.filter(person=college.people["teacher"]).update(password="!")
    session = teacher.session
    session["_auth_user_hash"] = Account.objects.get(person=college.people["teacher"]).get_session_auth_hash()
    session[sessions.OPENED] = session[proof.KEY] = session[sessions.OPENED] - 3600
    session.save()
    page = teacher.get(go(teacher, renew="true")["Location"]).content.decode()
    assert "Confirmer avec Guichet" in page
    assert 'name="password"' not in page
    back = next(one for one in html.unescape(page).split('"') if one.startswith("/cas/login?"))
    assert teacher.get(back)["Location"].startswith("/cas/confirmer/")
    session[proof.KEY] += 3600
    session.save()
    assert "ticket=ST-" in teacher.get(back).content.decode()
    assert Ticket.objects.get().is_new


def test_right_passwords_close_no_door(teacher: SchoolClient) -> None:
    for _ in range(11):
        page = teacher.post(f"/cas/confirmer/?{urlencode({'service': MOODLE})}", {"password": PASSWORD})
        assert "ticket=ST-" in page.content.decode()


def test_tries_of_the_password_are_limited(teacher: SchoolClient) -> None:
    for _ in range(10):
        teacher.post(f"/cas/confirmer/?{urlencode({'service': MOODLE})}", {"password": "faux"})
    page = teacher.post(f"/cas/confirmer/?{urlencode({'service': MOODLE})}", {"password": PASSWORD})
    assert "Trop d’essais" in page.content.decode()


# What leaves


def test_a_pupil_is_known_by_what_the_school_agreed_to(college: World, pupil: SchoolClient) -> None:
    response = ask(ticket=ticket_in(go(pupil)), service=MOODLE)
    person = college.people["pupil"]
    facts = facts_in(response)
    assert facts["firstName"] == [person.given_name]
    assert facts["uai"] == [college.school.uai]
    assert facts["profile"] == ["National_ELV"]
    assert facts["classes"]
    assert "email" not in facts and "level" not in facts
    user = xml_of(response).find(f".//{CAS}user").text
    assert user == Alias.objects.get(person=person, service__name="Moodle").value


def test_what_a_service_asks_later_does_not_leave_before_the_school_agrees(pupil: SchoolClient) -> None:
    service = Service.objects.get(name="Moodle")
    service.released["email"] = {"why": "Écrire.", "since": "2026-11-24"}
    service.save()
    Opening.objects.filter(service=service).update(agreed=["first_name"])
    facts = facts_in(ask(ticket=ticket_in(go(pupil)), service=MOODLE))
    assert set(facts) == {"longTermAuthenticationRequestTokenUsed", "isFromNewLogin", "firstName"}


def test_two_services_know_somebody_under_names_that_nothing_links(
    college: World, pupil: SchoolClient
) -> None:
    ask(ticket=ticket_in(go(pupil)), service=MOODLE)
    ask(ticket=ticket_in(go(pupil, READING)), service=READING)
    one, two = Alias.objects.filter(person=college.people["pupil"]).values_list("value", flat=True)
    assert one != two
    assert ask(ticket=ticket_in(go(pupil)), service=MOODLE).content.decode().count(one) + 1


def test_the_version_that_knows_no_attribute_gives_none(pupil: SchoolClient) -> None:
    response = ask("serviceValidate", ticket=ticket_in(go(pupil)), service=MOODLE)
    assert xml_of(response).find(f".//{CAS}attributes") is None
    assert xml_of(response).find(f".//{CAS}user") is not None


def test_cas_1_says_yes_and_a_name(pupil: SchoolClient) -> None:
    yes = ask("validate", ticket=ticket_in(go(pupil)), service=MOODLE).content.decode()
    assert yes.splitlines() == [
        "yes",
        Alias.objects.get(service__name="Moodle", person__account__login=CAST["pupil"]).value,
    ]
    assert ask("validate", ticket="ST-1", service=MOODLE).content.decode() == "no\n\n"


def test_services_of_ent_read_json_in_xml(college: World, pupil: SchoolClient) -> None:
    response = ask("serviceValidate", ticket=ticket_in(go(pupil, READING)), service=READING)
    inside = xml_of(response).find(f".//{CAS}userAttributes")
    assert inside is not None
    values = {one.tag: one.text for one in inside}
    assert json.loads(values["profiles"]) == ["Student"] == json.loads(values["type"])
    assert values["firstName"] == college.people["pupil"].given_name
    assert set(values) == {"id", "externalId", "profiles", "type", "firstName"}


def test_json_says_the_same(pupil: SchoolClient) -> None:
    answer = ask(ticket=ticket_in(go(pupil)), service=MOODLE, format="JSON").json()["serviceResponse"]
    assert answer["authenticationSuccess"]["attributes"]["profile"] == ["National_ELV"]
    again = ask(ticket="ST-1", service=MOODLE, format="JSON").json()["serviceResponse"]
    assert again["authenticationFailure"]["code"] == "INVALID_TICKET"


def test_a_name_that_xml_cannot_hold_does_not_break_the_answer(college: World, pupil: SchoolClient) -> None:
    person = college.people["pupil"]
    person.given_name = "Ana<&\x0b\ufffe"
    person.save()
    assert facts_in(ask(ticket=ticket_in(go(pupil)), service=MOODLE))["firstName"] == ["Ana<&"]


# What says nothing


def test_a_ticket_is_used_once(teacher: SchoolClient) -> None:
    value = ticket_in(go(teacher))
    assert code_of(ask(ticket=value, service=MOODLE)) == ""
    assert code_of(ask(ticket=value, service=MOODLE)) == "INVALID_TICKET"


def test_a_ticket_of_another_service_is_refused_and_lost(teacher: SchoolClient) -> None:
    value = ticket_in(go(teacher))
    assert code_of(ask(ticket=value, service=READING)) == "INVALID_SERVICE"
    assert code_of(ask(ticket=value, service=MOODLE)) == "INVALID_TICKET"


def test_a_ticket_lives_a_minute(teacher: SchoolClient, clock: time_machine.Traveller) -> None:
    value = ticket_in(go(teacher))
    clock.shift(timedelta(seconds=61))
    assert code_of(ask(ticket=value, service=MOODLE)) == "INVALID_TICKET"


def test_renew_refuses_a_session_that_was_open(teacher: SchoolClient) -> None:
    session = teacher.session
    session[sessions.OPENED] = session[proof.KEY] = session[sessions.OPENED] - 3600
    session.save()
    assert code_of(ask(ticket=ticket_in(go(teacher)), service=MOODLE, renew="true")) == "INVALID_TICKET_SPEC"


def test_rights_end_at_the_next_request(college: World, teacher: SchoolClient) -> None:
    value = ticket_in(go(teacher))
    Holding.objects.filter(person=college.people["teacher"]).update(ends=NOW.date())
    assert code_of(ask(ticket=value, service=MOODLE)) == "INVALID_TICKET"


def test_a_service_switched_off_in_between_learns_nothing(teacher: SchoolClient) -> None:
    value = ticket_in(go(teacher))
    Opening.objects.update(is_on=False)
    assert code_of(ask(ticket=value, service=MOODLE)) == "INVALID_TICKET"


GARBAGE = [
    "",
    "ST-",
    "ST-" + "0" * 64,
    "PGT-" + "0" * 64,
    "é",
    "\x00",
    "a" * 100_000,
    "' OR 1=1 --",
    "ST-1\r\nX: y",
]


@pytest.mark.parametrize("value", GARBAGE)
@pytest.mark.parametrize(
    "path", ["serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate"]
)
def test_whatever_is_shown_is_answered(college: World, path: str, value: str) -> None:
    for service in (MOODLE, value):
        assert code_of(ask(path, ticket=value, service=service, pgtUrl=value)) in {
            "INVALID_TICKET",
            "INVALID_REQUEST",
        }


@pytest.mark.parametrize("value", GARBAGE)
def test_a_forged_granting_ticket_gets_nothing(college: World, value: str) -> None:
    failure = xml_of(ask("proxy", pgt=value, targetService=MOODLE)).find(f"{CAS}proxyFailure")
    assert failure is not None and failure.get("code") in {"INVALID_TICKET", "INVALID_REQUEST"}


@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
def test_other_methods_are_refused(college: World, method: str) -> None:
    for path in ("validate", "serviceValidate", "proxy"):
        assert getattr(Client(), method)(f"/cas/{path}").status_code == 405
