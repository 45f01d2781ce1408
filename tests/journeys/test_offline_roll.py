"""The roll without a network, on a real device: it opens, records, survives a reload, leaves once, merges, and says what clashes."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attendance.actions import rolls
from preau.domains.attendance.models import Entry, EntryChange, RollCall, Status
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson
from tests.conftest import LONGEST
from tests.journeys.conftest import Device
from tests.journeys.test_roll_gestures import QUARTER

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

READY = "async () => { await navigator.serviceWorker.ready; }"
KEPT_FEED = "localStorage.getItem('preau-garde-lu') !== null"
# Everything that a script could find on this device: what it reads there, as text.
ON_DEVICE = """async () => {
  const request = indexedDB.open("preau-garde");
  const base = await new Promise((done) => { request.onsuccess = () => done(request.result); });
  const rows = (name) => new Promise((done) => {
    const asked = base.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const [keys, records] = [await rows("keys"), await rows("records")];
  base.close();
  const text = (bytes) => new TextDecoder().decode(bytes);
  return {
    keys: keys.length,
    extractable: keys.some((row) => row.key.extractable),
    ids: records.map((row) => row.id),
    words: records.map((row) => text(row.data)).join(" "),
    storage: JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie,
  };
}"""

# Said once the roll is kept, and not by the page that is still to be filled in.
KEPT = "l’appel est gardé sur cet appareil"
# Said once the roll is drawn, and follows what is chosen.
AWAY = "faites l’appel et validez"
# A choice is written on the device: a cut may come. Opening the base makes nothing that the page has not made.
DRAFT_KEPT = f"async () => (await ({ON_DEVICE})()).ids.some((id) => id.startsWith('draft:'))"
NO_LESSON = f"async () => !(await ({ON_DEVICE})()).ids.some((id) => id.startsWith('lesson:'))"


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Claire Moreau has the class of the cast's pupil now, and nothing else today."""
    college = schools["college"]
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Lesson.objects.taught_by(teacher).on(college.today).delete()
    found = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[2]
    found.teachers.set([teacher])
    return found


@pytest.fixture
def pupils(lesson: Lesson) -> list[Person]:
    return [Person.objects.get(pk=row.pupil_id) for row in register_of(lesson)[:5]]


@pytest.fixture
def teacher(device: Device, lesson: Lesson) -> Device:
    """Signed in on a device that has met Préau before, her home open: the rolls of her day are kept."""
    device.sign_in("teacher")
    device.page.evaluate(READY)
    device.open("/")
    until(device.page, KEPT_FEED)
    return device


def until(page: Page, true: str) -> None:
    """Pages allow no evaluated waiting: the test asks, and asks again."""
    for _ in range(LONGEST // 50):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never so: {true}")


def cpe_of(college: World) -> Viewer:
    viewer = viewer_for(college.people["cpe"], 0, NOW, f"staff-{college.school.pk}")
    assert viewer is not None
    return viewer


def line(page: Page, pupil: Person) -> Locator:
    return page.locator(".roll > li").filter(has_text=pupil.list_name)


def choose(page: Page, pupil: Person, word: str) -> None:
    line(page, pupil).locator("label.segment").filter(has_text=word).click()


def chosen(page: Page, pupil: Person) -> str | None:
    return line(page, pupil).locator("input[type=radio]:checked").get_attribute("value")


def noted(lesson: Lesson) -> dict[int, tuple[str, int | None]]:
    return {
        pupil: (status, minutes)
        for pupil, status, minutes in Entry.objects.filter(lesson=lesson).values_list(
            "pupil_id", "status", "minutes_late"
        )
    }


def steps(lesson: Lesson) -> int:
    return EntryChange.objects.filter(entry__lesson=lesson).count()


def test_a_cut_in_the_middle_of_a_roll_loses_nothing_and_writes_nothing_twice(
    teacher: Device, lesson: Lesson, pupils: list[Person], schools: dict[str, World]
) -> None:
    page = teacher.page
    absent, late, by_the_cpe, clash, _ = pupils
    teacher.open(f"/appel/{lesson.pk}/")
    choose(page, absent, "Absent")
    until(page, DRAFT_KEPT)
    teacher.cut()
    page.reload()
    expect(page.get_by_text(AWAY)).to_be_visible()
    assert chosen(page, absent) == "absent", "what was chosen before the cut is still there"
    choose(page, late, "Retard")
    choose(page, clash, "Absent")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("status").first).to_have_text(
        "Sans réseau\u202f: l’appel est gardé sur cet appareil et partira tout seul."
    )
    expect(page.locator(".action-bar").get_by_text(KEPT)).to_be_in_viewport()
    page.reload()
    expect(page.get_by_role("status").first).to_contain_text("gardé sur cet appareil")
    assert [chosen(page, pupil) for pupil in pupils] == ["absent", "late", "present", "absent", "present"]
    assert not RollCall.objects.filter(lesson=lesson).exists()
    # Meanwhile, school life writes on the same roll: one line that nobody else touched, one that the teacher did.
    cpe = cpe_of(schools["college"])
    written = {by_the_cpe.pk: (Status.ABSENT, None), clash.pk: (Status.LATE, 10)}
    # As its page sends them: the whole class.
    theirs = [
        rolls.Mark(row.pupil_id, *written.get(row.pupil_id, (Status.PRESENT, None)), "present")
        for row in register_of(lesson)
    ]
    rolls.validate_roll(cpe, lesson, theirs)

    teacher.mend()
    page.get_by_text("À vérifier", exact=False).first.wait_for()
    minutes = noted(lesson)[late.pk][1]
    assert minutes in QUARTER
    assert noted(lesson) == {
        absent.pk: ("absent", None),
        late.pk: ("late", minutes),
        by_the_cpe.pk: ("absent", None),
        clash.pk: ("late", 10),
    }
    assert steps(lesson) == 4
    # The page of the roll says both values, and the teacher decides.
    page.get_by_role("link", name="Le réseau est revenu").click()
    row = line(page, clash)
    expect(row).to_contain_text("Retard de 10\u00a0min")
    expect(row).to_contain_text("Vous avez choisi «\u202fAbsent\u202f»")
    assert chosen(page, clash) == "absent"
    assert chosen(page, by_the_cpe) == "absent", "what school life wrote is not undone"
    page.get_by_role("button", name="Valider").click()
    page.get_by_text("L’appel est enregistré").wait_for()
    assert noted(lesson)[clash.pk] == ("absent", None)
    assert noted(lesson)[by_the_cpe.pk] == ("absent", None)
    assert steps(lesson) == 5
    # Nothing is left to say.
    teacher.open("/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("À vérifier")).to_have_count(0)


def test_a_roll_never_opened_before_the_cut_opens_from_the_home(
    teacher: Device, lesson: Lesson, pupils: list[Person]
) -> None:
    page = teacher.page
    teacher.cut()
    teacher.open("/")
    page.get_by_role("link", name="Faire l’appel sans réseau").click()
    page.locator("[data-lessons] a").first.click()
    expect(page.locator(".roll > li")).to_have_count(len(register_of(lesson)))
    expect(page.get_by_text(AWAY)).to_be_visible()
    choose(page, pupils[0], "Absent")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("status").first).to_contain_text(KEPT)
    teacher.mend()
    expect(page.get_by_role("status").first).to_have_text("Envoyé\u202f: l’appel est enregistré.")
    assert noted(lesson) == {pupils[0].pk: ("absent", None)}


def test_an_answer_lost_on_the_way_back_is_asked_again_and_written_once(
    teacher: Device, lesson: Lesson, pupils: list[Person], schools: dict[str, World]
) -> None:
    """The server has written and the teacher does not know; school life corrects; the device sends again."""
    page = teacher.page
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort()

    teacher.open(f"/appel/{lesson.pk}/")
    page.route(f"**/appel/{lesson.pk}/", lose)
    choose(page, pupils[0], "Absent")
    # Until the device keeps this roll, « Valider » is the browser's own form.
    until(page, DRAFT_KEPT)
    page.get_by_role("button", name="Valider").click()
    page.get_by_text(KEPT).wait_for()
    assert lost == [200]
    assert noted(lesson) == {pupils[0].pk: ("absent", None)}
    cpe = cpe_of(schools["college"])
    rolls.correct_entry(cpe, Entry.objects.get(lesson=lesson), Status.LATE, 5)
    page.unroute_all()
    teacher.cut()
    teacher.mend()
    page.get_by_text("Envoyé", exact=False).wait_for()
    assert noted(lesson) == {pupils[0].pk: ("late", 5)}, (
        "the correction stands: the roll had already been written"
    )
    assert steps(lesson) == 2


@pytest.mark.parametrize("width", [390, 1280])
def test_what_becomes_of_a_roll_is_said_beside_its_button(
    teacher: Device, lesson: Lesson, pupils: list[Person], width: int
) -> None:
    """The hand is on « Valider », at the foot of the screen; the top of the page is far above."""
    page = teacher.page
    page.set_viewport_size({"width": width, "height": 700})
    teacher.open(f"/appel/{lesson.pk}/")
    beside = page.locator(".action-bar").get_by_role("status")
    choose(page, pupils[0], "Absent")
    until(page, DRAFT_KEPT)
    teacher.cut()
    page.get_by_role("button", name="Valider").click()
    expect(beside).to_contain_text(KEPT)
    expect(beside).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    teacher.mend()
    expect(beside).to_contain_text("Envoyé")
    expect(beside).to_be_in_viewport(ratio=1)
    assert noted(lesson) == {pupils[0].pk: ("absent", None)}


def names_shown(page: Page, pupils: list[Person]) -> list[str]:
    text = page.locator("body").inner_text()
    return [pupil.list_name for pupil in pupils if pupil.list_name in text]


def test_signing_out_leaves_nothing_and_the_next_person_sees_nothing(
    teacher: Device, lesson: Lesson, pupils: list[Person]
) -> None:
    page = teacher.page
    found = page.evaluate(ON_DEVICE)
    assert f"lesson:{lesson.pk}" in found["ids"], "planted: there is something to wipe"
    assert not found["extractable"]
    for pupil in pupils:
        assert pupil.family_name.upper() not in found["words"] + found["storage"], "kept encrypted"
    page.locator("details.account > summary").click()
    page.locator("details.account").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/connexion/**")
    found = page.evaluate(ON_DEVICE)
    assert (found["keys"], found["ids"]) == (0, [])
    for key in (None, "guardian"):
        if key:
            teacher.sign_in(key)
        teacher.cut()
        teacher.open(f"/appel/{lesson.pk}/")
        expect(page.get_by_text("Aucun appel n’est gardé", exact=False)).to_be_visible()
        assert names_shown(page, pupils) == []
        teacher.mend()


def cookies_gone(context: BrowserContext) -> None:
    context.clear_cookies()


def test_another_account_sees_nothing_and_what_waits_stays_for_its_own(
    teacher: Device, lesson: Lesson, pupils: list[Person]
) -> None:
    """A shared computer: the teacher leaves without signing out, a roll not yet sent; another teacher sits down."""
    page = teacher.page
    teacher.cut()
    teacher.open(f"/appel/{lesson.pk}/")
    expect(page.get_by_text(AWAY)).to_be_visible()
    choose(page, pupils[0], "Absent")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("status").first).to_contain_text(KEPT)
    # The browser is closed: its session with it.
    page.goto("about:blank")
    cookies_gone(page.context)
    teacher.open(f"/appel/{lesson.pk}/")
    expect(page.get_by_text("Aucun appel n’est gardé", exact=False)).to_be_visible()
    assert names_shown(page, pupils) == []
    teacher.mend()
    teacher.open("/connexion/")
    page.get_by_text("Un appel attend sur cet appareil").wait_for()
    teacher.sign_in("cpe")
    until(page, NO_LESSON)
    teacher.cut()
    teacher.open(f"/appel/{lesson.pk}/")
    expect(page.get_by_text("Aucun appel n’est gardé", exact=False)).to_be_visible()
    assert names_shown(page, pupils) == []
    teacher.mend()
    assert not RollCall.objects.filter(lesson=lesson).exists()
    teacher.open("/")
    cookies_gone(page.context)
    teacher.sign_in("teacher")
    page.get_by_text("Envoyé", exact=False).wait_for()
    assert noted(lesson) == {pupils[0].pk: ("absent", None)}
    assert RollCall.objects.get(lesson=lesson).called_by.family_name == "Moreau"
