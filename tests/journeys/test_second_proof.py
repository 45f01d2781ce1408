"""A teacher asks for a second proof, then signs in elsewhere without their telephone at hand."""

import re
from base64 import b32decode
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from preau.directory.seeds.world import World
from preau.identity import totp
from preau.identity.seeds import CAST, PASSWORD
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def digits(key: str) -> str:
    """What the application shows now."""
    return totp.code_at(b32decode(key.replace(" ", "")), totp.step_of(timezone.now()))


def test_a_stolen_password_is_not_enough(visit: Any, newcomer: Visitor, schools: dict[str, World]) -> None:
    teacher = visit("teacher")
    page = teacher.page
    teacher.open("/profil/")
    page.get_by_role("link", name=re.compile("Double vérification")).click()
    expect(page.get_by_role("heading", level=2, name="Comment ça marche")).to_be_visible()
    teacher.check("double-verification")
    page.get_by_role("link", name="Mettre en place").click()
    teacher.check("double-verification-mise-en-place")
    key = page.locator(".authenticator-key").inner_text()
    page.get_by_label("Les six chiffres affichés").fill("12")
    page.get_by_role("button", name="Mettre en place").click()
    expect(page.get_by_text("L’application affiche six chiffres.").last).to_be_visible()
    assert page.locator(".authenticator-key").inner_text() == key
    page.get_by_label("Les six chiffres affichés").fill(digits(key))
    page.get_by_role("button", name="Mettre en place").click()
    expect(page.get_by_role("heading", level=1, name="Vos codes de secours")).to_be_visible()
    teacher.check("codes-de-secours")
    codes = page.get_by_role("main").get_by_role("listitem")
    expect(codes).to_have_count(10)
    code = codes.nth(4).inner_text()
    page.get_by_role("link", name="C’est rangé").click()
    expect(page.get_by_text("10 codes encore bons")).to_be_visible()
    teacher.check("double-verification-en-place")
    forgive_refusals(teacher)
    teacher.done()
    sign_in_elsewhere(newcomer, code)


def forgive_refusals(visitor: Visitor) -> None:
    """A browser complains of each form that comes back with its mistakes."""
    visitor.complaints[:] = [complaint for complaint in visitor.complaints if "422" not in complaint]


def sign_in_elsewhere(other: Visitor, code: str) -> None:
    page = other.page
    other.open("/connexion/?suite=/profil/sessions/")
    page.get_by_label("Identifiant").fill(CAST["teacher"])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Est-ce bien vous")).to_be_visible()
    other.check("seconde-preuve")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Écrivez les six chiffres, ou un code de secours.").last).to_be_visible()
    page.get_by_text("Je n’ai pas mon téléphone").click()
    page.get_by_label("Code de secours").fill(code.lower())
    other.check("seconde-preuve-sans-telephone")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1, name="Mes appareils connectés")).to_be_visible()
    forgive_refusals(other)
    other.done()
