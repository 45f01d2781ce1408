"""A teacher adapts a colleague's scenario, publishes it, and puts it in a lesson in two clicks."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.homework.models import LessonRecord
from preau.domains.scenarios.models import Scenario
from preau.domains.scenarios.tests.scene import published
from preau.domains.timetable.models import Lesson
from tests.journeys.test_homework import Hand

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def source(schools: dict[str, World]) -> Scenario:
    """What a colleague has published."""
    viewer = viewer_for(schools["college"].people["teacher_1"], 0, NOW)
    assert viewer is not None
    return published(viewer, "Thalès et les ombres")


@pytest.fixture
def coming(schools: dict[str, World]) -> Lesson:
    """Claire Moreau has one lesson to come, tomorrow, of which nothing is written."""
    college = schools["college"]
    teacher = college.people["teacher"]
    Lesson.objects.taught_by(teacher).filter(ends__gt=NOW).delete()
    pupils = Lesson.objects.of_pupils([college.people["pupil"].pk])
    found = pupils.on(college.today + timedelta(days=1)).order_by("starts")[0]
    found.teachers.set([teacher])
    LessonRecord.objects.filter(lesson=found).delete()
    return found


def test_a_scenario_is_adapted_published_and_put_in_a_lesson_in_two_clicks(
    visit: Any, source: Scenario, coming: Lesson
) -> None:
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open(f"/scenarios/{source.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thalès et les ombres")
    teacher.check("scenario")
    page.get_by_role("link", name="Reprendre dans mon espace").click()
    teacher.check("scenario-reprendre")
    page.get_by_role("button", name="Adapter", exact=True).click()
    expect(page.get_by_text("C’est dans votre espace, en brouillon")).to_be_visible()
    teacher.check("scenario-atelier")

    page.get_by_role("link", name="Modifier l’étape 1").click()
    page.get_by_label("Titre de l’étape").fill("Mesurer dans la cour")
    teacher.check("scenario-etape")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("button", name="Descendre l’étape 1").click()
    expect(page.get_by_role("heading", name="2. Mesurer dans la cour")).to_be_visible()

    page.get_by_role("link", name="Publier", exact=True).click()
    page.get_by_label("Un pseudonyme").check()
    page.get_by_label("Pseudonyme", exact=False).last.fill("Une prof de maths")
    page.get_by_label("J’ai relu", exact=False).check()
    teacher.check("scenario-publier")
    page.get_by_role("button", name="Publier pour tous").click()
    page.get_by_role("link", name="Voir la page publique").click()
    expect(page.get_by_text("Une prof de maths").first).to_be_visible()
    expect(page.get_by_role("link", name="Thalès et les ombres")).to_be_visible()

    hand = Hand(page)
    hand.touch(page.get_by_role("link", name="Ajouter à une séance"))
    teacher.check("mettre-dans-une-seance")
    hand.touch(page.get_by_role("button", name="Ajouter ici").first)
    expect(page.get_by_text("Le lien est dans la séance.")).to_be_visible()
    assert hand.gestures == 2
    mine = Scenario.objects.get(adapted_from=source)
    record = LessonRecord.objects.get(lesson=coming)
    assert f'href="/scenarios/{mine.code}/"' in record.content and record.is_draft
    teacher.done()
