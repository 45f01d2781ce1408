"""A secretary comes back from lunch and takes a list away: the browser asks who is there, then goes on."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.seeds.world import World
from preau.identity.seeds import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_browser_left_open_gives_no_list(visit: Any, schools: dict[str, World]) -> None:
    secretary = visit("secretary")
    page = secretary.page
    secretary.open("/annuaire/livraisons/")
    with time_machine.travel(NOW + timedelta(minutes=11), tick=True):
        page.get_by_role("button", name=re.compile("CSV")).first.click()
        expect(page.get_by_role("heading", level=1, name="Confirmez que c’est bien vous")).to_be_visible()
        expect(page.get_by_text("Ce que vous avez saisi est gardé")).to_be_visible()
        secretary.check("confirmer")
        page.get_by_role("button", name="Confirmer").click()
        expect(page.get_by_text("Écrivez votre mot de passe.").last).to_be_visible()
        page.get_by_label("Votre mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Confirmer").click()
        expect(page.get_by_role("heading", level=1, name="C’est bien vous")).to_be_visible()
        secretary.check("confirme")
        with page.expect_download() as download:
            page.get_by_role("button", name="Continuer").click()
        assert download.value.suggested_filename.endswith(".csv")
        page.get_by_role("link", name="Revenir à la page d’avant").click()
        expect(page).to_have_url(re.compile("/annuaire/livraisons/"))
    secretary.complaints[:] = [complaint for complaint in secretary.complaints if "422" not in complaint]
    secretary.done()
