"""A text written by several, in a browser: live between two people by keyboard, in turn without JavaScript, and on a network that is cut."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import NOW
from preau.commons.documents import rules
from preau.commons.documents.models import Document
from preau.commons.documents.queries import texts
from preau.commons.documents.tests.props import put_picture, staff_document
from preau.commons.files.tests.samples import picture
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from tests.conftest import LONGEST
from tests.journeys.conftest import Device, paste

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def document(schools: dict[str, World]) -> Document:
    """One of the staff, of which the text is known."""
    return staff_document(schools["college"])


def text_of(page: Page) -> Any:
    return page.get_by_role("textbox", name="Texte")


def write_at_the_end(page: Page, words: str) -> None:
    text_of(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def html_of(document: Document) -> str:
    document.refresh_from_db()
    return texts.html_now(document)


def test_two_people_write_at_once_and_in_turn(visit: Any, document: Document) -> None:
    address = f"/documents/{document.pk}/"
    teacher, head = visit("teacher", wide=True), visit("head")
    teacher.open(address)
    head.open(address)
    if not teacher.scripts:
        teacher.check("document")
        teacher.page.get_by_role("button", name="Écrire").press("Enter")
        head.page.get_by_role("button", name="Écrire").press("Enter")
        expect(head.page.get_by_text("écrit en ce moment")).to_be_visible()
        teacher.check("document-ecrire")
        teacher.page.get_by_label("Texte").fill("Le premier paragraphe.\n\nLe second, relu.")
        teacher.page.get_by_role("button", name="Enregistrer", exact=True).press("Enter")
        expect(teacher.page.get_by_text("C’est enregistré.")).to_be_visible()
        head.page.get_by_role("button", name="Écrire").press("Enter")
        expect(head.page.get_by_label("Texte")).to_have_value("Le premier paragraphe.\n\nLe second, relu.")
        return
    expect(text_of(teacher.page)).to_contain_text("Le second paragraphe.")
    expect(text_of(head.page)).to_contain_text("Le second paragraphe.")
    write_at_the_end(teacher.page, " Du professeur.")
    expect(text_of(head.page)).to_contain_text("Du professeur.", timeout=LONGEST)
    write_at_the_end(head.page, " De la direction.")
    expect(text_of(teacher.page)).to_contain_text("De la direction.", timeout=LONGEST)
    for page in (teacher.page, head.page):
        expect(page.locator("[data-said]")).to_have_text("Enregistré", timeout=LONGEST)
    expect(teacher.page.get_by_text("2 écrivent")).to_be_visible(timeout=LONGEST)
    assert "Du professeur." in html_of(document) and "De la direction." in html_of(document)
    teacher.check("document-a-deux")
    head.check("document-telephone")


def test_a_picture_is_put_where_one_writes_and_the_others_see_it(visit: Any, document: Document) -> None:
    address = f"/documents/{document.pk}/"
    teacher, head = visit("teacher", wide=True), visit("head")
    teacher.open(address)
    head.open(address)
    page = teacher.page
    if teacher.scripts:
        expect(text_of(page)).to_contain_text("Le second paragraphe.", timeout=LONGEST)
        expect(text_of(head.page)).to_contain_text("Le second paragraphe.", timeout=LONGEST)
        text_of(page).focus()
        page.keyboard.press("Control+Home")
        page.get_by_role("button", name="Image").press("Enter")
        expect(page.get_by_label("Où la mettre")).to_have_value(re.compile("[0-9a-f]{16}"), timeout=LONGEST)
    else:
        page.get_by_role("link", name="Ajouter une image").press("Enter")
    teacher.check("document-image")
    shown = {"name": "Plan.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.get_by_label("Image", exact=True).set_input_files([shown])
    page.get_by_label("Ce que montre l’image").fill("Le plan de la rivière")
    page.get_by_role("button", name="Ajouter l’image").press("Enter")
    for one in (page, head.page) if teacher.scripts else (page,):
        image = one.get_by_role("img", name="Le plan de la rivière")
        expect(image).to_be_visible(timeout=LONGEST)
        expect(image).to_have_js_property("complete", value=True, timeout=LONGEST)
        assert image.evaluate("one => one.naturalWidth") == 80
    first, rest = html_of(document).split("<img", 1)
    if teacher.scripts:
        assert first == "<p>Le premier paragraphe.</p>"
        write_at_the_end(page, " Après l’image.")
        expect(page.locator("[data-said]")).to_have_text("Enregistré", timeout=LONGEST)
        assert html_of(document).startswith(f"{first}<img") and "Après l’image." in html_of(document)
    else:
        assert rest.endswith(">")
    teacher.check("document-avec-image")


def test_a_picture_of_another_document_is_not_pasted_in_silence(
    visit: Any, schools: dict[str, World], document: Document
) -> None:
    teacher = visit("teacher", wide=True)
    if not teacher.scripts:
        pytest.skip("without the live editor a picture is a line of signs")
    viewer = viewer_for(schools["college"].people["teacher"], 0, NOW)
    assert viewer
    own = put_picture(document, viewer)
    page = teacher.page
    teacher.open(f"/documents/{document.pk}/")
    expect(text_of(page)).to_contain_text("Le second paragraphe.", timeout=LONGEST)
    text_of(page).focus()
    page.keyboard.press("Control+End")
    paste(page, '<p>Venu d’ailleurs.</p><img data-file="dunautredocument" alt="Une carte">')
    told = page.get_by_role("status").filter(has_text="copiée")
    expect(told).to_have_text(
        re.compile("^L’image n’a pas été copiée.: ajoutez-la à ce document par le bouton « Image ».$")
    )
    expect(text_of(page)).to_contain_text("Venu d’ailleurs.")
    expect(page.get_by_role("img", name="Une carte")).to_have_count(0)
    teacher.check("document-image-laissee")
    # One of its own is moved in it, and nothing is said.
    paste(page, f'<img data-file="{own.public_id}" alt="La même">')
    expect(page.get_by_role("img", name="La même")).to_be_visible()
    expect(told).to_have_count(0)
    # Of a page that is opened when the picture stands in a list, it is its own too.
    page.keyboard.press("Control+A")
    paste(page, f'<ul><li><p>Un point</p><img data-file="{own.public_id}" alt="Dans la liste"></li></ul>')
    expect(page.get_by_role("img")).to_have_count(1)
    expect(page.locator("[data-said]")).to_have_text("Enregistré", timeout=LONGEST)
    teacher.open(f"/documents/{document.pk}/")
    expect(text_of(page)).to_contain_text("Un point", timeout=LONGEST)
    text_of(page).focus()
    page.keyboard.press("Control+End")
    paste(page, f'<p>Encore.</p><img data-file="{own.public_id}" alt="Ailleurs">')
    expect(text_of(page)).to_contain_text("Encore.")
    expect(page.get_by_role("img", name="Ailleurs")).to_be_visible()
    expect(told).to_have_count(0)
    teacher.done()


def test_one_too_many_is_told_and_their_words_leave_when_there_is_room(
    visit: Any, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = visit("teacher", wide=True)
    if not teacher.scripts:
        pytest.skip("without the live editor one writes in turn")
    page = teacher.page
    monkeypatch.setattr(rules, "MOST_WRITERS", 0)
    teacher.open(f"/documents/{document.pk}/")
    expect(text_of(page)).to_contain_text("Le second paragraphe.", timeout=LONGEST)
    write_at_the_end(page, " De la dernière venue.")
    expect(page.get_by_role("alert")).to_contain_text("gardés sur cet appareil", timeout=LONGEST)
    expect(page.locator("[data-said]")).to_contain_text("Pas encore enregistré")
    assert "De la dernière venue." not in html_of(document)
    teacher.check("document-plein")
    monkeypatch.setattr(rules, "MOST_WRITERS", 60)
    expect(page.locator("[data-said]")).to_have_text("Enregistré", timeout=LONGEST)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert "De la dernière venue." in html_of(document)
    teacher.complaints.clear()


def test_versions_comments_and_suggestions_by_keyboard(visit: Any, document: Document) -> None:
    teacher, page = (found := visit("teacher", wide=True)), found.page
    teacher.open(f"/documents/{document.pk}/commentaires/")
    page.get_by_label("Passage", exact=True).fill("Le second")
    page.get_by_label("Proposer un autre texte à sa place").check()
    page.get_by_label(re.compile("^À sa place")).fill("Le deuxième")
    page.get_by_role("button", name="Envoyer").press("Enter")
    expect(page.get_by_text("La suggestion est là.")).to_be_visible()
    teacher.check("document-commentaires")
    page.get_by_role("button", name="Accepter").press("Enter")
    expect(page.get_by_text("La suggestion est dans le texte.")).to_be_visible()
    assert "Le deuxième paragraphe." in html_of(document)

    teacher.open(f"/documents/{document.pk}/historique/")
    page.get_by_label("Nom de cette version").fill("Après la relecture")
    page.get_by_role("button", name="Garder sous ce nom").press("Enter")
    expect(page.get_by_text("La version est gardée sous ce nom.")).to_be_visible()
    teacher.check("document-historique")
    page.get_by_role("link", name=re.compile("Ce qui a changé.*Après la relecture")).press("Enter")
    expect(page.locator("ins")).to_contain_text("Le deuxième paragraphe.")
    expect(page.locator("del")).to_contain_text("Le second paragraphe.")
    teacher.check("document-version")
    teacher.open(f"/documents/{document.pk}/historique/")
    page.get_by_role("button", name="Revenir à cette version : Version 1".replace(" :", "\u202f:")).press(
        "Enter"
    )
    expect(page.get_by_text("Le document est revenu à cette version.")).to_be_visible()
    assert "Le second paragraphe." in html_of(document)


def test_a_document_begins_is_thrown_away_and_comes_back(visit: Any, schools: dict[str, World]) -> None:
    pupil, page = (found := visit("pupil")), found.page
    pupil.open("/documents/")
    pupil.check("documents")
    page.get_by_role("link", name="Nouveau document").press("Enter")
    page.get_by_label("Titre").fill("Mon exposé")
    pupil.check("document-nouveau")
    page.get_by_role("button", name="Commencer le document").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Mon exposé")).to_be_visible()
    page.get_by_role("button", name="Jeter").press("Enter")
    expect(page.get_by_text("est à la corbeille")).to_be_visible()
    pupil.check("documents-corbeille")
    page.get_by_role("button", name="Remettre").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Mon exposé")).to_be_visible()


def test_what_is_written_without_a_network_survives_a_reload_and_erases_nobody(
    device: Device, document: Document
) -> None:
    """Outline 13726 and La Suite Docs 239: said in words on a phone, kept, merged when the network is back."""
    phone = device
    phone.sign_in("teacher")
    page = phone.page
    phone.open(f"/documents/{document.pk}/")
    expect(text_of(page)).to_contain_text("Le second paragraphe.", timeout=LONGEST)
    phone.cut()
    write_at_the_end(page, " Écrit dans le car.")
    expect(page.locator("[data-said]")).to_contain_text("Pas encore enregistré", timeout=LONGEST)
    expect(page.locator("[data-said]")).to_contain_text("gardé sur cet appareil")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Pas de connexion")).to_be_visible(timeout=LONGEST)
    assert "Écrit dans le car." not in html_of(document)
    phone.mend()
    phone.open(f"/documents/{document.pk}/")
    expect(text_of(page)).to_contain_text("Écrit dans le car.", timeout=LONGEST)
    expect(page.locator("[data-said]")).to_have_text("Enregistré", timeout=LONGEST)
    assert "Écrit dans le car." in html_of(document)


def test_one_taken_out_while_writing_is_told_and_writes_nothing_more(visit: Any, document: Document) -> None:
    """OpenCloud 3133; and what they had just typed is said not to be kept."""
    teacher = visit("teacher", wide=True)
    if not teacher.scripts:
        pytest.skip("nobody is taken out of a page that has been read")
    page = teacher.page
    teacher.open(f"/documents/{document.pk}/")
    expect(text_of(page)).to_contain_text("Le second paragraphe.", timeout=LONGEST)
    Document.objects.filter(pk=document.pk).update(kind="nowhere")
    write_at_the_end(page, " De trop.")
    expect(page.get_by_role("alert")).to_contain_text("n’est plus ouvert pour vous", timeout=LONGEST)
    expect(page.get_by_role("alert")).to_contain_text("copiez-les")
    expect(page.locator("[data-said]")).to_have_text("Pas enregistré")
    expect(page.locator(".cowriting-input")).to_have_attribute("contenteditable", "false")
    assert "De trop." not in html_of(document)
    teacher.complaints.clear()
