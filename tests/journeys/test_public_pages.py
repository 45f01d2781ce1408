"""What a visitor reads without an account, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey


@pytest.mark.smoke
def test_a_visitor_finds_their_way(newcomer: Visitor) -> None:
    page = newcomer.page
    newcomer.open("/")
    newcomer.check("accueil-visiteur")
    page.get_by_role("link", name="Le guide des familles").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Préau pour les familles et les élèves")
    newcomer.check("guide")
    page.get_by_role("contentinfo").get_by_role("link", name="Aide").click()
    page.get_by_label("Chercher dans les guides").fill("mot de passe")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    newcomer.check("aide")
    newcomer.done()


def test_legal_pages_are_sound(newcomer: Visitor) -> None:
    newcomer.open("/")
    for name in ("Accessibilité", "Données personnelles", "Mentions légales", "État du service"):
        newcomer.page.get_by_role("contentinfo").get_by_role("link", name=name).click()
        newcomer.check(name)
    newcomer.done()
