"""Marks in a browser: a column typed blind, pasted, by two teachers at once, through a network that falls, and heard.

The model: what is not a digit of a mark is a key more; thirty marks are typed in sixty of them at most.
"""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from conftest import NOW
from preau.directory.models import Assignment, Enrolment, Group, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.domains.gradebook.actions import assessments, marks
from preau.domains.gradebook.models import Assessment, Mark
from preau.domains.gradebook.rules.marking import TypedMark
from preau.domains.gradebook.tests.scene import charge_of, class_of, period_of
from tests.journeys.conftest import SHOTS, Device, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MANY = 30


@pytest.fixture
def teacher(schools: dict[str, World]) -> Viewer:
    found = viewer_for(schools["college"].people["teacher"], 0, NOW)
    assert found
    return found


@pytest.fixture
def assessment(schools: dict[str, World], teacher: Viewer) -> Assessment:
    """Published yesterday, without a mark, in a class of thirty; another one beside it holds marks."""
    college = schools["college"]
    charge = charge_of(college)
    group = class_of(college)
    fill(group)
    period = period_of(college)
    Assessment.objects.filter(group=group, subject=charge.subject).delete()
    # Families read it too: the school's delay is over.
    before = assessments.Described(title="Fractions", day=NOW.date() - timedelta(days=9))
    one = assessments.create_assessment(
        teacher, group, charge.subject, period, before, NOW - timedelta(days=8)
    )
    marks.set_column(teacher, one, [marks.Cell(pk, TypedMark(Decimal(11)), 0) for pk in pupils_of(one)])
    described = assessments.Described(title="Ratio", day=NOW.date() - timedelta(days=4))
    return assessments.create_assessment(
        teacher, group, charge.subject, period, described, NOW - timedelta(days=3)
    )


def fill(group: Group) -> None:
    """Thirty pupils in this class."""
    there = Enrolment.objects.filter(group=group, ends=None).count()
    for number in range(there, MANY):
        pupil = Person.objects.create(given_name="Élève", family_name=f"Zola {number:02}")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=group.school)
        Enrolment.objects.create(school=group.school, group=group, pupil=pupil)


def pupils_of(assessment: Assessment) -> list[int]:
    rows = Enrolment.objects.filter(group=assessment.group, ends=None)
    return list(rows.order_by("pupil__search_name", "pupil_id").values_list("pupil_id", flat=True))


def grid_of(assessment: Assessment) -> str:
    course = f"matiere={assessment.subject_id}&periode={assessment.period_id}&evaluation={assessment.pk}"
    return f"/notes/classes/{assessment.group_id}/?{course}"


def marks_of(assessment: Assessment) -> dict[int, str]:
    rows = Mark.objects.filter(assessment=assessment)
    return {
        row.pupil_id: row.code or f"{row.value.normalize():f}"
        for row in rows
        if row.code or row.value is not None
    }


def cell(page: Page, assessment: Assessment, pupil: int) -> Locator:
    place = page.locator("th[data-a]").evaluate_all(
        "(heads, pk) => heads.findIndex((head) => head.dataset.a === pk)", str(assessment.pk)
    )
    line = page.locator(f'tr[data-p="{Person.objects.get(pk=pupil).public_id}"]')
    return line.locator("td").nth(place)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("Tout est enregistré")
    expect(page.locator("[data-state=waiting]")).to_have_count(0)


class Keys:
    """A keyboard that counts: `digits` are those of marks, `others` all the rest."""

    def __init__(self, page: Page) -> None:
        self.page, self.digits, self.others = page, 0, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.digits += key.isdigit()
        self.others += not key.isdigit()

    def type(self, text: str) -> None:
        for key in text:
            self.press(key)


@pytest.fixture
def wide(browser: Browser, live_server: Any, assessment: Assessment, visit: Any, scripts: bool) -> Visitor:
    if not scripts:
        pytest.skip("the keyboard of the grid is the script's; the form of a column has its own test")
    found: Visitor = visit("teacher", wide=True)
    found.open(grid_of(assessment))
    return found


def test_thirty_marks_are_typed_in_sixty_keys_beside_their_digits(
    wide: Visitor, assessment: Assessment
) -> None:
    keys, pupils = Keys(wide.page), pupils_of(assessment)
    typed = ["12", "14,5", "a", "8", "17", "9,5", "d", "20", "0", "13"] * 3
    cell(wide.page, assessment, pupils[0]).focus()
    for mark in typed:
        keys.type(mark)
        keys.press("Enter")
    assert keys.others <= 60
    saved(wide.page)
    expected = [{"a": "ABS", "d": "DISP"}.get(one, one.replace(",", ".")) for one in typed]
    assert marks_of(assessment) == dict(zip(pupils, expected, strict=True))
    expect(wide.page.locator("[data-spread]")).to_contain_text("24 notes sur 30")
    wide.check("carnet-de-notes")
    wide.done()


def test_a_mark_too_high_is_said_and_those_after_it_stay_with_their_pupils(
    wide: Visitor, assessment: Assessment
) -> None:
    first, second, third, *_rest = pupils_of(assessment)
    keys = Keys(wide.page)
    cell(wide.page, assessment, first).focus()
    for mark in ("25", "12", "13"):
        keys.type(mark)
        keys.press("Enter")
    problem = wide.page.locator("[data-problems] li")
    expect(problem).to_contain_text("25 dépasse le barème de 20")
    expect(wide.page.locator("[data-saved]")).to_contain_text("1 note à revoir")
    problem.get_by_role("button", name="Corriger").click()
    keys.type("15")
    keys.press("Enter")
    expect(problem).to_have_count(0)
    saved(wide.page)
    assert marks_of(assessment) == {first: "15", second: "12", third: "13"}
    wide.done()


PASTE = """([field, text]) => {
  const copied = new DataTransfer();
  copied.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: copied, bubbles: true, cancelable: true }));
}"""


def paste(page: Page, text: str) -> None:
    field = page.locator(".grade-field")
    page.evaluate(PASTE, [field.element_handle(), text])


def test_a_column_is_pasted_whole_or_not_at_all_and_taken_back(wide: Visitor, assessment: Assessment) -> None:
    page, pupils = wide.page, pupils_of(assessment)
    cell(page, assessment, pupils[0]).focus()
    problems = page.locator("[data-problems]")
    paste(page, "\r\n".join(["12"] * (MANY + 1)) + "\r\n")
    expect(problems).to_contain_text("31 lignes copiées, mais 30 élèves")
    lines = ["12,5"] * MANY
    lines[3] = "22"
    paste(page, "\n".join(lines))
    expect(problems).to_contain_text(re.compile(r"Ligne 4 \(.+\) : 22 dépasse le barème de 20"))
    assert marks_of(assessment) == {}
    lines[3] = "ABS"
    paste(page, "\n".join(lines))
    saved(page)
    assert marks_of(assessment) == {pk: "ABS" if place == 3 else "12.5" for place, pk in enumerate(pupils)}
    page.keyboard.press("Control+z")
    expect(page.locator("[data-spread]")).to_contain_text("0 note")
    saved(page)
    assert marks_of(assessment) == {}
    wide.done()


def test_a_published_mark_that_changes_is_said_to_be_read(wide: Visitor, assessment: Assessment) -> None:
    page, keys, (first, second, *_rest) = wide.page, Keys(wide.page), pupils_of(assessment)
    moments = {"published_at": assessment.published_at, "guardians_at": assessment.guardians_at}
    own = Assessment.objects.filter(pk=assessment.pk)
    own.update(published_at=None, guardians_at=None)

    def typed(*marks: str) -> None:
        cell(page, assessment, first).click()
        for mark in marks:
            keys.type(mark)
            keys.press("Enter")
        saved(page)

    typed("12", "13")
    lines = page.locator("[data-problems] li")
    expect(lines).to_have_count(0)
    own.update(**moments)
    typed("14", "15")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("déjà publiée : l’élève et la famille verront la nouvelle note")
    expect(lines).to_contain_text("Et 1 autre note changée.")
    assert marks_of(assessment) == {first: "14", second: "15"}
    lines.get_by_role("link", name="Ce qu’elle a été").click()
    expect(page.get_by_text("13, puis 15")).to_be_visible()
    wide.done()


def test_two_teachers_on_one_cell_both_see_both_marks(
    wide: Visitor, assessment: Assessment, schools: dict[str, World]
) -> None:
    colleague = (
        Assignment.objects.exclude(teacher=assessment.teacher).filter(school=assessment.school)[0].teacher
    )
    Assignment.objects.create(
        school=assessment.school,
        teacher=colleague,
        group=assessment.group,
        subject=assessment.subject,
        kind=Assignment.Kind.TEACHES,
    )
    other = viewer_for(colleague, 0, NOW)
    assert other
    pupil = Person.objects.get(pk=pupils_of(assessment)[0])
    marks.set_mark(other, assessment, pupil, TypedMark(Decimal(9)), 0)
    cell(wide.page, assessment, pupil.pk).focus()
    wide.page.keyboard.type("14")
    wide.page.keyboard.press("Enter")
    problem = wide.page.locator("[data-problems] li")
    expect(problem).to_contain_text("Vous avez écrit 14")
    expect(problem).to_contain_text("vient d’écrire 9")
    assert marks_of(assessment) == {pupil.pk: "9"}
    problem.get_by_role("button", name="Garder 14").click()
    expect(problem.get_by_role("button")).to_have_count(0)
    expect(problem).to_contain_text("déjà publiée")
    saved(wide.page)
    assert marks_of(assessment) == {pupil.pk: "14"}
    assert [complaint for complaint in wide.complaints if "409" not in complaint] == []


def test_a_cut_in_the_middle_of_a_column_loses_nothing(device: Device, assessment: Assessment) -> None:
    first, second, third, *_rest = pupils_of(assessment)
    device.page.set_viewport_size({"width": 1280, "height": 900})
    device.sign_in("teacher")
    device.open(grid_of(assessment))
    page = device.page
    cell(page, assessment, first).focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    saved(page)
    device.cut()
    for mark in ("13", "ABS"):
        page.keyboard.type(mark)
        page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("Sans réseau : 2 notes gardées sur cet appareil")
    assert marks_of(assessment) == {first: "12"}
    # The grid is left before the network is back: it sends as soon as there is one.
    page.goto("about:blank")
    device.mend()
    device.open("/")
    expect(page.get_by_text("2 notes saisies ici ne sont pas encore enregistrées")).to_be_visible()
    # The tab is closed and opened again before anything has left.
    device.open(grid_of(assessment))
    saved(page)
    assert marks_of(assessment) == {first: "12", second: "13", third: "ABS"}
    expect(cell(page, assessment, second)).to_have_text("13")


def test_the_grid_is_heard_cell_by_cell(wide: Visitor, assessment: Assessment) -> None:
    """Chromium's accessibility tree: each field says whose mark it is, in what, out of how many."""
    page = wide.page
    first, second, *_rest = [Person.objects.get(pk=pk) for pk in pupils_of(assessment)[:3]]
    transcript: list[str] = []

    def press(key: str) -> str:
        page.keyboard.press(key)
        transcript.extend([f"[{key}]", page.locator(":focus").aria_snapshot()])
        return transcript[-1]

    cell(page, assessment, first.pk).focus()
    assert page.locator(":focus").aria_snapshot() == f'- textbox "{first.list_name}, Ratio, sur 20"'
    page.keyboard.type("25")
    assert press("Enter") == f'- textbox "{second.list_name}, Ratio, sur 20"'
    page.get_by_role("status", name="À revoir").filter(has_text="25 dépasse le barème de 20").wait_for()
    assert press("ArrowUp").startswith(f'- textbox "{first.list_name}, Ratio, sur 20"')
    assert page.locator(":focus").get_attribute("aria-invalid") == "true"
    assert press("ArrowLeft").startswith(f'- textbox "{first.list_name}, Fractions, sur 20"')
    assert press("Escape").startswith("- paragraph")
    wide.done()
    if SHOTS:
        Path(SHOTS, "notes-lues.txt").write_text("\n".join(transcript))


def test_a_column_is_a_form_without_the_script(visit: Any, assessment: Assessment, scripts: bool) -> None:
    first, second, *_rest = pupils_of(assessment)
    someone = visit("teacher")
    page = someone.page
    someone.open(f"/notes/evaluations/{assessment.pk}/")
    fields = page.locator("main ol input:not([type=hidden])")
    fields.nth(0).fill("25")
    fields.nth(1).fill("13,5")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("25 dépasse le barème de 20").first).to_be_visible()
    expect(fields.nth(1)).to_have_value("13,5")
    fields.nth(0).fill("abs")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Les notes sont enregistrées").wait_for()
    assert marks_of(assessment) == {first: "ABS", second: "13.5"}
    assert [complaint for complaint in someone.complaints if "422" not in complaint] == []


def test_a_mother_reads_where_an_average_comes_from(
    visit: Any, assessment: Assessment, teacher: Viewer, schools: dict[str, World]
) -> None:
    """On a phone: the subject, its average, and the sum that makes it."""
    pupil = schools["college"].people["pupil"]
    marks.set_mark(teacher, assessment, pupil, TypedMark(Decimal(14)), 0)
    mother = visit("guardian")
    page = mother.page
    mother.open("/notes/mes-notes/")
    page.get_by_role("link", name=assessment.subject.name).first.click()
    page.get_by_role("heading", name="D’où vient cette moyenne").wait_for()
    made = page.locator(".computation").first
    expect(made).to_contain_text("Fractions")
    expect(made).to_contain_text("11 × 1 = 11")
    expect(made).to_contain_text("25 ÷ 2 = 12,5")
    mother.check("moyenne-d-une-matiere")
    mother.done()
