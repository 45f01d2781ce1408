"""Competences in a browser: levels typed blind, an observation on a phone with and without a network, a primary teacher's period, a mother who
reads, and what a screen reader says.

The model is that of `test_gradebook`: a level is one key, and the field goes by itself to the next pupil; one gesture is one touch.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from conftest import NOW
from preau.commons.files.tests import samples
from preau.directory.models import Assignment, Enrolment, Group, Person, School
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.competences.models import Level, MasteryPolicy, Sheet, SheetColumn
from preau.domains.competences.tests.scene import class_of, competences_of, give, published, sheet
from tests.journeys.conftest import SHOTS, Device, Visitor
from tests.journeys.test_gradebook import MANY, Keys, fill, saved
from tests.journeys.test_homework import Hand
from tests.journeys.test_offline_roll import ON_DEVICE, READY, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHOTO = {"name": "saut.jpg", "mimeType": "image/jpeg", "buffer": samples.picture()}
TYPED = ["3", "2", "4", "1", "3", "a", "3", "2", "n", "d"] * 3
MEANT = {"a": "ABS", "n": "NE", "d": "DISP"}


@pytest.fixture
def teacher(schools: dict[str, World]) -> Viewer:
    found = viewer_for(schools["college"].people["teacher"], 0, NOW)
    assert found
    return found


@pytest.fixture
def one(schools: dict[str, World], teacher: Viewer) -> Sheet:
    """A sheet of three competences, empty, in a class of thirty; nothing else is assessed there."""
    college = schools["college"]
    fill(class_of(college))
    Sheet.objects.all().delete()
    return sheet(college, teacher, "Le point du jour")


def pupils_of(group: Group) -> list[int]:
    rows = Enrolment.objects.filter(group=group, ends=None)
    return list(rows.order_by("pupil__search_name", "pupil_id").values_list("pupil_id", flat=True))


def levels_of(column: SheetColumn) -> dict[int, str]:
    return {row.pupil_id: row.code or str(row.value) for row in column.levels.all()}


def cell(page: Page, column: SheetColumn, pupil: int) -> Locator:
    place = list(column.sheet.columns.order_by("rank").values_list("pk", flat=True)).index(column.pk)
    return page.locator(f'tr[data-p="{Person.objects.get(pk=pupil).public_id}"] td').nth(place)


@pytest.fixture
def wide(visit: Any, one: Sheet, scripts: bool) -> Visitor:
    if not scripts:
        pytest.skip("the keyboard of the grid is the script's; the list has its own test")
    found: Visitor = visit("teacher", wide=True)
    found.open(f"/competences/releves/{one.pk}/")
    return found


def test_thirty_levels_of_three_competences_are_ninety_keys(wide: Visitor, one: Sheet) -> None:
    page, keys = wide.page, Keys(wide.page)
    columns, pupils = list(one.columns.order_by("rank")), pupils_of(one.group)
    cell(page, columns[0], pupils[0]).focus()
    for _column in columns:
        keys.type("".join(TYPED))
    assert keys.digits + keys.others == MANY * 3
    saved(page)
    expected = dict(zip(pupils, [MEANT.get(key, key) for key in TYPED], strict=True))
    assert [levels_of(column) for column in columns] == [expected] * 3
    wide.check("releve-de-competences")
    wide.done()


def test_what_is_no_level_is_said_and_those_after_it_stay_with_their_pupils(
    wide: Visitor, one: Sheet
) -> None:
    page, keys = wide.page, Keys(wide.page)
    column, (first, second, *_rest) = one.columns.order_by("rank")[0], pupils_of(one.group)
    cell(page, column, first).focus()
    keys.press("7")
    keys.press("Enter")
    keys.press("3")
    problem = page.locator("[data-problems] li")
    expect(problem).to_contain_text("un niveau de 1 à 4")
    problem.get_by_role("button", name="Corriger").click()
    keys.press("2")
    expect(problem).to_have_count(0)
    saved(page)
    assert levels_of(column) == {first: "2", second: "3"}
    wide.done()


def test_the_grid_of_levels_is_heard_cell_by_cell(wide: Visitor, one: Sheet) -> None:
    """Chromium's accessibility tree: each field says whose level it is, in which competence, and what may be typed."""
    page = wide.page
    columns = list(one.columns.order_by("rank"))
    first, second, *_rest = [Person.objects.get(pk=pk) for pk in pupils_of(one.group)[:3]]
    names = [column.competence.name for column in columns]
    transcript: list[str] = []

    def press(key: str) -> str:
        page.keyboard.press(key)
        transcript.extend([f"[{key}]", page.locator(":focus").aria_snapshot()])
        return transcript[-1]

    cell(page, columns[0], first.pk).focus()
    assert page.locator(":focus").aria_snapshot() == f'- textbox "{first.list_name}, {names[0]}, de 1 à 4"'
    assert press("3") == f'- textbox "{second.list_name}, {names[0]}, de 1 à 4"'
    page.keyboard.type("7")
    press("Enter")
    page.get_by_role("status", name="À revoir").filter(has_text="un niveau de 1 à 4").wait_for()
    assert press("ArrowUp").startswith(f'- textbox "{second.list_name}, {names[0]}, de 1 à 4"')
    assert page.locator(":focus").get_attribute("aria-invalid") == "true"
    assert press("2").startswith("- textbox")
    press("ArrowUp")
    assert press("ArrowRight").startswith(f'- textbox "{second.list_name}, {names[1]}, de 1 à 4"')
    assert press("Escape").startswith("- generic") or "paragraph" in transcript[-1]
    wide.done()
    if SHOTS:
        Path(SHOTS, "niveaux-lus.txt").write_text("\n".join(transcript))


def test_a_sheet_is_a_form_without_the_script(visit: Any, one: Sheet, scripts: bool) -> None:
    pupil, column = pupils_of(one.group)[0], one.columns.order_by("rank")[0]
    someone = visit("teacher")
    page = someone.page
    someone.open(f"/competences/releves/{one.pk}/saisir/")
    fields = page.locator("main ol input:not([type=hidden])")
    fields.nth(0).fill("7")
    fields.nth(1).fill("3")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Un niveau de 1 à 4").first).to_be_visible()
    expect(fields.nth(1)).to_have_value("3")
    fields.nth(0).fill("2")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Les niveaux sont enregistrés").wait_for()
    assert levels_of(column) == {pupil: "2"}
    assert [complaint for complaint in someone.complaints if "422" not in complaint] == []


# In class, on a phone


def observing_of(group: Group) -> str:
    return f"/competences/classes/{group.pk}/observer/"


def name_on(page: Page, pupil: Person) -> Locator:
    return page.locator("fieldset label").filter(has_text=pupil.list_name)


def level_on(page: Page, word: str = "Maîtrise satisfaisante") -> Locator:
    return page.get_by_role("button", name=word)


def seen_of(group: Group) -> dict[int, tuple[int | None, bool]]:
    """By pupil, the level that was observed, and whether something proves it."""
    rows = Level.objects.filter(column__sheet__group=group, column__sheet__kind=Sheet.Kind.OBSERVED)
    return {row.pupil_id: (row.value, row.proof_id is not None) for row in rows}


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_an_observation_is_three_touches_and_one_of_them_the_photo(
    visit: Any, one: Sheet, stored: None
) -> None:
    """The competence is the one that was assessed here last."""
    someone = visit("teacher")
    page, hand = someone.page, Hand(someone.page)
    pupil = Person.objects.get(pk=pupils_of(one.group)[4])
    someone.open(observing_of(one.group))
    expect(page.get_by_label("Compétence")).not_to_have_value("")
    hand.touch(name_on(page, pupil))
    with page.expect_file_chooser() as camera:
        hand.touch(page.get_by_label("Photo ou son"))
    camera.value.set_files([PHOTO])
    hand.touch(level_on(page))
    page.get_by_text(f"{pupil.given_name} : Maîtrise satisfaisante").wait_for()
    assert hand.gestures == 3
    assert seen_of(one.group) == {pupil.pk: (3, True)}
    someone.check("observer")
    someone.done()


@pytest.fixture
def phone(device: Device, one: Sheet) -> Device:
    """A teacher's phone that has met Préau before, its page « Observer » open in the corridor."""
    device.sign_in("teacher")
    device.page.evaluate(READY)
    device.open(observing_of(one.group))
    until(device.page, "document.querySelector('[data-observed]').dataset.state === 'wait'")
    return device


def test_a_gymnasium_without_a_network_keeps_levels_and_says_that_photos_come_later(
    phone: Device, one: Sheet, stored: None
) -> None:
    page, group = phone.page, one.group
    first, second = [Person.objects.get(pk=pk) for pk in pupils_of(group)[4:6]]
    status = page.locator("[data-observed]")
    phone.cut()
    level_on(page).click()
    expect(status).to_have_text("Choisissez un élève et une compétence.")
    name_on(page, first).click()
    level_on(page).click()
    expect(status).to_contain_text("une observation est gardée sur cet appareil et partira toute seule")
    expect(name_on(page, first).locator("input")).not_to_be_checked()
    name_on(page, second).click()
    page.get_by_label("Photo ou son").set_input_files([PHOTO])
    level_on(page, "Maîtrise fragile").click()
    expect(status).to_contain_text("2 observations sont gardées")
    expect(status).to_contain_text("n’est pas gardé")
    assert seen_of(group) == {}
    found = page.evaluate(ON_DEVICE)
    for pupil in (first, second):
        assert pupil.public_id not in found["words"] + found["storage"], "kept encrypted"
        assert pupil.family_name.upper() not in found["words"] + found["storage"]
    phone.mend()
    page.get_by_text("2 observations sont enregistrées").wait_for()
    expect(status).to_be_hidden()
    assert seen_of(group) == {first.pk: (3, False), second.pk: (2, False)}
    # The reminder stays until somebody has answered it, on whichever page.
    phone.open("/")
    page.get_by_role("link", name="L’ajouter maintenant").click()
    expect(page.get_by_text(second.full_name)).to_be_visible()
    page.get_by_label("Photo ou son").set_input_files([PHOTO])
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("C’est gardé avec ce niveau").wait_for()
    assert seen_of(group) == {first.pk: (3, False), second.pk: (2, True)}
    phone.open("/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="L’ajouter maintenant")).to_have_count(0)


def test_an_answer_lost_on_the_way_back_writes_once_and_a_closed_page_loses_nothing(
    phone: Device, one: Sheet
) -> None:
    page, group = phone.page, one.group
    pupil = Person.objects.get(pk=pupils_of(group)[4])
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort()

    page.route("**/observer/**", lose)
    name_on(page, pupil).click()
    level_on(page).click()
    expect(page.locator("[data-observed]")).to_contain_text("une observation est gardée")
    assert lost and seen_of(group) == {pupil.pk: (3, False)}
    page.unroute_all()
    page.goto("about:blank")
    phone.open("/")
    page.get_by_text("l’observation est enregistrée").wait_for()
    assert seen_of(group) == {pupil.pk: (3, False)}
    assert Sheet.objects.filter(group=group, kind=Sheet.Kind.OBSERVED).count() == 1


def test_a_page_opened_again_without_a_network_shows_the_class_of_this_morning_and_to_nobody_else(
    phone: Device, one: Sheet
) -> None:
    page, group = phone.page, one.group
    first, second = [Person.objects.get(pk=pk) for pk in pupils_of(group)[4:6]]
    phone.cut()
    phone.open("/")
    page.get_by_role("link", name=f"Observer : {group.name}").click()
    page.get_by_text("choisissez un élève, puis un niveau").wait_for()
    name_on(page, first).click()
    level_on(page).click()
    expect(page.locator("[data-observed]")).to_contain_text("Une observation est gardée")
    page.reload()
    expect(page.locator("[data-observed]")).to_contain_text("Une observation est gardée")
    name_on(page, second).click()
    page.get_by_label("J’ai une photo").check()
    level_on(page, "Très bonne maîtrise").click()
    expect(page.locator("[data-observed]")).to_contain_text("Préau vous dira où ajouter sa photo")
    assert seen_of(group) == {}
    phone.mend()
    page.get_by_text("tout est enregistré").wait_for()
    assert seen_of(group) == {first.pk: (3, False), second.pk: (4, False)}
    phone.open("/")
    page.get_by_text("2 observations sont enregistrées").wait_for()
    expect(page.get_by_role("link", name="L’ajouter maintenant")).to_be_visible()
    page.locator("details.account > summary").click()
    page.locator("details.account").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/connexion/**")
    phone.cut()
    phone.open(observing_of(group))
    page.get_by_text("Aucune classe n’est gardée").wait_for()
    assert first.family_name.upper() not in page.locator("body").inner_text()


def test_what_waits_leaves_when_its_own_teacher_signs_in_again(phone: Device, one: Sheet) -> None:
    """A shared phone: the browser was closed before the network came back, and somebody else sits down first."""
    page, group = phone.page, one.group
    pupil = Person.objects.get(pk=pupils_of(group)[4])
    phone.cut()
    name_on(page, pupil).click()
    level_on(page).click()
    expect(page.locator("[data-observed]")).to_contain_text("une observation est gardée")
    page.goto("about:blank")
    page.context.clear_cookies()
    phone.mend()
    phone.open("/connexion/")
    page.get_by_text("Une observation attend sur cet appareil").wait_for()
    phone.sign_in("cpe")
    page.wait_for_load_state("networkidle")
    assert seen_of(group) == {}
    page.goto("about:blank")
    page.context.clear_cookies()
    phone.sign_in("teacher")
    page.get_by_text("l’observation est enregistrée").wait_for()
    assert seen_of(group) == {pupil.pk: (3, False)}


# The first degree


@pytest.fixture
def cm1(schools: dict[str, World]) -> Group:
    """The class of the cast's pupil is a CM1, of one teacher, in a primary school that speaks its own words."""
    college = schools["college"]
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    Sheet.objects.all().delete()
    group = class_of(college)
    Group.objects.filter(pk=group.pk).update(name="CM1 A", level="CM1")
    Assignment.objects.filter(group=group).delete()
    teacher = college.people["teacher"]
    Assignment.objects.filter(teacher=teacher).delete()
    kind = Assignment.Kind.HEAD_TEACHER
    Assignment.objects.create(school=college.school, teacher=teacher, group=group, kind=kind)
    MasteryPolicy.objects.create(
        school=college.school,
        word_1="Non atteint",
        word_2="Partiellement atteint",
        word_3="Atteint",
        word_4="Dépassé",
    )
    group.refresh_from_db()
    return group


def no_mark(page: Page) -> None:
    """Nothing on the page speaks of a mark: neither the word, nor a scale, nor an average."""
    text = page.locator("body").inner_text().casefold()
    assert not [word for word in ("notes", "moyenne", "/20", "sur 20", "coefficient") if word in text]


def test_a_cm1_teachers_period_holds_no_mark_anywhere(
    visit: Any, cm1: Group, schools: dict[str, World]
) -> None:
    """A sheet of the period, an observation, the class, a pupil: words alone, from the menu to the family."""
    someone = visit("teacher", wide=True)
    page = someone.page
    someone.open("/competences/")
    no_mark(page)
    page.get_by_role("link", name="CM1 A").click()
    page.get_by_role("link", name="Nouveau relevé").click()
    page.get_by_label("Titre").fill("Le point de novembre")
    skills = [skill.name for skill in competences_of(schools["college"])]
    for skill in skills:
        page.get_by_label(skill, exact=True).check()
    no_mark(page)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Saisir en liste").click()
    fields = page.locator("main ol input:not([type=hidden])")
    for place in range(6):
        fields.nth(place).fill(str(1 + place % 4))
    no_mark(page)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Publier maintenant").click()
    page.get_by_text("Les élèves lisent ces niveaux").wait_for()
    someone.check("releve-de-cm1")
    no_mark(page)
    page.get_by_role("link", name="La classe").first.click()
    expect(page.locator("table.levels td").first).to_be_visible()
    someone.check("classe-de-cm1")
    no_mark(page)
    page.locator("table.levels tbody th a").first.click()
    expect(page.get_by_text("Non atteint").first).to_be_visible()
    someone.check("eleve-de-cm1")
    no_mark(page)
    someone.done()


# At home


def test_a_mother_reads_what_her_child_knows_and_what_proves_it(
    visit: Any, one: Sheet, teacher: Viewer, schools: dict[str, World]
) -> None:
    """On a phone: what comes next, then each level with its day and its assessment; no rank, no percentage, nobody else."""
    college = schools["college"]
    pupil = college.people["pupil"]
    published(college, teacher, pupil, "4", "2", "3", title="Fractions et mesures")
    draft = competences_of(college, 4)[3]
    give(teacher, sheet(college, teacher, "Pas encore lu", 4), pupil, "", "", "", "1")
    mother = visit("guardian")
    page = mother.page
    mother.open("/competences/ce-que-je-sais/")
    page.get_by_role("heading", level=1, name=pupil.given_name).wait_for()
    solid, weak, good = [skill.name for skill in competences_of(college)]
    expect(page.get_by_role("heading", name="La suite")).to_be_visible()
    known = page.locator(".known > li").filter(has_text=solid)
    known.locator("summary").click()
    expect(known).to_contain_text("Très bonne maîtrise")
    expect(known).to_contain_text("Fractions et mesures")
    heard = page.locator("main").aria_snapshot()
    assert all(name in heard for name in (solid, weak, good))
    text = page.locator("main").inner_text()
    assert "%" not in text and "rang" not in text.split() and "moyenne" not in text
    assert (
        "Pas encore lu" not in text
        and draft.name not in page.locator("main .known summary").all_inner_texts()
    )
    mother.check("ce-que-sait-mon-enfant")
    mother.done()


def test_what_a_pupil_knows_is_heard_in_words(
    visit: Any, one: Sheet, teacher: Viewer, schools: dict[str, World]
) -> None:
    """Chromium's accessibility tree: a competence, then its word, never its colour nor its number alone."""
    college = schools["college"]
    published(college, teacher, college.people["pupil"], "4", "2", title="Fractions et mesures")
    someone = visit("pupil")
    someone.open("/competences/ce-que-je-sais/")
    someone.page.get_by_role("heading", level=1, name="Ce que je sais").wait_for()
    heard = someone.page.locator("main").aria_snapshot()
    solid, weak = [skill.name for skill in competences_of(college, 2)]
    lines = heard.splitlines()
    for name, word in ((solid, "Très bonne maîtrise"), (weak, "Maîtrise fragile")):
        place = next(at for at, line in enumerate(lines) if line.endswith(f"strong: {name}"))
        assert word in lines[place + 1], heard
    someone.done()
    if SHOTS:
        Path(SHOTS, "ce-que-je-sais-lu.txt").write_text(heard)
