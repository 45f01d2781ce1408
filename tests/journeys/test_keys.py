"""A teacher makes a token in the browser, a program reads with it, she revokes it, and the program is refused."""

import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from preau.identity.models import AccessKey

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def asked(server: str, token: str) -> int:
    request = Request(f"{server}/api/v1/moi", headers={"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code


def test_a_token_from_its_making_to_its_end(visit: Any) -> None:
    visitor = visit("teacher")
    page = visitor.page
    AccessKey.objects.all().delete()
    visitor.open("/profil/")
    page.get_by_role("link", name=re.compile("Mes accès d’applications")).click()
    visitor.check("acces-aucun")
    page.get_by_role("link", name="Créer un jeton pour un programme").click()
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.get_by_text("Donnez un nom à cet accès.").last).to_be_visible()
    visitor.check("acces-creer")
    page.get_by_label("Nom de l’accès").fill("Tableur de Claire")
    page.get_by_label(re.compile("^Qui je suis")).check()
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.get_by_role("heading", level=1, name="Tableur de Claire")).to_be_visible()
    visitor.check("acces-cree")
    token = page.locator("#secret").inner_text()
    assert asked(visitor.server, token) == 200

    page.get_by_role("link", name="C’est noté").click()
    expect(page.get_by_role("rowheader", name=re.compile("Tableur de Claire"))).to_be_visible()
    visitor.check("acces")
    page.get_by_role("button", name="Révoquer l’accès").click()
    expect(page.get_by_text("n’ouvre plus rien.").first).to_be_visible()
    visitor.check("acces-fini")
    assert asked(visitor.server, token) == 401
    visitor.complaints[:] = [complaint for complaint in visitor.complaints if "422" not in complaint]
