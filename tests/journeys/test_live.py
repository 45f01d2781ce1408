"""What moves on an open page: a colleague's roll, a long work, a message; nothing after one has signed out; a reload without scripts."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from conftest import NOW
from preau.commons.notifications.models import Item
from preau.commons.notifications.tasks import pack_due
from preau.commons.notifications.tests import post
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attendance.actions.rolls import Mark, validate_roll
from preau.domains.attendance.models import Status
from preau.domains.messaging.actions import leaving, sending
from preau.domains.messaging.models import Message
from preau.domains.messaging.tests.props import written
from preau.domains.timetable.models import Lesson
from preau.foundation import works
from preau.foundation.works import WorkRequest
from tests.journeys.streams import Streams

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def streams(live_server: Any, settings: Any) -> Iterator[Streams]:
    opened = Streams()
    rules = deepcopy(settings.CONTENT_SECURITY_POLICY)
    rules["DIRECTIVES"]["connect-src"].append(opened.url)
    settings.CONTENT_SECURITY_POLICY = rules
    settings.LIVE, settings.LIVE_URL, settings.PUBLIC_URL = True, opened.url, live_server.url
    yield opened
    opened.close()


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Claire Moreau has the class of the cast's pupil now."""
    college = schools["college"]
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Lesson.objects.taught_by(teacher).on(college.today).delete()
    found = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[2]
    found.teachers.set([teacher])
    return found


def seat(world: World, key: str) -> Viewer:
    person = world.people[key]
    found = viewer_for(person, person.account.pk, NOW)
    assert found is not None
    return found


def arrived(viewer: Viewer, key: str, **words: Any) -> Message:
    """A message as the worker brings it."""
    message = sending.send(viewer, written(viewer, key, **words))
    leaving.expand(message.pk)
    assert leaving.arrive(timezone.now(), message.pk)
    return message


def listening(visitor: Any, streams: Streams, count: int) -> None:
    """Until the stream of the page is open; without scripts there is none."""
    if visitor.scripts:
        visitor.page.wait_for_function("document.documentElement.dataset.stream")
        while streams.count < count:
            visitor.page.wait_for_timeout(50)


def read_again(visitor: Any) -> None:
    """Without scripts, by hand."""
    if not visitor.scripts:
        visitor.page.reload()


def without_streams(visitor: Any, streams: Streams) -> list[str]:
    """What the page complains of, but the address of streams, which is another port here."""
    return [text for text in visitor.complaints if streams.url not in text]


def test_a_colleagues_roll_is_seen_on_the_open_board(
    visit: Any, streams: Streams, schools: dict[str, World], lesson: Lesson
) -> None:
    college = schools["college"]
    cpe = visit("cpe", wide=True)
    cpe.open("/vie-scolaire/?appels=tous")
    line = cpe.page.locator("#calls tbody tr").filter(has_text="Mme Moreau")
    expect(line).to_contain_text("Pas encore fait")
    listening(cpe, streams, 1)
    absent = Mark(college.people["pupil"].pk, Status.ABSENT, None, "present")
    validate_roll(seat(college, "teacher"), lesson, [absent])
    read_again(cpe)
    expect(line).to_contain_text("1 absent")
    assert without_streams(cpe, streams) == []


def test_a_page_whose_live_process_has_died_misses_nothing(
    visit: Any, streams: Streams, schools: dict[str, World], lesson: Lesson
) -> None:
    """It asks by itself until the process is back; other pages open as ever (how they come back: `bench/live.py`)."""
    college = schools["college"]
    cpe = visit("cpe", wide=True)
    cpe.open("/vie-scolaire/?appels=tous")
    listening(cpe, streams, 1)
    streams.close()
    validate_roll(
        seat(college, "teacher"),
        lesson,
        [Mark(college.people["pupil"].pk, Status.ABSENT, None, "present")],
    )
    read_again(cpe)
    line = cpe.page.locator("#calls tbody tr").filter(has_text="Mme Moreau")
    expect(line).to_contain_text("1 absent")
    cpe.open("/vie-scolaire/?appels=tous")
    expect(line).to_contain_text("1 absent")


def test_an_open_roll_says_what_a_colleague_has_noted(
    visit: Any, streams: Streams, schools: dict[str, World], lesson: Lesson
) -> None:
    """Read again by itself while nothing is begun; else it is said, and what is begun stays."""
    college = schools["college"]
    pupil = college.people["pupil"]
    teacher = visit("teacher")
    teacher.open(f"/appel/{lesson.pk}/")
    page = teacher.page
    line = page.get_by_role("group", name=pupil.list_name)
    listening(teacher, streams, 1)
    validate_roll(seat(college, "cpe"), lesson, [Mark(pupil.pk, Status.ABSENT, None, "present")])
    read_again(teacher)
    expect(line.get_by_role("radio", name="Absent")).to_be_checked()
    if not teacher.scripts:
        return
    listening(teacher, streams, 1)
    other = page.get_by_role("group").filter(has_not_text=pupil.list_name).filter(has_text="Absent").first
    other.locator("label").filter(has_text="Absent").click()
    validate_roll(seat(college, "cpe"), lesson, [Mark(pupil.pk, Status.PRESENT, None, "absent")])
    expect(page.get_by_text("Quelqu’un d’autre vient d’enregistrer cet appel.")).to_be_visible()
    expect(other.get_by_role("radio", name="Absent")).to_be_checked()


def test_another_tab_of_the_same_person_is_not_called_somebody_else(
    visit: Any, streams: Streams, schools: dict[str, World], lesson: Lesson
) -> None:
    teacher = visit("teacher")
    if not teacher.scripts:
        return
    teacher.open(f"/appel/{lesson.pk}/")
    page = teacher.page
    listening(teacher, streams, 1)
    page.get_by_role("group").filter(has_text="Absent").first.locator("label").filter(
        has_text="Absent"
    ).click()
    tab = page.context.new_page()
    tab.goto(f"{teacher.server}/appel/{lesson.pk}/")
    tab.get_by_role("button", name="Valider").click()
    tab.get_by_text("L’appel est enregistré").wait_for()
    expect(page.get_by_text("Vous venez d’enregistrer cet appel dans un autre onglet.")).to_be_visible()
    expect(page.get_by_text("Quelqu’un d’autre vient")).to_have_count(0)


def test_a_long_work_is_followed_on_its_page(visit: Any, streams: Streams, schools: dict[str, World]) -> None:
    college = schools["college"]
    works.start(
        WorkRequest(
            key="essai-1",
            person_id=college.people["secretary"].pk,
            label="Lecture de la livraison",
            url="/annuaire/livraisons/",
            school_id=college.school.pk,
            seat=f"staff-{college.school.pk}",
            can_stop=True,
        )
    )
    secretary = visit("secretary", wide=True)
    secretary.open("/travaux/")
    expect(secretary.page.locator("#works")).to_contain_text("En attente de son tour")
    listening(secretary, streams, 1)
    works.begin("essai-1")
    works.tell("essai-1", "Lecture des fichiers", 3, 8)
    read_again(secretary)
    expect(secretary.page.locator("#works")).to_contain_text("3 sur 8")
    assert without_streams(secretary, streams) == []


def test_a_message_arrives_in_an_open_conversation_and_nothing_typed_is_lost(
    visit: Any, streams: Streams, schools: dict[str, World]
) -> None:
    college = schools["college"]
    teacher, key = seat(college, "teacher"), f"g{college.people['guardian'].pk}"
    first = arrived(teacher, key, body="<p>Le carnet est perdu.</p>", subject="Carnet")
    guardian = visit("guardian")
    guardian.open(f"/messages/conversations/{first.thread_id}/")
    page = guardian.page
    listening(guardian, streams, 1)
    page.get_by_label("Message", exact=True).fill("Je cherche")
    arrived(teacher, key, body="<p>Le carnet est retrouvé.</p>", subject="Carnet", answers=first)
    read_again(guardian)
    expect(page.get_by_role("article").get_by_text("Le carnet est retrouvé.")).to_be_visible()
    if guardian.scripts:
        expect(page.get_by_label("Message", exact=True)).to_contain_text("Je cherche")
        expect(page.get_by_role("status").filter(has_text="Un message est arrivé")).to_be_attached()


def test_a_stream_closes_when_one_signs_out_elsewhere(
    visit: Any, streams: Streams, schools: dict[str, World], scripts: bool
) -> None:
    if not scripts:
        return
    cpe = visit("cpe", wide=True)
    cpe.open("/vie-scolaire/")
    listening(cpe, streams, 1)
    tab = cpe.page.context.new_page()
    tab.goto(cpe.server + "/vie-scolaire/absences/")
    tab.locator("summary").filter(has_text="Samia Haddad").click()
    tab.get_by_role("button", name="Se déconnecter").click()
    tab.get_by_role("link", name="Se connecter").first.wait_for()
    while streams.count:
        cpe.page.wait_for_timeout(50)
    # The page stays, with all that was on it.
    expect(cpe.page.get_by_role("heading", level=1)).to_be_visible()
    assert cpe.page.url.endswith("/vie-scolaire/")


def test_a_parent_chooses_the_evening(visit: Any, schools: dict[str, World], clock: Any) -> None:
    """Two messages of the day come together in one mail at six, the one that was read meanwhile left out; each line leads to its page."""
    college = schools["college"]
    person, key = college.people["guardian"], f"g{college.people['guardian'].pk}"
    person.email = "julie@ecole.example"
    person.save(update_fields=["email"])
    clock.move_to(NOW.replace(hour=10))
    guardian = visit("guardian")
    guardian.open("/notifications/preferences/")
    guardian.check("comment-etre-prevenu")
    guardian.page.get_by_role("button", name="Le soir").click()
    expect(guardian.page.get_by_text("Votre choix")).to_be_visible()
    for name in ("teacher", "cpe", "head"):
        arrived(seat(college, name), key, subject=f"De {name}")
    Item.objects.exclude(kind="messaging.received").update(read_at=timezone.now())
    guardian.open("/messages/")
    guardian.page.get_by_role("link", name="De cpe").click()
    expect(guardian.page.get_by_role("heading", level=1, name="De cpe")).to_be_visible()
    mail.outbox.clear()
    for hour, minute, mails in ((14, 0, 0), (17, 55, 0), (18, 20, 1), (19, 0, 1)):
        clock.move_to(NOW.replace(hour=hour, minute=minute))
        pack_due.call()
        post.deliver()
        assert len(mail.outbox) == mails, hour
    assert mail.outbox[0].to == ["julie@ecole.example"]
    assert mail.outbox[0].body.count("Lire le message") == 2
    guardian.done()
