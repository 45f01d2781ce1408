"""The life of an account: the secretary prints letters, a parent opens theirs, a teacher helps a pupil in class."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from preau.directory.seeds.world import World
from preau.identity.models import Account
from preau.identity.seeds import PASSWORD
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CHOSEN = "trois chevaux bleus"


def letters_of_the_class(secretary: Any) -> dict[str, str]:
    """Prepare the letters of the parents of 5e B; returns what the first one says."""
    page = secretary.page
    page.get_by_role("link", name="Comptes").first.click()
    expect(page.get_by_role("heading", level=1, name="Comptes")).to_be_visible()
    secretary.check("comptes")
    page.get_by_role("row", name=re.compile("5")).get_by_role(
        "link", name="Voir les responsables"
    ).last.click()
    expect(page.get_by_role("heading", level=1, name="Comptes, 5")).to_be_visible()
    secretary.check("comptes-responsables")
    page.get_by_role("button", name=re.compile(r"Préparer \d+ courriers")).click()
    expect(page.get_by_role("heading", level=1, name="courriers à imprimer")).to_be_visible()
    secretary.check("courriers")
    letter = page.get_by_role("article").first
    code, login = letter.locator("dd").nth(1).inner_text(), letter.locator("dd").nth(0).inner_text()
    assert re.fullmatch(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}", code)
    name = letter.get_by_text("À l’attention de").locator("strong").inner_text()
    return {"login": login, "code": code, "name": name}


def test_from_the_letter_to_the_home(
    visit: Any, newcomer: Visitor, schools: dict[str, World], scripts: bool
) -> None:
    secretary = visit("secretary", wide=True)
    letter = letters_of_the_class(secretary)
    activate(newcomer, letter)
    sign_in_later(newcomer, letter)
    assert Account.objects.get(login=letter["login"]).has_usable_password()
    # What the office sees afterwards, and that the same letters are not made twice.
    page = secretary.page
    page.get_by_role("link", name="Revenir à la liste").click()
    expect(page.get_by_text("Chacun a son compte, ou un code qui marche encore.")).to_be_visible()
    page.get_by_text("Refaire").first.click()
    secretary.check("comptes-refaire")
    secretary.done()


def activate(parent: Visitor, letter: dict[str, str]) -> None:
    page = parent.page
    parent.open("/connexion/")
    page.get_by_role("link", name="Première fois").click()
    expect(page.get_by_role("heading", level=1, name="Ouvrir mon compte")).to_be_visible()
    parent.check("activation")
    page.get_by_label("Identifiant").fill(letter["login"].upper())
    page.get_by_label("Code").fill("AAAA-AAAA-AAAA")
    page.get_by_label("Nouveau mot de passe").fill("court")
    page.get_by_label("Encore une fois").fill("court")
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.get_by_text("ne vont pas ensemble")).to_be_visible()
    parent.check("activation-refusee")
    page.get_by_label("Code").fill(letter["code"].lower().replace("-", " "))
    page.get_by_label("Nouveau mot de passe").fill("court")
    page.get_by_label("Encore une fois").fill("court")
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.get_by_text("au moins 12 caractères").last).to_be_visible()
    if parent.scripts:
        page.get_by_label("Afficher ce que j’écris").check()
        expect(page.get_by_label("Nouveau mot de passe")).to_have_attribute("type", "text")
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Encore une fois").fill(CHOSEN)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.get_by_text("Votre compte est ouvert")).to_be_visible()
    parent.check("premier-accueil")


def sign_in_later(parent: Visitor, letter: dict[str, str]) -> None:
    page = parent.page
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Se déconnecter").locator("visible=true").click()
    page.get_by_label("Identifiant").fill(letter["login"])
    page.get_by_label("Mot de passe").fill(CHOSEN)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Bonjour")).to_be_visible()
    parent.open("/profil/sessions/")
    expect(page.get_by_text("Cet appareil")).to_be_visible()
    parent.check("mes-appareils")
    assert [text for text in parent.complaints if "422" not in text] == []


def test_a_pupil_who_forgot_is_helped_in_class(
    visit: Any, newcomer: Visitor, schools: dict[str, World], scripts: bool
) -> None:
    pupil = schools["college"].people["pupil"]
    teacher = visit("teacher", wide=True)
    page = teacher.page
    page.locator(".header-menu summary", has_text="Menu").click()
    page.get_by_role("link", name="Comptes").first.click()
    page.get_by_role("link", name=re.compile("^5")).click()
    expect(page.get_by_role("heading", level=1, name="Comptes, 5")).to_be_visible()
    teacher.check("comptes-classe-enseignante")
    page.get_by_role("link", name=pupil.list_name).click()
    expect(page.get_by_role("heading", level=1, name=pupil.full_name)).to_be_visible()
    teacher.check("compte-eleve")
    page.get_by_role("button", name="Donner un code").click()
    expect(page.get_by_role("heading", level=1, name="Un code pour")).to_be_visible()
    teacher.check("code-donne")
    login, code = page.locator("dd").nth(0).inner_text(), page.locator("dd").nth(1).inner_text()
    # The pupil types on their own phone; eight characters will do.
    newcomer.open("/connexion/")
    newcomer.page.get_by_label("Identifiant").fill(login)
    newcomer.page.get_by_label("Mot de passe").fill(PASSWORD)
    newcomer.page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(newcomer.page.get_by_text("ne convient pas")).to_be_visible()
    newcomer.open(f"/activation/?identifiant={login}&code={code}")
    newcomer.page.get_by_label("Nouveau mot de passe").fill("vélo-mer")
    newcomer.page.get_by_label("Encore une fois").fill("vélo-mer")
    newcomer.page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(newcomer.page.get_by_text("Votre nouveau mot de passe est enregistré")).to_be_visible()
    assert urlsplit(newcomer.page.url).path == "/"
    page.get_by_role("link", name="C’est transmis").click()
    expect(page.get_by_role("heading", level=1, name="Comptes")).to_be_visible()
    teacher.done()


def test_a_forgotten_password_and_a_change(visit: Any, newcomer: Visitor, scripts: bool) -> None:
    newcomer.open("/connexion/")
    newcomer.page.get_by_role("link", name="Mot de passe oublié").click()
    expect(newcomer.page.get_by_role("heading", level=1, name="Mot de passe oublié")).to_be_visible()
    newcomer.check("mot-de-passe-oublie")
    newcomer.page.get_by_label("Identifiant").fill("zoe.inconnue")
    newcomer.page.get_by_role("button", name="Recevoir un lien").click()
    expect(newcomer.page.get_by_role("heading", level=1, name="Regardez vos courriels")).to_be_visible()
    newcomer.check("lien-envoye")
    newcomer.done()
    guardian = visit("guardian")
    page = guardian.page
    guardian.open("/profil/mot-de-passe/")
    guardian.check("changer-mot-de-passe")
    page.get_by_label("Mot de passe actuel").fill(PASSWORD)
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Encore une fois").fill(CHOSEN)
    page.get_by_role("button", name="Changer mon mot de passe").click()
    expect(page.get_by_text("Votre mot de passe est changé.")).to_be_visible()
    guardian.done()


def test_a_head_signs_the_whole_school_out(visit: Any) -> None:
    pupil, head = visit("pupil"), visit("head", wide=True)
    page = head.page
    head.open("/comptes/")
    page.get_by_role("link", name="Déconnecter tout le monde").click()
    page.get_by_label(re.compile("Élèves")).check()
    page.get_by_label(re.compile("chacun se reconnecte")).check()
    head.check("comptes-deconnecter")
    page.get_by_role("button", name="Déconnecter").last.click()
    expect(page.get_by_text("1 appareil est déconnecté.")).to_be_visible()
    pupil.open("/emploi-du-temps/")
    expect(pupil.page.get_by_role("heading", level=1, name="Se connecter")).to_be_visible()
    head.open("/emploi-du-temps/")
    expect(page.get_by_role("heading", level=1, name="Se connecter")).to_have_count(0)
