"""OpenID Connect: who comes, what leaves, and until when."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from conftest import NOW, SchoolClient
from preau.commons.signon import tasks
from preau.commons.signon.actions import leaving
from preau.commons.signon.models import Alias, Client, Connection, Grant, Opening, Token, Usage
from preau.commons.signon.tests.coming import (
    AFTER,
    BACK,
    TOLD,
    VERIFIER,
    answer_in,
    ask,
    asked,
    claims_in,
    code_in,
    come,
    linked,
    redeem,
    renew,
    tokens_of,
    userinfo,
)
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.foundation import proof
from preau.identity import sessions
from preau.identity.models import Account
from preau.identity.seeds import CAST, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_(college: World) -> Client:
    return linked(college)


# Coming


def test_whoever_is_signed_in_goes_straight_back(
    teacher: SchoolClient, client_: Client, settings: Any
) -> None:
    response = come(teacher, client_)
    answer = answer_in(response)
    assert (answer["state"], answer["iss"]) == ("s-1", settings.PUBLIC_URL)
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_visitor_signs_in_first_and_a_page_of_ours_goes_on(
    client_: Client, client: SchoolClient, college: World
) -> None:
    first = come(client, client_)
    assert first["Location"].startswith("/connexion/?suite=%2Foidc%2Fauthorize%3F")
    suite = parse_qs(urlsplit(first["Location"]).query)["suite"][0]
    signed = client.post("/connexion/", {"login": CAST["pupil"], "password": PASSWORD, "suite": suite})
    page = client.get(signed["Location"])
    assert page.status_code == 200 and page["Referrer-Policy"] == "no-referrer"
    assert f'http-equiv="refresh" content="0; url={BACK}?code=' in page.content.decode()


def test_tokens_say_who_came(college: World, teacher: SchoolClient, client_: Client, settings: Any) -> None:
    given = tokens_of(teacher, client_)
    assert (given["token_type"], given["expires_in"], given["scope"]) == (
        "Bearer",
        600,
        "openid ent profile email",
    )
    alias = Alias.objects.get(service=client_.service, person=college.people["teacher"]).value
    claims = claims_in(given["id_token"])
    assert (claims["iss"], claims["sub"], claims["aud"]) == (settings.PUBLIC_URL, alias, client_.client_id)
    assert (claims["nonce"], claims["acr"]) == ("n-1", "urn:preau:acr:1")
    assert claims["exp"] - claims["iat"] == 600 and claims["auth_time"] <= claims["iat"]
    assert not {"given_name", "email"} & set(claims), "names are never in what is shown again in an address"
    response = userinfo(given["access_token"])
    person = college.people["teacher"]
    assert response["Cache-Control"] == "no-store"
    assert response.json() | {"urn:preau:school": 0} == {
        "sub": alias,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "urn:preau:profile": "National_ENS",
        "urn:preau:school": 0,
    } | ({"email": person.email} if person.email else {})


def test_a_pupil_has_classes_and_only_what_is_asked_and_agreed_leaves(
    college: World, pupil: SchoolClient, client_: Client
) -> None:
    claims = userinfo(tokens_of(pupil, client_)["access_token"]).json()
    assert claims["urn:preau:classes"] and claims["urn:preau:school"] == [college.school.uai]
    assert set(userinfo(tokens_of(pupil, client_, scope="openid")["access_token"]).json()) == {"sub"}
    Opening.objects.filter(service=client_.service).update(agreed=["first_name"])
    assert set(userinfo(tokens_of(pupil, client_)["access_token"]).json()) == {"sub", "given_name"}


def test_a_second_proof_is_said(teacher: SchoolClient, client_: Client) -> None:
    session = teacher.session
    session[sessions.PROVED] = True
    session.save()
    assert claims_in(tokens_of(teacher, client_)["id_token"])["acr"] == "urn:preau:acr:2"


def test_coming_is_counted_without_a_name(college: World, pupil: SchoolClient, client_: Client) -> None:
    for _ in range(3):
        come(pupil, client_)
    found = Usage.objects.get(service=client_.service)
    assert (found.school, found.profile, found.count) == (college.school, "pupil", 3)


def test_a_post_of_the_service_is_asked_again_as_a_get(teacher: SchoolClient, client_: Client) -> None:
    response = teacher.post("/oidc/authorize", asked(client_))
    assert response.status_code == 302 and not Grant.objects.exists()
    assert code_in(teacher.get(response["Location"]))


def test_a_public_client_comes_without_a_secret(college: World, teacher: SchoolClient) -> None:
    public = linked(college, is_public=True)
    assert redeem(public, code_in(come(teacher, public)), client_secret="").status_code == 200
    assert redeem(public, code_in(come(teacher, public))).json()["error"] == "invalid_client"


def test_an_application_in_a_browser_may_read_the_answers(client_: Client) -> None:
    for path in ("/oidc/token", "/oidc/userinfo", "/oidc/jwks", "/.well-known/openid-configuration"):
        assert Browser().options(path)["Access-Control-Allow-Origin"] == "*"


# Proving it again


def opened_before(browser: SchoolClient, seconds: int) -> None:
    session = browser.session
    session[sessions.OPENED] = session[proof.KEY] = session[sessions.OPENED] - seconds
    session.save()


def test_without_a_page_only_who_is_signed_in_comes(
    client_: Client, client: SchoolClient, college: World
) -> None:
    assert answer_in(come(client, client_, prompt="none"))["error"] == "login_required"
    client.sit(college.people["teacher"])
    assert code_in(come(client, client_, prompt="none"))
    opened_before(client, 3_600)
    assert answer_in(come(client, client_, prompt="none", max_age="60"))["error"] == "login_required"
    assert code_in(come(client, client_, prompt="none", max_age="7200"))


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "60"}, {"max_age": "0"}])
def test_the_password_is_asked_again(teacher: SchoolClient, client_: Client, more: dict[str, str]) -> None:
    opened_before(teacher, 3_600)
    session = teacher.session
    session[sessions.PROVED] = True
    session.save()
    there = come(teacher, client_, **more)["Location"]
    assert there.startswith("/oidc/confirmer/?")
    assert "demande votre mot de passe" in teacher.get(there).content.decode()
    wrong = teacher.post(there, {"password": "faux"})
    assert wrong.status_code == 422 and "ne convient pas" in wrong.content.decode()
    page = teacher.post(there, {"password": PASSWORD}).content.decode()
    address = page.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    given = redeem(client_, parse_qs(urlsplit(address).query)["code"][0]).json()
    claims = claims_in(given["id_token"])
    assert claims["auth_time"] == int(NOW.timestamp())
    assert claims["acr"] == "urn:preau:acr:1", "the password alone"


# Until when


def test_a_token_of_renewal_gives_others(
    teacher: SchoolClient, client_: Client, clock: time_machine.Traveller
) -> None:
    given = tokens_of(teacher, client_)
    clock.shift(timedelta(minutes=11))
    assert userinfo(given["access_token"]).status_code == 401
    again = renew(client_, given["refresh_token"]).json()
    assert userinfo(again["access_token"]).status_code == 200
    claims = claims_in(again["id_token"])
    first = claims_in(given["id_token"])
    assert "nonce" not in claims
    assert {name: claims[name] for name in ("sub", "sid", "auth_time")} == {
        name: first[name] for name in ("sub", "sid", "auth_time")
    }


def test_signing_out_here_ends_everything_there(
    teacher: SchoolClient, client_: Client, answered: list[Any]
) -> None:
    given = tokens_of(teacher, client_)
    live = code_in(come(teacher, client_))
    teacher.post("/deconnexion/")
    assert userinfo(given["access_token"]).status_code == 401
    assert renew(client_, given["refresh_token"]).json()["error"] == "invalid_grant"
    assert redeem(client_, live).json()["error"] == "invalid_grant"
    assert tasks.end_connection.func(Connection.objects.get().pk) is True
    method, address, body = answered[0]
    assert (method, address) == ("POST", TOLD)
    claims = claims_in(parse_qs(body.decode())["logout_token"][0])
    first = claims_in(given["id_token"])
    assert (claims["sub"], claims["sid"], claims["aud"]) == (first["sub"], first["sid"], client_.client_id)
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in claims and claims["jti"]
    assert not Connection.objects.exists()


def test_a_session_is_told_once_however_often_somebody_comes(teacher: SchoolClient, client_: Client) -> None:
    for _ in range(3):
        tokens_of(teacher, client_)
    assert Connection.objects.count() == 1


def test_a_service_that_gives_no_address_is_not_told(college: World, teacher: SchoolClient) -> None:
    tokens_of(teacher, linked(college, back_channel=""))
    assert not Connection.objects.exists()


def test_another_session_goes_on(college: World, client: SchoolClient, client_: Client) -> None:
    other = SchoolClient().sit(college.people["teacher"])
    client.sit(college.people["teacher"])
    mine, theirs = tokens_of(client, client_), tokens_of(other, client_)
    assert claims_in(mine["id_token"])["sid"] != claims_in(theirs["id_token"])["sid"]
    client.post("/deconnexion/")
    assert userinfo(mine["access_token"]).status_code == 401
    assert userinfo(theirs["access_token"]).status_code == 200


def test_a_session_that_ends_by_time_ends_tokens(
    teacher: SchoolClient, client_: Client, clock: time_machine.Traveller
) -> None:
    """Renewing is no gesture: a service that renews by itself holds no session open on a shared computer."""
    given = tokens_of(teacher, client_)
    for _ in range(7):
        clock.shift(timedelta(minutes=9))
        answer = renew(client_, given["refresh_token"])
        given = answer.json()
    assert given["error"] == "invalid_grant"
    assert not Grant.objects.exists()


@pytest.mark.parametrize("ending", ["role", "account", "service", "opening", "class"])
def test_what_ends_is_ended_at_the_next_request(
    college: World, pupil: SchoolClient, client_: Client, ending: str
) -> None:
    given, live = tokens_of(pupil, client_), code_in(come(pupil, client_))
    person = college.people["pupil"]
    {
        "role": lambda: Holding.objects.filter(person=person).update(ends=NOW.date()),
        "account": lambda: Account.objects.filter(person=person).update(is_active=False),
        "service": lambda: (
            type(client_.service).objects.filter(pk=client_.service_id).update(closes_on="2026-11-23")
        ),
        "opening": lambda: Opening.objects.filter(service=client_.service).update(is_on=False),
        "class": lambda: Opening.objects.filter(service=client_.service).update(levels=["aucun"]),
    }[ending]()
    assert userinfo(given["access_token"]).status_code == 401
    assert redeem(client_, live).json()["error"] == "invalid_grant"
    assert renew(client_, given["refresh_token"]).json()["error"] == "invalid_grant"


# Leaving


def test_a_link_to_leave_asks_first(teacher: SchoolClient, client_: Client) -> None:
    hint = tokens_of(teacher, client_)["id_token"]
    parameters = {"id_token_hint": hint, "post_logout_redirect_uri": AFTER, "state": "x&y"}
    page = teacher.get("/oidc/logout", parameters).content.decode()
    assert "Se déconnecter aussi" in page and f'href="{AFTER}?state=x%26y"' in page
    assert teacher.session.get("_auth_user_id")
    again = teacher.post("/oidc/logout", parameters)
    assert again.status_code == 302 and teacher.session.get("_auth_user_id")
    action = page.split('action="')[1:]
    there = next(one.split('"')[0] for one in action if one.startswith("/oidc/")).replace("&amp;", "&")
    page = teacher.post(there).content.decode()
    assert "Vous êtes déconnecté" in page and f'href="{AFTER}?state=x%26y"' in page
    assert not teacher.session.get("_auth_user_id")


# What is kept


def test_only_digests_are_kept_and_nothing_is_logged(
    teacher: SchoolClient, client_: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = code_in(come(teacher, client_))
    given = redeem(client_, code).json()
    redeem(client_, code)
    secrets = [code, given["access_token"], given["refresh_token"], given["id_token"], VERIFIER]
    rows = "".join(repr(list(model.objects.values())) for model in (Grant, Token, Client, Connection))
    for secret in secrets:
        assert secret not in rows and secret not in caplog.text
    assert teacher.session.session_key not in rows


def test_what_has_served_is_dropped(
    teacher: SchoolClient, client_: Client, clock: time_machine.Traveller
) -> None:
    tokens_of(teacher, client_)
    come(teacher, client_)
    clock.shift(timedelta(minutes=15))
    tasks.purge.func()
    assert Grant.objects.count() == 1, "a code that nobody used"
    assert [token.kind for token in Token.objects.all()] == ["refresh"]
    clock.shift(timedelta(hours=12))
    tasks.purge.func()
    assert not Grant.objects.exists() and not Token.objects.exists()


def test_an_erased_person_leaves_nothing(college: World, pupil: SchoolClient, client_: Client) -> None:
    tokens_of(pupil, client_)
    leaving.forget_passing(college.people["pupil"].pk)
    assert not Grant.objects.exists() and not Token.objects.exists() and not Connection.objects.exists()


# What it costs


@pytest.mark.parametrize("key", ["teacher", "pupil", "guardian"])
def test_coming_costs_little(college: World, client: SchoolClient, client_: Client, key: str) -> None:
    client.sit(college.people[key])
    tokens_of(client, client_)
    code = spent(lambda: come(client, client_), 12)
    given = spent(lambda: redeem(client_, code_in(code)), 16).json()
    spent(lambda: userinfo(given["access_token"]), 8)
    spent(lambda: ask(client_, grant_type="refresh_token", refresh_token=given["refresh_token"]), 14)


def spent(gesture: Any, most: int) -> Any:
    with CaptureQueriesContext(connection) as counted:
        answer = gesture()
    aside = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    sql = [one["sql"] for one in counted if not one["sql"].startswith(aside)]
    assert len(sql) <= most, f"{len(sql)}\n" + "\n".join(sql)
    return answer
