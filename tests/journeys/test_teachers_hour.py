"""A teacher's hour, whole: the roll, what was done, the homework; then the same roll on a seating plan, and the plan itself.

The models of `test_roll_gestures` and `test_homework`: one gesture is one touch, or one click; keys are counted apart; the time is
that of the Keystroke-Level Model, in which a page that arrives takes none.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.attendance.actions import seating
from preau.domains.attendance.models import Entry, Seat, SeatingPlan
from preau.domains.attendance.queries.registers import register_of
from preau.domains.homework.models import LessonRecord
from preau.domains.timetable.models import Lesson
from tests.journeys.conftest import SHOTS
from tests.journeys.test_homework import CONTENT, KEY, WORK, Hand, heard
from tests.journeys.test_homework import lesson as only_lesson  # noqa: F401 - the fixture below stands on it
from tests.journeys.test_roll_gestures import assert_noted, segment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(only_lesson: Lesson) -> Lesson:  # noqa: F811
    return only_lesson


@pytest.fixture
def plan(schools: dict[str, World], lesson: Lesson) -> SeatingPlan:
    """Everybody has a place by name, in rows of three, but the last one."""
    college = schools["college"]
    SeatingPlan.objects.all().delete()
    teacher = college.people["teacher"]
    viewer = viewer_for(teacher, teacher.account.pk, NOW)
    assert viewer is not None
    made, _new = seating.create_plan(
        viewer, lesson.groups.get(), seating.Shape(rows=6, columns=3, aisles=[1])
    )
    seating.fill(viewer, made, "alphabetique", 0)
    last = Seat.objects.filter(plan=made, row__isnull=False).order_by("-row", "-column")[0]
    seating.place(viewer, made, last.pupil, None)
    made.refresh_from_db()
    return made


def test_the_whole_hour_is_ten_gestures_and_the_words(visit: Any, lesson: Lesson, scripts: bool) -> None:
    """Roll: open, three absents, one late, « Valider » (six). Lesson: open, content, homework, « Publier » (four)."""
    teacher = visit("teacher", wide=True)
    page = teacher.page
    hand = Hand(page)
    *absents, late = [Person.objects.get(pk=row.pupil_id) for row in register_of(lesson)[:4]]
    hand.touch(page.get_by_role("link", name="Faire l’appel").first)
    for pupil in absents:
        hand.touch(segment(page, pupil, "Absent"))
    hand.touch(segment(page, late, "Retard"))
    hand.touch(page.get_by_role("button", name="Valider"))
    page.get_by_text("L’appel est enregistré").wait_for()
    assert hand.gestures == 6
    hand.touch(page.get_by_role("link", name="Écrire le contenu").first)
    if scripts:
        expect(page.get_by_role("toolbar").first).to_be_visible()
    hand.touch(page.get_by_role("textbox", name="Ce que nous avons fait"))
    hand.type(CONTENT)
    hand.touch(page.get_by_role("textbox", name="Travail à faire"))
    hand.type(WORK)
    hand.touch(page.get_by_role("button", name="Publier"))
    expect(page.get_by_text("C’est publié").first).to_be_visible()
    assert hand.gestures == 10
    assert hand.keys == len(CONTENT) + len(WORK)
    # All but the words themselves: what the pages cost, for the whole hour.
    assert hand.seconds - KEY * hand.keys < 30
    assert Entry.objects.filter(lesson=lesson).count() == 4
    assert LessonRecord.objects.get(lesson=lesson).works.count() == 1
    teacher.done()


def test_the_roll_on_a_plan_is_the_same_six_gestures(
    visit: Any, lesson: Lesson, plan: SeatingPlan, scripts: bool
) -> None:
    """The choice of the plan is made once, before; it is remembered."""
    teacher = visit("teacher")
    page = teacher.page
    teacher.open(f"/appel/{lesson.pk}/")
    page.get_by_role("button", name="Voir en plan de classe").click()
    expect(page.locator(".roll-plan")).to_be_visible()
    teacher.check("appel-en-plan")
    page.set_viewport_size({"width": 1280, "height": 900})
    heights = page.locator(".roll-plan > li").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().top)"
    )
    assert len(set(heights[:3])) == 1, "three side by side"
    assert heights[3] > heights[0]
    teacher.open("/")
    hand = Hand(page)
    first, second, third, fourth = [Person.objects.get(pk=row.pupil_id) for row in register_of(lesson)[:4]]
    hand.touch(page.get_by_role("link", name="Faire l’appel").first)
    expect(page.locator(".roll-plan")).to_be_visible()
    for pupil in (first, second, third):
        hand.touch(segment(page, pupil, "Absent"))
    hand.touch(segment(page, fourth, "Retard"))
    hand.touch(page.get_by_role("button", name="Valider"))
    page.get_by_text("L’appel est enregistré").wait_for()
    assert hand.gestures == 6
    assert_noted(lesson, [first, second, third], fourth)
    teacher.done()


def test_the_roll_on_a_plan_is_heard_row_by_row_then_those_without_a_place(
    visit: Any, lesson: Lesson, plan: SeatingPlan
) -> None:
    """Computed by Chromium: a group a pupil, which says its name; a choice, which says its state; a change, which is said."""
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open(f"/appel/{lesson.pk}/")
    page.get_by_role("button", name="Voir en plan de classe").click()
    expect(page.locator(".roll-plan")).to_be_visible()
    lines = heard(page)
    seats = (
        Seat.objects.filter(plan=plan, row__isnull=False).order_by("row", "column").select_related("pupil")
    )
    order = [lines.index(f'group "{seat.pupil.list_name}"') for seat in seats]
    assert order == sorted(order)
    without = lines.index('heading "Sans place"')
    assert order[-1] < without < len(lines) - 1
    assert any(line.startswith('group "') for line in lines[without:])
    page.locator(".roll input[type=radio]:checked").first.focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(":focus").aria_snapshot() == '- radio "Absent" [checked]'
    if teacher.scripts:
        page.get_by_role("status").filter(has_text="1 absent").wait_for()
    if SHOTS:
        Path(SHOTS, "appel-en-plan-lu.txt").write_text("\n".join(lines))
    teacher.done()


def test_a_plan_is_made_by_keys_by_clicks_and_by_drag(
    visit: Any, lesson: Lesson, plan: SeatingPlan, scripts: bool
) -> None:
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open(f"/appel/{lesson.pk}/")
    page.get_by_role("link", name="Plans de classe").click()
    page.get_by_role("link", name="Toutes salles").click()
    teacher.check("plan-de-classe")
    (left,) = without_place(plan, lesson)
    # By keys: the pupil, then the button of a place.
    page.get_by_role("radio", name=left.list_name).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ici, rang 6, place 3").focus()
    page.keyboard.press("Enter")
    expect(place(page, "6-3")).to_contain_text(left.list_name)
    assert Seat.objects.get(plan=plan, pupil=left).row == 6
    if scripts:
        expect(page.get_by_role("status").filter(has_text="rang 6, place 3")).to_have_count(1)
    # By the list.
    page.get_by_role("radio", name=left.list_name).check()
    page.get_by_label("Ou la place, dans une liste").select_option("6-2")
    page.get_by_role("button", name="Placer", exact=True).click()
    expect(place(page, "6-2")).to_contain_text(left.list_name)
    if scripts:
        place(page, "6-2").locator(".seat-pupil").drag_to(place(page, "6-1"))
        expect(place(page, "6-1")).to_contain_text(left.list_name)
    page.get_by_role("button", name="Annuler le dernier changement").click()
    expect(place(page, "6-2" if scripts else "6-3")).to_contain_text(left.list_name)
    page.get_by_role("link", name="Rangs, allées, élèves devant").click()
    teacher.check("reglages-du-plan")
    teacher.done()


def place(page: Page, key: str) -> Any:
    return page.locator(f'.seat[data-place="{key}"]')


def without_place(plan: SeatingPlan, lesson: Lesson) -> list[Person]:
    """Those of the class who have no place."""
    seated = Seat.objects.filter(plan=plan, row__isnull=False).values("pupil_id")
    return list(lesson.pupils().exclude(pk__in=seated))
