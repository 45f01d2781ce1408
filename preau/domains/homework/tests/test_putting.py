"""« Ajouter à une séance »: a resource goes into one of the teacher's next lessons, and nothing else does."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.homework.actions import records
from preau.domains.homework.forms.putting import public_page
from preau.domains.homework.models import Correction, Homework, LessonRecord
from preau.domains.homework.queries import sessions
from preau.domains.homework.tests.scene import lesson_now, written
from preau.domains.timetable.models import Lesson
from preau.foundation.boards import put_to_use
from tests.test_open_redirects import TRICKS

RESOURCE = "/ressources/maths-au-college/le-theoreme-de-thales/"
PUT = "/cahier-de-textes/mettre/"
TITLE = "Le théorème de Thalès"


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


@pytest.fixture
def sat(client: SchoolClient, college: World, lesson: Lesson) -> SchoolClient:
    return client.sit(college.people["teacher"])


def body(lesson: Lesson, **others: Any) -> dict[str, Any]:
    return {"adresse": RESOURCE, "titre": TITLE, "place": "contenu", "seance": lesson.pk} | others


def test_two_clicks_from_the_page_to_the_lesson(sat: SchoolClient, lesson: Lesson) -> None:
    LessonRecord.objects.filter(lesson=lesson).delete()
    page = sat.get(RESOURCE).content.decode()
    assert f"{PUT}?adresse=" in page and "Ajouter à une séance" in page
    shown = sat.get(PUT, {"adresse": RESOURCE, "titre": TITLE}).content.decode()
    assert f'value="{lesson.pk}"' in shown and lesson.groups.get().name in shown.replace("<sup>e</sup>", "e")
    for _ in range(2):
        assert sat.post(PUT, body(lesson)).status_code == 302
    record = LessonRecord.objects.get(lesson=lesson)
    assert record.content.startswith(f'<p><a href="{RESOURCE}" ') and record.content.count(TITLE) == 1
    assert record.is_draft and "thales" in record.words


def test_what_is_written_already_stays_and_what_families_read_is_kept(
    sat: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    LessonRecord.objects.filter(lesson=lesson).delete()
    written(seat_of("teacher"), lesson, content="<p>Déjà écrit</p>")
    sat.post(PUT, body(lesson))
    record = LessonRecord.objects.get(lesson=lesson)
    assert (
        record.content.startswith("<p>Déjà écrit</p><p><a ") and record.version == 2 and not record.is_draft
    )
    assert Correction.objects.get(record=record).content == "<p>Déjà écrit</p>"
    # Whoever had the page of the lesson open meets a conflict, and loses nothing.
    with pytest.raises(records.RecordConflict):
        records.write_record(seat_of("teacher"), lesson, records.RecordFacts("Autre", "start", None, True), 1)


def test_or_as_work_to_do_for_the_next_lesson(sat: SchoolClient, lesson: Lesson, college: World) -> None:
    following = sessions.following(lesson, 1)[0]
    following.teachers.set([college.people["teacher"]])
    for _ in range(2):
        assert sat.post(PUT, body(lesson, place="travail")).status_code == 302
    given = Homework.objects.get(title=TITLE)
    assert given.due_lesson == following and RESOURCE in given.body


def test_the_catalogue_hears_of_each_use_once_and_of_nobody(
    sat: SchoolClient, lesson: Lesson, college: World
) -> None:
    heard = []

    def hear(sender: Any, **values: Any) -> None:
        heard.append({name: value for name, value in values.items() if name != "signal"})

    put_to_use.connect(hear)
    following = sessions.following(lesson, 1)[0]
    following.teachers.set([college.people["teacher"]])
    LessonRecord.objects.filter(lesson=lesson).delete()
    for place in ("contenu", "contenu", "travail", "travail"):
        sat.post(PUT, body(lesson, place=place))
    put_to_use.disconnect(hear)
    page = {"collection": "maths-au-college", "slug": "le-theoreme-de-thales"}
    assert heard == [{"route": "catalogue:resource", "place": page}] * 2


def test_without_a_next_lesson_the_form_says_so(sat: SchoolClient, lesson: Lesson) -> None:
    Lesson.objects.filter(starts__gt=lesson.starts).update(state=Lesson.State.CANCELLED)
    answer = sat.post(PUT, body(lesson, place="travail"))
    assert answer.status_code == 422 and "n’en a pas de suivante" in answer.content.decode()
    assert not Homework.objects.filter(title=TITLE).exists()


def test_only_public_pages_of_works_are_put(sat: SchoolClient, lesson: Lesson) -> None:
    others = [
        reverse("homework:sessions"),
        "/",
        "/connexion/",
        "/absences/",
        "/deconnexion/",
        "/static/x",
        "/sante/",
    ]
    for address in (*TRICKS, *others, "", f"https://ailleurs.example{RESOURCE}", f"/{RESOURCE}"):
        assert public_page(address) == "", address
    for address in ("//piege.example", "/absences/", "javascript:alert(1)"):
        assert sat.get(PUT, {"adresse": address, "titre": "x"}).status_code == 404
        assert sat.post(PUT, body(lesson, adresse=address)).status_code == 404
    assert public_page(f"{RESOURCE}?r1=<script>#x") == RESOURCE


def test_its_title_is_words_and_nothing_else(sat: SchoolClient, lesson: Lesson) -> None:
    LessonRecord.objects.filter(lesson=lesson).delete()
    shown = sat.get(PUT, {"adresse": RESOURCE, "titre": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in shown
    sat.post(PUT, body(lesson, titre='<img src=x onerror="y"><a href="//z">'))
    content = LessonRecord.objects.get(lesson=lesson).content
    assert content.count("<") == 4 and "<img" not in content and f'href="{RESOURCE}"' in content
    assert sat.post(PUT, body(lesson, titre="")).status_code == 422


def test_only_ones_own_lessons_to_come(
    sat: SchoolClient, lesson: Lesson, college: World, twin: World
) -> None:
    past = Lesson.objects.filter(school=college.school, ends__lt=NOW).first()
    foreign = Lesson.objects.filter(school=twin.school, starts__gt=NOW).first()
    colleague = Lesson.objects.filter(school=college.school, starts__gt=NOW + timedelta(hours=1))
    colleague = colleague.exclude(teachers=college.people["teacher"]).first()
    for one in (past, foreign, colleague):
        assert one is not None
        assert sat.post(PUT, body(one)).status_code == 422
        assert not LessonRecord.objects.filter(lesson=one, content__contains=RESOURCE).exists()


def test_nobody_else_is_offered_it(college: World) -> None:
    for key in ("head", "cpe", "pupil", "guardian"):
        client = SchoolClient().sit(college.people[key])
        assert "Ajouter à une séance" not in client.get(RESOURCE).content.decode(), key
        assert client.get(PUT, {"adresse": RESOURCE}).status_code == 403, key
