"""The balance of a cycle for a whole school: made once by a task, fetched by whoever asked, for a few days, while they may."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.works.models import Work
from preau.directory.models import Enrolment, Group, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.competences import tasks
from preau.domains.competences.actions import cycle_files as actions
from preau.domains.competences.models import Balance, CycleFile, Level
from preau.domains.competences.queries.classes import balance_of
from preau.domains.competences.queries.cycles import cycle_files_of, cycle_rows
from preau.domains.competences.rules.cycles import cycle_of
from preau.domains.competences.tests.scene import class_of, competences_of, period_of, published
from preau.foundation import vault
from tests.statements import Statements

pytestmark = pytest.mark.django_db
State = CycleFile.State


def made(seat: Any) -> CycleFile:
    row = actions.ask_cycle(seat, 4)
    tasks.make_cycle.func(row.pk)
    row.refresh_from_db()
    return row


def bytes_of(file: StoredFile) -> bytes:
    return vault.path_of(file.public_id).read_bytes()


def learners(college: World, cycle: int) -> int:
    groups = Group.objects.filter(school=college.school, year=college.year, kind=Group.Kind.CLASS)
    held = [group.pk for group in groups if cycle_of(group) == cycle]
    return Enrolment.objects.active(NOW.date()).filter(group__in=held).count()


def test_it_is_asked_made_by_a_task_told_and_fetched(college: World, client: SchoolClient) -> None:
    DBTaskResult.objects.all().delete()
    client.sit(college.people["head"])
    address = reverse("competences:prepare_cycle")
    assert client.post(address, {"cycle": "9"}).status_code == 422
    page = client.post(address, {"cycle": "4"}, follow=True).content.decode()
    assert "En préparation" in page and not Item.objects.filter(kind=actions.READY).exists()
    (queued,) = DBTaskResult.objects.filter(task_path__endswith="make_cycle")
    tasks.make_cycle.func(*queued.args_kwargs["args"])
    row = CycleFile.objects.get()
    assert row.state == State.READY and row.rows == learners(college, 4) > 0
    assert Work.objects.get(person=college.people["head"]).state == Work.State.DONE
    assert [item.person for item in Item.objects.filter(kind=actions.READY)] == [college.people["head"]]
    page = client.get(reverse("competences:cycle_files")).content.decode()
    for file in (row.table, row.workbook):
        address = reverse("files:file", kwargs={"public_id": file.public_id})
        assert address in page and client.get(address).status_code == 200
    assert Line.objects.filter(verb="competences.cycle_fetched").count() == 2


def test_both_files_say_what_is_settled_beside_what_levels_come_to(college: World, seat_of: Any) -> None:
    pupil, head = college.people["pupil"], seat_of("head")
    Level.objects.filter(pupil=pupil).delete()
    published(college, seat_of("teacher"), pupil, "4")
    code = competences_of(college, 1)[0].component
    Balance.objects.create(
        school=college.school,
        year=college.year,
        pupil=pupil,
        cycle=4,
        component=code,
        level=2,
        by=head.person,
    )
    row = made(head)
    lines = [line.split(";") for line in bytes_of(row.table).decode("utf-8-sig").splitlines()]
    (by_title,) = [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line[1] == pupil.list_name]
    assert (by_title["Classe"], by_title[f"{code}, arrêté"], by_title[f"{code}, proposé"]) == (
        class_of(college).name,
        "2",
        "4",
    )
    assert {value for name, value in by_title.items() if "," in name and not name.startswith(code)} == {""}
    sheet = load_workbook(BytesIO(bytes_of(row.workbook))).active
    cells = [
        ["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)
    ]
    assert cells == lines


def test_a_school_and_a_class_come_to_the_same(college: World, seat_of: Any) -> None:
    head, group = seat_of("head"), class_of(college)
    page = balance_of(head, group, period_of(college), 4)
    rows = {row.name: row for row in cycle_rows(head, 4) if row.group == group.name}
    assert len(rows) == len(page.rows) > 2
    for one in page.rows:
        levels = {code: level for code, level in rows[one.pupil.name].proposed.items() if level is not None}
        assert levels == {code: level for code, level in one.proposed.items() if level is not None}


def many_pupils(college: World, count: int) -> None:
    """`count` pupils more in the class, with a level each in two competences."""
    group, teacher = class_of(college), college.people["teacher"]
    pupils = Person.objects.bulk_create(
        Person(family_name=f"Cohorte {number:04}", given_name="Élève", search_name=f"cohorte {number:04}")
        for number in range(count)
    )
    Holding.objects.bulk_create(
        Holding(school=college.school, person=pupil, role=Role.PUPIL) for pupil in pupils
    )
    Enrolment.objects.bulk_create(
        Enrolment(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        for pupil in pupils
    )
    columns = list(
        Level.objects.filter(pupil=college.people["pupil"]).values_list("column_id", flat=True)[:2]
    )
    Level.objects.bulk_create(
        Level(column_id=column, pupil=pupil, value=1 + pupil.pk % 4, changed_by=teacher)
        for column in columns
        for pupil in pupils
    )


def test_twelve_hundred_pupils_ask_no_more_statements_than_a_class(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    published(college, seat_of("teacher"), college.people["pupil"], "4", "3")

    def counted() -> tuple[int, int]:
        row = actions.ask_cycle(head, 4)
        with Statements(connection) as asked:
            tasks.make_cycle.func(row.pk)
        row.refresh_from_db()
        assert row.state == State.READY
        return asked.count, row.rows

    few, here = counted()
    many_pupils(college, 1200 - here)
    many, all_of_them = counted()
    assert all_of_them == 1200
    # But for how far it is, told at most so many times.
    assert many - few <= tasks.STEPS, (few, many)


def test_nobody_else_fetches_it_and_who_reads_no_more_has_none(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    row = made(seat_of("head"))
    address = reverse("files:file", kwargs={"public_id": row.table.public_id})
    for person in (college.people["cpe"], college.people["teacher"], college.people["guardian"]):
        client.sit(person)
        assert client.get(address).status_code == 404
    assert not cycle_files_of(seat_of("cpe")) and not cycle_files_of(seat_of("head", world=twin))
    waiting = actions.ask_cycle(seat_of("head"), 3)
    Holding.objects.filter(person=college.people["head"]).update(ends=NOW.date())
    tasks.make_cycle.func(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED


def test_asked_twice_it_is_one_and_stopped_it_holds_nothing(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    first, second = actions.ask_cycle(head, 4), actions.ask_cycle(head, 4)
    assert first.pk == second.pk
    Work.objects.filter(key=actions.CYCLES.work_of(first.pk)).update(stop_asked_at=NOW)
    tasks.make_cycle.func(first.pk)
    first.refresh_from_db()
    assert (first.state, first.table) == (State.DROPPED, None)


def test_it_goes_after_seven_days(college: World, seat_of: Any) -> None:
    row = made(seat_of("head"))
    assert actions.erase_cycle_files(college.school, row.expires_on) == 0
    assert actions.erase_cycle_files(college.school, row.expires_on + timedelta(days=1)) == 1
