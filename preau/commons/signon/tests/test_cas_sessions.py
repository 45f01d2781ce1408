"""The CAS server: tickets that are passed on, sessions that end, what is kept, and what it costs."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from conftest import NOW, SchoolClient
from preau.commons.signon import tasks
from preau.commons.signon.actions import leaving
from preau.commons.signon.models import Alias, Connection, Service, Ticket, Usage
from preau.commons.signon.tests.asking import (
    CAS,
    MOODLE,
    PROXY_CALLBACK,
    READING,
    ask,
    code_of,
    go,
    ticket_in,
    xml_of,
)
from preau.directory.seeds.world import World
from preau.foundation import outward

pytestmark = pytest.mark.django_db


# Passed on


def test_a_service_that_may_asks_another_in_the_persons_name(
    pupil: SchoolClient, answered: list[Any]
) -> None:
    Service.objects.filter(name="Moodle").update(may_proxy=True)
    value = ticket_in(go(pupil))
    word = (
        xml_of(ask(ticket=value, service=MOODLE, pgtUrl=PROXY_CALLBACK))
        .find(f".//{CAS}proxyGrantingTicket")
        .text
    )
    _method, called, _body = answered[0]
    sent = parse_qs(urlsplit(called).query)
    assert sent["pgtIou"] == [word]
    given = (
        xml_of(ask("proxy", pgt=sent["pgtId"][0], targetService=READING)).find(f".//{CAS}proxyTicket").text
    )
    assert code_of(ask("p3/serviceValidate", ticket=given, service=READING)) == "INVALID_TICKET_SPEC"
    given = (
        xml_of(ask("proxy", pgt=sent["pgtId"][0], targetService=READING)).find(f".//{CAS}proxyTicket").text
    )
    response = ask("p3/proxyValidate", ticket=given, service=READING)
    assert [one.text for one in xml_of(response).iter(f"{CAS}proxy")] == [PROXY_CALLBACK]
    assert code_of(ask("p3/proxyValidate", ticket=given, service=READING)) == "INVALID_TICKET"
    assert code_of(ask(ticket=sent["pgtId"][0], service=MOODLE)) == "INVALID_TICKET"


@pytest.mark.parametrize(
    ("callback", "may", "code"),
    [
        (PROXY_CALLBACK, False, "UNAUTHORIZED_SERVICE_PROXY"),
        ("https://127.0.0.1/callback", True, "INVALID_PROXY_CALLBACK"),
        ("http://localhost/callback", True, "INVALID_PROXY_CALLBACK"),
        ("https://autre.example/", True, "INVALID_PROXY_CALLBACK"),
        ("http://moodle.academie.example/", True, "INVALID_PROXY_CALLBACK"),
    ],
)
def test_a_callback_elsewhere_is_never_called(
    pupil: SchoolClient, answered: list[Any], callback: str, may: bool, code: str
) -> None:
    Service.objects.filter(name="Moodle").update(may_proxy=may)
    assert code_of(ask(ticket=ticket_in(go(pupil)), service=MOODLE, pgtUrl=callback)) == code
    assert answered == []


def test_a_proxy_gets_no_ticket_where_the_person_may_not_go(
    college: World, client: SchoolClient, answered: list[Any]
) -> None:
    Service.objects.filter(name="Moodle").update(may_proxy=True)
    value = ticket_in(go(client.sit(college.people["guardian"])))
    ask(ticket=value, service=MOODLE, pgtUrl=PROXY_CALLBACK)
    granting = parse_qs(urlsplit(answered[0][1]).query)["pgtId"][0]
    for target in (READING, "https://autre.example/", "\x00"):
        failure = xml_of(ask("proxy", pgt=granting, targetService=target)).find(f"{CAS}proxyFailure")
        assert failure.get("code") == "UNAUTHORIZED_SERVICE"


# Leaving


def test_signing_out_here_ends_the_sessions_there(teacher: SchoolClient, answered: list[Any]) -> None:
    value = ticket_in(go(teacher))
    user = xml_of(ask(ticket=value, service=MOODLE)).find(f".//{CAS}user").text
    teacher.post("/deconnexion/")
    found = Connection.objects.get()
    assert tasks.end_connection.func(found.pk) is True
    method, address, body = answered[0]
    request = ET.fromstring(parse_qs(body.decode())["logoutRequest"][0])
    assert (method, address) == ("POST", MOODLE)
    assert [one.text for one in request] == [user, value]
    assert not Connection.objects.exists()
    assert tasks.end_connection.func(found.pk) is False


def test_a_session_elsewhere_goes_on(college: World, client: SchoolClient) -> None:
    other = SchoolClient().sit(college.people["teacher"])
    client.sit(college.people["teacher"])
    for one in (client, other):
        ask(ticket=ticket_in(go(one)), service=MOODLE)
    live = ticket_in(go(other))
    client.post("/deconnexion/")
    assert code_of(ask(ticket=live, service=MOODLE)) == ""


def test_a_service_that_leads_into_our_network_is_never_asked(
    teacher: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(ticket=ticket_in(go(teacher)), service=MOODLE)
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.7", 443))])
    assert tasks.end_connection.func(Connection.objects.get().pk) is False
    assert not Connection.objects.exists()


def test_a_service_that_is_away_is_told_again(teacher: SchoolClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(ticket=ticket_in(go(teacher)), service=MOODLE)

    def away(*_args: Any, **_more: Any) -> int:
        raise ConnectionError

    monkeypatch.setattr(outward, "send", away)
    with pytest.raises(ConnectionError):
        tasks.end_connection.func(Connection.objects.get().pk)
    assert Connection.objects.exists()


def test_a_link_to_leave_asks_first(teacher: SchoolClient) -> None:
    address = f"/cas/logout?{urlencode({'service': MOODLE})}"
    assert "Se déconnecter aussi" in teacher.get(address).content.decode()
    assert teacher.get("/").status_code == 200 and teacher.session.get("_auth_user_id")
    page = teacher.post(address).content.decode()
    assert "Vous êtes déconnecté" in page and MOODLE.replace("&", "&amp;") in page
    assert not teacher.session.get("_auth_user_id")


def test_leaving_leads_nowhere_else(teacher: SchoolClient) -> None:
    for name in ("service", "url"):
        page = teacher.get("/cas/logout", {name: "https://autre.example/"}).content.decode()
        assert "autre.example" not in page.replace("autre.example/&quot;", "").split('action="')[0]


# What is kept


def test_tickets_are_kept_as_digests_and_nothing_is_logged(
    teacher: SchoolClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    value = ticket_in(go(teacher))
    rows = repr(list(Ticket.objects.values())) + repr(list(Alias.objects.values()))
    assert value not in rows and teacher.session.session_key not in rows
    ask(ticket=value, service=MOODLE)
    ask(ticket=value, service=MOODLE)
    assert value not in caplog.text


def test_openings_are_counted_without_a_name(college: World, pupil: SchoolClient) -> None:
    for _ in range(3):
        go(pupil)
    found = Usage.objects.get(day=NOW.date(), school=college.school)
    assert (found.profile, found.count) == ("pupil", 3)


def test_what_has_served_is_dropped(teacher: SchoolClient, clock: time_machine.Traveller) -> None:
    ask(ticket=ticket_in(go(teacher)), service=MOODLE)
    go(teacher)
    Usage.objects.filter(day=NOW.date()).update(day=NOW.date() - timedelta(days=500))
    Usage.objects.filter(day__gt=NOW.date() - timedelta(days=400)).delete()
    clock.shift(timedelta(hours=13))
    tasks.purge.func()
    assert not any(model.objects.exists() for model in (Ticket, Connection, Usage))


def test_an_erased_person_leaves_no_name(college: World, pupil: SchoolClient) -> None:
    ask(ticket=ticket_in(go(pupil)), service=MOODLE)
    go(pupil)
    pk = college.people["pupil"].pk
    assert leaving.forget_aliases(pk) == 1
    assert leaving.forget_passing(pk) == 2


# What it costs


@pytest.mark.parametrize(("key", "most"), [("teacher", 12), ("pupil", 12), ("guardian", 12)])
def test_going_to_a_service_costs_little(college: World, client: SchoolClient, key: str, most: int) -> None:
    client.sit(college.people[key])
    go(client)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        value = ticket_in(go(client))
    spent = [
        one["sql"]
        for one in counted
        if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(spent) <= most, "\n".join(spent)
    with CaptureQueriesContext(connection) as counted:
        ask(ticket=value, service=MOODLE)
    spent = [
        one["sql"]
        for one in counted
        if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(spent) <= 9, "\n".join(spent)
