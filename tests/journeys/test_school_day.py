"""A day at school: the roll is called, a guardian explains, school life decides, the head sees it all."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry, Explanation
from preau.domains.timetable.models import Lesson

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Claire Moreau has the class of the cast's pupil now."""
    college = schools["college"]
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Lesson.objects.taught_by(teacher).on(college.today).delete()
    found = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[2]
    found.teachers.set([teacher])
    return found


@pytest.mark.smoke
def test_the_roll_the_explanation_and_the_decision(
    visit: Any, schools: dict[str, World], lesson: Lesson, scripts: bool
) -> None:
    pupil = schools["college"].people["pupil"]
    call_the_roll(visit("teacher"), pupil, scripts=scripts)
    call_command("run_worker", batch=True)
    assert {message.subject for message in mail.outbox} == {"Une absence à expliquer"}
    explain(visit("guardian"), pupil)
    decide(visit("cpe", wide=True), pupil)
    read_the_answer(visit("guardian"))
    see_it_all(visit("head", wide=True), pupil)
    entry = Entry.objects.get(lesson=lesson, pupil=pupil)
    assert entry.explanation is not None
    assert entry.explanation.state == Explanation.State.ACCEPTED


def call_the_roll(teacher: Any, pupil: Any, *, scripts: bool) -> None:
    page = teacher.page
    teacher.check("accueil-enseignante")
    page.get_by_role("link", name="Faire l’appel").first.click()
    teacher.check("appel")
    line = page.get_by_role("group", name=pupil.list_name)
    line.locator("label").filter(has_text="Absent").click()
    if scripts:
        page.get_by_text("1 absent", exact=False).wait_for()
    page.get_by_role("button", name="Valider").click()
    page.get_by_text("L’appel est enregistré").wait_for()
    page.get_by_text("Appel fait").first.wait_for()
    teacher.done()


def explain(guardian: Any, pupil: Any) -> None:
    page = guardian.page
    guardian.check("accueil-parent")
    waiting = page.locator(".answers > li")
    today = waiting.filter(has_text="10\u00a0h\u00a015").filter(has_text=pupil.given_name)
    today.get_by_role("link", name="Expliquer").click()
    guardian.check("expliquer")
    page.get_by_role("button", name="Envoyer l’explication").click()
    page.get_by_text("Choisissez un motif.").first.wait_for()
    page.get_by_label("Rendez-vous médical").check()
    page.get_by_label("Précision").fill("Chez le dentiste")
    page.get_by_role("button", name="Envoyer l’explication").click()
    page.get_by_text("C’est envoyé").wait_for()
    page.get_by_text("Explication envoyée").first.wait_for()
    guardian.check("absences")
    assert [text for text in guardian.complaints if "422" not in text] == []


def decide(cpe: Any, pupil: Any) -> None:
    page = cpe.page
    cpe.check("accueil-cpe")
    page.get_by_role("link", name="Ouvrir la vie scolaire").click()
    cpe.check("vie-scolaire")
    page.get_by_role("link", name="Tous", exact=True).click()
    page.get_by_text("À venir").first.wait_for()
    expect(page).to_have_url(re.compile("appels=tous"))
    waiting = (
        page.get_by_role("listitem").filter(has_text=pupil.list_name).filter(has_text="Rendez-vous médical")
    )
    waiting.get_by_role("link", name="Lire").click()
    cpe.check("absence")
    page.get_by_text("Chez le dentiste").first.wait_for()
    page.get_by_label("Accepter").check()
    page.get_by_role("button", name="Enregistrer la décision").click()
    page.get_by_text("La décision est enregistrée").wait_for()
    cpe.done()


def read_the_answer(guardian: Any) -> None:
    guardian.open("/absences/")
    guardian.page.get_by_text("Explication acceptée").first.wait_for()
    guardian.done()


def see_it_all(head: Any, pupil: Any) -> None:
    page = head.page
    head.open("/vie-scolaire/absences/?etat=acceptee&nom=" + pupil.family_name)
    head.check("toutes-les-absences")
    page.get_by_role("link", name=pupil.list_name).first.click()
    history = page.get_by_role("list").filter(has_text="Expliquée")
    head.page.wait_for_load_state()
    text = history.inner_text()
    assert (
        text.index("Absent")
        < text.index("Expliquée\u202f: Rendez-vous médical")
        < text.index("Explication acceptée")
    )
    assert "Claire Moreau" in text
    head.done()


@pytest.mark.smoke
def test_a_weekly_lesson_appears_in_everyones_week(
    visit: Any, schools: dict[str, World], scripts: bool
) -> None:
    secretary = visit("secretary", wide=True)
    page = secretary.page
    secretary.open("/emploi-du-temps/seances/")
    page.get_by_role("link", name="Créer une séance hebdomadaire").click()
    secretary.check("creer-seance")
    page.get_by_label("Matière").select_option(label="Anglais")
    page.get_by_label("5e B").check()
    page.get_by_label("KELLER David").check()
    page.get_by_label("Jour").select_option(label="Samedi")
    page.get_by_label("Début").fill("08:05")
    page.get_by_label("Fin").fill("09:00")
    page.get_by_role("button", name="Créer la séance").click()
    page.get_by_text("Séance créée").wait_for()
    secretary.check("seances")
    guardian = visit("guardian")
    guardian.open("/emploi-du-temps/?semaine=2026-11-23")
    guardian.check("semaine")
    saturday = guardian.page.locator("section").filter(has_text="Sam. 28 nov.")
    expect(saturday).to_contain_text("Anglais")
    secretary.done()
    guardian.done()


def test_the_roll_is_called_with_the_keyboard_alone(
    visit: Any, lesson: Lesson, schools: dict[str, World]
) -> None:
    """Tab to a pupil, arrow to « Absent », on to the next, Enter to send."""
    teacher = visit("teacher")
    teacher.open(f"/appel/{lesson.pk}/")
    page = teacher.page
    first = page.locator(".roll input[type=radio]:checked").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("L’appel est enregistré").wait_for()
    assert Entry.objects.filter(lesson=lesson, status="absent").count() == 1
    teacher.done()
