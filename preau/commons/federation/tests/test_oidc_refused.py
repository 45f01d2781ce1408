"""What is not believed: nobody comes in, a page says so, and nothing breaks."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.urls import reverse
from joserfc.jwk import RSAKey

from conftest import NOW, PATIENCE, SchoolClient
from preau.commons.federation import asking
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.tests.coming import SECRET, asked, back, chosen, come, is_in, provider_of
from preau.commons.federation.tests.conftest import Crooked
from preau.foundation import outward

AGE = int(NOW.timestamp())


def refused(browser: SchoolClient, response: Any, status: int = 400) -> str:
    """A page that says so, in French, and no session."""
    page: str = response.content.decode()
    assert response.status_code == status, (response.status_code, page[:300])
    assert "pas connecté" in page or "n’a pas pu vous connecter" in page
    assert not is_in(browser)
    return page


def test_an_answer_serves_once(client: SchoolClient, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    assert back(client, address).status_code == 302
    other = SchoolClient()
    refused(other, back(other, address))
    client.post(reverse("identity:sign_out"))
    refused(client, back(client, address))


def test_an_answer_is_for_the_browser_that_asked(client: SchoolClient, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    thief = SchoolClient()
    asked(thief, provider)
    refused(thief, back(thief, address))


def test_an_answer_is_for_the_provider_that_was_asked(client: SchoolClient, provider: Provider) -> None:
    other = provider_of(name="Autre", issuer="https://autre.example")
    address = chosen(asked(client, provider))
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    response = client.get(reverse("federation:back", args=[other.public_id]), query)
    refused(client, response)


def test_an_answer_waits_ten_minutes(client: SchoolClient, provider: Provider, clock: Any) -> None:
    address = chosen(asked(client, provider))
    clock.shift(601)
    assert "trop longtemps" in refused(client, back(client, address))


@pytest.mark.parametrize(
    "changed",
    [{"state": "autre"}, {"state": None}, {"iss": "https://autre.example"}, {"iss": None}, {"code": None}],
)
def test_words_of_the_answer_are_not_others(
    client: SchoolClient, provider: Provider, changed: dict[str, Any]
) -> None:
    refused(client, back(client, chosen(asked(client, provider)), **changed))


def test_a_code_serves_once_there_too(client: SchoolClient, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    code = parse_qs(urlsplit(address).query)["code"][0]
    back(client, address)
    other = SchoolClient()
    refused(other, back(other, chosen(asked(other, provider)), code=code))


def test_a_code_of_somebody_else_is_not_taken(client: SchoolClient, provider: Provider) -> None:
    """Injected in one's own way in: the verifier of another browser does not fit it."""
    other = SchoolClient()
    code = parse_qs(urlsplit(chosen(asked(other, provider))).query)["code"][0]
    refused(client, back(client, chosen(asked(client, provider)), code=code))


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "autre"},
        {"aud": ["preau", "autre"]},
        {"aud": None},
        {"azp": "autre"},
        {"iss": "https://autre.example"},
        {"exp": AGE - 120},
        {"exp": None},
        {"exp": "demain"},
        {"iat": AGE + 300},
        {"iat": AGE - 3600},
        {"iat": None},
        {"iat": True},
        {"iat": 1e300},
        {"nonce": "autre"},
        {"nonce": None},
        {"sub": ""},
        {"sub": None},
        {"sub": 12},
        {"sub": "x" * 300},
    ],
    ids=str,
)
def test_a_token_says_what_it_must(
    client: SchoolClient, guichet: Crooked, provider: Provider, lies: dict[str, Any]
) -> None:
    guichet.lies = lies
    refused(client, come(client, provider))


def test_the_word_of_a_former_question_is_not_taken(
    client: SchoolClient, guichet: Crooked, provider: Provider
) -> None:
    nonce = parse_qs(urlsplit(asked(client, provider)).query)["nonce"][0]
    guichet.lies = {"nonce": nonce}
    refused(client, come(client, provider))


def test_a_token_without_a_signature_is_not_read(
    client: SchoolClient, guichet: Crooked, provider: Provider
) -> None:
    guichet.header = {"alg": "none"}
    refused(client, come(client, provider))


def test_a_public_key_is_not_a_secret(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    public = guichet.key.as_pem(private=False)
    guichet.header, guichet.signs_with = {"alg": "HS256", "kid": guichet.key.kid}, public
    refused(client, come(client, provider))


def test_the_client_secret_signs_nothing(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    guichet.header, guichet.signs_with = (
        {"alg": "HS256"},
        SECRET.encode(),
    )
    refused(client, come(client, provider))


def test_another_key_under_the_same_name_signs_nothing(
    client: SchoolClient, guichet: Crooked, provider: Provider
) -> None:
    guichet.header = {"alg": "RS256", "kid": guichet.key.kid}
    guichet.signs_with = RSAKey.generate_key(2048, private=True)
    refused(client, come(client, provider))


def test_a_key_in_the_header_is_not_taken(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    thief = RSAKey.generate_key(2048, private=True)
    guichet.header = {"alg": "RS256", "jwk": thief.as_dict(private=False)}
    guichet.signs_with = thief
    refused(client, come(client, provider))


def test_userinfo_speaks_of_the_same_person(
    client: SchoolClient, guichet: Crooked, provider: Provider
) -> None:
    guichet.says = {"sub": "paul"}
    refused(client, come(client, provider))


@pytest.mark.parametrize(
    "suite",
    [
        "https://voleur.example/",
        "//voleur.example",
        "/\\voleur.example",
        "javascript:alert(1)",
        "http:voleur",
    ],
)
def test_nobody_is_led_elsewhere(client: SchoolClient, provider: Provider, suite: str) -> None:
    assert come(client, provider, suite=suite)["Location"] == "/"


def test_whoever_gave_up_is_told_so(client: SchoolClient, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    response = back(client, address, code=None, error="access_denied")
    assert "renoncé" in refused(client, response)
    assert Provider.objects.get().failures == 0


def test_an_error_said_there_is_its_trouble(client: SchoolClient, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    refused(client, back(client, address, code=None, error="server_error"), 503)
    assert Provider.objects.get().failures == 1


def test_a_provider_that_is_closed_is_nowhere(client: SchoolClient, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    Provider.objects.update(is_on=False)
    assert back(client, address).status_code == 404
    assert client.get(reverse("federation:start", args=[provider.public_id])).status_code == 404


def test_a_sheet_with_a_nul_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "read", lambda *_: b'{"issuer": "https://guichet.example\\u0000"}')
    with pytest.raises(asking.Failed):
        asking.read_json("https://guichet.example/.well-known/openid-configuration")


def give_up_soon_on(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What never answers is waited for shortly; all that answers has the time that it needs."""
    if path == "slow":
        monkeypatch.setattr(outward, "TIMEOUT", 0.4)


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        ("500", "error"),
        ("garbage", "garbled"),
        ("list", "garbled"),
        ("endless", "garbled"),
        ("elsewhere", "error"),
        ("slow", "slow"),
    ],
)
def test_a_sheet_that_does_not_read(
    client: SchoolClient,
    provider: Provider,
    broken: str,
    path: str,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_up_soon_on(path, monkeypatch)
    Provider.objects.update(issuer=f"{broken}/{path}")
    response = client.get(reverse("federation:start", args=[provider.public_id]), {"suite": "/profil/"})
    page = refused(client, response, 503)
    assert "suite=%2Fprofil%2F" in page
    assert "J’ai un code" in page
    assert Provider.objects.get().trouble == trouble


@pytest.mark.parametrize("place", ["token_endpoint", "userinfo_endpoint", "jwks_uri"])
@pytest.mark.parametrize("path", ["500", "garbage", "slow"])
def test_an_address_that_fails_on_the_way_back(
    client: SchoolClient,
    guichet: Crooked,
    provider: Provider,
    broken: str,
    place: str,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_up_soon_on(path, monkeypatch)
    sheet = guichet.sheet() | {place: f"{broken}/{path}"}
    guichet.sheet = lambda: sheet  # type: ignore[method-assign]
    refused(client, come(client, provider), 503)


def test_a_machine_that_is_off(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    address = chosen(asked(client, provider))
    guichet.stop()
    assert "ne répond pas" in refused(client, back(client, address), 503)


def test_a_sheet_of_another_provider(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    sheet = guichet.sheet() | {"issuer": "https://autre.example"}
    guichet.sheet = lambda: sheet  # type: ignore[method-assign]
    refused(client, client.get(reverse("federation:start", args=[provider.public_id])), 503)


def test_a_wrong_secret_is_said_to_those_who_settle(client: SchoolClient, provider: Provider) -> None:
    Provider.objects.update(secret="")
    refused(client, come(client, provider), 503)
    assert Provider.objects.get().trouble == "secret"


def test_three_failures_are_said_on_the_button(
    client: SchoolClient, provider: Provider, broken: str, clock: Any
) -> None:
    Provider.objects.update(issuer=f"{broken}/500")
    for _ in range(3):
        client.get(reverse("federation:start", args=[provider.public_id]))
    assert "Ne répond pas bien" in client.get("/connexion/").content.decode()
    clock.shift(601)
    assert "Ne répond pas bien" not in client.get("/connexion/").content.decode()


def test_what_was_typed_waits_through_a_failure(
    client: SchoolClient, provider: Provider, broken: str
) -> None:
    session = client.session
    session["kept_form"] = {"account": 1, "seat": "", "address": "/", "fields": "", "asked": False}
    session.save()
    Provider.objects.update(issuer=f"{broken}/500")
    page = refused(client, client.get(reverse("federation:start", args=[provider.public_id])), 503)
    assert "est gardé" in page
    assert "kept_form" in client.session


def test_the_stand_in_itself_refuses_what_it_must(client: SchoolClient, provider: Provider) -> None:
    address = asked(client, provider)
    for wrong in (
        address.replace("redirect_uri=", "redirect_uri=x"),
        address.replace("client_id=preau", "client_id=x"),
    ):
        assert (
            requests.post(wrong, data={"qui": "jeanne"}, allow_redirects=False, timeout=PATIENCE).status_code
            == 400
        )
    assert Link.objects.count() == 1
