"""The register of a long time: made once by a task, fetched by whoever asked, for a few days, while they may."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.files.actions import sweep
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.works.models import Work
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import tasks
from preau.domains.attendance.actions import register_files as actions
from preau.domains.attendance.models import RegisterFile
from preau.domains.attendance.queries import summaries
from preau.foundation import pdf, vault, works

pytestmark = pytest.mark.django_db
State = RegisterFile.State
TODAY = NOW.date()
FIRST = TODAY - timedelta(days=150)
ASKED = {"debut": FIRST.isoformat(), "fin": TODAY.isoformat(), "classe": ""}


@pytest.fixture(autouse=True)
def fast_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be laid out, kept as it is: laying out a year takes seconds."""
    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    monkeypatch.setattr(pdf, "made", lambda page, style: b"%PDF-1.7\n" + page.encode())


def asked(seat: Any) -> RegisterFile:
    return actions.ask_register(seat, FIRST, TODAY, None)


def made(seat: Any) -> RegisterFile:
    row = asked(seat)
    tasks.make_register.func(row.pk)
    row.refresh_from_db()
    return row


def bytes_of(file: StoredFile) -> str:
    return vault.path_of(file.public_id).read_bytes().decode()


def test_it_is_asked_made_by_a_task_told_and_fetched(college: World, client: SchoolClient) -> None:
    DBTaskResult.objects.all().delete()
    client.sit(college.people["cpe"])
    page = client.post(reverse("attendance:prepare_register"), ASKED, follow=True).content.decode()
    assert "En préparation" in page and not Item.objects.filter(kind=actions.READY).exists()
    (queued,) = DBTaskResult.objects.filter(task_path__endswith="make_register")
    tasks.make_register.func(*queued.args_kwargs["args"])
    row = RegisterFile.objects.get()
    assert (
        row.state == State.READY and Work.objects.get(person=college.people["cpe"]).state == Work.State.DONE
    )
    assert [item.person for item in Item.objects.filter(kind=actions.READY)] == [college.people["cpe"]]
    pupils = Holding.objects.filter(school=college.school, role=Role.PUPIL).active(TODAY).count()
    table, paper = bytes_of(row.table), bytes_of(row.paper)
    assert row.rows == len(table.strip().splitlines()) - 2 >= pupils > 0  # its header, and the whole school
    assert college.people["pupil"].list_name in table and college.people["pupil"].list_name in paper
    page = client.get(reverse("attendance:register_files")).content.decode()
    for file in (row.table, row.paper):
        address = reverse("files:file", kwargs={"public_id": file.public_id})
        assert address in page and client.get(address).status_code == 200
    assert Line.objects.filter(verb="attendance.register_fetched").count() == 2


def test_nobody_else_fetches_it(college: World, twin: World, client: SchoolClient, seat_of: Any) -> None:
    row = made(seat_of("cpe"))
    address = reverse("files:file", kwargs={"public_id": row.table.public_id})
    for person in (
        college.people["head"],
        college.people["teacher"],
        college.people["guardian"],
        twin.people["cpe"],
    ):
        assert client.sit(person).get(address).status_code == 404, person
    assert summaries.register_files_of(seat_of("head")) == []


def test_rights_lost_meanwhile_nothing_is_made(college: World, seat_of: Any) -> None:
    row = asked(seat_of("cpe"))
    Holding.objects.filter(person=college.people["cpe"]).update(ends=TODAY)
    tasks.make_register.func(row.pk)
    row.refresh_from_db()
    assert row.state == State.FAILED and row.table is None and Work.objects.get().state == Work.State.FAILED
    assert not Item.objects.filter(kind=actions.READY).exists()


def test_another_function_does_not_inherit_it(college: World, client: SchoolClient, seat_of: Any) -> None:
    row = made(seat_of("cpe"))
    Holding.objects.filter(person=college.people["cpe"]).update(role=Role.SECRETARY)
    client.sit(college.people["cpe"])
    address = reverse("files:file", kwargs={"public_id": row.table.public_id})
    assert client.get(address).status_code == 404
    assert client.get(reverse("attendance:register_files")).status_code == 403


def test_a_double_click_is_one_work(seat_of: Any) -> None:
    assert asked(seat_of("cpe")) == asked(seat_of("cpe"))
    assert RegisterFile.objects.count() == Work.objects.count() == 1
    assert Line.objects.filter(verb="attendance.register_asked").count() == 1


def test_the_task_run_twice_gives_one_result(seat_of: Any) -> None:
    row = made(seat_of("cpe"))
    tasks.make_register.func(row.pk)
    again = RegisterFile.objects.get()
    assert (again.table_id, again.paper_id) == (row.table_id, row.paper_id)
    assert StoredFile.objects.filter(name__startswith="registre-").count() == 2
    assert Item.objects.filter(kind=actions.READY).count() == 1


@pytest.mark.parametrize("step", ["register_between", "keep"])
def test_a_worker_killed_on_the_way_leaves_nothing_by_halves(
    seat_of: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Killed, it says nothing (BaseException is no failure that it could tell); taken up again, it makes one result."""

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    row = asked(seat_of("cpe"))
    with monkeypatch.context() as during:
        target = (tasks.summaries, "register_between") if step == "register_between" else (works, "end")
        during.setattr(*target, killed)
        with pytest.raises(Killed):
            tasks.make_register.func(row.pk)
    row.refresh_from_db()
    assert row.state == State.MAKING and not StoredFile.objects.filter(name__startswith="registre-").exists()
    tasks.make_register.func(row.pk)
    row.refresh_from_db()
    assert row.state == State.READY and StoredFile.objects.filter(name__startswith="registre-").count() == 2


def test_one_whose_worker_died_is_asked_for_again(seat_of: Any) -> None:
    lost = asked(seat_of("cpe"))
    RegisterFile.objects.update(asked_at=NOW - timedelta(hours=3))
    again = asked(seat_of("cpe"))
    lost.refresh_from_db()
    assert again != lost and lost.state == State.FAILED and again.state == State.MAKING
    tasks.make_register.func(lost.pk)
    assert RegisterFile.objects.get(pk=lost.pk).table is None


def test_stopped_from_the_works_nothing_is_kept(seat_of: Any) -> None:
    row = asked(seat_of("cpe"))
    Work.objects.update(stop_asked_at=NOW)
    tasks.make_register.func(row.pk)
    row.refresh_from_db()
    assert (
        row.state == State.DROPPED and row.table is None and Work.objects.get().state == Work.State.CANCELLED
    )
    assert summaries.register_files_of(seat_of("cpe")) == []


def test_no_room_is_told(seat_of: Any, settings: Any) -> None:
    settings.FILES_GIGABYTES = 0
    row = asked(seat_of("cpe"))
    with pytest.raises(Exception, match="place"):
        tasks.make_register.func(row.pk)
    row.refresh_from_db()
    assert row.state == State.FAILED and Work.objects.get().state == Work.State.FAILED


def test_after_a_week_it_is_gone_with_its_bytes(college: World, seat_of: Any, clock: Any) -> None:
    row = made(seat_of("cpe"))
    path = vault.path_of(row.table.public_id)
    assert actions.erase_registers(college.school, row.expires_on) == 0
    assert not RegisterFile.objects.current(row.expires_on + timedelta(days=1)).exists()
    assert actions.erase_registers(college.school, row.expires_on + timedelta(days=1)) == 1
    StoredFile.objects.update(kept_at=NOW - timedelta(days=8))
    sweep(NOW)
    assert not StoredFile.objects.filter(pk=row.table_id).exists() and path is not None


@pytest.mark.parametrize(
    "wrong",
    [{"debut": ""}, {"fin": "x"}, {"fin": "2020-01-01"}, {"debut": "2020-01-01"}, {"classe": "999999"}],
)
def test_what_is_wrong_is_said(college: World, client: SchoolClient, wrong: dict[str, str]) -> None:
    client.sit(college.people["cpe"])
    answer = client.post(reverse("attendance:prepare_register"), ASKED | wrong)
    assert answer.status_code == 422 and not RegisterFile.objects.exists()


def test_the_page_says_that_it_is_cut(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    address = reverse("attendance:register")
    assert "cent jours au plus" in client.get(address, {"du": FIRST.isoformat()}).content.decode()
    page = client.get(address).content.decode()
    assert "cent jours au plus" not in page
    for title in ("Demi-journées par classe", "Par mois", "Par motif"):
        assert title in page
