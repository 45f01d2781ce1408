"""The cahier de textes in few gestures: a teacher between two lessons, a pupil on a phone, a pupil who hears the page.

The model: one gesture is one click or one touch; keys are counted apart, those of the words too, since somebody has to type them.
The time is that of the Keystroke-Level Model (Card, Moran and Newell, 1980): a key takes 0.28 s (an average typist), pointing
1.1 s, a click 0.2 s, a hand that goes from the mouse to the keys or back 0.4 s, a decision before each gesture 1.35 s. A page that
arrives takes none: only the person is measured.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import NOW
from preau.commons.files.tests.samples import PDF
from preau.directory.seeds.world import World
from preau.domains.homework.models import Done, HandIn, Homework, LessonRecord
from preau.domains.homework.queries import sessions
from preau.domains.timetable.models import Lesson
from tests.journeys.conftest import SHOTS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
KEY, POINT, CLICK, HOMING, DECISION = 0.28, 1.1, 0.2, 0.4, 1.35
CONTENT, WORK = "Théorème de Pythagore : énoncé, deux exemples.", "Exercices 12 et 14 page 87"


@dataclass
class Hand:
    """Somebody at a mouse and a keyboard: what they touch, what they type, and how long the model says it takes."""

    page: Page
    gestures: int = 0
    keys: int = 0
    seconds: float = 0
    at_keys: bool = False

    def touch(self, what: Locator) -> None:
        what.click()
        self.gestures += 1
        self.seconds += DECISION + POINT + CLICK + (HOMING if self.at_keys else 0)
        self.at_keys = False

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.keys += len(words)
        self.seconds += KEY * len(words) + (0 if self.at_keys else HOMING)
        self.at_keys = True


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Claire Moreau has the class of the cast's pupil now, this is her only lesson of the day, and nothing is written of it."""
    college = schools["college"]
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Lesson.objects.taught_by(teacher).on(college.today).delete()
    found = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[2]
    found.teachers.set([teacher])
    LessonRecord.objects.filter(lesson=found).delete()
    return found


@pytest.fixture
def works(schools: dict[str, World], lesson: Lesson) -> dict[str, Homework]:
    """For tomorrow, nothing else: one homework to do, and one to hand in online."""
    college = schools["college"]
    teacher = college.people["teacher"]
    Homework.objects.all().delete()
    record = LessonRecord.objects.create(
        school=college.school,
        lesson=lesson,
        subject=lesson.subject,
        day=lesson.day,
        content="<p>Thalès</p>",
        state="ready",
        written_by=teacher,
        written_at=NOW,
    )
    given = {
        "school": college.school,
        "record": record,
        "due_day": NOW.date() + timedelta(days=1),
        "given_by": teacher,
        "given_at": NOW,
    }
    return {
        "tick": Homework.objects.create(title=WORK, minutes=20, **given),
        "send": Homework.objects.create(title="Fiche de lecture", hand_in="online", **given),
    }


def test_a_lesson_and_its_homework_are_written_in_four_gestures_from_the_home(
    visit: Any, lesson: Lesson, scripts: bool
) -> None:
    """Open, content, homework, « Publier »: four gestures and the words; twelve seconds of the model besides typing them."""
    following = sessions.following(lesson, 1)
    teacher = visit("teacher", wide=True)
    page = teacher.page
    hand = Hand(page)
    hand.touch(page.get_by_role("link", name="Écrire le contenu").first)
    if scripts:
        # The editor takes the place of the text area.
        expect(page.get_by_role("toolbar").first).to_be_visible()
    hand.touch(page.get_by_role("textbox", name="Ce que nous avons fait"))
    hand.type(CONTENT)
    hand.touch(page.get_by_role("textbox", name="Travail à faire"))
    hand.type(WORK)
    hand.touch(page.get_by_role("button", name="Publier"))
    expect(page.get_by_text("C’est publié").first).to_be_visible()
    assert hand.gestures == 4
    assert hand.keys == len(CONTENT) + len(WORK)
    # All but the words themselves: what the page costs.
    assert hand.seconds - KEY * hand.keys < 15
    assert hand.seconds < 40
    record = LessonRecord.objects.get(lesson=lesson)
    assert not record.is_draft
    assert "Théorème de Pythagore" in record.content
    (work,) = record.works.all()
    assert (work.title, work.due_next, work.due_lesson) == (WORK, True, following[0])
    teacher.done()
    pupil = visit("pupil")
    pupil.open("/travail/")
    expect(pupil.page.locator("main").get_by_role("link", name=WORK)).to_be_visible()
    pupil.done()


@pytest.mark.smoke
def test_a_pupil_ticks_and_hands_in_on_a_phone(
    visit: Any, schools: dict[str, World], works: dict[str, Homework]
) -> None:
    pupil = visit("pupil")
    page = pupil.page
    hand = Hand(page)
    pupil.open("/travail/")
    pupil.check("travail-a-faire")
    done = page.get_by_role("button", name=f"C’est fait {works['tick'].record.subject.name}, {WORK}")
    assert_large_enough(done)
    hand.touch(done)
    expect(page.get_by_role("button", name="Annuler « fait »")).to_be_visible()
    assert Done.objects.get().homework == works["tick"]
    hand.touch(page.get_by_role("link", name="Rendre").filter(has_text="Fiche de lecture"))
    expect(page.get_by_role("heading", level=1, name="Fiche de lecture")).to_be_visible()
    pupil.check("rendre-un-travail")
    page.get_by_label("Mes fichiers").set_input_files(
        {"name": "fiche.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    send = page.get_by_role("button", name="Rendre", exact=True)
    assert_large_enough(send)
    hand.touch(send)
    expect(page.get_by_text("C’est rendu.").first).to_be_visible()
    expect(page.get_by_role("link", name="fiche.pdf")).to_be_visible()
    pupil.check("travail-rendu")
    # The file chooser of the phone apart, which is not ours.
    assert hand.gestures == 3
    handed = HandIn.objects.get(homework=works["send"])
    assert handed.pupil == schools["college"].people["pupil"]
    assert not handed.is_late
    assert [paper.file.name for paper in handed.papers.all()] == ["fiche.pdf"]
    pupil.done()


def assert_large_enough(what: Locator) -> None:
    """A thumb of a phone finds it."""
    box = what.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44


def test_what_is_to_be_done_is_said_in_words(visit: Any, works: dict[str, Homework], scripts: bool) -> None:
    """Chromium's accessibility tree: a heading a day, the subject before its title, and buttons that say of which homework."""
    pupil = visit("pupil")
    page = pupil.page
    pupil.open("/travail/")
    subject = works["tick"].record.subject.name
    lines = heard(page)
    day, title, button = (
        lines.index(line)
        for line in (
            'heading "Pour demain"',
            f'link "{WORK}"',
            f'button "C’est fait {subject}, {WORK}"',
        )
    )
    assert (
        lines.index('heading "Travail à faire"')
        < day
        < lines.index(f'StaticText "{subject}"')
        < title
        < button
    )
    assert f'link "Rendre {subject}, Fiche de lecture"' in lines
    page.get_by_role("button", name="C’est fait").focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name=f"Annuler « fait » {subject}, {WORK}")
    expect(undo).to_be_visible()
    after = heard(page)
    assert 'StaticText "Fait"' in after[after.index('heading "Pour demain"') :]
    if scripts:
        # Whoever listens is told, and stays where they were.
        status = page.get_by_role("status").filter(has_text=f"Noté : fait. {subject}, {WORK}")
        expect(status).to_have_count(1)
        expect(undo).to_be_focused()
    if SHOTS:
        Path(SHOTS, "travail-a-faire-lu.txt").write_text("\n".join([*lines, "[Enter]", *after]))
    pupil.done()


def heard(page: Page) -> list[str]:
    """What Chromium tells a screen reader of the main part of the page, in order: role and name, line by line."""
    page.wait_for_load_state()
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in tree}
    lines: list[str] = []

    def walk(node: Any) -> None:
        role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
        if not node["ignored"] and name and role != "InlineTextBox":
            lines.append(f'{role} "{" ".join(name.split())}"')
        for child in node.get("childIds", ()):
            if child in nodes:
                walk(nodes[child])

    walk(next(node for node in tree if node.get("role", {}).get("value") == "main"))
    return lines


def test_ticking_without_network_says_so_and_loses_no_page(device: Any, works: dict[str, Homework]) -> None:
    device.sign_in("pupil")
    page = device.page
    device.open("/")
    done = page.get_by_role("button", name=f"C’est fait {works['tick'].record.subject.name}, {WORK}")
    expect(done).to_be_visible()
    device.cut()
    done.click()
    expect(page.get_by_text("L’envoi a été interrompu")).to_be_visible()
    expect(done).to_be_visible()
    device.mend()
    expect(page.get_by_text("L’envoi a été interrompu")).to_have_count(0)
    done.click()
    expect(page.get_by_role("button", name="Annuler « fait »")).to_be_visible()
    assert Done.objects.get().homework == works["tick"]
