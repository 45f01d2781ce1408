"""The work of a pupil in their record: what is due, what was handed in, and who may know it."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.directory.models import Enrolment, Person
from preau.directory.seeds.world import World
from preau.domains.homework.models import HandIn, Homework
from preau.domains.homework.queries import record
from preau.domains.homework.tests.props import own_homework
from preau.domains.homework.tests.scene import given, lesson_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def online(college: World) -> Homework:
    """To hand in online, due yesterday, given by the teacher of the cast."""
    homework = own_homework(college)
    homework.record.lesson.teachers.set([college.people["teacher"]])  # type: ignore[union-attr]
    homework.hand_in, homework.due_day = Homework.HandIn.ONLINE, NOW.date() - timedelta(days=1)
    homework.save()
    return homework


def state(viewer: Any, pupil: Person, homework: Homework) -> str:
    shown = record.work_shown(viewer, pupil)
    return (
        next((row_state for row, row_state in shown["handed"] if row.pk == homework.pk), "") if shown else ""
    )


def test_what_was_not_handed_in_is_missing(college: World, online: Homework, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    for key in ("teacher", "head", "guardian", "pupil"):
        assert state(seat_of(key), pupil, online) == "missing", key
    # School life reads the cahiers de textes, and no hand-in; another teacher, their own.
    for key in ("cpe", "teacher_1", "secretary"):
        assert state(seat_of(key), pupil, online) == "", key


def test_what_was_handed_in_late_says_so(college: World, online: Homework, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    given = HandIn.objects.create(
        school=college.school, homework=online, pupil=pupil, handed_at=NOW, is_late=True, text="Voici"
    )
    for key in ("teacher", "head", "pupil"):
        assert state(seat_of(key), pupil, online) == "late", key
    HandIn.objects.filter(pk=given.pk).update(is_late=False)
    assert state(seat_of("teacher"), pupil, online) == "done"


def test_what_is_for_some_is_theirs_alone(college: World, seat_of: Any) -> None:
    pupil, homework = college.people["pupil"], own_homework(college)
    mate = Enrolment.objects.filter(group__name="5e B").exclude(pupil=pupil)[0].pupil
    homework.for_some = True
    homework.save()
    homework.pupils.set([mate])

    def titles(of: Person) -> list[str]:
        shown = record.work_shown(seat_of("head"), of)
        return [row.title for row in shown["coming"]] if shown else []

    Homework.objects.exclude(pk=homework.pk).delete()
    assert titles(mate) == [homework.title]
    assert titles(pupil) == []


def test_what_is_not_published_is_not_there(college: World, online: Homework, seat_of: Any) -> None:
    online.record.state = "draft"
    online.record.save()
    for key in ("teacher", "head", "guardian"):
        assert state(seat_of(key), college.people["pupil"], online) == "", key


def test_a_stranger_reads_nothing(college: World, twin: World, online: Homework, seat_of: Any) -> None:
    for key in ("teacher", "head", "cpe", "guardian", "pupil"):
        assert record.work_shown(seat_of(key, world=twin), college.people["pupil"]) is None, key


def test_the_page_of_a_class_says_what_its_readers_have_to_come(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    lesson = lesson_now(college)
    given(seat_of("teacher"), lesson, minutes=45)
    group = college.people["pupil"].enrolments.get(group__kind="class").group
    for key, reads in {
        "head": True,
        "cpe": True,
        "teacher": False,
        "secretary": False,
        "guardian": False,
    }.items():
        client.sit(college.people[key])
        page = client.get(f"/annuaire/classes/{group.pk}/").content.decode()
        assert ("Travail à venir" in page) == reads, key
