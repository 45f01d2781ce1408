"""The pages of the cahier de textes, as each of the cast opens them."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.homework.models import Homework
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
