"""Bulletins in a browser: thirty appreciations by keyboard, two people on one of them, a council with the projected page beside it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import NOW
from preau.directory.models import Enrolment, Group, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.report_cards.models import Appreciation, Council, Decision, Phrase, Suggestion
from preau.domains.report_cards.tests.props import own_card
from preau.domains.report_cards.tests.scene import GENERAL, clean, passage_of, period_of, write
from tests.journeys.conftest import Visitor
from tests.journeys.test_gradebook import MANY, fill

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FOLLOWS = 15_000  # milliseconds: a page without a stream asks every five seconds


@pytest.fixture
def group(schools: dict[str, World]) -> Group:
    """A class of thirty whose period has no text and no council; its teacher keeps one phrase."""
    college = schools["college"]
    found, _period = clean(college)
    fill(found)
    Phrase.objects.all().delete()
    Phrase.objects.create(
        school=college.school, owner=college.people["teacher"], text="{prénom} progresse.", kept_at=NOW
    )
    return found


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("Tout est enregistré")


def pupils_of(group: Group) -> list[Person]:
    rows = Enrolment.objects.filter(group=group, ends=None).order_by("pupil__search_name", "pupil_id")
    return [row.pupil for row in rows.select_related("pupil")]


def writing_page(visit: Any, group: Group, college: World) -> Visitor:
    found: Visitor = visit("teacher", wide=True)
    subject = passage_of(college).subject_id
    found.open(f"/bulletins/classes/{group.pk}/appreciations/?matiere={subject}")
    return found


def test_thirty_appreciations_are_typed_without_a_mouse(
    visit: Any, group: Group, schools: dict[str, World], scripts: bool
) -> None:
    if not scripts:
        pytest.skip("the keyboard of the page is the script's; its form has its own test")
    wide = writing_page(visit, group, schools["college"])
    page, pupils = wide.page, pupils_of(group)
    page.locator("[data-row] textarea").first.focus()
    page.keyboard.press("Alt+1")
    page.keyboard.press("Enter")
    for number in range(2, MANY + 1):
        page.keyboard.type(f"Texte {number}.")
        page.keyboard.press("Enter")
    saved(page)
    texts = dict(Appreciation.objects.filter(group=group, kind="subject").values_list("pupil_id", "text"))
    expected = {pupil.pk: f"Texte {number}." for number, pupil in enumerate(pupils, 1)}
    assert texts == expected | {pupils[0].pk: f"{pupils[0].given_name} progresse."}
    wide.check("appreciations")
    wide.done()


def test_what_a_colleague_writes_meanwhile_is_asked_about(
    visit: Any, group: Group, schools: dict[str, World], scripts: bool
) -> None:
    if not scripts:
        pytest.skip("without JavaScript, the form answers: its own test says how")
    college = schools["college"]
    wide = writing_page(visit, group, college)
    page, pupil = wide.page, pupils_of(group)[0]
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    write(teacher, college, passage_of(college), pupil, "Écrit ailleurs.")
    page.locator("[data-row] textarea").first.fill("Écrit ici.")
    row = page.locator("[data-row]").first
    expect(row.locator("[data-problem]")).to_contain_text("Écrit ailleurs.")
    row.get_by_role("button", name="Garder mes mots").click()
    saved(page)
    assert Appreciation.objects.get(pupil=pupil, kind="subject").text == "Écrit ici."
    # The browser says each answer that is no success.
    assert all("409" in complaint for complaint in wide.complaints)


def test_a_class_is_written_by_a_plain_form(
    visit: Any, group: Group, schools: dict[str, World], scripts: bool
) -> None:
    wide = writing_page(visit, group, schools["college"])
    page = wide.page
    page.locator("ol.card-rows textarea").first.fill("Un trimestre solide.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("enregistrée")).to_be_visible()
    expect(page.locator("ol.card-rows textarea").first).to_have_value("Un trimestre solide.")
    wide.done()


def fits(room: Page) -> None:
    """All that is projected of a usual pupil, twelve subjects with two lines each, is seen at once."""
    room.set_viewport_size({"width": 1280, "height": 800})
    room.evaluate(
        """() => {
            const list = document.querySelector(".card-subjects"), one = list.querySelector("li:not(.card-none)").cloneNode(true);
            const text = "Trimestre irrégulier. Relisez le cours chaque soir et posez vos questions en classe.";
            one.querySelector("p").textContent = text;
            one.querySelector(".card-subject").textContent = "Sciences de la vie et de la Terre";
            list.replaceChildren(...Array.from({ length: 12 }, () => one.cloneNode(true)));
        }"""
    )
    assert room.locator(".card-subjects > li").count() == 12
    assert room.evaluate("document.documentElement.scrollHeight") <= 800


def test_a_council_is_held_by_keyboard_and_a_room_follows(
    visit: Any, group: Group, schools: dict[str, World], scripts: bool
) -> None:
    college = schools["college"]
    period, pupils = period_of(college), pupils_of(group)
    head = viewer_for(college.people["head"], 0, NOW)
    write(head, college, GENERAL, pupils[1], "Déjà écrit.")
    write(head, college, passage_of(college), pupils[1], "De bons calculs.")
    wide: Visitor = visit("head", wide=True)
    page = wide.page
    wide.open(f"/bulletins/classes/{group.pk}/conseil/")
    page.get_by_role("button", name="Ouvrir le conseil").click()
    expect(page.get_by_role("heading", level=1, name=pupils[0].full_name)).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Projeter").click()
    room = opened.value
    expect(room.get_by_role("heading", level=1, name=pupils[0].full_name)).to_be_visible()
    page.bring_to_front()
    field = page.get_by_label("Appréciation générale")
    field.fill("Un trimestre solide.")
    page.get_by_label("Compliments").check()
    if scripts:
        saved(page)
        expect(room.get_by_text("Un trimestre solide.")).to_be_visible(timeout=FOLLOWS)
        field.focus()
        page.keyboard.press("Control+Enter")
    else:
        page.get_by_role("button", name="Valider et passer").click()
    expect(page.get_by_role("heading", level=1, name=pupils[1].full_name)).to_be_visible()
    expect(page.get_by_label("Appréciation générale")).to_have_value("Déjà écrit.")
    assert Decision.objects.get(pupil=pupils[0]).distinction == "Compliments"
    if scripts:
        expect(room.get_by_role("heading", level=1, name=pupils[1].full_name)).to_be_visible(timeout=FOLLOWS)
    else:
        room.reload()
        expect(room.get_by_role("heading", level=1, name=pupils[1].full_name)).to_be_visible()
    fits(room)
    # Nobody else is named to the room.
    assert pupils[0].full_name not in room.content() and pupils[2].full_name not in room.content()
    wide.check("conseil-eleve")
    room.close()
    wide.open(f"/bulletins/classes/{group.pk}/conseil/")
    wide.check("conseil")
    wide.open(f"/bulletins/classes/{group.pk}/conseil/proces-verbal/")
    expect(page.get_by_text("Un trimestre solide.")).to_be_visible()
    wide.check("proces-verbal")
    assert Council.objects.get(group=group, period=period).shown == pupils[1]
    wide.done()


def test_a_mother_reads_a_bulletin_on_her_phone(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    card = own_card(college)
    mother: Visitor = visit("guardian")
    mother.open("/bulletins/recus/")
    mother.check("bulletins-recus")
    mother.page.locator(".card-own a").first.click()
    expect(mother.page.get_by_role("heading", level=1)).to_contain_text("Bulletin")
    expect(mother.page.get_by_text(card.content["text"]).first).to_be_visible()
    mother.check("bulletin")
    mother.done()


def test_a_correction_goes_from_the_head_to_the_author_who_accepts_it(
    visit: Any, group: Group, schools: dict[str, World]
) -> None:
    college = schools["college"]
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    pupil = college.people["pupil"]
    assert teacher
    text = write(teacher, college, passage_of(college), pupil, "Un trimestre solide.")
    assert text
    head = visit("head", wide=True)
    head.open(f"/bulletins/appreciations/{text.pk}/corriger/")
    head.page.get_by_label("Texte proposé").fill("Un trimestre très solide.")
    head.page.get_by_role("button", name="Proposer", exact=True).click()
    expect(head.page.get_by_text("Rien ne change sans l’auteur du texte.")).to_be_visible()
    assert Appreciation.objects.get(pk=text.pk).text == "Un trimestre solide."
    head.done()
    author = visit("teacher")
    author.open("/bulletins/relecture/")
    waiting = Suggestion.objects.get(appreciation=text)
    author.page.locator(f"a[href$='/relecture/{waiting.pk}/']").click()
    expect(author.page.locator("ins")).to_contain_text("très")
    author.check("correction")
    author.page.get_by_role("button", name="Accepter la correction").click()
    expect(author.page.get_by_text("c’est maintenant votre texte")).to_be_visible()
    assert Appreciation.objects.get(pk=text.pk).text == "Un trimestre très solide."
    author.done()
