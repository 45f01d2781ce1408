"""A librarian gives a resource of the GAR to a level and to one teacher; a pupil of that level opens it, one of another does not see it."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from preau.directory.models import Enrolment, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.mediacentre.models import Resource
from preau.identity.models import Account
from preau.identity.seeds import PASSWORD
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ATLAS = "Atlas de Nullepart"


def test_a_resource_for_a_level_and_a_teacher(
    visit: Any, newcomer: Visitor, schools: dict[str, World]
) -> None:
    college = schools["college"]
    # The cast has no librarian: the secretary is one today.
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.LIBRARIAN)
    librarian: Visitor = visit("secretary", wide=True)
    assign_to_a_level(librarian, Resource.objects.get(school=college.school, name=ATLAS))
    give_to_a_teacher(librarian, college.people["teacher"])
    a_pupil_opens_it(visit("pupil"))
    a_teacher_has_it(visit("teacher"))
    one_of_another_level_does_not(newcomer, pupil_of(college, "6e"))
    assert [text for text in librarian.complaints if "422" not in text] == []


def assign_to_a_level(librarian: Visitor, atlas: Resource) -> None:
    page = librarian.page
    librarian.open("/mediacentre/")
    librarian.check("mediacentre")
    page.locator(f"#ressource-{atlas.pk}").check()
    page.get_by_role("button", name="Attribuer").click()
    expect(page.get_by_role("heading", level=1, name="Attribuer")).to_be_visible()
    page.get_by_label("Les élèves de certains niveaux").check()
    page.get_by_role("button", name="Voir qui est concerné").click()
    # No level was chosen.
    expect(page.get_by_text("Choisissez au moins un niveau.").first).to_be_visible()
    page.get_by_role("group", name="Niveaux").get_by_label("5e").check()
    page.get_by_role("button", name="Voir qui est concerné").click()
    expect(page.get_by_text("6 personnes concernées")).to_be_visible()
    # Thirty licences, of which one teacher has one.
    expect(page.get_by_text("23 licences restantes")).to_be_visible()
    librarian.check("mediacentre-apercu")
    page.get_by_role("button", name="Attribuer", exact=True).click()
    expect(page.get_by_text("6 personnes aujourd’hui")).to_be_visible()
    librarian.check("mediacentre-attribution")


def give_to_a_teacher(librarian: Visitor, teacher: Person) -> None:
    page = librarian.page
    page.get_by_role("link", name=ATLAS).click()
    expect(page.get_by_role("heading", level=1, name=ATLAS)).to_be_visible()
    librarian.check("mediacentre-ressource")
    page.get_by_role("link", name="Voir les personnes").click()
    page.get_by_role("link", name="Ceux qui ne l’ont pas").click()
    page.get_by_role("textbox", name="Chercher").last.fill("moreau claire")
    page.get_by_role("button", name="Filtrer").click()
    page.locator(f"#personne-{teacher.public_id}").check()
    librarian.check("mediacentre-personnes")
    page.get_by_role("button", name="Attribuer à ces personnes").click()
    expect(page.get_by_text("Attribuée à 1 personne.")).to_be_visible()
    expect(page.get_by_text("MOREAU Claire").first).to_be_visible()


def a_pupil_opens_it(pupil: Visitor) -> None:
    page = pupil.page
    pupil.open("/mes-ressources-numeriques/")
    pupil.check("mes-ressources")
    expect(page.get_by_role("link", name=f"Ouvrir {ATLAS}")).to_have_count(0)
    page.get_by_role("link", name=ATLAS).click()
    expect(page.get_by_text("Ce qui est transmis quand vous l’ouvrez")).to_be_visible()
    pupil.check("ma-ressource")
    page.get_by_role("button", name="J’ai lu, continuer").click()
    expect(page.get_by_role("link", name="Ouvrir la ressource")).to_have_attribute(
        "href", Resource.objects.get(name=ATLAS).url
    )
    pupil.open("/mes-ressources-numeriques/")
    expect(page.get_by_role("link", name=f"Ouvrir {ATLAS}")).to_be_visible()
    pupil.done()


def a_teacher_has_it(teacher: Visitor) -> None:
    teacher.open("/mes-ressources-numeriques/")
    expect(teacher.page.get_by_role("link", name=ATLAS)).to_be_visible()
    teacher.done()


def one_of_another_level_does_not(other: Visitor, pupil: Person) -> None:
    Account(login="autre.niveau", person=pupil, password=make_password(PASSWORD)).save()
    page = other.page
    other.open("/connexion/")
    page.get_by_label("Identifiant").fill("autre.niveau")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.get_by_role("heading", level=1, name="Bonjour").wait_for()
    other.open("/mes-ressources-numeriques/")
    # What is for the whole school is there; the atlas is not.
    expect(page.get_by_role("link", name="Lexique des Marées")).to_be_visible()
    expect(page.get_by_text(ATLAS)).to_have_count(0)
    other.open(f"/mes-ressources-numeriques/{Resource.objects.get(name=ATLAS).pk}/")
    expect(page.get_by_text(ATLAS)).to_have_count(0)


def pupil_of(college: World, level: str) -> Person:
    rows = Enrolment.objects.filter(group__year=college.year, group__level=level).order_by("pk")
    return Person.objects.get(pk=rows.values_list("pupil_id", flat=True)[0])
