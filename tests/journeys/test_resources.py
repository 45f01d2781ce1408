"""Without an account: a mother finds a text to read at CE1 in three clicks, and a blind pupil listens to what a search found."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from preau.domains.catalogue.queries import index
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def indexed(newcomer: Visitor) -> None:
    index.engine(wait=True)


def test_a_mother_finds_a_story_of_ce1_in_three_clicks(newcomer: Visitor) -> None:
    page = newcomer.page
    newcomer.open("/")
    clicks = 0
    for name in ("Chercher une ressource", "Lire au CE1", "La cabane du jardin"):
        page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
        clicks += 1
    assert clicks == 3
    expect(page.get_by_role("heading", level=1)).to_have_text("La cabane du jardin")
    assert page.context.cookies() == [], "nothing is kept of whoever only reads"
    newcomer.check("ressource-ce1")
    # Her child answers a question, and is told whether it is right, on this page.
    question = page.get_by_role("group", name=re.compile("Où se trouve la cabane"))
    question.get_by_label("au fond du jardin").check()
    question.get_by_role("button").first.click()
    expect(question.get_by_text("C’est juste")).to_be_visible()
    page.get_by_role("link", name="Télécharger pour imprimer").first.wait_for()
    newcomer.done()


def heard(page: Page) -> Iterator[str]:
    """What a screen reader says of the main part, line after line: role, name, level; addresses are not said."""
    page.wait_for_load_state()
    for line in page.locator("main").aria_snapshot().splitlines():
        text = line.strip().removeprefix("- ").strip("'")
        if text and not text.startswith("/url"):
            yield text


def test_a_blind_pupil_listens_to_the_results(newcomer: Visitor, scripts: bool) -> None:
    """By keyboard alone: the number first, then each title as a heading, then in words what the eye sees as labels."""
    page = newcomer.page
    newcomer.open("/ressources/")
    page.get_by_label("Que cherchez-vous").focus()
    page.keyboard.type("nombres décimau", delay=0)
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile(r"^\d+ ressources?.: nombres décimau"))
    # Reading goes on from the results: the form is not listened to once more.
    expect(page).to_have_url(re.compile("#trouve$"))
    expect(page.locator(":target")).to_have_id("trouve")
    lines = list(heard(page))
    number = next(
        place for place, line in enumerate(lines) if re.search(r'heading "\d+ ressources?" \[level=2\]', line)
    )
    after = lines[number:]
    # What was read otherwise is said before the results, not by a colour.
    assert any("nous avons lu" in line for line in after[:4])
    titles = [place for place, line in enumerate(after) if re.search(r'heading ".+" \[level=3\]', line)]
    assert len(titles) >= 3
    of_the_first = after[titles[0] : titles[1]]
    for word in ("link", "En bref", "Licence"):
        assert any(word in line for line in of_the_first), (word, of_the_first)
    assert not any(line == "img" or line.startswith('img ""') for line in lines), "no drawing without words"
    # From the heading, one Tab at most by what comes before a result; Enter opens it.
    first = page.get_by_role("heading", level=3).first.get_by_role("link")
    for _ in range(12):
        page.keyboard.press("Tab")
        if first.evaluate("one => one === document.activeElement"):
            break
    expect(first).to_be_focused()
    name = first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    newcomer.check("resultats-lus")
    newcomer.done()


def test_a_blind_pupil_hears_that_nothing_was_found(newcomer: Visitor) -> None:
    page = newcomer.page
    newcomer.open("/ressources/recherche/?q=zzyxqk")
    expect(page).to_have_title(re.compile("^Rien n’a été trouvé.: zzyxqk"))
    lines = list(heard(page))
    assert any('heading "Rien n’a été trouvé" [level=2]' in line for line in lines)
    assert any("Parcourir par niveau" in line for line in lines)
    newcomer.done()
