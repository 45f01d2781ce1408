"""A parent's days on a phone, and the address that a calendar reads."""

from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_parent_reads_the_days_and_gives_them_to_a_calendar(
    visit: Any, live_server: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    parent = visit("guardian")
    page = parent.page
    parent.open("/agenda/")
    expect(page.get_by_role("heading", name="Mardi 24 novembre, aujourd’hui")).to_be_visible()
    parent.check("agenda-semaine")
    page.get_by_role("link", name="Semaine suivante").click()
    expect(page.get_by_text("Semaine du lundi 30 novembre 2026")).to_be_visible()
    page.get_by_role("link", name="Mois").click()
    parent.check("agenda-mois")
    page.get_by_role("link", name="mardi 24 novembre,").click()
    expect(page.get_by_text("Nina · Mathématiques").first).to_be_visible()
    page.get_by_role("link", name="Liste").click()
    parent.check("agenda-liste")
    page.get_by_role("link", name="Dans mon téléphone").click()
    parent.check("agenda-abonnement")
    page.get_by_role("button", name="Créer mon adresse").click()
    parent.check("agenda-adresse")
    address = page.get_by_label("Adresse de l’agenda").input_value()
    with urlopen(address) as answer:
        assert "SUMMARY:Nina\u202f: Mathématiques" in answer.read().decode()
    page.get_by_role("button", name="Arrêter l’abonnement").click()
    expect(page.get_by_text("C’est arrêté")).to_be_visible()
    parent.done()
