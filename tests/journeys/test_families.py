"""Families as they are: a father whose authority ends tonight, and whom the school asks before and after."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PARIS = ZoneInfo("Europe/Paris")
TODAY = NOW.astimezone(PARIS).date()


def test_a_father_whose_authority_ends_tonight(
    visit: Any, schools: dict[str, World], clock: time_machine.Traveller
) -> None:
    college = schools["college"]
    pupil, father = college.people["pupil"], college.people["other_guardian"]
    secretary = visit("secretary", wide=True)
    page = secretary.page
    secretary.open(f"/annuaire/personnes/{pupil.public_id}/")
    page.get_by_role("link", name="Qui demander, qui prévenir").click()
    expect(page.get_by_role("heading", level=1, name="Qui demander, qui prévenir")).to_be_visible()
    expect(page.get_by_role("link", name=father.list_name)).to_have_count(3)
    secretary.check("qui-demander")
    page.get_by_role("link", name="Fiche").click()
    page.get_by_role("link", name=f"Noter une décision de justice {father.list_name}").click()
    page.get_by_label("Date de la décision").fill((TODAY - timedelta(days=1)).isoformat())
    page.get_by_label("Dernier jour de sa responsabilité").fill(TODAY.isoformat())
    secretary.check("decision-de-justice")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("La décision est notée.")).to_be_visible()
    assert Guardianship.objects.get(pupil=pupil, guardian=father).ends == TODAY + timedelta(days=1)
    secretary.done()

    # Ten to midnight: he still follows his daughter.
    clock.move_to(datetime.combine(TODAY, time(23, 50), PARIS))
    papa = visit("other_guardian")
    papa.open("/absences/")
    expect(papa.page.get_by_role("heading", level=1)).to_contain_text("Absences")
    papa.done()

    # Five past: the same open session opens nothing any more.
    clock.move_to(datetime.combine(TODAY + timedelta(days=1), time(0, 5), PARIS))
    papa.open("/absences/")
    expect(papa.page.get_by_role("heading", level=1, name="Se connecter")).to_be_visible()

    # And in the morning nobody asks him anything; the mother is asked alone.
    clock.move_to(datetime.combine(TODAY + timedelta(days=1), time(9, 0), PARIS))
    office = visit("secretary", wide=True)
    office.open(f"/annuaire/personnes/{pupil.public_id}/accords/")
    expect(office.page.get_by_role("link", name=father.list_name)).to_have_count(0)
    expect(office.page.get_by_role("link", name=college.people["guardian"].list_name)).to_have_count(3)
    office.done()
