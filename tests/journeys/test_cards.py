"""A child who cannot read yet: the teacher prints cards, the child aims the tablet at one and touches three pictures."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.identity.models import PictureCard
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_the_card_to_the_home(visit: Any, newcomer: Visitor, schools: dict[str, World]) -> None:
    college = schools["college"]
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    pupil = college.people["pupil"]
    teacher = visit("teacher", wide=True)
    page = teacher.page
    page.locator(".header-menu summary", has_text="Menu").click()
    page.locator(".header-menu").get_by_role("link", name="Comptes").click()
    page.get_by_role("link", name=re.compile("^5")).click()
    page.get_by_role("link", name="Cartes à images").click()
    expect(page.get_by_role("heading", level=1, name="Cartes à images")).to_be_visible()
    teacher.check("cartes-a-images")
    page.get_by_role("button", name=re.compile(r"Préparer \d+ cartes?")).click()
    expect(page.get_by_role("heading", level=1, name="à imprimer")).to_be_visible()
    teacher.check("cartes-a-imprimer")
    card = page.get_by_role("listitem").filter(has_text=pupil.full_name)
    code = card.locator("strong").last.inner_text()
    row = page.get_by_role("row", name=re.compile(re.escape(pupil.list_name)))
    pictures = [word.strip() for word in row.get_by_role("cell").inner_text().split(",")]
    assert len(pictures) == 3 and PictureCard.objects.filter(account__person=pupil).exists()
    teacher.done()

    child = newcomer.page
    newcomer.open(f"/connexion/images/?carte={code}")
    assert "carte" not in child.url
    expect(child.get_by_role("heading", level=1, name="Touche ta première image")).to_be_visible()
    newcomer.check("image-1")
    # The wrong ones first: told in words, and one starts again.
    for number, word in enumerate(reversed(pictures)):
        child.get_by_role("button", name=word, exact=True).click()
        if number < 2:
            expect(child.get_by_text(f"Image {number + 2} sur 3")).to_be_visible()
    expect(child.get_by_text("ne vont pas ensemble")).to_be_visible()
    newcomer.check("images-fausses")
    for number, word in enumerate(pictures):
        # By keyboard, as a child who does not see well does.
        button = child.get_by_role("button", name=word, exact=True)
        button.focus()
        child.keyboard.press("Enter")
        if number < 2:
            expect(child.get_by_text(f"Image {number + 2} sur 3")).to_be_visible()
    expect(child.get_by_role("heading", level=1, name="Bonjour")).to_be_visible()
    # The refusal is a 422: the browser's console says so.
    newcomer.complaints[:] = [complaint for complaint in newcomer.complaints if "422" not in complaint]
    newcomer.done()
