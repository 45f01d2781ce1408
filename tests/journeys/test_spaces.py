"""Spaces in a browser, by keyboard, with and without JavaScript: a project of two classes from its opening to its archive; a pupil
who asks at nine in the evening and is answered the next day."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from preau.directory.models import Assignment, Closure, Group
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.spaces.actions import asking
from preau.domains.spaces.models import Column, Question, Space
from preau.domains.spaces.tests.props import open_from, own_teaching

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two_classes(schools: dict[str, World]) -> list[Group]:
    """The cast's teacher teaches to the class of the cast's pupil and to another."""
    college = schools["college"]
    own = own_class(college)
    other = Group.objects.classes().filter(year=college.year).exclude(pk=own.pk).order_by("pk")[0]
    teacher = college.people["teacher"]
    for group in (own, other):
        Assignment.objects.get_or_create(
            school=college.school, group=group, teacher=teacher, kind=Assignment.Kind.HEAD_TEACHER
        )
    return [own, other]


def test_a_project_of_two_classes_from_its_opening_to_its_archive(
    visit: Any, two_classes: list[Group]
) -> None:
    Space.objects.filter(kind="project").delete()
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open("/espaces/")
    teacher.check("espaces")
    page.get_by_role("link", name="Ouvrir un projet ou une équipe").press("Enter")
    page.get_by_role("textbox", name="Nom").fill("Le journal des deux classes")
    for group in two_classes:
        page.get_by_label(group.name, exact=True).press("Space")
    teacher.check("espaces-projet")
    page.get_by_role("button", name="Ouvrir l’espace").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Le journal des deux classes")
    page.get_by_role("link", name="Mur de cartes").press("Enter")
    for title in ("Sujets", "On écrit"):
        page.get_by_label("Nouvelle colonne").fill(title)
        page.get_by_role("button", name="Ajouter la colonne").press("Enter")
        expect(page.get_by_role("heading", name=title)).to_be_visible()

    pupil = visit("pupil")
    mine = pupil.page
    pupil.open("/espaces/")
    mine.get_by_role("link", name="Le journal des deux classes").press("Enter")
    pupil.check("espaces-accueil")
    mine.get_by_role("link", name="Mur de cartes").press("Enter")
    mine.locator("summary").filter(has_text="Ajouter une carte").press("Enter")
    form = mine.locator("form[action$='/mur/carte/']")
    form.get_by_role("textbox", name="Carte").fill("Une interview de l’infirmière")
    form.get_by_role("button", name="Ajouter la carte").press("Enter")
    expect(mine.get_by_text("La carte est sur le mur.")).to_be_visible()
    mine.get_by_role("button", name="À droite").press("Enter")
    expect(mine.get_by_text("La carte est déplacée.")).to_be_visible()
    pupil.check("espaces-mur")
    second = Column.objects.get(title="On écrit")
    assert second.cards.get().text == "Une interview de l’infirmière"

    page.get_by_role("link", name="Réglages de l’espace").press("Enter")
    page.get_by_role("button", name="Archiver l’espace").press("Enter")
    expect(page.get_by_text("on n’y écrit plus").first).to_be_visible()
    pupil.open(f"/espaces/{second.space_id}/mur/")
    expect(mine.get_by_text("Une interview de l’infirmière").first).to_be_visible()
    assert mine.locator("summary").filter(has_text="Ajouter une carte").count() == 0
    pupil.done()
    teacher.done()


def test_a_pupil_asks_at_nine_in_the_evening_and_is_answered_the_next_day(
    visit: Any, schools: dict[str, World], clock: Any
) -> None:
    college = schools["college"]
    space = own_teaching(college)
    Question.objects.filter(space=space).delete()
    Closure.objects.filter(school=college.school).delete()
    open_from(space, 17 * 60, 19 * 60)
    clock.move_to(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    pupil = visit("pupil")
    page = pupil.page
    pupil.open(f"/espaces/{space.pk}/questions/")
    expect(page.get_by_text("Ouvre demain")).to_be_visible()
    page.get_by_label("Ma question").fill("Par combien multiplier la farine ?")
    pupil.check("espaces-question-le-soir")
    page.get_by_role("button", name="Garder pour demain").press("Enter")
    expect(page.get_by_text("Votre question est gardée.")).to_be_visible()
    expect(page.get_by_text("Gardée", exact=True)).to_be_visible()

    teacher = visit("teacher", wide=True)
    teacher.open(f"/espaces/{space.pk}/questions/")
    expect(teacher.page.get_by_text("Aucune question ici")).to_be_visible()

    for screen in (page, teacher.page):
        screen.goto("about:blank")
    clock.move_to(datetime(2026, 11, 25, 16, 5, tzinfo=UTC))
    asking.tell_questions()
    # A night ends a session.
    teacher.sign_in("teacher")
    teacher.open(f"/espaces/{space.pk}/questions/")
    teacher.check("espaces-questions")
    teacher.page.get_by_role("link", name="Répondre").press("Enter")
    teacher.page.get_by_label("Réponse").fill("Par sept : 28 personnes, c’est sept fois quatre.")
    teacher.page.get_by_role("button", name="Répondre").press("Enter")
    expect(teacher.page.get_by_text("La réponse est dans l’espace.")).to_be_visible()

    pupil.sign_in("pupil")
    pupil.open(f"/espaces/{space.pk}/questions/")
    expect(page.get_by_text("c’est sept fois quatre")).to_be_visible()
    expect(page.get_by_text("Répondu", exact=True)).to_be_visible()
    pupil.check("espaces-question-repondue")
    pupil.done()
    teacher.done()
