"""The roll in few gestures, and as a screen reader says it.

The model: one gesture is one touch of the screen, or one key, that the person makes; looking, and a page that arrives, are none.
From the home: open the roll (1), three absents (3), one late whose minutes the clock gives (1), « Valider » (1): six.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson
from tests.journeys.conftest import SHOTS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


# The lesson began a quarter of an hour before the test, whose clock goes on: minutes late.
QUARTER = range(15, 25)


@dataclass
class Hand:
    """A finger on a phone: what it touches is in sight, and it counts."""

    page: Page
    gestures: int = 0

    def touch(self, what: Locator) -> None:
        what.click()
        self.gestures += 1


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Claire Moreau has the class of the cast's pupil now."""
    college = schools["college"]
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Lesson.objects.taught_by(teacher).on(college.today).delete()
    found = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[2]
    found.teachers.set([teacher])
    return found


def segment(page: Page, pupil: Person, word: str) -> Locator:
    row = page.locator(".roll > li").filter(has_text=pupil.list_name)
    return row.locator("label.segment").filter(has_text=word)


def assert_noted(lesson: Lesson, absents: list[Person], late: Person) -> None:
    entries = Entry.objects.filter(lesson=lesson)
    minutes = entries.get(pupil=late).minutes_late
    assert minutes in QUARTER
    noted = set(entries.values_list("pupil_id", "status", "minutes_late"))
    assert noted == {(absent.pk, "absent", None) for absent in absents} | {(late.pk, "late", minutes)}


def test_three_absents_and_one_late_are_six_gestures_from_the_home(visit: Any, lesson: Lesson) -> None:
    teacher = visit("teacher")
    hand = Hand(teacher.page)
    *absents, late = [Person.objects.get(pk=row.pupil_id) for row in register_of(lesson)[:4]]
    hand.touch(teacher.page.get_by_role("link", name="Faire l’appel").first)
    for pupil in absents:
        hand.touch(segment(teacher.page, pupil, "Absent"))
    hand.touch(segment(teacher.page, late, "Retard"))
    hand.touch(teacher.page.get_by_role("button", name="Valider"))
    teacher.page.get_by_text("L’appel est enregistré").wait_for()
    assert hand.gestures == 6
    assert_noted(lesson, absents, late)
    teacher.done()


def test_the_roll_is_said_in_words_and_called_by_keys(visit: Any, lesson: Lesson, scripts: bool) -> None:
    """Chromium's accessibility tree, control by control: each line says whose it is, what is chosen, and of how many."""
    teacher = visit("teacher")
    page = teacher.page
    page.get_by_role("link", name="Faire l’appel").first.click()
    first, second = register_of(lesson)[:2]
    page.get_by_role("button", name="Valider").wait_for()
    page.wait_for_load_state()
    transcript = [page.locator("main").aria_snapshot()]
    assert f'- group "{first.list_name}"' in transcript[0]
    assert '- radio "Présent" [checked]' in transcript[0]
    page.locator(".roll input[type=radio]:checked").first.focus()

    def press(key: str) -> str:
        page.keyboard.press(key)
        transcript.extend([f"[{key}]", page.locator(":focus").aria_snapshot()])
        return transcript[-1]

    assert press("ArrowRight") == '- radio "Retard" [checked]'
    minutes = press("Tab")
    assert minutes.startswith(f'- textbox "Minutes de retard {first.list_name}"')
    page.keyboard.type("7")
    assert press("Tab") == '- radio "Présent" [checked]'
    group = page.locator("fieldset:has(:focus)").aria_snapshot()
    assert group.startswith(f'- group "{second.list_name}"')
    press("ArrowLeft")
    assert transcript[-1] == '- radio "Absent" [checked]'
    if scripts:
        page.get_by_role("status").filter(has_text="1 absent").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("L’appel est enregistré").wait_for()
    assert set(Entry.objects.filter(lesson=lesson).values_list("pupil_id", "status", "minutes_late")) == {
        (first.pupil_id, "late", 7),
        (second.pupil_id, "absent", None),
    }
    if SHOTS:
        Path(SHOTS, "appel-lu.txt").write_text("\n".join(transcript))
    teacher.done()
