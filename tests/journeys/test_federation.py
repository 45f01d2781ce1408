"""A mother of two children in two schools comes by « EduConnect », in a real browser and by a provider that is really there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import TWIN
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.standin import StandIn, StandInPerson
from preau.commons.federation.tests.coming import provider_of, rely_on
from preau.commons.federation.words import Audience
from preau.directory.models import ExternalId, Guardianship
from preau.directory.seeds.world import World
from preau.directory.words import Authority

pytestmark = pytest.mark.journey


@pytest.fixture
def educonnect(schools: dict[str, World], settings: Any, newcomer: Any) -> Iterator[Provider]:
    """« EduConnect » knows her by her children, each under the number of their school."""
    settings.DEMO = settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = newcomer.server
    mother = schools["college"].people["guardian"]
    vectors = []
    for number, world in enumerate(schools.values(), 1):
        child, school = world.people["pupil"], world.school
        Guardianship.objects.get_or_create(
            pupil=child, guardian=mother, defaults={"authority": Authority.LEGAL}
        )
        ExternalId.objects.create(
            source="siecle", authority=f"uai:{school.uai}", kind="person", value=str(number), person=child
        )
        vectors.append(f"2|{mother.family_name.upper()}|{mother.given_name}|{number}|{school.uai}")
    standin = StandIn([StandInPerson("s-julie", mother.full_name, "mère", {"FrEduVecteur": vectors})])
    standin.start()
    row = provider_of(
        name="EduConnect", audience=Audience.FAMILIES, issuer=standin.issuer, rules={"FrEduVecteur": "vector"}
    )
    rely_on(standin, row)
    yield row
    standin.stop()


def test_a_mother_of_two_children_in_two_schools(
    newcomer: Any, educonnect: Provider, schools: dict[str, World]
) -> None:
    page = newcomer.page
    newcomer.open("/connexion/")
    newcomer.check("connexion-avec-educonnect")
    page.get_by_role("link", name="Élèves et familles").click()
    expect(page.get_by_role("heading", level=1, name="EduConnect de démonstration")).to_be_visible()
    page.get_by_role("button", name=re.compile("mère")).click()
    page.get_by_role("heading", level=1, name="Bonjour").wait_for()
    link = Link.objects.get()
    assert (link.person, link.how) == (schools["college"].people["guardian"], "vector")
    newcomer.open("/profil/")
    expect(page.locator("main").get_by_text("Parent ou responsable").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Comptes reliés")).click()
    expect(page.get_by_role("cell", name="l’annuaire officiel")).to_be_visible()
    newcomer.check("comptes-relies")
    assert TWIN  # both children, of both schools, are hers
