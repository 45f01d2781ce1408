"""An agent of the town as delegate: let in by the director, helped to her account, reading whom to call, then refused."""

from typing import Any

import pytest
from playwright.sync_api import expect

from preau.directory.models import Guest, School
from preau.directory.seeds.world import World
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CHOSEN = "quatre vélos rouges"


def test_an_agent_of_the_town_as_delegate(visit: Any, newcomer: Visitor, schools: dict[str, World]) -> None:
    School.objects.filter(pk=schools["college"].school.pk).update(kind=School.Kind.ECOLE)
    head: Visitor = visit("head", wide=True)
    let_in(head)
    open_account(newcomer, *code_for(head))
    read_the_lists(newcomer)
    read_the_journal(head)
    show_out(head)
    is_refused(newcomer)
    assert [text for text in head.complaints if "422" not in text] == []
    # Once she is shown out, what her open page asks by itself is refused as well, should it ask before she clicks.
    assert [text for text in newcomer.complaints if "401" not in text] == []


def let_in(head: Visitor) -> None:
    page = head.page
    head.open("/etablissement/reglages/")
    page.get_by_role("link", name="Personnes invitées").click()
    head.check("invites-vide")
    page.get_by_role("link", name="Inviter une personne").click()
    head.check("inviter")
    page.get_by_label("Agent de la mairie").check()
    page.get_by_label("Mme").check()
    page.get_by_label("Prénom").fill("Nadège")
    page.get_by_label("Nom", exact=True).fill("Prigent")
    page.get_by_label("Courriel").fill("nadege.prigent@mairie.example")
    page.get_by_label("En qualité de").fill("service périscolaire")
    page.get_by_label("Raison").fill("Cantine et garderie")
    page.get_by_label("Dernier jour").fill("2027-06-30")
    page.get_by_role("button", name="Inviter").click()
    # Nothing was ticked for her.
    expect(page.get_by_text("Cochez au moins une chose").first).to_be_visible()
    page.get_by_label("Lire les listes").check()
    page.get_by_role("button", name="Inviter").click()
    expect(page.get_by_role("heading", level=1, name="Nadège Prigent")).to_be_visible()
    head.check("invitee")


def code_for(head: Visitor) -> tuple[str, str]:
    """The head shows her a code, on the page of her account."""
    page = head.page
    page.get_by_role("link", name="Lui donner de quoi se connecter").click()
    page.get_by_role("button", name="Donner un code").click()
    expect(page.get_by_role("heading", level=1, name="Un code pour Nadège Prigent")).to_be_visible()
    login, code = (page.locator("dd").nth(rank).inner_text().strip() for rank in (0, 1))
    return login, code


def open_account(agent: Visitor, login: str, code: str) -> None:
    page = agent.page
    agent.open("/activation/")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Code").fill(code)
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Encore une fois").fill(CHOSEN)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.get_by_role("heading", level=1, name="Bonjour Nadège")).to_be_visible()
    expect(page.get_by_text("Ce qui vous est confié")).to_be_visible()
    expect(page.get_by_text("pour Hélène Carpentier")).to_be_visible()
    agent.check("agente-accueil")


def read_the_lists(agent: Visitor) -> None:
    page = agent.page
    page.get_by_role("link", name="Lire les listes").click()
    expect(page.get_by_role("heading", level=1, name="Listes de l’école")).to_be_visible()
    agent.check("agente-listes")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_text("ABADIE Nina")).to_be_visible()
    expect(page.get_by_text("Julie Abadie").first).to_be_visible()
    agent.check("agente-liste-d-une-classe")


def read_the_journal(head: Visitor) -> None:
    page = head.page
    head.open("/etablissement/reglages/journal/?qui=delegations")
    expect(page.get_by_text("Nadège Prigent pour Hélène Carpentier").first).to_be_visible()
    expect(page.get_by_text("Liste d’une classe lue").first).to_be_visible()
    head.check("journal-pour-quelqu-un")
    head.open("/etablissement/qui-peut-quoi/")
    head.check("qui-peut-quoi")
    head.open("/etablissement/reglages/administration/")
    head.check("droits-confies")


def show_out(head: Visitor) -> None:
    """At the review of the quarter."""
    page = head.page
    head.open("/etablissement/acces/")
    head.check("revue-des-acces")
    page.get_by_role("button", name="Mettre fin à l’accès de Nadège Prigent").click()
    expect(page.get_by_text("cette personne n’entre plus")).to_be_visible()
    page.get_by_role("button", name="J’ai tout regardé").click()
    expect(page.get_by_text("La revue est terminée")).to_be_visible()
    assert Guest.objects.get().holding.scope == {}


def is_refused(agent: Visitor) -> None:
    """At her next page."""
    agent.page.get_by_role("link", name="Toutes les classes").click()
    expect(agent.page.get_by_role("button", name="Se connecter", exact=True)).to_be_visible()
