"""What a browser and a service say to the OpenID Connect provider, in few words."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import KeySet

from conftest import NOW
from preau.commons.signon.models import Client, Opening, Service
from preau.commons.signon.queries import clients
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World

BACK = "https://atelier.example/oidc/retour"
AFTER = "https://atelier.example/au-revoir"
TOLD = "https://atelier.example/oidc/fin"
SECRET = "un secret de service"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = "openid profile email ent"


def linked(world: World, name: str = "Atelier", **facts: Any) -> Client:
    """A service of the school that speaks OpenID Connect, and receives all that may leave."""
    keys = ("first_name", "last_name", "email", "profile", "school", "classes", "level")
    service = Service.objects.create(
        school=world.school,
        name=world.named(name),
        text="Essayer.",
        address="https://atelier.example/",
        changed_at=NOW,
        protocol=Protocol.OIDC,
        released={key: {"why": "Essayer.", "since": "2026-09-01"} for key in keys},
    )
    Opening.objects.create(service=service, school=world.school, is_on=True, agreed=service.asks)
    held = {"redirects": [BACK], "after_logout": [AFTER], "back_channel": TOLD}
    secret = {} if facts.get("is_public") else {"secret": clients.secret_digest(SECRET), "secret_since": NOW}
    return Client.objects.create(service=service, **held | secret | facts)


def asked(client: Client, **more: str) -> dict[str, str]:
    """What a service puts in the address; an empty word is left out."""
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (parameters | more).items() if value}


def come(browser: Any, client: Client, **more: str) -> Any:
    return browser.get("/oidc/authorize", asked(client, **more))


def answer_in(response: Any) -> dict[str, str]:
    assert response.status_code == 302, response.content.decode()[:300]
    parts = urlsplit(response["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == BACK
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def code_in(response: Any) -> str:
    return answer_in(response)["code"]


def ask(client: Client, secret: str = SECRET, **more: str) -> Any:
    """As a service does: without a session."""
    parameters = {"client_id": client.client_id, "client_secret": secret} | more
    return Browser().post("/oidc/token", {name: value for name, value in parameters.items() if value})


def redeem(client: Client, code: str, /, **more: str) -> Any:
    parameters = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return ask(client, **parameters | more)


def renew(client: Client, value: str, /, **more: str) -> Any:
    return ask(client, grant_type="refresh_token", refresh_token=value, **more)


def userinfo(access: str) -> Any:
    return Browser().get("/oidc/userinfo", headers={"Authorization": f"Bearer {access}"})


def tokens_of(browser: Any, client: Client, **more: str) -> dict[str, Any]:
    answer = redeem(client, code_in(come(browser, client, **more)))
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def claims_in(word: str) -> dict[str, Any]:
    """What was signed, checked with what is published."""
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    return jwt.decode(word, keys, algorithms=["RS256"]).claims
