"""Looking for somebody: by the keyboard alone from any page, and on a phone."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_cpe_finds_a_family_by_the_keyboard_alone(visit: Any, scripts: bool) -> None:
    cpe = visit("cpe", wide=True)
    page = cpe.page
    page.wait_for_load_state()
    if scripts:
        page.keyboard.press("Control+k")
        page.keyboard.type("abaide jul")
        hit = page.locator("#recherche-apercu").get_by_role("link", name="ABADIE Julie")
        expect(hit).to_be_visible()
        expect(page.locator("[data-search-said]")).to_have_text(re.compile(r"^\d+ résultats?$"))
        assert Axe().run(page).violations_count == 0
        page.keyboard.press("ArrowDown")
        expect(hit).to_be_focused()
        # Escape gives the box back, and closes; the arrow opens what is still there.
        page.keyboard.press("Escape")
        expect(hit).to_be_hidden()
        expect(page.get_by_label("Rechercher une personne")).to_be_focused()
        page.keyboard.type("i")
        expect(hit).to_be_visible()
        page.keyboard.press("ArrowDown")
    else:
        page.get_by_label("Rechercher une personne").fill("abaide jul")
        page.keyboard.press("Enter")
        cpe.check("recherche")
        page.get_by_role("link", name="ABADIE Julie").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Julie Abadie")).to_be_visible()
    cpe.check("fiche-responsable")
    page.get_by_role("link", name="ABADIE Nina").click()
    expect(page.get_by_role("heading", level=1, name="Nina Abadie")).to_be_visible()
    cpe.check("fiche-eleve")
    assert "abaide" not in page.url
    cpe.done()


def test_a_parent_finds_a_lesson_on_a_phone(visit: Any, scripts: bool) -> None:
    parent = visit("guardian")
    page = parent.page
    page.get_by_role("link", name="Rechercher").click()
    parent.check("recherche-vide")
    page.get_by_label("Nom, classe ou matière").fill("mathematique")
    if scripts:
        # The answer came by itself: nothing was sent by hand.
        expect(page.locator(".search-state")).to_have_text(re.compile("résultats"))
    else:
        page.get_by_role("button", name="Chercher").click()
    parent.check("recherche-parent")
    # The school's own come first, what everybody may read after them.
    expect(page.locator(".hits-title")).to_have_text(
        [re.compile(word) for word in ("Cours", "Évaluations", "Compétences", "Ressources")]
    )
    page.get_by_role("link", name="Mathématiques").first.click()
    expect(page.get_by_role("heading", level=1, name="Emploi du temps")).to_be_visible()
    parent.done()
