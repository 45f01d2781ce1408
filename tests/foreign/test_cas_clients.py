"""Clients that others wrote, against our real server: python-cas in three versions, and a site with django-cas-ng."""

import html
import importlib
import os
import re
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import NOW
from preau.commons.signon import tasks
from preau.commons.signon.models import Address, Alias, Connection, Opening, Service
from preau.directory.seeds.world import World
from preau.identity.seeds import CAST, PASSWORD


def foreign(name: str) -> Any:
    """A library of the developers' list; where it is not installed yet, the test waits for it, but never in CI.

    What it warns of while it is imported is for its own authors (pysaml2 names a cipher that moved).
    """
    if not os.environ.get("CI"):
        return pytest.importorskip(name)
    with warnings.catch_warnings(action="ignore"):
        return importlib.import_module(name)


cas, requests = foreign("cas"), foreign("requests")
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


class Browser:
    """Goes where it is sent, signs in when asked, and follows a page that goes on by itself, as a browser does."""

    def __init__(self, preau: str) -> None:
        self.preau, self.session = preau, requests.Session()

    def open(self, address: str) -> Any:
        page = self.session.get(address)
        if "/connexion/" in page.url:
            suite = parse_qs(urlsplit(page.url).query)["suite"][0]
            page = self.post("/connexion/", page, login=CAST["pupil"], password=PASSWORD, suite=suite)
        onward = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
        return self.session.get(html.unescape(onward[1])) if onward else page

    def post(self, path: str, page: Any, **fields: str) -> Any:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:300]
        sent = fields | {"csrfmiddlewaretoken": token[1]}
        return self.session.post(f"{self.preau}{path}", sent, headers={"Referer": f"{self.preau}/"})

    def ticket_for(self, address: str) -> str:
        """Where our server would send the browser: the ticket of that address."""
        answer = self.session.get(address, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:300]
        return parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0]


@pytest.fixture
def preau(planted: dict[str, World], live_server: Any, settings: Any) -> str:
    settings.SIGNON_LOOPBACK = True
    address: str = live_server.url
    return address


def linked(world: World, port: int, **facts: Any) -> Service:
    service = Service.objects.create(
        school=world.school,
        name=f"Ailleurs {port}",
        text="Essayer",
        address=f"http://127.0.0.1:{port}/",
        changed_at=NOW,
        released={
            key: {"why": "Essayer.", "since": "2026-09-01"} for key in ("first_name", "profile", "classes")
        },
        **facts,
    )
    Address.objects.create(service=service, origin=f"http://127.0.0.1:{port}", path="/")
    Opening.objects.create(service=service, school=world.school, is_on=True, agreed=service.asks)
    return service


@pytest.fixture
def signed_in(preau: str) -> Browser:
    browser = Browser(preau)
    browser.post(
        "/connexion/", browser.session.get(f"{preau}/connexion/"), login=CAST["pupil"], password=PASSWORD
    )
    return browser


def test_python_cas_learns_who_comes(planted: dict[str, World], signed_in: Browser, preau: str) -> None:
    """In its three versions, at the same service, under the same name."""
    world = planted["college"]
    service = linked(world, free_port())
    address = f"{service.address}entrer?vers=%2Fcours%2F3"
    for version in (1, 2, 3):
        client = cas.CASClient(version=version, service_url=address, server_url=f"{preau}/cas/")
        ticket = signed_in.ticket_for(client.get_login_url())
        user, attributes, granted = client.verify_ticket(ticket)
        assert user == Alias.objects.get(service=service, person=world.people["pupil"]).value
        assert granted is None
        if version == 3:
            assert attributes["firstName"] == world.people["pupil"].given_name
            assert attributes["profile"] == "National_ELV"
        else:
            assert "firstName" not in (attributes or {})
        assert client.verify_ticket(ticket)[0] is None, "a ticket is used once"


@pytest.fixture
def site(planted: dict[str, World], preau: str, tmp_path: Path) -> Iterator[str]:
    """The foreign site, on a port of its own, until the test is over."""
    foreign("django_cas_ng")
    port = free_port()
    linked(planted["college"], port, may_proxy=True)
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    command = [sys.executable, "-m", "tests.foreign.cas_ng_site", str(port), preau, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout and running.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def test_a_site_with_django_cas_ng_lets_people_in_and_out(
    planted: dict[str, World], preau: str, site: str
) -> None:
    world = planted["college"]
    browser = Browser(preau)
    assert browser.session.get(site).json()["user"] == ""
    shown = browser.open(f"{site}/login").json()
    service = Service.objects.get(name__startswith="Ailleurs")
    assert shown["user"] == Alias.objects.get(service=service, person=world.people["pupil"]).value
    assert shown["attributes"]["firstName"] == world.people["pupil"].given_name

    # It asks for another, in the person's name.
    other = linked(world, free_port())
    ticket = browser.session.get(f"{site}/passer/", params={"for": other.address}).text
    answer = requests.get(
        f"{preau}/cas/p3/proxyValidate", {"ticket": ticket, "service": other.address, "format": "JSON"}
    ).json()["serviceResponse"]["authenticationSuccess"]
    assert answer["proxies"] == [f"{site}/callback"]
    assert answer["user"] != shown["user"]

    # Leaving it leads to the page that asks whether to leave us too.
    page = browser.session.get(f"{site}/logout")
    assert page.url.startswith(f"{preau}/cas/logout")
    assert "Se déconnecter aussi de Préau" in page.text and f'href="{site}/"' in page.text

    # Signed out here, the person is signed out there.
    Connection.objects.all().delete()
    assert browser.open(f"{site}/login").json()["user"] == shown["user"]
    browser.post("/deconnexion/", browser.session.get(f"{preau}/services-relies/"))
    assert tasks.end_connection.func(Connection.objects.get(service=service).pk) is True
    assert browser.session.get(site).json()["user"] == ""
