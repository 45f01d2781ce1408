"""A teacher adds a passkey, comes back with it alone, confirms with it, and takes it away: in Chromium, with a device of its own."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, expect

from conftest import NOW
from preau.directory.seeds.world import World
from preau.identity.models import Passkey
from preau.identity.seeds import CAST, PASSWORD
from tests.conftest import opened
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_home(browser: Browser, live_server: Any, settings: Any, *, device: bool = True) -> Visitor:
    """Somebody at a computer which keeps passkeys, at the one address where they serve: a name, never a number."""
    settings.PUBLIC_URL = f"http://localhost:{live_server.thread.port}"
    context = opened(browser, viewport={"width": 1280, "height": 900}, service_workers="block")
    page = context.new_page()
    if device:
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    return Visitor(page, settings.PUBLIC_URL, True)


@pytest.fixture
def owner(browser: Browser, live_server: Any, schools: dict[str, World], settings: Any) -> Iterator[Visitor]:
    found = at_home(browser, live_server, settings)
    yield found
    found.page.context.close()


def forgive_refusals(visitor: Visitor) -> None:
    visitor.complaints[:] = [complaint for complaint in visitor.complaints if "422" not in complaint]


def add_a_key(visitor: Visitor, name: str = "Mon ordinateur") -> list[str]:
    """From one's profile; returns the codes on paper."""
    page = visitor.page
    visitor.open("/profil/")
    page.get_by_role("link", name=re.compile("Double vérification")).click()
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    expect(page.get_by_text("Ce navigateur ne sait pas")).to_have_count(0)
    page.get_by_label("Nom de la clé").fill(name)
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_role("heading", level=1, name="Vos codes de secours")).to_be_visible()
    page.wait_for_load_state()
    return page.get_by_role("main").get_by_role("listitem").all_inner_texts()


def sign_out(visitor: Visitor) -> None:
    visitor.page.context.clear_cookies()


def come_back(visitor: Visitor, path: str = "/connexion/") -> None:
    visitor.open(path)
    visitor.page.get_by_role("button", name="Se connecter avec une clé d’accès").click()


def test_a_key_alone_opens_confirms_and_goes(owner: Visitor, schools: dict[str, World]) -> None:
    page = owner.page
    owner.sign_in("teacher")
    owner.open("/profil/cles/ajouter/")
    owner.check("cle-ajouter")
    page.get_by_label("Nom de la clé").fill("")
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_text("Donnez un nom à la clé.").last).to_be_visible()
    assert len(add_a_key(owner)) == 10
    page.get_by_role("link", name="C’est rangé").click()
    expect(
        page.get_by_role("cell", name="Mon ordinateur").or_(page.get_by_text("Mon ordinateur")).first
    ).to_be_visible()
    owner.check("double-verification-cles")

    sign_out(owner)
    owner.open("/connexion/")
    owner.check("connexion-cle")
    come_back(owner)
    expect(page.get_by_role("heading", level=1, name="Bonjour")).to_be_visible()
    key = Passkey.objects.get()
    assert key.used_at is not None and key.account.person == schools["college"].people["teacher"]

    with time_machine.travel(NOW + timedelta(minutes=11), tick=True):
        owner.open("/mes-donnees/")
        page.get_by_role("button", name="Télécharger une copie").click()
        expect(page.get_by_role("heading", level=1, name="Confirmez que c’est bien vous")).to_be_visible()
        owner.check("confirmer-cle")
        page.get_by_role("button", name="Confirmer avec ma clé d’accès").click()
        expect(page.get_by_role("heading", level=1, name="C’est bien vous")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Continuer").click()
        assert download.value.suggested_filename.endswith(".zip")
        # The same device is not asked for a second key of the same account.
        owner.open("/profil/cles/ajouter/")
        page.get_by_role("button", name="Créer la clé d’accès").click()
        expect(page.get_by_text("garde déjà une clé d’accès")).to_be_visible()
        owner.open("/profil/double-verification/")
        page.get_by_role("link", name=re.compile("Renommer ou retirer")).click()
        owner.check("cle")
        page.get_by_label("Nom de la clé").fill("Vieil ordinateur")
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_role("link", name=re.compile("Vieil ordinateur")).click()
        page.get_by_role("button", name=re.compile("Retirer la clé")).click()
        expect(page.get_by_text("votre mot de passe suffit de nouveau")).to_be_visible()
    assert not Passkey.objects.exists()
    sign_out(owner)
    come_back(owner)
    expect(page.get_by_text("Cette clé d’accès ne convient pas").last).to_be_visible()
    owner.check("connexion-cle-refusee")
    forgive_refusals(owner)
    owner.done()


def test_after_the_password_a_key_or_a_code(
    browser: Browser, live_server: Any, settings: Any, owner: Visitor, schools: dict[str, World]
) -> None:
    owner.sign_in("teacher")
    codes = add_a_key(owner)
    sign_out(owner)
    page = owner.page
    give_password(owner)
    expect(page.get_by_role("heading", level=1, name="Est-ce bien vous")).to_be_visible()
    owner.check("seconde-preuve-cle")
    page.get_by_role("button", name="Continuer avec ma clé d’accès").click()
    expect(page.get_by_role("heading", level=1, name="Mes appareils connectés")).to_be_visible()
    owner.done()
    # Elsewhere, where no device keeps the key.
    other = at_home(browser, live_server, settings, device=False)
    give_password(other)
    other.page.get_by_text("Je n’ai pas ma clé d’accès").click()
    other.page.get_by_label("Code de secours").fill(codes[0])
    other.page.get_by_role("button", name="Continuer", exact=True).click()
    expect(other.page.get_by_role("heading", level=1, name="Mes appareils connectés")).to_be_visible()
    other.done()
    other.page.context.close()


def give_password(visitor: Visitor) -> None:
    visitor.open("/connexion/?suite=/profil/sessions/")
    visitor.page.get_by_label("Identifiant").fill(CAST["teacher"])
    visitor.page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Se connecter", exact=True).click()


def test_where_keys_do_not_serve_nothing_is_offered(newcomer: Visitor, settings: Any) -> None:
    """At another address of the same server, or without scripts: the form of the password, alone."""
    settings.PUBLIC_URL = "https://ent.example.org"
    newcomer.open("/connexion/")
    expect(newcomer.page.get_by_role("button", name="Se connecter")).to_have_count(1)
    newcomer.done()
