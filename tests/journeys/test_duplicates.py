"""The head finds one colleague under two rows, merges them, and parts them again."""

from typing import Any

import pytest
from playwright.sync_api import expect

from preau.directory.models import Holding, Merge, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rows(schools: dict[str, World]) -> list[Person]:
    """Typed twice, with a slip, the same telephone, and one of them with an e-mail."""
    identities = [("Quesnel", "ada@ecole.example"), ("Quesnell", "")]
    found = []
    for family, email in identities:
        row = Person.objects.create(
            family_name=family, given_name="Adèle", phone="06 00 00 00 07", email=email
        )
        Holding.objects.create(person=row, role=Role.TEACHER, school=schools["college"].school)
        found.append(row)
    return found


@pytest.mark.parametrize("wide", [True, False], ids=["on a desk", "on a phone"])
def test_the_head_merges_a_duplicate_and_undoes_it(
    visit: Any, schools: dict[str, World], rows: list[Person], wide: bool
) -> None:
    head = visit("head", wide=wide)
    page = head.page
    head.open("/annuaire/livraisons/")
    page.get_by_role("link", name="Chercher les doublons").click()
    expect(page.get_by_role("heading", level=1, name="Doublons")).to_be_visible()
    expect(page.get_by_text("Noms qui ne diffèrent que d’une faute de frappe")).to_be_visible()
    head.check("doublons")
    page.get_by_role("link", name="QUESNEL Adèle et QUESNELL Adèle").click()
    expect(page.get_by_role("heading", level=1, name="Une ou deux personnes")).to_be_visible()
    expect(page.get_by_label("Première fiche : Adèle Quesnel")).to_be_checked()
    head.check("deux-fiches")
    # By keyboard: the second row, and back to the first.
    page.get_by_label("Première fiche : Adèle Quesnel").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Seconde fiche : Adèle Quesnell")).to_be_checked()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Fusionner").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Fusions")).to_be_visible()
    expect(page.get_by_text("Les deux fiches n’en font plus qu’une")).to_be_visible()
    head.check("fusions")
    assert Merge.objects.get().kept == rows[0]
    page.get_by_role("link", name="À comparer").click()
    expect(page.get_by_text("Aucun doublon à comparer")).to_be_visible()
    head.check("doublons-aucun")
    page.get_by_role("link", name="Fusions").click()
    page.get_by_role("button", name="Séparer les deux fiches de QUESNEL Adèle").click()
    expect(page.get_by_text("Les deux fiches sont séparées")).to_be_visible()
    assert Holding.objects.filter(person__in=rows).count() == 2
    page.get_by_role("link", name="À comparer").click()
    page.get_by_role("link", name="QUESNEL Adèle et QUESNELL Adèle").click()
    page.get_by_role("button", name="Ce sont deux personnes").click()
    expect(page.get_by_text("Aucun doublon à comparer")).to_be_visible()
    page.get_by_role("link", name="Deux personnes").click()
    expect(page.get_by_role("link", name="QUESNEL Adèle et QUESNELL Adèle")).to_be_visible()
    head.check("deux-personnes")
    head.done()
