"""A teacher comes by the desk of an académie, in a real browser: a form of another site brings them, without our cookies."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from preau.commons.federation.actions import saml
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.queries.saml import key_pairs, places
from preau.commons.federation.saml_standin import Relying, SamlStandIn, StandInPerson
from preau.directory.seeds.world import World
from preau.identity.models import AccountSession

pytestmark = pytest.mark.journey


@pytest.fixture
def desk(schools: dict[str, World], settings: Any, newcomer: Any) -> Iterator[SamlStandIn]:
    """The desk is at 127.0.0.1 and we are at localhost: for a browser, two sites."""
    settings.DEMO = settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = newcomer.server
    teacher = schools["college"].people["teacher"]
    teacher.email = "claire.moreau@academie.example"
    teacher.save()
    found = SamlStandIn(
        [StandInPerson("agent-1", teacher.full_name, "enseignante", {"ctemail": [teacher.email]})]
    )
    row = saml.keep_stand_in("Guichet de démonstration", found.metadata(), ["academie.example"])
    here = places(row)
    certificates = [key_pair.certificate for key_pair in key_pairs(timezone.now())]
    found.relying = Relying(here.entity_id, here.acs, here.logout, certificates)
    found.start()
    assert "127.0.0.1" in found.address
    assert "127.0.0.1" not in newcomer.server
    yield found
    found.stop()


def test_a_teacher_comes_by_the_desk_and_leaves_on_both_sides(
    newcomer: Any, desk: SamlStandIn, schools: dict[str, World]
) -> None:
    page = newcomer.page
    newcomer.open("/connexion/?suite=/profil/")
    page.get_by_role("link", name=re.compile("Personnels")).click()
    expect(page.get_by_role("heading", level=1, name="Guichet de démonstration")).to_be_visible()
    page.get_by_role("button", name=re.compile("enseignante")).click()
    if not newcomer.scripts:
        page.get_by_role("button", name="Continuer vers Préau").click()
    # No step of ours in between: the cookies of the browser are there at the second address.
    page.wait_for_url(f"{newcomer.server}/profil/")
    teacher = schools["college"].people["teacher"]
    assert Link.objects.get(provider__name=desk.title).person == teacher
    # Leaving here offers to leave there.
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Se déconnecter").locator("visible=true").click()
    newcomer.check("au-revoir-guichet")
    page.get_by_role("link", name=re.compile("Guichet de démonstration")).click()
    expect(page.get_by_text("Vous êtes aussi déconnecté de Guichet de démonstration.")).to_be_visible()
    assert not desk.sessions


def test_the_desk_closes_our_session(newcomer: Any, desk: SamlStandIn, schools: dict[str, World]) -> None:
    page = newcomer.page
    provider = Provider.objects.get(name=desk.title)
    newcomer.open(f"/connexion/par/{provider.public_id}/?suite=/profil/")
    page.get_by_role("button", name=re.compile("enseignante")).click()
    if not newcomer.scripts:
        page.get_by_role("button", name="Continuer vers Préau").click()
    page.wait_for_url(f"{newcomer.server}/profil/")
    opened = AccountSession.objects.count()
    page.goto(f"{desk.address}/deconnexion")
    expect(page.get_by_role("heading", level=1, name="Vous êtes déconnecté")).to_be_visible()
    assert AccountSession.objects.count() == opened - 1
