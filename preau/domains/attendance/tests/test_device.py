"""The roll without a network: what a device is given, and what it sends later, once."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import rolls
from preau.domains.attendance.models import Entry, EntryChange, RollCall, Status
from preau.domains.attendance.queries.day import rolls_of_day
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson
from tests.statements import MOST_QUERIES, Statements

FEED = "/appel/du-jour/"


@pytest.fixture
def lesson(college: World) -> Lesson:
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


def mark(pupil: int, status: str, seen: str = "present", minutes: int | None = None) -> rolls.Mark:
    return rolls.Mark(pupil, status, minutes, seen)


def whole(lesson: Lesson, *marks: rolls.Mark) -> list[rolls.Mark]:
    """These, and everybody else of the list as it is: a page says something of each."""
    ids = {one.pupil_id for one in marks}
    others = [row for row in register_of(lesson) if row.pupil_id not in ids]
    return [*marks, *(mark(row.pupil_id, row.status, row.seen, row.minutes_late) for row in others)]


def sent(lesson: Lesson, number: UUID, **statuses: str) -> dict[str, str]:
    """What a device sends: every line of the register, and the number of the sending."""
    data = {"sending": str(number), "made_at": str(int((NOW - timedelta(minutes=4)).timestamp()))}
    for row in register_of(lesson):
        data |= {
            f"status-{row.pupil_id}": "present",
            f"minutes-{row.pupil_id}": "",
            f"seen-{row.pupil_id}": "present",
        }
    return data | {name.replace("_", "-"): value for name, value in statuses.items()}


def send(client: SchoolClient, lesson: Lesson, data: dict[str, str]) -> Any:
    return client.post(reverse("attendance:send", kwargs={"pk": lesson.pk}), data)


@pytest.fixture
def pupils(lesson: Lesson) -> list[int]:
    return [row.pupil_id for row in register_of(lesson)]


def test_a_device_is_given_the_lessons_of_the_teacher_today_and_no_more(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    kept = json.loads(client.get(FEED).content)
    taught = Lesson.objects.taught_by(college.people["teacher"]).on(NOW.date()).held()
    assert [lesson["pk"] for lesson in kept["lessons"]] == list(taught.values_list("pk", flat=True))
    (own,) = [one for one in kept["lessons"] if one["pk"] == lesson.pk]
    assert own["pupils"] == [
        [row.pupil_id, row.list_name, row.seen, row.group] for row in register_of(lesson)
    ]
    assert set(own) == {"pk", "title", "subtitle", "opens", "starts", "ends", "stamp", "pupils"}
    assert own["starts"] == lesson.starts.timestamp() * 1000
    assert len(client.get(FEED).content) < 60_000


def test_a_device_is_given_what_was_noted(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    pupil = college.people["pupil"].pk
    rolls.validate_roll(seat_of("cpe"), lesson, whole(lesson, mark(pupil, Status.LATE, minutes=7)))
    (roll,) = [roll for roll in rolls_of_day(seat_of("teacher")) if roll.lesson.pk == lesson.pk]
    assert {pk: seen for pk, _, seen, _ in roll.pupils if seen != "present"} == {pupil: "late-7"}


def test_school_life_has_no_lesson_but_may_send(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    kept = json.loads(client.get(FEED).content)
    assert kept["lessons"] == []
    assert kept["csrf"]


def test_the_name_of_what_is_kept_changes_with_the_session_and_the_account(
    college: World, client: SchoolClient
) -> None:
    names = []
    for key in ("teacher", "teacher", "cpe"):
        client.logout()
        client.sit(college.people[key])
        page = client.get("/").content.decode()
        names.append(json.loads(client.get(FEED).content)["for"].split("."))
        assert f'data-kept-for="{".".join(names[-1])}"' in page
    (first, again, other) = names
    assert first[0] == again[0] != other[0]
    assert len({first[1], again[1], other[1]}) == 3
    client.sit(college.people["guardian"])
    assert "data-kept-for" not in client.get("/").content.decode()


def test_a_roll_that_waited_is_written_with_the_moment_at_which_it_was_made(
    college: World, client: SchoolClient, lesson: Lesson, pupils: list[int]
) -> None:
    client.sit(college.people["teacher"])
    answer = send(client, lesson, sent(lesson, uuid4(), **{f"status_{pupils[0]}": "absent"}))
    assert (answer.status_code, json.loads(answer.content)) == (200, {"conflicts": []})
    assert RollCall.objects.get(lesson=lesson).called_at == NOW - timedelta(minutes=4)
    assert Entry.objects.get(lesson=lesson).status == Status.ABSENT
    assert Line.objects.filter(verb="attendance.roll_validated").latest("pk").details == {
        "changes": 1,
        "minutes_waited": 4,
    }


@pytest.mark.parametrize(("minutes", "expected"), [(-90, None), (90, NOW)])
def test_a_device_cannot_say_that_it_called_before_the_lesson_or_after_now(
    seat_of: Any, lesson: Lesson, minutes: int, expected: Any
) -> None:
    sending = rolls.Sending(uuid4(), NOW + timedelta(minutes=minutes))
    call = rolls.validate_roll(seat_of("teacher"), lesson, [], sending)
    assert call.called_at == (expected or lesson.starts - timedelta(minutes=10))


def test_the_same_sending_is_written_once_even_when_school_life_corrected_between(
    college: World, client: SchoolClient, lesson: Lesson, pupils: list[int], seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    data = sent(lesson, uuid4(), **{f"status_{pupils[0]}": "absent"})
    assert send(client, lesson, data).status_code == 200
    rolls.correct_entry(seat_of("cpe"), Entry.objects.get(lesson=lesson), Status.LATE, 5)
    answer = send(client, lesson, data)
    assert (answer.status_code, json.loads(answer.content)) == (200, {"conflicts": []})
    assert Entry.objects.get(lesson=lesson).state_label == "Retard de 5\u00a0min"
    assert EntryChange.objects.filter(entry__lesson=lesson).count() == 2


def test_what_agrees_is_written_and_what_clashes_comes_back_with_both_values(
    college: World, client: SchoolClient, lesson: Lesson, pupils: list[int], seat_of: Any
) -> None:
    theirs = whole(lesson, mark(pupils[0], Status.LATE, minutes=10), mark(pupils[2], Status.ABSENT))
    rolls.validate_roll(seat_of("cpe"), lesson, theirs)
    client.sit(college.people["teacher"])
    data = sent(lesson, uuid4(), **{f"status_{pupils[0]}": "absent", f"status_{pupils[1]}": "absent"})
    for _ in range(2):  # asked again, the same is said again: a conflict is never dropped
        answer = send(client, lesson, data)
        assert answer.status_code == 409
        assert json.loads(answer.content)["conflicts"] == [
            {
                "pupil": pupils[0],
                "theirs": "Retard de 10\u00a0min",
                "mine": "Absent",
                "now": "late-10",
                "own": False,
            }
        ]
    noted = dict(Entry.objects.filter(lesson=lesson).values_list("pupil_id", "status"))
    assert noted == {pupils[0]: "late", pupils[1]: "absent", pupils[2]: "absent"}
    assert EntryChange.objects.filter(entry__lesson=lesson).count() == 3


@pytest.mark.parametrize(
    "wrong", [{"sending": "x"}, {"made_at": "hier"}, {"made_at": "9" * 30}, {"sending": ""}]
)
def test_a_sending_that_says_nothing_of_itself_is_refused(
    college: World, client: SchoolClient, lesson: Lesson, wrong: dict[str, str]
) -> None:
    client.sit(college.people["teacher"])
    assert send(client, lesson, sent(lesson, uuid4()) | wrong).status_code == 422
    assert not RollCall.objects.filter(lesson=lesson).exists()


def test_a_roll_is_not_sent_before_it_opens(college: World, client: SchoolClient, lesson: Lesson) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(starts=NOW + timedelta(hours=1), ends=NOW + timedelta(hours=2))
    client.sit(college.people["teacher"])
    assert send(client, lesson, sent(lesson, uuid4())).status_code == 422


def test_what_another_account_left_on_the_device_is_not_sent_as_this_one(
    college: World, client: SchoolClient, lesson: Lesson, pupils: list[int]
) -> None:
    client.sit(college.people["teacher"])
    (own,) = [one for one in json.loads(client.get(FEED).content)["lessons"] if one["pk"] == lesson.pk]
    client.sit(college.people["cpe"])
    data = sent(lesson, uuid4(), **{f"status_{pupils[0]}": "absent"}) | {"contexte": own["stamp"]}
    assert send(client, lesson, data).status_code == 409
    assert not Entry.objects.filter(lesson=lesson).exists()


def test_the_page_and_the_device_cost_few_statements(
    college: World, client: SchoolClient, lesson: Lesson, pupils: list[int]
) -> None:
    client.sit(college.people["teacher"])
    client.get(FEED)
    for ask in (lambda: client.get(FEED), lambda: client.get(f"/appel/{lesson.pk}/")):
        with Statements(connection) as asked:
            assert ask().status_code == 200
        assert asked.count <= MOST_QUERIES


@pytest.mark.parametrize("key", ["teacher", "guardian"])
def test_the_page_that_stands_in_names_nobody(college: World, client: SchoolClient, key: str) -> None:
    client.sit(college.people[key])
    page = client.get("/appel/sans-reseau/").content.decode()
    assert college.people[key].family_name not in page
    assert college.school.name not in page
    assert "csrf" not in page
    assert "data-kept-for" not in page
