"""Copies to correct: what waits, one after the other, remarks in the margin, and giving all of them back."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files.tests.samples import PDF, picture, sent
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.homework.actions import corrections, hand_ins, telling
from preau.domains.homework.models import Annotation, HandIn, Homework
from preau.domains.homework.queries import concerned, sessions
from preau.domains.homework.queries.copies import around, copies_to_correct
from preau.domains.homework.tests.props import many_handed_in
from preau.domains.homework.tests.scene import given, lesson_now
from preau.domains.timetable.models import Lesson

EVENING = NOW.replace(hour=17, minute=30)
REMARK = corrections.Remark(2, "question 3", "Citez le texte.")


@pytest.fixture
def lesson(college: World) -> Lesson:
    HandIn.objects.all().delete()
    return lesson_now(college)


@pytest.fixture
def homework(lesson: Lesson, seat_of: Any) -> Homework:
    return given(seat_of("teacher"), lesson, hand_in="online", title="Rédaction")


@pytest.fixture
def copies(homework: Homework, lesson: Lesson) -> list[HandIn]:
    """Three pupils of the class have handed it in, in the order of the class."""
    pupils = Person.objects.filter(pk__in=concerned.concerned(homework)).order_by("search_name", "pk")[:3]
    return [
        HandIn.objects.create(
            school=homework.school,
            homework=homework,
            pupil=pupil,
            text=f"Copie de {pupil.full_name}",
            handed_at=NOW,
        )
        for pupil in pupils
    ]


def facts(**others: Any) -> corrections.CorrectionFacts:
    return corrections.CorrectionFacts(
        **({"comment": "Bien", "mark": "", "files": [], "back": False, "done": True} | others)
    )


def typed(**others: str) -> dict[str, str]:
    return {"comment": "Bien", "mark": "14/20", "seen": "1", "geste": "suivante"} | others


def page_of(copy: HandIn) -> str:
    return reverse("homework:hand_in", kwargs={"pk": copy.pk})


def correction_of(copy: HandIn) -> str:
    return reverse("homework:correct", kwargs={"pk": copy.pk})


def test_what_waits_is_on_the_home_and_in_the_list_until_it_is_corrected(
    college: World, client: SchoolClient, copies: list[HandIn], seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    home = client.get("/").content.decode()
    assert "3 copies à corriger" in home and page_of(copies[0]) in home
    waiting = copies_to_correct(seat_of("teacher"))
    assert [(copy.waiting, copy.handed, copy.first) for copy in waiting] == [(3, 3, copies[0].pk)]
    corrections.correct(seat_of("teacher"), copies[0], facts(), 1)
    waiting = copies_to_correct(seat_of("teacher"))
    assert [(copy.waiting, copy.ready, copy.first) for copy in waiting] == [(2, 1, copies[1].pk)]
    for copy in copies[1:]:
        corrections.correct(seat_of("teacher"), copy, facts(), 1)
    assert not copies_to_correct(seat_of("teacher"))
    assert "Rédaction" in client.get(reverse("homework:copies")).content.decode()
    client.sit(college.people["teacher_1"])
    assert "Rédaction" not in client.get(reverse("homework:copies")).content.decode()
    assert not copies_to_correct(seat_of("teacher_1"))


def test_it_is_on_the_lesson_for_which_it_was_due(
    college: World, client: SchoolClient, copies: list[HandIn], lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    assert "3 copies à corriger" in client.get(address).content.decode()
    following = sessions.following(lesson)
    following[0].teachers.set([college.people["teacher"]])
    Homework.objects.filter(pk=copies[0].homework_id).update(due_lesson=following[0])
    page = client.get(reverse("homework:record", kwargs={"pk": following[0].pk})).content.decode()
    assert "Rendu pour cette séance" in page and page_of(copies[0]) in page


def test_one_gesture_goes_from_a_copy_to_the_next_that_waits(
    college: World, client: SchoolClient, copies: list[HandIn]
) -> None:
    client.sit(college.people["teacher"])
    assert "Enregistrer et passer à la suivante" in client.get(page_of(copies[1])).content.decode()
    assert client.post(correction_of(copies[1]), typed()).headers["Location"] == page_of(copies[2])
    assert client.post(correction_of(copies[2]), typed()).headers["Location"] == page_of(copies[0])
    assert "Enregistrer et passer" not in client.get(page_of(copies[0])).content.decode()
    answer = client.post(correction_of(copies[0]), typed())
    assert answer.headers["Location"] == reverse("homework:hand_ins", kwargs={"pk": copies[0].homework_id})
    assert not HandIn.objects.exclude(returned_at=None).exists()


def test_an_empty_correction_is_refused_beside_its_field_and_nothing_else_is_lost(
    college: World, client: SchoolClient, copies: list[HandIn]
) -> None:
    client.sit(college.people["teacher"])
    for gesture in ("suivante", "remettre", "garder"):
        answer = client.post(correction_of(copies[0]), typed(comment=" ", mark="", geste=gesture))
        assert answer.status_code == 422 and "La correction est vide" in answer.content.decode()
    half = typed(**{"endroit-0": "question 3", "feuille-1": "deux", "remarque-1": "Bien vu"})
    page = client.post(correction_of(copies[0]), half)
    assert page.status_code == 422
    shown = page.content.decode()
    assert "Écrivez la remarque, ou effacez l’endroit." in shown and "Écrivez un numéro de page." in shown
    assert "question 3" in shown and "Bien vu" in shown and 'value="deux"' in shown
    copies[0].refresh_from_db()
    assert copies[0].corrected_at is None and not Annotation.objects.exists()


def test_a_draft_still_waits_and_may_be_emptied(
    copies: list[HandIn], client: SchoolClient, college: World
) -> None:
    client.sit(college.people["teacher"])
    assert client.post(correction_of(copies[0]), typed(geste="garder")).status_code == 302
    copies[0].refresh_from_db()
    assert copies[0].comment == "Bien" and copies[0].corrected_at is None
    emptied = typed(comment="", mark="", seen="2", geste="garder")
    assert client.post(correction_of(copies[0]), emptied).status_code == 302
    copies[0].refresh_from_db()
    assert copies[0].comment == ""


def test_remarks_are_read_once_the_correction_is_given_back(
    college: World, client: SchoolClient, copies: list[HandIn], seat_of: Any, twin: World
) -> None:
    copy = copies[0]
    HandIn.objects.filter(pk=copy.pk).update(pupil=college.people["pupil"])
    client.sit(college.people["teacher"])
    remark = {"feuille-0": "2", "endroit-0": "question 3", "remarque-0": "Citez le texte."}
    client.post(correction_of(copy), typed(**remark))
    note = Annotation.objects.get()
    assert (note.sheet, note.place, note.text, note.author) == (
        2,
        "question 3",
        "Citez le texte.",
        college.people["teacher"],
    )
    keys = ("pupil", "guardian", "teacher", "teacher_1", "head", "cpe")
    readers = lambda: {key for key in keys if note in Annotation.objects.visible_to(seat_of(key))}  # noqa: E731
    assert readers() == {"teacher"}
    work = reverse("homework:work", kwargs={"pk": copy.homework_id})
    client.sit(college.people["pupil"])
    assert "Citez le texte." not in client.get(work).content.decode()
    client.sit(college.people["head"])
    assert "Citez le texte." not in client.get(page_of(copy)).content.decode()
    copy.refresh_from_db()
    corrections.correct(seat_of("teacher"), copy, facts(remarks=[REMARK], back=True), copy.version)
    assert readers() == {"pupil", "guardian", "teacher", "head"}
    assert not Annotation.objects.visible_to(seat_of("head", world=twin)).filter(pk=note.pk).exists()
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        shown = client.get(work).content.decode()
        assert "Citez le texte." in shown and "Page 2, question 3" in shown, key


def test_a_remark_that_did_not_change_stays_its_authors(copies: list[HandIn], seat_of: Any) -> None:
    first, second = REMARK, corrections.Remark(None, "", "Bel effort.")
    corrections.correct(seat_of("teacher"), copies[0], facts(remarks=[first]), 1)
    kept = Annotation.objects.get().pk
    corrections.correct(seat_of("teacher"), copies[0], facts(remarks=[second, first]), 2)
    assert [(annotation.text, annotation.rank) for annotation in Annotation.objects.all()] == [
        ("Bel effort.", 0),
        (REMARK.text, 1),
    ]
    assert Annotation.objects.get(rank=1).pk == kept
    assert not corrections.correct(seat_of("teacher"), copies[0], facts(remarks=[second, first]), 2)
    corrections.correct(seat_of("teacher"), copies[0], facts(), 3)
    assert not Annotation.objects.exists()


def test_all_that_is_ready_is_given_back_at_once_and_nothing_else(
    college: World, client: SchoolClient, copies: list[HandIn], seat_of: Any
) -> None:
    for copy in copies[:2]:
        corrections.correct(seat_of("teacher"), copy, facts(), 1)
    corrections.correct(seat_of("teacher"), copies[2], facts(done=False), 1)
    address = reverse("homework:give_back", kwargs={"pk": copies[0].homework_id})
    for key, status in {"head": 403, "teacher_1": 403, "pupil": 403}.items():
        client.sit(college.people[key])
        assert client.post(address).status_code == status, key
    assert not HandIn.objects.exclude(returned_at=None).exists()
    client.sit(college.people["teacher"])
    assert (
        "Remettre 2 copies corrigées"
        in client.get(reverse("homework:hand_ins", kwargs={"pk": copies[0].homework_id})).content.decode()
    )
    client.post(address)
    back = set(HandIn.objects.exclude(returned_at=None).values_list("pk", flat=True))
    assert back == {copies[0].pk, copies[1].pk}
    notices = Item.objects.filter(kind="homework.returned")
    assert {copies[0].pupil_id, copies[1].pupil_id} <= set(notices.values_list("person_id", flat=True))
    before = notices.count()
    assert corrections.give_back(seat_of("teacher"), copies[0].homework) == 0 and notices.count() == before


def test_what_is_sent_once_more_waits_again(homework: Homework, seat_of: Any) -> None:
    copy = hand_ins.hand_in(seat_of("pupil"), homework, "Ma rédaction", [])
    corrections.correct(seat_of("teacher"), copy, facts(), 1)
    assert not copies_to_correct(seat_of("teacher"))
    hand_ins.hand_in(seat_of("pupil"), homework, "Mieux", [])
    assert [copy.waiting for copy in copies_to_correct(seat_of("teacher"))] == [1]


def test_teachers_are_told_in_the_evening_once_a_day_and_a_homework(
    copies: list[HandIn], college: World, seat_of: Any
) -> None:
    notices = Item.objects.filter(kind="homework.to_correct", read_at=None)
    assert telling.tell_handed_in(NOW) == 0
    assert telling.tell_handed_in(EVENING) == 1
    news = notices.get()
    assert news.person == college.people["teacher"] and news.facts["count"] == 3
    # What comes later the same evening is told the next day, with all that waits.
    HandIn.objects.filter(pk=copies[0].pk).update(told_at=None)
    assert telling.tell_handed_in(EVENING + timedelta(minutes=30)) == 0
    assert telling.tell_handed_in(EVENING + timedelta(days=1)) == 1
    assert telling.tell_handed_in(EVENING + timedelta(days=2)) == 0
    assert notices.count() == 2
    for copy in copies:
        corrections.correct(seat_of("teacher"), copy, facts(), 1)
    assert notices.count() == 0


def test_files_are_read_in_the_page(
    college: World, client: SchoolClient, homework: Homework, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.sit(college.people["pupil"])
    papers = [
        sent("copie.pdf", PDF),
        sent("photo.jpg", picture()),
        sent("notes.txt", "Ça <b>va</b>".encode()),
    ]
    client.post(reverse("homework:send", kwargs={"pk": homework.pk}), {"text": "", "papers": papers})
    copy = HandIn.objects.get(homework=homework)
    client.sit(college.people["teacher"])
    answer = client.get(page_of(copy))
    page = answer.content.decode()
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Ça &lt;b&gt;va&lt;/b&gt;" in page and page.count("<iframe") == 1
    pdf = copy.papers.get(file__kind="application/pdf").file
    address = reverse("files:reading", kwargs={"public_id": pdf.public_id})
    assert f'src="{address}#' in page
    shown = client.get(address)
    assert (
        shown.headers["Content-Disposition"].startswith("inline")
        and shown.headers["Content-Type"] == "application/pdf"
    )
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert (
        shown.headers["X-Frame-Options"] == "SAMEORIGIN"
        and shown.headers["X-Content-Type-Options"] == "nosniff"
    )
    text = copy.papers.get(file__kind="text/plain").file
    assert client.get(reverse("files:reading", kwargs={"public_id": text.public_id})).status_code == 403
    for key in ("guardian", "teacher_1", "cpe"):
        client.sit(college.people[key])
        assert client.get(address).status_code == 404, key


def test_what_a_teacher_noted_goes_with_them_and_with_the_pupil(
    copies: list[HandIn], seat_of: Any, college: World
) -> None:
    for copy in copies[:2]:
        corrections.correct(seat_of("teacher"), copy, facts(remarks=[REMARK]), 1)
    hand_ins.forget_hand_ins(copies[0].pupil_id)
    assert [annotation.hand_in_id for annotation in Annotation.objects.all()] == [copies[1].pk]
    hand_ins.forget_hand_ins(college.people["teacher"].pk)
    assert not Annotation.objects.exists() and HandIn.objects.filter(pk=copies[1].pk).exists()


def test_the_copy_says_where_it_stands(copies: list[HandIn]) -> None:
    middle = around(copies[1])
    assert (middle.number, middle.total, middle.waiting) == (2, 3, 3)
    assert (middle.before, middle.after, middle.following) == (copies[0].pk, copies[2].pk, copies[2].pk)
    HandIn.objects.filter(pk=copies[0].pk).update(corrected_at=NOW)
    assert around(copies[2]).following == copies[1].pk


def test_a_list_of_thirty_copies_asks_no_more(college: World, seat_of: Any) -> None:
    HandIn.objects.all().delete()
    many_handed_in(college, 30)
    assert [copy.waiting for copy in copies_to_correct(seat_of("teacher"))] == [30]
