"""A provider on this machine that speaks truly, one that lies, and one that does not answer well."""

import base64
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt

from preau.commons.federation.models import Provider
from preau.commons.federation.standin import Code, StandIn, StandInPerson
from preau.commons.federation.tests.coming import provider_of, rely_on
from preau.directory.seeds.world import World


class Crooked(StandIn):
    """A stand-in that may be told to lie: other claims, another signature, another person at userinfo."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lies: dict[str, Any] = {}
        self.says: dict[str, Any] = {}
        self.header: dict[str, Any] | None = None
        self.signs_with: Any = None

    def id_claims(self, code: Code) -> dict[str, Any]:
        claims = super().id_claims(code) | self.lies
        return {name: value for name, value in claims.items() if value is not None}

    def about(self, subject: str) -> dict[str, Any]:
        return super().about(subject) | self.says

    def sign(self, claims: Any) -> str:
        if self.header is None:
            return super().sign(claims)
        if self.header["alg"] in {"none", "HS256"}:
            return by_hand(self.header, claims, self.signs_with)
        return jwt.encode(self.header, dict(claims), self.signs_with, algorithms=[self.header["alg"]])


def by_hand(header: dict[str, Any], claims: Any, secret: bytes | None) -> str:
    """A token that no library would make: without a signature, or signed with a secret that is none."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    body = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{body}.{part(hmac.digest(secret, body.encode(), 'sha256') if secret else b'')}"


@pytest.fixture
def on_this_machine(settings: Any) -> None:
    settings.DEMO = settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = "http://testserver"


@pytest.fixture
def guichet(on_this_machine: None) -> Iterator[Crooked]:
    """A provider that knows two people of nothing but a name."""
    standin = Crooked(
        [StandInPerson("jeanne", "Jeanne Doe", "mère"), StandInPerson("paul", "Paul Doe", "père")]
    )
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def provider(college: World, guichet: Crooked) -> Provider:
    """The same as Préau knows it; the college's guardian is linked to « jeanne » there."""
    row = provider_of(issuer=guichet.issuer)
    rely_on(guichet, row)
    row.links.create(person=college.people["guardian"], subject="jeanne", made_at=row.changed_at)
    return row


class Broken(BaseHTTPRequestHandler):
    """/500 /garbage /list /endless /slow /elsewhere: what a provider must not answer."""

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.split("/")[1]
        if path == "slow":
            # Not a word until whoever asks has had enough.
            self.rfile.read()
        status = {"500": 500, "elsewhere": 302}.get(path, 200)
        body = {"garbage": b"<html>", "list": b"[]", "endless": b" " * 400_000}.get(path, b"{}")
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return

    def do_POST(self) -> None:
        self.do_GET()


@pytest.fixture
def broken(on_this_machine: None) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
