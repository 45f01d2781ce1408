"""OpenID Connect: everything that opens nothing. Never a redirection elsewhere, never a 500."""

import base64
import hmac
import json
from typing import Any
from urllib.parse import quote_plus

import pytest
import time_machine
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import RSAKey

from conftest import SchoolClient
from preau.commons.signon.models import Client, Grant, Opening, Service, SigningKey, Token
from preau.commons.signon.queries import keys
from preau.commons.signon.tests.coming import (
    AFTER,
    BACK,
    CHALLENGE,
    SECRET,
    VERIFIER,
    answer_in,
    ask,
    code_in,
    come,
    linked,
    redeem,
    renew,
    tokens_of,
    userinfo,
)
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db
GARBAGE = ["", "é", "\x00", "' OR 1=1 --", "a" * 100_000, "preau-" + "0" * 24, "x\r\nSet-Cookie: a=b"]


@pytest.fixture
def client_(college: World) -> Client:
    return linked(college)


# Coming

TRICKS = [
    "",
    "https://atelier.example/oidc/retour/",
    "https://atelier.example/oidc/retour/x",
    "https://atelier.example/oidc/retou",
    "https://atelier.example/oidc/retour?x=1",
    "https://atelier.example/oidc/retour#x",
    "https://atelier.example/oidc/Retour",
    "https://Atelier.example/oidc/retour",
    "HTTPS://atelier.example/oidc/retour",
    "http://atelier.example/oidc/retour",
    "https://atelier.example:443/oidc/retour",
    "https://atelier.example:8443/oidc/retour",
    "https://atelier.example//oidc/retour",
    "https://atelier.example/oidc//retour",
    "https://atelier.example/oidc/%72etour",
    "https://atelier.example/oidc%2Fretour",
    "https://atelier.example@autre.example/oidc/retour",
    "https://autre.example@atelier.example/oidc/retour",
    "https://atelier.example.autre.example/oidc/retour",
    "https://autre.example/?https://atelier.example/oidc/retour",
    "https://atelier.example\\@autre.example/oidc/retour",
    "//atelier.example/oidc/retour",
    "/oidc/retour",
    " " + BACK,
    BACK + " ",
    BACK + "\x00",
    BACK + "\r\nX: y",
    "javascript:alert(1)",
    "https://atelier.example/oidc/x/../retour",
    AFTER,
    "a" * 10_000,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_is_sent_where_the_register_says_nothing(
    teacher: SchoolClient, client_: Client, trick: str
) -> None:
    for browser in (teacher, Browser()):
        for more in ({}, {"prompt": "none"}, {"response_type": "token"}):
            response = come(browser, client_, redirect_uri=trick, **more)
            assert response.status_code == 400 and not response.has_header("Location")
            assert "ne vous renvoie pas" in response.content.decode()
    assert not Grant.objects.exists()


def test_two_addresses_of_return_are_none(teacher: SchoolClient, client_: Client) -> None:
    response = teacher.get(
        f"/oidc/authorize?client_id={client_.client_id}&redirect_uri={BACK}&redirect_uri={BACK}"
    )
    assert response.status_code == 400


@pytest.mark.parametrize("number", GARBAGE[1:])
def test_an_unknown_service_gets_nobody(teacher: SchoolClient, client_: Client, number: str) -> None:
    assert come(teacher, client_, client_id=number).status_code == 404


@pytest.mark.parametrize("facts", [{"is_on": False}, {"protocol": Protocol.CAS}])
def test_a_service_that_is_off_or_speaks_otherwise_gets_nobody(
    teacher: SchoolClient, client_: Client, facts: dict[str, Any]
) -> None:
    given, live = tokens_of(teacher, client_), code_in(come(teacher, client_))
    Service.objects.filter(pk=client_.service_id).update(**facts)
    assert come(teacher, client_).status_code == 404
    assert redeem(client_, live).status_code == 401
    assert userinfo(given["access_token"]).status_code == 401


def test_a_service_of_cas_does_not_hold_the_addresses_of_another(
    teacher: SchoolClient, client_: Client
) -> None:
    assert teacher.get("/cas/login", {"service": BACK}).status_code == 404


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain", "code_challenge": VERIFIER}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"nonce": "n" * 501}, "invalid_request"),
        ({"nonce": "\x00"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "autre"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "9" * 30}, "invalid_request"),
        ({"max_age": "²"}, "invalid_request"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "https://autre.example/"}, "request_uri_not_supported"),
    ],
)
def test_a_mistake_is_told_to_the_service(
    teacher: SchoolClient, client_: Client, more: dict[str, str], error: str
) -> None:
    answer = answer_in(come(teacher, client_, **more))
    assert (answer["error"], answer["state"]) == (error, "s-1")
    assert "code" not in answer and not Grant.objects.exists()


@pytest.mark.parametrize("state", ["s" * 2_001, "\x00", "é", "a\r\nb"])
def test_a_strange_state_is_not_sent_back(teacher: SchoolClient, client_: Client, state: str) -> None:
    answer = answer_in(come(teacher, client_, state=state))
    assert answer["error"] == "invalid_request" and "state" not in answer


def test_who_is_not_admitted_stays_here(college: World, pupil: SchoolClient, client_: Client) -> None:
    Opening.objects.filter(service=client_.service).update(profiles=["staff"])
    page = come(pupil, client_)
    assert page.status_code == 403 and "ne vous est pas ouvert" in page.content.decode()
    assert answer_in(come(pupil, client_, prompt="none"))["error"] == "access_denied"
    assert not Grant.objects.exists()


def test_the_service_of_another_school_is_unknown_here(
    planted: dict[str, World], teacher: SchoolClient
) -> None:
    theirs = linked(planted["twin"])
    assert come(teacher, theirs).status_code == 404
    assert not Grant.objects.exists()


# A code


def refused(answer: Any, error: str = "invalid_grant", status: int = 400) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.content
    assert answer["Cache-Control"] == "no-store"


def test_a_code_is_used_once_and_twice_takes_all_away(teacher: SchoolClient, client_: Client) -> None:
    code = code_in(come(teacher, client_))
    given = redeem(client_, code).json()
    refused(redeem(client_, code))
    assert userinfo(given["access_token"]).status_code == 401
    refused(renew(client_, given["refresh_token"]))
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": CHALLENGE},
        {"code_verifier": "é"},
        {"code_verifier": "\x00"},
        {"redirect_uri": AFTER},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": "\x00"},
    ],
)
def test_what_does_not_fit_uses_the_code_up(
    teacher: SchoolClient, client_: Client, more: dict[str, str]
) -> None:
    code = code_in(come(teacher, client_))
    refused(redeem(client_, code, **more))
    refused(redeem(client_, code))


@pytest.mark.parametrize("name", ["code", "code_verifier", "redirect_uri", "grant_type"])
def test_what_is_missing_is_said(teacher: SchoolClient, client_: Client, name: str) -> None:
    refused(redeem(client_, code_in(come(teacher, client_)), **{name: ""}), "invalid_request")


def test_a_code_is_of_one_service(college: World, teacher: SchoolClient, client_: Client) -> None:
    other = linked(college, "Autre")
    code = code_in(come(teacher, client_))
    refused(redeem(other, code))
    refused(redeem(client_, code))
    given = tokens_of(teacher, client_)
    refused(renew(other, given["refresh_token"]))
    assert userinfo(given["access_token"]).status_code == 401


def test_a_code_waits_a_minute(teacher: SchoolClient, client_: Client, clock: time_machine.Traveller) -> None:
    code = code_in(come(teacher, client_))
    clock.shift(61)
    refused(redeem(client_, code))


def test_a_renewal_shown_twice_takes_all_away(teacher: SchoolClient, client_: Client) -> None:
    first = tokens_of(teacher, client_)
    second = renew(client_, first["refresh_token"]).json()
    refused(renew(client_, first["refresh_token"]))
    assert userinfo(second["access_token"]).status_code == 401
    refused(renew(client_, second["refresh_token"]))
    assert not Token.objects.exists()


def test_one_token_is_not_another(teacher: SchoolClient, client_: Client) -> None:
    given = tokens_of(teacher, client_)
    refused(renew(client_, given["access_token"]))
    for shown in (given["refresh_token"], given["id_token"], code_in(come(teacher, client_))):
        assert userinfo(shown).status_code == 401


@pytest.mark.parametrize("value", GARBAGE[1:])
def test_whatever_is_shown_is_answered(client_: Client, value: str) -> None:
    refused(redeem(client_, value))
    refused(renew(client_, value))
    refused(ask(client_, grant_type=value, code=value), "unsupported_grant_type")
    for name in ("password", "client_credentials", "implicit"):
        refused(ask(client_, grant_type=name), "unsupported_grant_type")
    assert ask(client_, secret=value, grant_type="refresh_token").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic x", "Bearer é", "bearer a b", "Bearer " + "a" * 5_000, "\x00"]
)
def test_without_a_token_nobody_is_told(client_: Client, header: str) -> None:
    answer = Browser().get("/oidc/userinfo", headers={"Authorization": header})
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer ")


# A secret


def basic(number: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{number}:{secret}".encode()).decode()}


def body(code: str, **more: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    } | more


def test_a_secret_may_come_in_the_header(teacher: SchoolClient, client_: Client) -> None:
    sent = body(code_in(come(teacher, client_)))
    answer = Browser().post("/oidc/token", sent, headers=basic(client_.client_id, quote_plus(SECRET)))
    assert answer.status_code == 200, answer.content


def test_a_secret_elsewhere_or_twice_opens_nothing(
    college: World, teacher: SchoolClient, client_: Client
) -> None:
    code = code_in(come(teacher, client_))
    number = client_.client_id
    address = f"/oidc/token?client_id={number}&client_secret={SECRET}"
    refused(Browser().post(address, body(code)), "invalid_client", 401)
    refused(Browser().post(address, body(code, client_id=number)), "invalid_client", 401)
    twice = body(code, client_id=number, client_secret=SECRET)
    refused(Browser().post("/oidc/token", twice, headers=basic(number, SECRET)), "invalid_request")
    other = linked(college, "Autre")
    mixed = body(code, client_id=other.client_id)
    refused(Browser().post("/oidc/token", mixed, headers=basic(number, SECRET)), "invalid_request")
    as_json = Browser().post("/oidc/token", json.dumps(twice), content_type="application/json")
    refused(as_json, "invalid_client", 401)
    refused(Browser().post("/oidc/token", body(code, client_id=number)), "invalid_client", 401)
    for header in (
        "Basic",
        "Basic é",
        "Basic !!!!",
        "Basic bm9jb2xvbg==",
        "Basic /w==",
        "Digest x",
        "Bearer x",
    ):
        refused(
            Browser().post("/oidc/token", body(code), headers={"Authorization": header}),
            "invalid_client",
            401,
        )
    assert redeem(client_, code).status_code == 200, "nobody has proved anything: the code waits"


def test_a_service_without_a_secret_yet_opens_nothing(college: World, teacher: SchoolClient) -> None:
    new = linked(college, secret="", secret_since=None)
    for typed in ("", SECRET):
        refused(redeem(new, code_in(come(teacher, new)), client_secret=typed), "invalid_client", 401)


def test_wrong_secrets_are_counted_where_they_come_from(
    teacher: SchoolClient, client_: Client, settings: Any
) -> None:
    settings.TRUSTED_PROXY = True
    here, there = {"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "198.51.100.7"}

    def shown(secret: str, where: dict[str, str]) -> Any:
        sent = body(code_in(come(teacher, client_)), client_id=client_.client_id, client_secret=secret)
        return Browser().post("/oidc/token", sent, headers=where)

    for _ in range(10):
        refused(shown("faux", here), "invalid_client", 401)
    closed = shown(SECRET, here)
    refused(closed, "invalid_client", 429)
    assert closed["Retry-After"] == "900"
    assert shown(SECRET, there).status_code == 200


def test_two_values_of_one_name_are_refused(teacher: SchoolClient, client_: Client) -> None:
    code = code_in(come(teacher, client_))
    sent = body(code, client_id=client_.client_id, client_secret=SECRET) | {"code": [code, code]}
    refused(Browser().post("/oidc/token", sent), "invalid_request")


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_other_methods_are_refused(client_: Client, method: str) -> None:
    assert getattr(Browser(), method)("/oidc/token").status_code == 405
    assert getattr(Browser(), method)("/oidc/deconnexion").status_code == 405


# What we signed


def plain(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def forged(kind: str, claims: dict[str, Any]) -> str:
    """Signed by nobody, by our public key taken for a secret, by somebody else's key."""
    row = SigningKey.objects.get()
    text = f"{plain(json.dumps({'alg': kind, 'kid': row.kid}).encode())}.{plain(json.dumps(claims).encode())}"
    if kind == "none":
        return f"{text}."
    if kind == "HS256":
        secret = RSAKey.import_key(row.public).as_pem(private=False)
        return f"{text}.{plain(hmac.digest(secret, text.encode(), 'sha256'))}"
    return jwt.encode({"alg": "RS256", "kid": row.kid}, claims, RSAKey.generate_key(2_048))


@pytest.mark.parametrize("kind", ["none", "HS256", "RS256"])
def test_what_others_signed_proves_nothing(teacher: SchoolClient, client_: Client, kind: str) -> None:
    tokens_of(teacher, client_)
    word = forged(kind, {"aud": client_.client_id})
    assert keys.read_signed(word) is None
    page = teacher.get(
        "/oidc/logout", {"id_token_hint": word, "post_logout_redirect_uri": AFTER}
    ).content.decode()
    assert f'href="{AFTER}' not in page


@pytest.mark.parametrize("address", [*TRICKS, BACK, AFTER + "/", AFTER + "?x=1", "https://autre.example/"])
def test_leaving_leads_nowhere_else(teacher: SchoolClient, client_: Client, address: str) -> None:
    if address == AFTER:
        return
    parameters = {"client_id": client_.client_id, "post_logout_redirect_uri": address}
    response = teacher.get("/oidc/logout", parameters)
    assert response.status_code == 200
    page = response.content.decode().split('<form class="form"')[1].split(">", 1)[1].split("</form>")[0]
    assert "atelier.example" not in page and "autre.example" not in page


def test_a_hint_of_one_service_is_not_anothers(
    college: World, teacher: SchoolClient, client_: Client
) -> None:
    other = linked(college, "Autre")
    hint = tokens_of(teacher, client_)["id_token"]
    parameters = {"id_token_hint": hint, "client_id": other.client_id, "post_logout_redirect_uri": AFTER}
    assert f'href="{AFTER}' not in teacher.get("/oidc/logout", parameters).content.decode()
    parameters = {"client_id": client_.client_id, "post_logout_redirect_uri": AFTER}
    assert f'href="{AFTER}' in teacher.get("/oidc/logout", parameters).content.decode()


@pytest.mark.parametrize("value", GARBAGE)
def test_whatever_a_hint_is_the_page_asks(teacher: SchoolClient, client_: Client, value: str) -> None:
    parameters = {
        "id_token_hint": value,
        "client_id": value,
        "post_logout_redirect_uri": value,
        "state": value,
    }
    assert "Se déconnecter aussi" in teacher.get("/oidc/logout", parameters).content.decode()
