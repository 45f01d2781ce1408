"""The list of a lesson is wrong: what a teacher says, what the roll shows at once, what only the secretary changes."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Person
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import remarks, rolls
from preau.domains.attendance.models import Entry, ListRemark, Status
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson


@pytest.fixture
def lesson(college: World) -> Lesson:
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


@pytest.fixture
def stranger(college: World, lesson: Lesson) -> Person:
    """A pupil of the school who is in another class."""
    here = [row.pupil_id for row in register_of(lesson)]
    learning = Enrolment.objects.active(NOW.date()).filter(school=college.school).exclude(pupil__in=here)
    return learning.select_related("pupil")[0].pupil


def page_of(lesson: Lesson) -> str:
    return reverse("attendance:lesson_list", kwargs={"pk": lesson.pk})


def test_a_pupil_who_is_there_is_found_and_is_on_the_roll_at_once(
    college: World, client: SchoolClient, lesson: Lesson, stranger: Person
) -> None:
    client.sit(college.people["teacher"])
    page = client.get(page_of(lesson), {"nom": stranger.family_name}).content.decode()
    assert stranger.list_name in page
    before = Enrolment.objects.count()
    page = client.post(
        page_of(lesson), {"pupil": stranger.public_id, "remark": "missing"}, follow=True
    ).content.decode()
    assert "Le secrétariat est prévenu" in page
    assert stranger.list_name in page
    assert (Entry.objects.get(lesson=lesson).status, ListRemark.objects.get().kind) == (
        Status.PRESENT,
        "missing",
    )
    assert Enrolment.objects.count() == before, "no list changes by itself"
    again = client.post(page_of(lesson), {"pupil": stranger.public_id, "remark": "missing"}, follow=True)
    assert "Le secrétariat le sait déjà." in again.content.decode()
    assert ListRemark.objects.count() == 1


def test_a_pupil_noted_absent_stays_absent_when_said_to_be_missing_from_the_list(
    college: World, lesson: Lesson, stranger: Person, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    remarks.remark(teacher, lesson, stranger, "missing")
    rolls.validate_roll(teacher, lesson, [rolls.Mark(stranger.pk, "absent", None, "present")])
    remarks.remark(teacher, lesson, stranger, "missing")
    assert Entry.objects.get(lesson=lesson).status == Status.ABSENT


@pytest.mark.parametrize(
    ("who", "remark", "said"),
    [
        ("pupil", "missing", "Cet élève est déjà sur la liste."),
        ("stranger", "not_here", "Cet élève n’est pas sur la liste."),
        ("twin", "missing", "Choisissez un élève."),
        ("teacher", "missing", "Choisissez un élève."),
    ],
)
def test_what_cannot_be_so_is_refused(
    college: World,
    twin: World,
    client: SchoolClient,
    lesson: Lesson,
    stranger: Person,
    who: str,
    remark: str,
    said: str,
) -> None:
    person = {"stranger": stranger, "twin": twin.people["pupil"]}.get(who) or college.people[who]
    client.sit(college.people["teacher"])
    response = client.post(page_of(lesson), {"pupil": person.public_id, "remark": remark})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ListRemark.objects.exists()


def test_the_secretary_is_told_and_settles(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    client.sit(college.people["secretary"])
    assert "Listes à corriger" not in client.get("/").content.decode()
    remarks.remark(seat_of("teacher"), lesson, pupil, "not_here")
    assert "1 remarque d’un enseignant" in client.get("/").content.decode()
    page = client.get("/listes/remarques/").content.decode()
    assert pupil.list_name in page
    assert "n’est pas de ce groupe" in page
    address = reverse("attendance:settle_remark", kwargs={"pk": ListRemark.objects.get().pk})
    assert "C’est réglé." in client.post(address, follow=True).content.decode()
    assert "C’était déjà réglé." in client.post(address, follow=True).content.decode()
    assert Line.objects.filter(verb="attendance.list_remark_settled").count() == 1
    assert "Listes à corriger" not in client.get("/").content.decode()


def test_who_reads_a_remark(college: World, twin: World, lesson: Lesson, seat_of: Any) -> None:
    remarks.remark(seat_of("teacher"), lesson, college.people["pupil"], "not_here")
    seen = {
        key
        for key in ("head", "secretary", "teacher", "teacher_1", "cpe", "guardian", "pupil")
        if ListRemark.objects.visible_to(seat_of(key)).exists()
    }
    assert seen == {"head", "secretary", "teacher"}
    assert not ListRemark.objects.visible_to(seat_of("head", world=twin)).exists()
