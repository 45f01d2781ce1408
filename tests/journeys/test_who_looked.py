"""A father reads who looked at his daughter's file, and why."""

from typing import Any

import pytest
from playwright.sync_api import expect

from preau.directory.seeds.world import World

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_father_reads_who_looked_at_his_childs_file(
    visit: Any, schools: dict[str, World], scripts: bool
) -> None:
    pupil = schools["college"].people["pupil"]
    cpe = visit("cpe", wide=True)
    cpe.open(f"/annuaire/personnes/{pupil.public_id}/")
    expect(cpe.page.get_by_role("heading", level=1, name=pupil.full_name)).to_be_visible()
    cpe.done()

    # From the home, by what is written there, on a phone.
    father = visit("other_guardian")
    page = father.page
    father.open("/profil/")
    page.get_by_role("link", name="Mes données").click()
    page.get_by_role("link", name=pupil.given_name, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=f"Les données de {pupil.given_name}")).to_be_visible()
    page.get_by_role("link", name="Voir les consultations").click()
    expect(page.get_by_role("heading", level=1, name="Qui a ouvert ce dossier")).to_be_visible()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Vie scolaire")
    expect(row).to_contain_text("La fiche d’annuaire")
    expect(row).to_contain_text("Suivre la scolarité, ou joindre la famille.")
    # In which role, not who: a name would point at somebody who did their work (decision 19).
    expect(row).not_to_contain_text(schools["college"].people["cpe"].family_name)
    father.check("qui-a-ouvert-ce-dossier")
    father.done()
