"""Coming to another site with one's account, in a real browser: its rules on redirections after a form are its own."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import NOW
from preau.commons.signon.actions import keys
from preau.commons.signon.models import Address, Client, Opening, Party, Service
from preau.commons.signon.tests import saying
from preau.commons.signon.tests.coming import CHALLENGE
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World
from preau.identity.seeds import CAST, PASSWORD

pytestmark = pytest.mark.journey


class Elsewhere(BaseHTTPRequestHandler):
    """A site that shows a heading, whatever it is asked; `sends_on`: where it sends whoever comes to one of its paths."""

    sends_on: dict[str, Callable[[str], str]] = {}

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path in self.sends_on:
            self.send_response(302)
            self.send_header("Location", self.sends_on[path](query))
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<title>Ailleurs</title><h1>Bienvenue ailleurs</h1>")

    def do_POST(self) -> None:
        self.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.do_GET()

    posted: list[str] = []

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def elsewhere(schools: dict[str, World], settings: Any) -> Iterator[str]:
    """The address of a site of this machine, which the school has linked."""
    settings.SIGNON_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    school = schools["college"].school
    service = Service.objects.create(
        school=school, name="Ailleurs", text="Essayer.", address=f"{origin}/", changed_at=NOW
    )
    Address.objects.create(service=service, origin=origin, path="/")
    Opening.objects.create(service=service, school=school, is_on=True, since=NOW.date())
    yield origin
    server.shutdown()
    server.server_close()


def test_a_pupil_comes_to_another_site_by_the_sign_in_page(newcomer: Any, elsewhere: str) -> None:
    """From there, by our form, to there: `form-action` holds redirections, hence the page in between."""
    page, home = newcomer.page, newcomer.server
    page.goto(f"{home}/cas/login?service={elsewhere}/cours")
    page.get_by_label("Identifiant").fill(CAST["pupil"])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()
    assert re.search(r"/cours\?ticket=ST-[0-9a-f]{64}$", page.url)
    # A second time, straight there.
    page.goto(f"{home}/cas/login?service={elsewhere}/")
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()


def by_openid(origin: str) -> Client:
    """The same site, when it speaks OpenID Connect."""
    service = Service.objects.get(address=f"{origin}/")
    service.addresses.all().delete()
    Service.objects.filter(pk=service.pk).update(protocol=Protocol.OIDC)
    return Client.objects.create(service=service, redirects=[f"{origin}/retour"])


def test_a_pupil_comes_by_openid_connect(newcomer: Any, elsewhere: str) -> None:
    held = by_openid(elsewhere)
    page, home = newcomer.page, newcomer.server
    asked = (
        f"{home}/oidc/authorize?response_type=code&scope=openid&state=x&client_id={held.client_id}"
        f"&redirect_uri={elsewhere}/retour&code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
    page.goto(asked)
    page.get_by_label("Identifiant").fill(CAST["pupil"])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()
    assert re.search(r"/retour\?code=[\w-]{43}&state=x&iss=", page.url)
    page.goto(asked)
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()


def by_saml(origin: str, **facts: Any) -> Party:
    """The same site, when it speaks SAML."""
    service = Service.objects.get(address=f"{origin}/")
    service.addresses.all().delete()
    Service.objects.filter(pk=service.pk).update(protocol=Protocol.SAML)
    return Party.objects.create(
        service=service,
        entity_id=f"{origin}/saml",
        receives=[{"url": f"{origin}/acs", "index": 0}],
        signing=[saying.certificate()],
        **facts,
    )


def request_to(home: str, party: Party, number: str, **facts: str) -> str:
    attributes = {
        "ID": number,
        "AssertionConsumerServiceURL": party.addresses[0],
        "IssueInstant": saying.at(timezone.now()),
    }
    xml = saying.request_xml(home, issuer=party.entity_id, **attributes | facts)
    return f"{home}/saml/sso?{saying.query(xml)}"


def carried(page: Any, *, by_itself: bool) -> None:
    """The page that carries the answer goes on by itself, or by its button where there is no script."""
    if not by_itself:
        page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()


def test_a_pupil_comes_by_saml(newcomer: Any, elsewhere: str, settings: Any, scripts: bool) -> None:
    """The page of the answer posts itself to the site, which `form-action` names there and nowhere else."""
    page, home = newcomer.page, newcomer.server
    settings.PUBLIC_URL = home
    party = by_saml(elsewhere)
    Elsewhere.posted.clear()
    page.goto(request_to(home, party, "_r1"))
    page.get_by_label("Identifiant").fill(CAST["pupil"])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    carried(page, by_itself=scripts)
    assert (
        page.url == f"{elsewhere}/acs"
        and "SAMLResponse=" in Elsewhere.posted[0]
        and "RelayState=mot" in Elsewhere.posted[0]
    )
    assert "csrf" not in Elsewhere.posted[0]
    page.goto(request_to(home, party, "_r2"))
    carried(page, by_itself=scripts)
    # A password asked again: the same page, after a form of ours.
    page.goto(request_to(home, party, "_r3", ForceAuthn="true"))
    page.get_by_label("Votre mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    carried(page, by_itself=scripts)
    assert len(Elsewhere.posted) == 3


def test_a_service_of_saml_is_sound_on_its_page(visit: Any, elsewhere: str) -> None:
    party = by_saml(elsewhere, encryption=saying.certificate("hidden"), hides=True, must_sign=True)
    keys.saml_signer()
    head = visit("head", wide=True)
    head.page.goto(f"{head.server}/services-relies/registre/{party.service.public_id}/")
    head.check("register-saml")
    head.page.get_by_text("Le certificat, à copier").click()
    head.check("register-saml-certificate")
    head.done()


def test_giving_a_secret_is_sound(visit: Any, elsewhere: str) -> None:
    held = by_openid(elsewhere)
    head = visit("head", wide=True)
    head.page.goto(f"{head.server}/services-relies/registre/{held.service.public_id}/")
    head.check("register-openid")
    head.page.get_by_role("link", name="Donner un secret").click()
    head.check("register-secret")
    head.page.get_by_role("button", name="Donner un secret").click()
    expect(head.page.get_by_text("Recopiez-le maintenant")).to_be_visible()
    head.check("register-secret-given")
    head.done()


def test_pages_of_the_register_are_sound(visit: Any, elsewhere: str) -> None:
    pupil = visit("pupil")
    pupil.page.goto(f"{pupil.server}/services-relies/")
    pupil.page.get_by_text("Ce que Préau transmet à Moodle").click()
    pupil.check("services")
    pupil.done()
    head = visit("head", wide=True)
    head.page.goto(f"{head.server}/services-relies/registre/")
    head.check("register")
    head.page.get_by_role("link", name="Moodle").click()
    head.check("register-service")
    head.page.goto(f"{head.server}/services-relies/registre/ajouter/")
    head.check("register-add")
    head.done()
