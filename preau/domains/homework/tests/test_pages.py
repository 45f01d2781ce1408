"""The pages of the cahier de textes, as each of the cast opens them."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.models import Person
from preau.directory.seeds.world import World, make_parent_of
from preau.domains.homework import seeds
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.homework.queries.family import next_days, to_do
from preau.domains.homework.tests.scene import given, lesson_now
from preau.domains.timetable.models import Lesson


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


def page(client: SchoolClient, name: str, **kwargs: Any) -> str:
    answer = client.get(reverse(f"homework:{name}", kwargs=kwargs))
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


FORM = {"content": "Théorème de Thalès.", "shown": "start", "seen": "0", "due": "next", "hand_in": "nothing"}


def test_a_teacher_writes_a_lesson_and_the_pupil_reads_it(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    assert "À remplir" in page(client, "sessions")
    assert "Prochain cours" in page(client, "record", pk=lesson.pk)
    answer = client.post(
        reverse("homework:record", kwargs={"pk": lesson.pk}),
        FORM | {"title": "Exercice 12", "minutes": "20", "note": "Ana : à suivre"},
        follow=True,
    )
    assert "C’est publié" in answer.content.decode()
    work = Homework.objects.get(title="Exercice 12")
    assert work.due_next and work.due_lesson and work.due_day > lesson.day
    client.sit(college.people["pupil"])
    shown = page(client, "to_do")
    assert "Exercice 12" in shown and "20" in shown
    assert "Ana" not in page(client, "work", pk=work.pk)
    assert "Thalès" in page(client, "in_class")
    client.sit(college.people["guardian"])
    assert "Exercice 12" in page(client, "to_do")
    assert "Thalès" in page(client, "in_class")
    assert "Exercice 12" in client.get("/").content.decode()


def test_the_page_of_a_homework_says_it_once_and_whether_it_is_done(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    work = given(seat_of("teacher"), lesson)
    itself = f'href="{reverse("homework:work", kwargs={"pk": work.pk})}"'
    client.sit(college.people["guardian"])
    shown = page(client, "work", pk=work.pk)
    assert "Pas encore fait" in shown and college.people["pupil"].given_name in shown
    client.sit(college.people["pupil"])
    shown = page(client, "work", pk=work.pk)
    assert itself not in shown and f'id="fait-{work.pk}"' in shown
    client.post(reverse("homework:tick", kwargs={"pk": work.pk}), {"fait": "oui"})
    client.sit(college.people["guardian"])
    shown = page(client, "work", pk=work.pk)
    assert "Fait" in shown and "Pas encore fait" not in shown


def test_the_home_says_what_is_due_today_until_its_lesson_is_over(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    teacher, today = seat_of("teacher"), lesson.day
    given(teacher, lesson, title="Réviser la leçon", due_day=today, due_lesson=lesson)
    given(teacher, lesson, title="Apporter le livre", due_day=today)
    given(teacher, lesson, title="Exercice de demain")

    def titles(at: Any) -> list[str]:
        named = {"Réviser la leçon", "Apporter le livre", "Exercice de demain"}
        days = next_days(seat_of("pupil", at=at))
        return [row.title for day in days for row in day.rows if row.title in named]

    assert sorted(titles(lesson.ends - timedelta(minutes=1))[:2]) == ["Apporter le livre", "Réviser la leçon"]
    assert titles(lesson.ends) == ["Apporter le livre", "Exercice de demain"]
    client.sit(college.people["pupil"])
    shown = client.get("/").content.decode()
    assert shown.index("Pour aujourd’hui") < shown.index("Apporter le livre")
    assert shown.index("Apporter le livre") < shown.index("Exercice de demain")


def test_the_page_of_a_lesson_says_what_was_done_and_what_is_due_as_families_read_it(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    work = given(teacher, lesson, title="Exercice 12")
    due = given(teacher, lesson, title="Réviser la leçon", due_day=lesson.day, due_lesson=lesson)
    address = reverse("timetable:lesson", kwargs={"pk": lesson.pk})
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        shown = client.get(address).content.decode()
        assert "Ce qui a été fait" in shown and "Théorème de Thalès." in shown, key
        assert shown.index("À faire pour ce cours") < shown.index(due.title), key
        assert shown.index("Donné pendant ce cours") < shown.index(work.title), key
    client.sit(college.people["pupil"])
    assert "Poser une question" in client.get(address).content.decode()
    # A draft is nobody's but its author's.
    LessonRecord.objects.filter(lesson=lesson).update(state=LessonRecord.State.DRAFT)
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        shown = client.get(address).content.decode()
        assert "Théorème" not in shown and work.title not in shown and "encore rien écrit" in shown, key


def test_home_and_list_count_the_same_time_and_say_that_nothing_is_for_tomorrow(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    Homework.objects.all().delete()
    teacher, today = seat_of("teacher"), lesson.day
    given(teacher, lesson, title="Réviser la leçon", due_day=today, due_lesson=lesson, minutes=5)
    given(teacher, lesson, title="Apporter le livre", due_day=today, minutes=15)
    given(teacher, lesson, title="Pour plus tard", due_day=today + timedelta(days=2))
    viewer = seat_of("pupil", at=lesson.ends)
    home, listed = next_days(viewer), to_do(viewer).days
    assert home[0].takes == listed[0].takes == "15\xa0min"
    for days in (home, listed):
        assert [(one.day - today).days for one in days] == [0, 1, 2] and not days[1].rows
    client.sit(college.people["pupil"])
    for address in ("/", "/travail/"):
        shown = client.get(address).content.decode()
        assert shown.index("Pour demain") < shown.index("Rien à faire.") < shown.index("Pour plus tard")


def test_the_demonstrations_pupil_has_something_to_hand_in(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    Homework.objects.all().delete()
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    longest = given(teacher, lesson, title="Fiche de lecture", minutes=45)
    given(teacher, lesson, title="Exercice 12", minutes=10)
    for _ in range(2):
        seeds.leave_to_hand_in(pupil, college.today)
        ahead = [row for day in to_do(seat_of("pupil")).days for row in day.rows]
        assert [row.pk for row in ahead if row.hands_in] == [longest.pk]


def test_a_family_narrows_what_was_done_in_class_to_a_child(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    given(seat_of("teacher"), lesson)
    # A second child, who is in no lesson of the first.
    second = Person.objects.filter(enrolments__group__kind="class").exclude(
        enrolments__group__lessons=lesson
    )[0]
    make_parent_of(college, "guardian", second)
    client.sit(college.people["guardian"])
    address, first = reverse("homework:in_class"), college.people["pupil"]
    shown = {
        child.pk: client.get(address, {"enfant": child.public_id}).content.decode()
        for child in (first, second)
    }
    assert "Thalès" in shown[first.pk] and "Thalès" not in shown[second.pk]
    whole = client.get(address).content.decode()
    assert "Thalès" in whole and f"enfant={second.public_id}" in whole
    assert f"enfant={second.public_id}&amp;semaine=" in shown[second.pk].split("Semaine suivante")[0]
