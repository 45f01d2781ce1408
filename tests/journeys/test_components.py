"""Every component in a real browser: read by axe in light and dark, used with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from preau.foundation.richtext import cleaning
from preau.foundation.styleguide import SECTIONS
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey


def test_every_component_is_sound(newcomer: Visitor) -> None:
    for key in SECTIONS:
        newcomer.open(f"/styleguide/{key}/")
        newcomer.check(f"guide-{key}", in_the_dark=True)
    newcomer.done()


def test_a_question_is_asked_before_a_gesture(newcomer: Visitor) -> None:
    newcomer.open("/styleguide/actions/")
    page = newcomer.page
    asked = page.locator("p", has_text="L’absence sera de nouveau à expliquer.")
    expect(asked).to_be_hidden()
    button = page.locator("summary", has_text="Retirer l’explication")
    button.focus()
    page.keyboard.press("Enter")
    expect(asked).to_be_visible()
    if newcomer.scripts:
        expect(page.get_by_role("dialog", name="Retirer cette explication ?")).to_be_visible()
        newcomer.check("dialogue")
        page.keyboard.press("Escape")
        expect(asked).to_be_hidden()
        expect(button).to_be_focused()
        # A second time: the same content came back to its place.
        button.click()
        expect(asked).to_be_visible()
        page.get_by_role("button", name="Fermer").click()
        expect(asked).to_be_hidden()
    newcomer.done()


def test_a_long_text_says_what_is_left(newcomer: Visitor) -> None:
    newcomer.open("/styleguide/champs/")
    page = newcomer.page
    if not newcomer.scripts:
        expect(page.get_by_text("200 signes au plus")).to_be_visible()
        return
    page.get_by_label("Précision").fill("a" * 190)
    expect(page.get_by_text("Encore 10 signes").first).to_be_visible()
    page.get_by_label("Précision").fill("a" * 203)
    expect(page.get_by_text("3 signes de trop").first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 signes de trop")).to_have_count(1)
    assert len(page.get_by_label("Précision").input_value()) == 203
    newcomer.done()


def test_a_password_is_read_on_demand(newcomer: Visitor) -> None:
    newcomer.open("/styleguide/champs/")
    page = newcomer.page
    box = page.get_by_label("Afficher ce que j’écris")
    if not newcomer.scripts:
        expect(box).to_be_hidden()
        return
    field = page.get_by_role("textbox", name="Mot de passe").first
    box.check()
    expect(field).to_have_attribute("type", "text")
    box.uncheck()
    expect(field).to_have_attribute("type", "password")


def test_rows_are_chosen_one_by_one_or_all(newcomer: Visitor) -> None:
    newcomer.open("/styleguide/tableaux/")
    page = newcomer.page
    page.get_by_label("Choisir : ABADIE Nina").check()
    if not newcomer.scripts:
        expect(page.get_by_text("Pour les lignes choisies :")).to_be_visible()
        return
    count = page.locator("[data-selection-count]")
    expect(count).to_have_text("1 ligne choisie")
    page.get_by_role("button", name="Tout choisir").click()
    expect(count).to_have_text("2 lignes choisies")
    expect(page.get_by_label("Choisir : DIALLO Aïssatou")).to_be_checked()
    page.get_by_role("button", name="Ne rien choisir").click()
    expect(count).to_have_text("Rien de choisi")
    newcomer.done()


def test_a_text_is_formatted_by_the_keyboard_alone(newcomer: Visitor) -> None:
    newcomer.open("/styleguide/textes/")
    page = newcomer.page
    form = page.locator("form[data-upload]")
    box = form.get_by_role("textbox", name="Contenu de la séance")
    if not newcomer.scripts:
        # The signs are said, and what is typed is what is sent.
        expect(form.get_by_text("fait une liste")).to_be_visible()
        expect(form.get_by_role("toolbar")).to_be_hidden()
        expect(page.get_by_label("Contenu de la séance").first).to_have_value(
            re.compile(r"Si \*\*\(BC\)\*\* et")
        )
        return
    sent = form.locator("textarea")
    expect(form.get_by_text("fait une liste")).to_be_hidden()
    box.focus()
    page.keyboard.type("Lire ")
    page.keyboard.press("Control+b")
    bold = form.get_by_role("button", name="Gras")
    expect(bold).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("la page 12")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    # Into the toolbar and along it, without the mouse.
    page.keyboard.press("Alt+F10")
    expect(bold).to_be_focused()
    for _step in range(4):
        page.keyboard.press("ArrowRight")
    expect(form.get_by_role("button", name="Liste", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.type("apporter la règle")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Lien")).to_be_visible()
    newcomer.check("lien")
    page.keyboard.type("www.example.fr/lecon")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Alt+m")
    expect(page.get_by_role("dialog", name="Formule")).to_be_visible()
    page.keyboard.type("x^2")
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    expect(sent).to_have_value(re.compile(r"x\^2"))
    kept = cleaning.clean(sent.input_value())
    assert kept == (
        "<p>Lire <strong>la page 12</strong></p><ul><li>apporter la règle</li><li>"
        '<a href="https://www.example.fr/lecon" rel="noopener noreferrer">www.example.fr/lecon</a> '
        '<span data-formula="x^2">x^2</span></li></ul>'
    )
    assert form.locator("input[name=lesson-forme]").input_value() == "html"
    # A question given up changes nothing.
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    assert cleaning.clean(sent.input_value()) == kept
    newcomer.done()


def test_what_word_puts_on_the_clipboard_comes_in_clean(newcomer: Visitor) -> None:
    if not newcomer.scripts:
        return
    newcomer.open("/styleguide/textes/")
    page = newcomer.page
    form = page.locator("form[data-upload]")
    form.get_by_role("textbox", name="Contenu de la séance").focus()
    page.evaluate(
        """html => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        "<p class=MsoNormal style='color:red'><b>Leçon</b><o:p></o:p></p><img src=x onerror=alert(1)>",
    )
    expect(form.locator("textarea")).to_have_value(re.compile("Leçon"))
    assert cleaning.clean(form.locator("textarea").input_value()) == "<p><strong>Leçon</strong></p>"
    newcomer.done()
