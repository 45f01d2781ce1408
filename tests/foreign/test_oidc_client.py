"""A client that others wrote (Authlib), against our real server: by discovery alone, with PKCE, as services do."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from conftest import NOW
from preau.commons.signon import tasks
from preau.commons.signon.models import Alias, Client, Connection, Opening, Service
from preau.commons.signon.queries import clients
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World
from preau.identity.seeds import CAST, PASSWORD
from tests.foreign.test_cas_clients import Browser, foreign

requests_client = foreign("authlib.integrations.requests_client")
errors = foreign("authlib.common.errors")
security = foreign("authlib.common.security")
jose_errors = foreign("joserfc.errors")
requests = foreign("requests")
core = foreign("authlib.oidc.core")
jwt, jwk = foreign("joserfc.jwt"), foreign("joserfc.jwk")
SECRET = "vR7-k2_aQe9ZtY4uWm1xLs8dHc3bNf6g"


class Elsewhere(BaseHTTPRequestHandler):
    """The service's server: what it is told of sessions that end."""

    told: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.append(parse_qs(body)["logout_token"][0])
        self.send_response(200)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def preau(planted: dict[str, World], live_server: Any, settings: Any) -> str:
    settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = live_server.url
    address: str = live_server.url
    return address


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.told.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def held(planted: dict[str, World], preau: str, elsewhere: str) -> Client:
    world = planted["college"]
    service = Service.objects.create(
        school=world.school,
        name="Ailleurs",
        text="Essayer",
        address=f"{elsewhere}/",
        changed_at=NOW,
        protocol=Protocol.OIDC,
        released={
            key: {"why": "Essayer.", "since": "2026-09-01"} for key in ("first_name", "profile", "classes")
        },
    )
    Opening.objects.create(service=service, school=world.school, is_on=True, agreed=service.asks)
    return Client.objects.create(
        service=service,
        redirects=[f"{elsewhere}/retour"],
        after_logout=[f"{elsewhere}/au-revoir"],
        back_channel=f"{elsewhere}/fin",
        secret=clients.secret_digest(SECRET),
        secret_since=NOW,
    )


class Site:
    """A service written with Authlib: it knows our address, its number and its secret, nothing else."""

    def __init__(self, preau: str, held: Client, method: str = "client_secret_basic") -> None:
        self.told = requests.get(f"{preau}/.well-known/openid-configuration").json()
        assert self.told["issuer"] == preau
        self.held, self.verifier = held, security.generate_token(64)
        secret = None if method == "none" else SECRET
        self.session = requests_client.OAuth2Session(
            held.client_id,
            secret,
            scope="openid profile ent",
            redirect_uri=held.redirects[0],
            token_endpoint_auth_method=method,
            code_challenge_method="S256",
        )

    def ask(self, nonce: str) -> tuple[str, str]:
        return self.session.create_authorization_url(
            self.told["authorization_endpoint"], code_verifier=self.verifier, nonce=nonce
        )

    def take(self, came: str, state: str) -> dict[str, Any]:
        return self.session.fetch_token(
            self.told["token_endpoint"], authorization_response=came, state=state, code_verifier=self.verifier
        )

    def keys(self) -> Any:
        return jwk.KeySet.import_key_set(requests.get(self.told["jwks_uri"]).json())

    def claims(self, token: dict[str, Any], nonce: str) -> Any:
        """As Authlib checks an ID token: signature, issuer, audience, times, nonce, digest of the access token."""
        read = jwt.decode(token["id_token"], self.keys(), algorithms=["RS256"])
        found = core.CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": self.told["issuer"]},
                "aud": {"essential": True, "value": self.held.client_id},
            },
            {"nonce": nonce, "client_id": self.held.client_id, "access_token": token["access_token"]},
        )
        found.validate(now=NOW.timestamp(), leeway=60)
        return found


@pytest.fixture
def browser(preau: str) -> Browser:
    found = Browser(preau)
    page = found.session.get(f"{preau}/connexion/")
    found.post("/connexion/", page, login=CAST["pupil"], password=PASSWORD)
    return found


def came(browser: Browser, address: str) -> str:
    answer = browser.session.get(address, allow_redirects=False)
    assert answer.status_code == 302, answer.text[:300]
    return str(answer.headers["Location"])


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_learns_who_comes(
    planted: dict[str, World], preau: str, held: Client, browser: Browser, method: str
) -> None:
    if method == "none":
        Client.objects.filter(pk=held.pk).update(is_public=True, secret="", secret_since=None)
    site = Site(preau, held, method)
    address, state = site.ask("n-1")
    token = site.take(came(browser, address), state)
    pupil = planted["college"].people["pupil"]
    alias = Alias.objects.get(service=held.service, person=pupil).value
    assert site.claims(token, "n-1")["sub"] == alias
    userinfo = site.session.get(site.told["userinfo_endpoint"]).json()
    assert (userinfo["sub"], userinfo["given_name"], userinfo["urn:preau:profile"]) == (
        alias,
        pupil.given_name,
        "National_ELV",
    )
    assert "family_name" not in userinfo

    # Renewed; the former one, shown again, takes everything away.
    former = token["refresh_token"]
    renewed = site.session.refresh_token(site.told["token_endpoint"], former)
    assert renewed["refresh_token"] != former
    assert site.claims(renewed, "")["sub"] == alias
    assert site.session.get(site.told["userinfo_endpoint"]).status_code == 200
    with pytest.raises(errors.AuthlibBaseError, match="invalid_grant"):
        site.session.refresh_token(site.told["token_endpoint"], former)
    site.session.token = renewed
    assert site.session.get(site.told["userinfo_endpoint"]).status_code == 401


def test_a_visitor_comes_by_the_sign_in_page(preau: str, held: Client) -> None:
    site, browser = Site(preau, held), Browser(preau)
    address, state = site.ask("n-2")
    page = browser.open(address)
    assert page.url.startswith(held.redirects[0])
    assert site.claims(site.take(page.url, state), "n-2")["sid"]


def test_what_was_sent_once_is_of_no_use_again(preau: str, held: Client, browser: Browser) -> None:
    """A word of another visit: the client refuses its state and its nonce, and we refuse its code and its verifier."""
    site = Site(preau, held)
    address, state = site.ask("n-1")
    first = came(browser, address)
    with pytest.raises(errors.AuthlibBaseError, match="mismatching_state"):
        site.take(first, "another state")
    token = site.take(first, state)
    with pytest.raises(jose_errors.JoseError):
        site.claims(token, "another nonce")
    with pytest.raises(errors.AuthlibBaseError, match="invalid_grant"):
        site.take(first, state)
    other = Site(preau, held)
    with pytest.raises(errors.AuthlibBaseError, match="invalid_grant"):
        other.take(came(browser, site.ask("n-3")[0]), "")
    wrong = Site(preau, held)
    wrong.session.client_secret = "faux"
    with pytest.raises(errors.AuthlibBaseError, match="invalid_client"):
        wrong.take(came(browser, wrong.ask("n-4")[0]), "")


def test_leaving_from_either_side(preau: str, held: Client, browser: Browser, elsewhere: str) -> None:
    site = Site(preau, held)
    address, state = site.ask("n-1")
    token = site.take(came(browser, address), state)
    first = site.claims(token, "n-1")

    # From there: a page of ours asks, then leads back.
    parameters = {
        "id_token_hint": token["id_token"],
        "post_logout_redirect_uri": held.after_logout[0],
        "state": "fin",
    }
    page = browser.session.get(site.told["end_session_endpoint"], params=parameters)
    assert "Se déconnecter aussi de Préau" in page.text
    action = next(one.split('"')[0] for one in page.text.split('action="')[1:] if one.startswith("/oidc/"))
    page = browser.post(action.replace("&amp;", "&"), page)
    assert f'href="{elsewhere}/au-revoir?state=fin"' in page.text
    assert site.session.get(site.told["userinfo_endpoint"]).status_code == 401

    # And the service is told, by a word that it can check.
    assert tasks.end_connection.func(Connection.objects.get(service=held.service).pk) is True
    read = jwt.decode(Elsewhere.told[0], site.keys(), algorithms=["RS256"])
    assert read.header["typ"] == "logout+jwt"
    assert (read.claims["sub"], read.claims["sid"], read.claims["aud"]) == (
        first["sub"],
        first["sid"],
        held.client_id,
    )
    assert set(read.claims["events"]) == {"http://schemas.openid.net/event/backchannel-logout"}
    assert "nonce" not in read.claims


def test_what_we_say_of_ourselves_is_sound(preau: str, held: Client) -> None:
    """Authlib's own check of a discovery document (RFC 8414), and every address that it names answers."""
    description = requests.get(f"{preau}/.well-known/openid-configuration").json()
    metadata = foreign("authlib.oidc.discovery").OpenIDProviderMetadata
    for name in metadata.REGISTRY_KEYS:
        # It wants https everywhere; here, the test's own server speaks without.
        if not name.endswith(("_endpoint", "_uri", "issuer")):
            getattr(metadata(description), f"validate_{name}")()
    for name in (
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    ):
        assert requests.get(description[name]).status_code in {200, 401, 404, 405}
