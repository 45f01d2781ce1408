"""Words that one had begun: offered when the page is opened again, kept while another class is shown, forgotten once sent."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.models import Enrolment, Group
from preau.directory.seeds.world import World
from preau.domains.conduct.models import Incident
from preau.domains.paperwork.tests.props import a_draft as a_collection_draft
from preau.domains.surveys.tests.props import a_draft as a_survey_draft
from preau.domains.timetable.models import Lesson

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FACTS, LABEL = "Un ballon a été lancé dans le couloir.", "Ce que vous avez vu ou entendu"
OFFER = "Reprendre ce que j’avais écrit"


def test_an_incident_of_two_classes_is_written_once(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    own = (
        Enrolment.objects.active(college.today).get(pupil=college.people["pupil"], group__kind="class").group
    )
    other = Group.objects.filter(year=college.year, kind="class").exclude(pk=own.pk).order_by("name")[0]
    theirs = Enrolment.objects.active(college.today).filter(group=other).order_by("pk")[0].pupil
    cpe = visit("cpe")
    cpe.open(f"{reverse('conduct:report')}?classe={own.pk}")
    page = cpe.page
    concerned = page.get_by_role("group", name="Élèves concernés par les faits")
    concerned.get_by_label(college.people["pupil"].list_name).check()
    page.get_by_label(LABEL).fill(FACTS)
    page.get_by_label("Nature").select_option(index=1)
    page.get_by_label("Classe ou groupe").select_option(other.name)
    page.get_by_role("button", name="Montrer cette classe").click()
    expect(page.get_by_label(LABEL)).to_have_value(FACTS)
    kept = f"{college.people['pupil'].list_name} ({own.name})"
    expect(concerned.get_by_label(kept, exact=True)).to_be_checked()
    concerned.get_by_label(theirs.list_name, exact=True).check()
    before = Incident.objects.count()
    page.get_by_role("button", name="Signaler", exact=True).click()
    expect(page.get_by_text("C’est signalé.")).to_be_visible()
    assert Incident.objects.count() == before + 1
    made = Incident.objects.order_by("-pk")[0]
    assert {theirs.pk, college.people["pupil"].pk} == set(
        made.involvements.values_list("person_id", flat=True)
    )


def test_a_published_lesson_is_not_said_to_be_unsent(visit: Any, schools: dict[str, World]) -> None:
    """The editor writes a text its own way when it opens: nobody wrote it."""
    college = schools["college"]
    lesson = (
        Lesson.objects.held()
        .taught_by(college.people["teacher"])
        .filter(school=college.school, ends__lte=NOW)
        .order_by("-starts")[0]
    )
    teacher = visit("teacher", wide=True)
    if not teacher.scripts:
        pytest.skip("without scripts a browser keeps its own forms, or nothing")
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    teacher.open(address)
    page = teacher.page
    text = page.locator("[data-richtext] [role=textbox]").first
    text.press_sequentially("Thalès, page 12.")
    page.get_by_role("button", name=re.compile("Publier|Enregistrer")).first.click()
    expect(page.get_by_text("C’est publié")).to_be_visible()
    teacher.open("/")
    teacher.open(address)
    expect(text).to_contain_text("Thalès, page 12.")
    expect(page.get_by_role("button", name=OFFER)).to_have_count(0)
    teacher.done()


def test_what_was_begun_is_offered_again_and_forgotten_once_sent(
    visit: Any, schools: dict[str, World]
) -> None:
    college = schools["college"]
    own = (
        Enrolment.objects.active(college.today).get(pupil=college.people["pupil"], group__kind="class").group
    )
    cpe = visit("cpe")
    if not cpe.scripts:
        pytest.skip("without scripts a browser keeps its own forms, or nothing")
    address = f"{reverse('conduct:report')}?classe={own.pk}"
    cpe.open(address)
    page = cpe.page
    page.get_by_label(LABEL).fill(FACTS)
    page.get_by_role("group", name="Élèves concernés par les faits").get_by_label(
        college.people["pupil"].list_name
    ).check()
    cpe.open("/")
    cpe.open(address)
    expect(page.get_by_label(LABEL)).to_have_value("")
    page.get_by_role("button", name=OFFER).click()
    expect(page.get_by_label(LABEL)).to_have_value(FACTS)
    page.get_by_label("Nature").select_option(index=1)
    page.get_by_role("button", name="Signaler", exact=True).click()
    expect(page.get_by_text("C’est signalé.")).to_be_visible()
    cpe.open(address)
    expect(page.get_by_role("button", name=OFFER)).to_have_count(0)
    # Nothing is left to whoever signs in after.
    page.get_by_label(LABEL).fill(FACTS)
    cpe.open("/")
    assert (
        page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('preau-brouillon')).length")
        == 1
    )
    page.evaluate("document.querySelector('form[action=\"/deconnexion/\"]').requestSubmit()")
    page.wait_for_url("**/*")
    expect(page.get_by_label("Identifiant")).to_be_visible()
    assert (
        page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('preau-brouillon')).length")
        == 0
    )


@pytest.mark.parametrize(
    ("house", "field", "button"),
    [("surveys", "Question", "Ajouter la question"), ("paperwork", "Pièce", "Ajouter la pièce")],
)
def test_a_question_or_a_piece_that_was_refused_is_offered_on_its_page(
    visit: Any, schools: dict[str, World], house: str, field: str, button: str
) -> None:
    college = schools["college"]
    made = (a_survey_draft if house == "surveys" else a_collection_draft)(college)
    name = "survey" if house == "surveys" else "collection"
    who = visit("teacher" if house == "surveys" else "secretary")
    if not who.scripts:
        pytest.skip("without scripts a browser keeps its own forms, or nothing")
    address = reverse(f"{house}:{name}", kwargs={"pk": made.pk})
    who.open(address)
    page = who.page
    form = page.locator("form[data-draft]").last
    summary = page.locator("details:has(form[data-draft]) > summary").last
    if not form.is_visible():
        summary.click()
    form.locator("[name=hint]").fill("Lisible, en couleur.")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/pieces/" if house == "paperwork" else "**/questions/")
    who.open(address)
    page.get_by_role("button", name=OFFER).click()
    expect(page.locator("form[data-draft] [name=hint]")).to_have_value("Lisible, en couleur.")
