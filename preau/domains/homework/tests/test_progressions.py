"""Progressions given, copied and shifted; the head's visa."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.homework import rules
from preau.domains.homework.actions import records
from preau.domains.homework.actions.progressions import (
    NotEnoughLessons,
    Step,
    add_step,
    begin_progression,
    forget_progressions,
    give_progression,
    shift,
)
from preau.domains.homework.models import Homework, LessonRecord, Progression, Visa
from preau.domains.homework.queries import sessions
from preau.domains.homework.queries.progressions import courses_of
from preau.domains.homework.tests.scene import given, lesson_now, typed, written
from preau.domains.timetable.models import Lesson


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


@pytest.fixture
def later(college: World, lesson: Lesson) -> list[Lesson]:
    """The next lessons of the course, which the cast's teacher gives and of which nothing is written."""
    found = sessions.following(lesson, 5)
    for one in found:
        one.teachers.set([college.people["teacher"]])
    LessonRecord.objects.filter(lesson__in=found).delete()
    return found


@pytest.fixture
def sequence(seat_of: Any) -> Progression:
    made = begin_progression(seat_of("teacher"), "Maths")
    for number in (1, 2, 3):
        add_step(seat_of("teacher"), made, Step(f"Séance {number}", f"Travail {number}", 20))
    return made


def contents(lessons: list[Lesson]) -> list[str]:
    known = dict(LessonRecord.objects.filter(lesson__in=lessons).values_list("lesson_id", "content"))
    return [known.get(lesson.pk, "") for lesson in lessons]


def test_it_fills_the_empty_lessons_in_order_as_drafts(
    sequence: Progression, later: list[Lesson], seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    written(teacher, later[1], content="Déjà écrit")
    assert give_progression(teacher, sequence, later) == 3
    assert contents(later) == ["Séance 1", "Déjà écrit", "Séance 2", "Séance 3", ""]
    assert LessonRecord.objects.filter(lesson__in=later, state="draft").count() == 3
    works = Homework.objects.filter(title__startswith="Travail").order_by("due_day")
    assert [work.due_lesson for work in works] == [later[2], later[3], later[4]]
    assert not Homework.objects.visible_to(seat_of("pupil")).filter(title__startswith="Travail").exists()


def test_a_lost_lesson_shifts_the_drafts_that_follow(
    sequence: Progression, later: list[Lesson], seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    give_progression(teacher, sequence, later[:4])
    Lesson.objects.filter(pk=later[0].pk).update(state=Lesson.State.CANCELLED)
    assert shift(teacher, later) == 3
    assert contents(later) == ["", "Séance 1", "Séance 2", "Séance 3", ""]
    assert Homework.objects.get(title="Travail 1").due_lesson == later[2]
    assert shift(teacher, later) == 0


def test_what_is_published_does_not_move(sequence: Progression, later: list[Lesson], seat_of: Any) -> None:
    teacher = seat_of("teacher")
    give_progression(teacher, sequence, later[:3])
    records.publish_record(teacher, LessonRecord.objects.get(lesson=later[1]))
    assert shift(teacher, later) == 2
    assert contents(later) == ["", "Séance 2", "Séance 1", "Séance 3", ""]


def test_without_room_nothing_moves(sequence: Progression, later: list[Lesson], seat_of: Any) -> None:
    teacher = seat_of("teacher")
    give_progression(teacher, sequence, later[:3])
    with pytest.raises(NotEnoughLessons):
        shift(teacher, later[:3])
    assert contents(later[:3]) == ["Séance 1", "Séance 2", "Séance 3"]


def test_it_is_made_of_what_was_done_with_a_class(
    college: World, client: SchoolClient, lesson: Lesson, later: list[Lesson], seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    LessonRecord.objects.all().delete()
    written(teacher, lesson, content="Un")
    given(teacher, lesson, title="Lire")
    records.write_record(teacher, later[0], typed("Deux"), 0)
    course = next(
        course
        for course in courses_of(teacher)
        if course.group_id in lesson.groups.values_list("pk", flat=True)
        and course.subject_id == lesson.subject_id
    )
    client.sit(college.people["teacher"])
    address = reverse("homework:progressions")
    for _ in range(2):
        client.post(address, {"title": "De la 5e", "source": course.key})
    made = Progression.objects.get(title="De la 5e")
    assert [(step.content, step.work) for step in made.steps.all()] == [("Un", "Lire"), ("Deux", "")]


def test_it_is_its_author_s_alone(sequence: Progression, seat_of: Any) -> None:
    assert sequence in Progression.objects.visible_to(seat_of("teacher"))
    for key in ("teacher_1", "head", "pupil", "guardian"):
        assert not Progression.objects.visible_to(seat_of(key)).exists(), key
    assert forget_progressions(seat_of("teacher").person.pk)


def test_the_head_sees_and_signs_and_teachers_read_it(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, holder: Any
) -> None:
    assert {role for role in Role if rules.gives_visa(holder(role))} == {Role.HEAD}
    group = lesson.groups.get()
    client.sit(college.people["head"])
    address = reverse("homework:visa", kwargs={"pk": group.pk})
    for _ in range(2):
        client.post(address, {"comment": "Cahier bien tenu.", "matiere": str(lesson.subject_id)})
    assert Visa.objects.get(group=group).subject_id == lesson.subject_id
    client.sit(college.people["teacher"])
    assert client.post(address, {"comment": "Moi"}).status_code == 403
    page = client.get(reverse("homework:class_book", kwargs={"pk": group.pk})).content.decode()
    assert "Cahier bien tenu." in page
    client.sit(college.people["guardian"])
    assert client.get(reverse("homework:class_book", kwargs={"pk": group.pk})).status_code == 404


def test_filling_says_what_it_did_and_what_it_left(
    college: World,
    client: SchoolClient,
    sequence: Progression,
    later: list[Lesson],
    lesson: Lesson,
    seat_of: Any,
) -> None:
    course = next(
        one
        for one in courses_of(seat_of("teacher"))
        if one.is_now
        and one.group_id in set(lesson.groups.values_list("pk", flat=True))
        and one.subject_id == lesson.subject_id
    )
    client.sit(college.people["teacher"])
    address = reverse("homework:give_progression", kwargs={"pk": sequence.pk})

    def give(**typed: Any) -> str:
        sent = {"cours": course.key, "from_day": later[0].day.isoformat(), **typed}
        return client.post(address, sent, follow=True).content.decode()

    assert "Choisissez un jour de l’année scolaire." in give(from_day="1999-01-01")
    assert "Choisissez la classe à remplir." in give(cours="")
    assert "3 séances préparées" in give()
    again = give()
    assert "déjà eu toutes ces séances" in again and "séances préparées" not in again
    none = give(from_day=college.year.ends.isoformat())
    assert "plus de séance vide" in none and "0 séance" not in none
