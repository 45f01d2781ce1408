"""Coming to another site with one's account, in a real browser: its rules on redirections after a form are its own."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import NOW
from preau.commons.signon.models import Address, Opening, Service
from preau.directory.seeds import World
from preau.identity.seeds import CAST, PASSWORD

pytestmark = pytest.mark.journey


class Elsewhere(BaseHTTPRequestHandler):
    """A site that shows a heading, whatever it is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<title>Ailleurs</title><h1>Bienvenue ailleurs</h1>")

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def elsewhere(schools: dict[str, World], settings: Any) -> Iterator[str]:
    """The address of a site of this machine, which the school has linked."""
    settings.SIGNON_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
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
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()
    assert re.search(r"/cours\?ticket=ST-[0-9a-f]{64}$", page.url)
    # A second time, straight there.
    page.goto(f"{home}/cas/login?service={elsewhere}/")
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()


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
