"""The first five minutes of each role: the guide, the gesture that matters, and every page that belongs to everyone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from preau.directory.seeds.world import World, add_sibling_elsewhere, make_parent_of
from preau.domains.timetable.models import Lesson
from preau.identity.seeds import CAST
from tests.journeys.conftest import SHOTS, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
# The line of the guide that each role follows, and what it finds there.
GESTURES = {
    "teacher": ("Appeler une classe", "Emploi du temps"),
    "cpe": ("Suivre les appels du jour", "Vie scolaire"),
    "head": ("Régler l’établissement", "Réglages"),
    "secretary": ("Ouvrir les comptes", "Comptes"),
    "pupil": ("Relire mes absences", "Absences"),
    "guardian": ("Expliquer une absence", "Absences"),
}
# The entries of the menu that leave the screen, or whose word is over its neighbour.
OUT_OF_SIGHT = """() => [...document.querySelectorAll(".navigation > ul > li")]
  .filter((one) => one.offsetParent !== null || one.getClientRects().length)
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent.trim().split("\\n")[0])"""


def title(page: Page, name: str | re.Pattern[str]) -> Any:
    return expect(page.get_by_role("heading", level=1, name=name))


@pytest.mark.parametrize("key", GESTURES)
def test_the_first_five_minutes(visit: Any, key: str) -> None:
    who = visit(key)
    follow_the_guide(who, key)
    search_something(who, key)
    see_ones_days(who, key)
    choose_how_to_be_told(who, key)
    read_larger(who, key)
    see_what_is_held(who, key)
    leave(who)
    who.done()


def follow_the_guide(who: Visitor, key: str) -> None:
    page = who.page
    guide = page.locator("section").filter(has_text="Vos premiers pas")
    label, arrives = GESTURES[key]
    who.check(f"premiers-pas-accueil-{key}")
    guide.get_by_role("link", name=label).click()
    title(page, re.compile(arrives)).to_be_visible()
    who.check(f"premiers-pas-geste-{key}")
    who.open("/")
    guide.get_by_role("link", name="Tout lire, imprimer").click()
    title(page, "Premiers pas").to_be_visible()
    who.check(f"premiers-pas-{key}")
    page.get_by_role("button", name="ranger ce guide").click()
    expect(page.get_by_text("Le guide est rangé.")).to_be_visible()
    expect(guide).to_have_count(0)


def search_something(who: Visitor, key: str) -> None:
    page = who.page
    page.get_by_role("link", name="Rechercher").click()
    # A family looks for a lesson, staff for a class or a pupil.
    wanted = "mathematique" if key in {"pupil", "guardian"} else "abadie"
    page.locator("main").get_by_role("searchbox").fill(wanted)
    page.locator("main").get_by_role("searchbox").press("Enter")
    expect(page.locator("main .hits").first).to_be_visible()
    who.check(f"premiers-pas-recherche-{key}")


def see_ones_days(who: Visitor, key: str) -> None:
    who.open("/agenda/")
    title(who.page, "Agenda").to_be_visible()
    who.check(f"premiers-pas-agenda-{key}")


def choose_how_to_be_told(who: Visitor, key: str) -> None:
    page = who.page
    who.open("/notifications/")
    who.check(f"premiers-pas-notifications-{key}")
    page.get_by_role("link", name="Choisir comment être prévenu").click()
    who.check(f"premiers-pas-prevenir-{key}")


def read_larger(who: Visitor, key: str) -> None:
    page = who.page
    who.open("/profil/affichage/")
    page.get_by_label("Double").check()
    page.get_by_role("button", name="Enregistrer mon affichage").click()
    expect(page.get_by_text("Votre affichage est enregistré")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-text", "200")
    who.check(f"premiers-pas-affichage-{key}")
    who.open("/")
    assert page.evaluate(OUT_OF_SIGHT) == []
    who.check(f"premiers-pas-grand-texte-{key}")


def see_what_is_held(who: Visitor, key: str) -> None:
    who.open("/mes-donnees/")
    title(who.page, "Mes données").to_be_visible()
    who.check(f"premiers-pas-donnees-{key}")


def leave(who: Visitor) -> None:
    page = who.page
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Se déconnecter").locator("visible=true").click()
    title(page, "Se connecter").to_be_visible()


def test_a_parent_of_two_schools_has_one_home_and_one_agenda(visit: Any, schools: dict[str, World]) -> None:
    add_sibling_elsewhere(schools["college"], schools["twin"])
    parent = visit("guardian")
    page = parent.page
    for path, name in (("/", "accueil"), ("/agenda/", "agenda")):
        parent.open(path)
        for child in ("Nina", "Hugo"):
            expect(page.locator("main").get_by_text(child).first).to_be_visible()
        parent.check(f"deux-ecoles-{name}")
    parent.done()


def test_a_teacher_who_is_a_parent_changes_profile(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    make_parent_of(college, "teacher", college.people["pupil"])
    teacher = visit("teacher")
    page = teacher.page
    expect(page.locator("main").get_by_text("Appeler une classe")).to_be_visible()
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Parent ou responsable").locator("visible=true").click()
    title(page, "Bonjour").to_be_visible()
    expect(page.locator("main").get_by_text("Appeler une classe")).to_have_count(0)
    expect(page.locator("main").get_by_text("Expliquer une absence")).to_be_visible()
    expect(page.locator("main").get_by_text("Nina").first).to_be_visible()
    teacher.check("enseignante-et-mere")
    teacher.done()


def open_section(page: Page, word: str) -> None:
    """« Vie scolaire » in the menu holds this word."""
    page.locator(".header-menu summary", has_text="Menu").click()
    expect(page.locator(".header-menu").get_by_role("link", name=word, exact=True)).to_be_visible()


def test_a_head_renames_a_service_and_changes_the_colours(visit: Any) -> None:
    head = visit("head", wide=True)
    page = head.page
    head.open("/etablissement/reglages/services/attendance/")
    # What families and school life have in their menus; the other entries keep their names.
    for field in page.locator("main input[name^=name_]").all()[:2]:
        field.fill("Présences")
    page.locator("main").get_by_role("button", name="Enregistrer").click()
    open_section(page, "Présences")
    head.open("/etablissement/reglages/apparence/")
    head.check("reglages-couleurs")
    page.get_by_label("Océan").check()
    page.get_by_role("button", name="Choisir ces couleurs").click()
    expect(page.locator("html")).to_have_attribute("data-palette", "ocean")
    head.done()
    for key in ("teacher", "guardian"):
        other = visit(key, wide=True)
        expect(other.page.locator("html")).to_have_attribute("data-palette", "ocean")
        other.check(f"couleurs-{key}")
        other.done()
    open_section(other.page, "Présences")
    expect(other.page.locator("main").get_by_text("Dans le menu : Présences")).to_be_visible()


def test_a_blind_pupil_hears_tomorrows_first_lesson(
    newcomer: Visitor, schools: dict[str, World], scripts: bool
) -> None:
    """By keys alone, from the sign-in page, hearing what the browser tells a screen reader (computed, no screen reader runs)."""
    college = schools["college"]
    lesson = (
        Lesson.objects.of_pupils([college.people["pupil"].pk])
        .filter(day__gt=college.today)
        .order_by("starts")
        .select_related("subject", "room")[0]
    )
    newcomer.page.set_viewport_size({"width": 1280, "height": 900})
    listener = Listener(newcomer.page)
    newcomer.open("/connexion/")
    listener.go_to("textbox", "Identifiant")
    listener.type(CAST["pupil"])
    listener.go_to("textbox", "Mot de passe")
    listener.type("sous le préau")
    listener.press("Enter")
    title(newcomer.page, "Bonjour").to_be_visible()
    listener.presses = 0
    listener.go_to("link", "Emploi du temps")
    listener.press("Enter")
    title(newcomer.page, "Emploi du temps").to_be_visible()
    # A week is a table; its second tab is a list under the name of each day.
    listener.go_to("link", "Aller au contenu")
    listener.press("Enter")
    listener.go_to("link", "Agenda")
    listener.press("Enter")
    title(newcomer.page, "Agenda").to_be_visible()
    heard = listener.read_under("Mercredi 25 novembre")
    listener.keep("eleve-aveugle")
    assert lesson.subject.name in heard
    assert lesson.room is not None
    assert lesson.room.name in heard
    assert f"{lesson.starts.astimezone():%-H}" in heard
    # From the home: the menu, the tab, their Enter, one key a heading, one a line.
    assert listener.presses <= 26
    assert "main" in listener.transcript[-1]


def test_a_blind_pupil_reaches_tomorrows_lesson_in_few_keys(visit: Any, schools: dict[str, World]) -> None:
    """From the home, by the Tab key alone: by its own link, then by the menu. It was 39 keys."""
    college = schools["college"]
    lesson = (
        Lesson.objects.of_pupils([college.people["pupil"].pk])
        .filter(day__gt=college.today)
        .order_by("starts")
        .select_related("subject")[0]
    )
    page = visit("pupil", wide=True).page
    for ways in (["Aller au contenu", "Voir demain"], ["Emploi du temps"]):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/")
        title(page, re.compile("Bonjour")).to_be_visible()
        listener = Listener(page)
        for name in ways:
            listener.go_to("link", name)
            listener.press("Enter")
        title(page, "Emploi du temps").to_be_visible()
        listener.go_to("link", "Aller à demain")
        listener.press("Enter")
        listener.go_to("link", lesson.subject.name)
        assert listener.presses <= 15, "\n".join(listener.transcript)


class Listener:
    """Somebody who hears pages: keys pressed, and what each one makes the browser say."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0
        self.transcript: list[str] = []

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1
        self.transcript.append(f"[{key}]")

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.transcript.append("[…]")

    def go_to(self, role: str, name: str) -> None:
        """Tab until the browser says this role and this name."""
        for _ in range(20):
            self.press("Tab")
            line = self.page.locator(":focus").aria_snapshot()
            self.transcript.append(line)
            if line.startswith(f'- {role} "{name}'):
                return
        raise AssertionError(f"No {role} « {name} » within twenty keys:\n" + "\n".join(self.transcript))

    def read_under(self, heading: str) -> str:
        """From the top of the page, one key a heading (a screen reader's H), then the first line under it."""
        # A title is seen before the page is whole.
        self.page.wait_for_load_state()
        whole = self.page.locator("body").aria_snapshot()
        self.transcript.append(whole)
        lines = whole.splitlines()
        for number, line in enumerate(lines):
            if line.strip().startswith("- heading"):
                self.presses += 1
                if heading in line:
                    self.presses += 1
                    return first_item(lines[number + 1 :])
        raise AssertionError(f"No heading « {heading} »:\n{whole}")

    def keep(self, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            text = "\n".join([*self.transcript, f"{self.presses} touches depuis l’accueil", ""])
            (Path(SHOTS) / f"{name}.txt").write_text(text)


def first_item(lines: list[str]) -> str:
    """The first item of the list that comes next, with all that is in it."""
    start = next(number for number, line in enumerate(lines) if line.strip().startswith("- listitem"))
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = next(
        (n for n in range(start + 1, len(lines)) if len(lines[n]) - len(lines[n].lstrip()) <= depth),
        len(lines),
    )
    return "\n".join(lines[start:end])
