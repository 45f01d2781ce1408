"""Long work: kept for its person, followed on one page, stopped where nothing is written by halves, let go in time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.works import actions, rules, tasks
from preau.commons.works.models import Work
from preau.directory.models import Holding
from preau.directory.seeds.world import World, make_parent_of
from preau.directory.words import Role
from preau.foundation import works
from preau.foundation.works import Ending, WorkRequest

State = Work.State
pytestmark = pytest.mark.django_db
PAGE = "/travaux/"


@pytest.fixture
def asked(college: World) -> Any:
    """`asked(key, …)`: a work that the secretary asked for from her school."""

    def start(key: str = "essai-1", who: str = "secretary", world: World = college, **more: Any) -> Work:
        facts = {"label": "Un long travail", "url": "/", "school_id": world.school.pk, "can_stop": True}
        facts |= {"seat": f"staff-{world.school.pk}"} | more
        works.start(WorkRequest(key=key, person_id=world.people[who].pk, **facts))
        return Work.objects.get(key=key)

    return start


@pytest.fixture
def refusing() -> Iterator[list[str]]:
    """A house that cannot stop its works any more."""
    heard: list[str] = []

    def refuse(key: str, **_: Any) -> None:
        heard.append(key)
        raise works.CannotStop

    works.stop_asked.connect(refuse)
    yield heard
    works.stop_asked.disconnect(refuse)


def stop(client: SchoolClient, work: Work) -> Any:
    return client.post(reverse("works:stop", kwargs={"pk": work.pk}), follow=True)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_page_without_work_says_what_will_be_there(client: SchoolClient, college: World) -> None:
    page = text(client.sit(college.people["guardian"]).get(PAGE))
    assert "Aucun travail" in page
    assert "data-hx-get" not in page.partition('id="works"')[2]


def test_a_work_is_followed_from_its_request_to_its_result(
    client: SchoolClient, college: World, asked: Any, clock: Any
) -> None:
    asked(url="/annuaire/livraisons/")
    client.sit(college.people["secretary"])
    page = text(client.get(PAGE))
    assert "En attente de son tour" in page and "Actualiser" in page and 'data-hx-trigger="live"' in page
    works.begin("essai-1")
    works.tell("essai-1", "Lecture des fichiers", 3, 8)
    page = text(client.get(PAGE))
    assert "En cours" in page and "3 sur 8" in page and "Lecture des fichiers" in page
    clock.shift(timedelta(seconds=42))
    works.begin("essai-1")
    works.end("essai-1", ending=Ending.DONE)
    page = text(client.get(PAGE))
    assert "Terminé" in page and "en 42 s" in page
    assert 'href="/annuaire/livraisons/"' in page and "Voir le résultat : Un long travail" in page
    assert "Abandonner" not in page and "Actualiser" not in page and 'data-live="works"' not in page


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "en 1 s"), (59, "en 59 s"), (60, "en 1 min"), (3540, "en 59 min"), (3600, "en 1 h 00")],
)
def test_how_long_it_lasted_is_said_in_one_unit(
    client: SchoolClient, college: World, asked: Any, clock: Any, seconds: int, said: str
) -> None:
    asked()
    works.begin("essai-1")
    clock.shift(timedelta(seconds=seconds))
    works.end("essai-1", ending=Ending.DONE)
    assert said in text(client.sit(college.people["secretary"]).get(PAGE))


def test_the_fragment_is_the_list_and_nothing_else(client: SchoolClient, college: World, asked: Any) -> None:
    asked()
    client.sit(college.people["secretary"])
    part = text(client.get(PAGE, headers={"HX-Request": "true", "HX-Target": "works"})).strip()
    assert part.startswith('<div id="works"') and "Un long travail" in part and "<h1" not in part


def test_what_goes_on_comes_first_and_the_rest_is_cut_into_pages(
    client: SchoolClient, college: World, asked: Any, clock: Any
) -> None:
    asked("ancien", label="Le plus ancien")
    for number in range(25):
        clock.shift(timedelta(minutes=1))
        asked(f"fini-{number}", label=f"Fini {number}.")
        works.end(f"fini-{number}", ending=Ending.DONE)
    client.sit(college.people["secretary"])
    first, second = text(client.get(PAGE)), text(client.get(f"{PAGE}?page=2"))
    assert first.index("Le plus ancien") < first.index("Fini 24.") < first.index("Fini 23.")
    assert "Fini 0." not in first and "Fini 0." in second and "Page 2 sur 2" in second


def test_each_person_sees_their_own_works_and_no_others(
    client: SchoolClient, college: World, twin: World, asked: Any, seat_of: Any
) -> None:
    own, other = asked(), asked("autre", who="head", label="Du chef")
    far = asked("ailleurs", world=twin, label=f"De {TWIN}")
    assert set(Work.objects.visible_to(seat_of("secretary"))) == {own}
    assert set(Work.objects.visible_to(seat_of("secretary", world=twin))) == {far}
    client.sit(college.people["secretary"])
    assert "Du chef" not in text(client.get(PAGE))
    for work in (other, far):
        assert stop(client, work).status_code == 404
    assert not Work.objects.exclude(stop_asked_at=None).exists()


def test_a_work_goes_with_the_seat_from_which_it_was_asked(
    client: SchoolClient, college: World, twin: World, asked: Any, seat_of: Any
) -> None:
    work = asked(who="teacher")
    person = college.people["teacher"]
    assert work in Work.objects.visible_to(seat_of("teacher"))
    Holding.objects.filter(person=person).update(ends=NOW.date() - timedelta(days=1))
    Holding.objects.create(person=person, role=Role.TEACHER, school=twin.school)
    assert work not in Work.objects.visible_to(seat_of("teacher"))
    client.sit(person)
    client.may_see_twin = True
    assert "Un long travail" not in client.get(PAGE).content.decode()
    assert stop(client, work).status_code == 404


def test_a_work_is_stopped_with_the_rights_with_which_it_was_asked(
    client: SchoolClient, college: World, asked: Any, seat_of: Any
) -> None:
    make_parent_of(college, "teacher", college.people["pupil"])
    teacher, parent = seat_of("teacher"), seat_of("teacher", "guardian")
    at_school, anywhere = asked(who="teacher"), asked("partout", who="teacher", seat="")
    assert rules.asked_for(teacher, at_school) and not rules.asked_for(parent, at_school)
    assert rules.asked_for(teacher, anywhere) and rules.asked_for(parent, anywhere)
    # Its person need not know: whichever seat they are in, the page takes the right one.
    client.sit(college.people["teacher"], "guardian")
    assert "C’est abandonné" in text(stop(client, at_school))


def test_a_stopped_work_tells_its_task_at_the_next_breath(
    client: SchoolClient, college: World, asked: Any
) -> None:
    work = asked()
    works.begin(work.key)
    works.tell(work.key, "Lecture", 1, 9)
    client.sit(college.people["secretary"])
    page = text(stop(client, work))
    assert "C’est abandonné" in page and "il s’arrête dès qu’il le peut" in page
    line = Line.objects.get(verb="works.stopped")
    assert (line.actor, line.target_id, line.school) == (college.people["secretary"], work.pk, college.school)
    with pytest.raises(works.Stopped):
        works.tell(work.key, "Lecture", 2, 9)
    works.end(work.key, ending=Ending.FAILED)
    work.refresh_from_db()
    assert (work.state, work.done) == (State.CANCELLED, 1)


def test_a_second_click_and_a_late_one_change_nothing(
    client: SchoolClient, college: World, asked: Any
) -> None:
    first, over, written = asked(), asked("fini"), asked("écrit", can_stop=False)
    works.end("fini", ending=Ending.DONE)
    client.sit(college.people["secretary"])
    stop(client, first)
    for work in (first, over, written):
        assert "ne peut plus être abandonné" in text(stop(client, work))
    assert Line.objects.filter(verb="works.stopped").count() == 1
    assert list(Work.objects.exclude(stop_asked_at=None)) == [first]
    works.tell("écrit", "Écriture", 1, 2)


def test_a_house_may_refuse_to_stop(
    client: SchoolClient, college: World, asked: Any, refusing: list[str]
) -> None:
    work = asked()
    client.sit(college.people["secretary"])
    assert "ne peut plus être abandonné" in text(stop(client, work))
    work.refresh_from_db()
    assert (refusing, work.stop_asked_at) == ([work.key], None)
    assert not Line.objects.filter(verb="works.stopped").exists()


def test_a_work_ends_once_and_what_nobody_knows_is_left_out(asked: Any, clock: Any) -> None:
    work = asked()
    works.end("essai-1", ending=Ending.FAILED)
    clock.shift(timedelta(minutes=5))
    works.end("essai-1", "inconnu", ending=Ending.DONE)
    works.begin("inconnu")
    works.tell("inconnu", "Lecture", 1, 2)
    work.refresh_from_db()
    assert (work.state, work.ended_at) == (State.FAILED, NOW)


def test_asked_again_it_starts_again(asked: Any, clock: Any) -> None:
    asked()
    works.begin("essai-1")
    works.end("essai-1", ending=Ending.FAILED)
    clock.shift(timedelta(minutes=5))
    work = asked()
    assert (work.state, work.begun_at, work.ended_at) == (State.WAITING, None, None)
    assert Work.objects.count() == 1


def test_works_go_thirty_days_after_their_end(asked: Any, clock: Any) -> None:
    asked("fini")
    asked("perdu")
    works.end("fini", ending=Ending.DONE)
    clock.shift(timedelta(days=29, hours=23))
    asked("récent")
    assert tasks.purge.call() == 0
    clock.shift(timedelta(hours=2))
    assert tasks.purge.call() == 2
    assert list(Work.objects.values_list("key", flat=True)) == ["récent"]


def test_an_erased_person_leaves_no_work(college: World, asked: Any) -> None:
    asked("sien")
    asked("autre", who="head")
    assert actions.forget_works(college.people["secretary"].pk) == 1
    assert list(Work.objects.values_list("key", flat=True)) == ["autre"]


def test_without_a_keeper_nothing_is_lost_in_silence(monkeypatch: Any) -> None:
    monkeypatch.setattr(works, "_keepers", [])
    with pytest.raises(LookupError):
        works.end("essai-1", ending=Ending.DONE)
