"""Competences in a browser: levels typed by one key each, an observation on a phone, a family that reads.

The model: thirty levels of three competences are ninety keys, and nothing else.
"""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.models import Enrolment, Holding, Person
from preau.directory.seeds import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.competences import actions
from preau.domains.competences.models import Level, Sheet
from preau.domains.competences.tests.scene import class_of, competences_of, period_of
from preau.domains.gradebook.tests.scene import charge_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MANY, COLUMNS = 30, 3


@pytest.fixture
def sheet(schools: dict[str, World]) -> Sheet:
    """Three competences in a class of thirty, without a level."""
    college = schools["college"]
    charge, group = charge_of(college), class_of(college)
    for number in range(Enrolment.objects.filter(group=group, ends=None).count(), MANY):
        pupil = Person.objects.create(given_name="Élève", family_name=f"Zola {number:02}")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    assert teacher
    described = actions.Described(
        "Le point", NOW.date() - timedelta(days=1), period_of(college), charge.subject
    )
    return actions.create_sheet(teacher, group, described, competences_of(college, COLUMNS))


def test_thirty_levels_of_three_competences_are_ninety_keys(
    schools: dict[str, World], sheet: Sheet, visit: Any, scripts: bool
) -> None:
    if not scripts:
        pytest.skip("the keyboard of the grid is the script's; its form has the test below")
    visitor = visit("teacher", wide=True)
    visitor.open(f"/competences/releves/{sheet.pk}/")
    page = visitor.page
    visitor.check("competences-releve")
    page.locator("tbody td").first.click()
    expect(page.locator(".grade-field")).to_be_focused()
    typed = ["3", "4", "2", "a", "1", "d", "4", "3", "n", "2"] * 9
    for key in typed:
        page.keyboard.press(key)
    expect(page.locator("[data-saved]")).to_contain_text("Tout est enregistré")
    expect(page.locator("[data-state=waiting]")).to_have_count(0)
    said = {"a": "ABS", "d": "DISP", "n": "NE"}
    found = []
    for column in sheet.columns.order_by("rank"):
        rows = Level.objects.filter(column=column).order_by("pupil__search_name", "pupil_id")
        found += [row.code or str(row.value) for row in rows]
    assert found == [said.get(key, key) for key in typed]
    visitor.done()


def test_levels_are_typed_in_a_form_too(schools: dict[str, World], sheet: Sheet, visit: Any) -> None:
    visitor = visit("teacher")
    visitor.open(f"/competences/releves/{sheet.pk}/saisir/")
    visitor.check("competences-saisir")
    visitor.page.locator("input.ds-input").first.fill("3")
    visitor.page.get_by_role("button", name="Enregistrer").click()
    expect(visitor.page.get_by_text("Les niveaux sont enregistrés.")).to_be_visible()
    assert Level.objects.filter(column__sheet=sheet, value=3).count() == 1
    visitor.done()


def test_an_observation_on_a_phone_then_the_family_reads(schools: dict[str, World], visit: Any) -> None:
    college = schools["college"]
    pupil, competence = college.people["pupil"], competences_of(college, 1)[0]
    charge_of(college)
    teacher = visit("teacher")
    teacher.open(f"/competences/classes/{class_of(college).pk}/observer/")
    teacher.check("competences-observer")
    teacher.page.get_by_label("Compétence").select_option(str(competence.pk))
    teacher.page.get_by_label("Élève").select_option(pupil.public_id)
    teacher.page.get_by_role("button", name="Très bonne maîtrise").click()
    expect(teacher.page.get_by_text("C’est gardé.")).to_be_visible()
    teacher.done()
    # The school's delay for families is over.
    Sheet.objects.filter(kind="observed").update(guardians_at=NOW)
    for key in ("pupil", "guardian"):
        reader = visit(key)
        reader.open(f"/competences/eleves/{pupil.public_id}/")
        reader.check(f"competences-{key}")
        expect(reader.page.get_by_text(competence.name).first).to_be_visible()
        reader.done()
