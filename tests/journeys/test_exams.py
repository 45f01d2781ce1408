"""A pupil of terminale finds three exercises on one notion, puts them together, works on them, and reads the correction."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import NOW

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NOTION = "probabilités conditionnelles"
TITLES = ("les retards d’une médiathèque", "que dit un test positif", "venir au lycée à vélo")


def line_of(page: Page, title: str) -> Locator:
    return page.locator(".resource").filter(has=page.get_by_role("heading", name=re.compile(title)))


def test_three_exercises_on_a_notion_then_training_and_its_correction(visit: Any, scripts: bool) -> None:
    pupil = visit("pupil")
    page = pupil.page
    pupil.open("/annales/")
    pupil.check("annales")
    page.get_by_label("Que cherchez-vous").fill("probabilite conditionelle")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", level=2, name="4 exercices")).to_be_visible()
    for number, title in enumerate(TITLES, 1):
        line_of(page, title).get_by_role("link", name="Ajouter à la sélection").click()
        sentence = "1 exercice dans la sélection" if number == 1 else f"{number} exercices dans la sélection"
        expect(page.locator(".basket-bar").get_by_role("status")).to_have_text(sentence)
        expect(line_of(page, title).get_by_role("link", name="Retirer de la sélection")).to_be_visible()
    pupil.check("annales-recherche")
    page.get_by_role("link", name="Voir la sélection").click()
    expect(page.get_by_role("heading", level=1, name="Exercices choisis")).to_be_visible()
    expect(page.get_by_role("heading", level=2).filter(has_text="Exercice")).to_have_count(3)
    expect(page.get_by_text("19 points")).to_be_visible()
    pupil.check("annales-panier")
    page.get_by_role("link", name=re.compile("^Monter.*vélo")).click()
    expect(page.get_by_role("heading", level=2).nth(1)).to_have_text(re.compile("vélo"))
    page.get_by_role("link", name="S’entraîner en temps limité").click()
    page.get_by_label("Temps, en minutes").fill("90")
    pupil.check("annales-avant")
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_text("Il reste 90 minutes.")).to_be_visible()
    expect(page.get_by_role("heading", name="Correction")).to_have_count(0)
    pupil.check("annales-entrainement")
    # With or without a script, the time left is asked for by a link that changes nothing.
    page.get_by_role("link", name="Dire le temps qui reste").click()
    expect(page.get_by_text(re.compile(r"Il reste (90|8\d) minutes\."))).to_be_visible()
    page.get_by_role("link", name="J’ai fini : voir la correction").click()
    expect(page.get_by_role("heading", name="Correction")).to_have_count(3)
    expect(page.get_by_text("L’affiche confond")).to_be_visible()
    pupil.check("annales-correction")
    pupil.done()


def test_the_clock_runs_by_itself_and_says_when_it_is_over(visit: Any, scripts: bool) -> None:
    """The clock of the browser is moved, not waited for."""
    if not scripts:
        pytest.skip("without a script nothing runs by itself")
    pupil = visit("pupil")
    page = pupil.page
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + timedelta(minutes=1))
    pupil.open("/annales/bac-general/entrainement-specialite-maths-2026-1/")
    page.get_by_role("link", name="S’entraîner en temps limité").click()
    page.get_by_role("button", name="Commencer").click()
    left = page.locator("[data-training-left]")
    expect(left).to_have_text(re.compile("Il reste"))
    # The server wrote these words: the script that counts is there once the page is whole.
    page.wait_for_load_state("load")
    page.clock.fast_forward(230 * 60_000)
    expect(left).to_have_text("Il reste 10 minutes.")
    expect(page.locator("[data-training-said]")).to_have_text("Il reste 10 minutes.")
    page.clock.fast_forward(601_000)
    expect(left).to_have_text("Le temps est écoulé.")
    expect(page.locator("[data-training-said]")).to_have_text("Le temps est écoulé.")
    pupil.done()
