"""A replacement in five minutes: the office announces an absence and asks, a colleague accepts on a phone, a parent reads.

Gestures, counted with the keystroke-level model (Card, Moran and Newell, 1980): a gesture is one pointing and click or tap
(P + B), one choice in a list, or one date typed; reading and waiting aside, M (1.35 s) before each. From the office's home:

    office      1 « Cours »  2 « Remplacements »  3 « Annoncer une absence »  4 the teacher  5 first day  6 last day
                7 « Annoncer »  8 the lesson  9 « Demander » (the best placed is ticked already)
    colleague   1 the notification, or the card of the home  2 « Je prends ce cours »
    parent      1 the notification, or « Emploi du temps »

Twelve gestures in all: at M + P + B = 1.35 + 1.1 + 0.2 = 2.65 s each, and 2 s more for each of the two dates, 36 s of work.
The rest of the five minutes is for the colleague to look at their phone.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from preau.directory.models import Assignment, Enrolment
from preau.directory.seeds.world import World
from preau.domains.timetable.models import CoverAsk, Lesson, TeacherAbsence

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MOST_GESTURES = {"office": 9, "colleague": 2, "parent": 1}


class Hand:
    """Counts the gestures of one person."""

    def __init__(self, visitor: Any) -> None:
        self.visitor, self.page, self.gestures = visitor, visitor.page, 0

    def tap(self, target: Any) -> None:
        self.gestures += 1
        target.click()

    def choose(self, label: str, value: str) -> None:
        self.gestures += 1
        self.page.get_by_label(label).select_option(label=value)

    def type(self, label: str, value: str) -> None:
        self.gestures += 1
        self.page.get_by_label(label).fill(value)


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Tomorrow's lesson of the cast's pupil that Claire Moreau may give: her own hours are free then."""
    college = schools["college"]
    TeacherAbsence.objects.all().delete()
    group = Enrolment.objects.get(pupil=college.people["pupil"], group__kind="class").group
    tomorrow = Lesson.objects.filter(groups=group, day=college.today + timedelta(days=1), revision=0)
    found = tomorrow.exclude(teachers=college.people["teacher"]).order_by("starts")[0]
    claire = Lesson.objects.taught_by(college.people["teacher"]).filter(day=found.day)
    claire.over_at(found.starts, found.ends).delete()
    # She alone teaches the class still: she is the best placed.
    Assignment.objects.filter(group=group).exclude(teacher=college.people["teacher"]).delete()
    return found


def test_a_replacement_in_twelve_gestures(visit: Any, schools: dict[str, World], lesson: Lesson) -> None:
    claire = schools["college"].people["teacher"]
    office = Hand(visit("secretary", wide=True))
    announce_and_ask(office, lesson)
    assert CoverAsk.objects.get().person == claire
    colleague = Hand(visit("teacher"))
    accept(colleague, lesson)
    call_command("run_worker", batch=True)
    parent = Hand(visit("guardian"))
    read(parent, lesson, claire)
    counted = {"office": office.gestures, "colleague": colleague.gestures, "parent": parent.gestures}
    assert counted == MOST_GESTURES
    assert list(lesson.teachers.all()) == [claire]


def announce_and_ask(office: Hand, lesson: Lesson) -> None:
    page, teacher, day = office.page, lesson.teachers.get(), lesson.day.isoformat()
    office.tap(page.locator(".header-menu summary", has_text="Menu"))
    office.tap(page.locator(".header-menu").get_by_role("link", name="Remplacements"))
    page.get_by_role("heading", level=1, name="Remplacements").wait_for()
    office.visitor.check("remplacements-vide")
    office.tap(page.get_by_role("link", name="Annoncer une absence"))
    office.choose("Enseignant", teacher.list_name)
    office.type("Premier jour", day)
    office.type("Dernier jour", day)
    office.visitor.check("annoncer-absence")
    office.tap(page.get_by_role("button", name="Annoncer l’absence"))
    page.get_by_text("L’absence est notée").wait_for()
    office.visitor.check("absence-enseignant")
    office.tap(page.locator(f'a[href$="/remplacements/{lesson.pk}/"]'))
    page.get_by_text("Qui peut le donner").wait_for()
    office.visitor.check("remplacer")
    office.tap(page.get_by_role("button", name="Demander"))
    page.get_by_text("1 personne est sollicitée").wait_for()
    office.visitor.done()


def accept(colleague: Hand, lesson: Lesson) -> None:
    page = colleague.page
    colleague.visitor.check("accueil-enseignante-sollicitee")
    colleague.tap(page.get_by_role("link", name="Donner un cours").first)
    page.get_by_role("button", name="Je prends ce cours").wait_for()
    colleague.visitor.check("demande-de-remplacement")
    colleague.tap(page.get_by_role("button", name="Je prends ce cours"))
    page.get_by_text("C’est noté").wait_for()
    colleague.visitor.check("remplacement-accepte")
    colleague.visitor.done()


def read(parent: Hand, lesson: Lesson, claire: Any) -> None:
    page = parent.page
    parent.gestures += 1  # the notification: its link is this address
    parent.visitor.open(f"/emploi-du-temps/seances/{lesson.pk}/")
    page.get_by_text(f"Remplacé par {claire.formal_name}").first.wait_for()
    parent.visitor.check("cours-remplace-parent")
    assert "absen" not in page.locator("main").inner_text().lower()
    parent.visitor.done()
