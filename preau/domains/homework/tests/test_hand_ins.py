"""Handing in: who reads it, once more until it is corrected, and how it comes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from lxml import html

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF, sent
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.homework import rules
from preau.domains.homework.actions import corrections, hand_ins
from preau.domains.homework.models import HandIn, HandInFile, Homework, LessonFile, LessonRecord
from preau.domains.homework.queries import concerned, sessions
from preau.domains.homework.tests.scene import given, lesson_now
from preau.domains.timetable.models import Lesson
from tests.statements import MOST_QUERIES, Statements


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


@pytest.fixture
def homework(lesson: Lesson, seat_of: Any) -> Homework:
    return given(seat_of("teacher"), lesson, hand_in="online")


@pytest.fixture
def handed(homework: Homework, seat_of: Any) -> HandIn:
    return hand_ins.hand_in(seat_of("pupil"), homework, "Ma rédaction", [])


def corrected(**others: Any) -> corrections.CorrectionFacts:
    return corrections.CorrectionFacts(
        **({"comment": "Bien", "mark": "14/20", "files": [], "back": True} | others)
    )


def who_sees(handed: HandIn, seat_of: Any, world: Any = None) -> set[str]:
    keys = ("pupil", "guardian", "other_guardian", "teacher", "teacher_1", "head", "cpe", "secretary")
    seats = {key: seat_of(key, world=world) if world else seat_of(key) for key in keys}
    return {key for key, seat in seats.items() if handed in HandIn.objects.visible_to(seat)}


def test_who_reads_it_before_and_after_it_is_given_back(handed: HandIn, seat_of: Any, twin: World) -> None:
    assert who_sees(handed, seat_of) == {"pupil", "teacher", "head"}
    corrections.correct(seat_of("teacher"), handed, corrected(), handed.version)
    assert who_sees(handed, seat_of) == {"pupil", "teacher", "head", "guardian", "other_guardian"}
    assert who_sees(handed, seat_of, twin) == set()


def test_who_hands_in_and_who_corrects(
    homework: Homework, handed: HandIn, lesson: Lesson, seat_of: Any
) -> None:
    for key in ("guardian", "teacher", "head"):
        assert not rules.hands_in(seat_of(key), homework), key
    assert rules.hands_in(seat_of("pupil"), homework)
    assert not rules.hands_in(seat_of("pupil"), given(seat_of("teacher"), lesson, title="Lire"))
    assert rules.corrects(seat_of("teacher"), handed) and not rules.corrects(seat_of("head"), handed)
    assert rules.reads_hand_ins(seat_of("head"), homework) and not rules.reads_hand_ins(
        seat_of("cpe"), homework
    )
    assert not rules.reads_hand_in(seat_of("pupil"), handed)


def test_the_head_is_the_only_other_reader(homework: Homework, holder: Any) -> None:
    assert {role for role in Role if rules.reads_hand_ins(holder(role), homework)} == {Role.HEAD}


def test_once_more_until_it_is_corrected(homework: Homework, handed: HandIn, seat_of: Any) -> None:
    pupil = seat_of("pupil")
    assert hand_ins.hand_in(pupil, homework, "Ma rédaction", []).times == 1
    assert hand_ins.hand_in(pupil, homework, "Mieux", []).times == 2
    with pytest.raises(hand_ins.TooLate):
        hand_ins.hand_in(pupil, homework, "Encore", [])
    handed.refresh_from_db()
    assert handed.text == "Mieux"


def test_after_the_correction_it_is_too_late(homework: Homework, handed: HandIn, seat_of: Any) -> None:
    corrections.correct(seat_of("teacher"), handed, corrected(), handed.version)
    with pytest.raises(hand_ins.TooLate):
        hand_ins.hand_in(seat_of("pupil"), homework, "Encore", [])


def test_late_is_past_the_day_or_past_the_lesson(
    homework: Homework, lesson: Lesson, seat_of: Any, clock: Any
) -> None:
    clock.move_to(NOW + timedelta(days=1))
    assert not hand_ins.hand_in(seat_of("pupil", at=NOW + timedelta(days=1)), homework, "x", []).is_late
    HandIn.objects.all().delete()
    clock.move_to(NOW + timedelta(days=2))
    assert hand_ins.hand_in(seat_of("pupil", at=NOW + timedelta(days=2)), homework, "x", []).is_late
    following = sessions.following(lesson)[0]
    at_lesson = given(
        seat_of("teacher"),
        lesson,
        title="Au cours",
        hand_in="online",
        due_day=following.day,
        due_lesson=following,
    )
    clock.move_to(following.starts + timedelta(minutes=1))
    late = hand_ins.hand_in(seat_of("pupil", at=following.starts), at_lesson, "x", [])
    assert late.is_late


def test_a_better_copy_sent_late_leaves_it_in_time(homework: Homework, seat_of: Any, clock: Any) -> None:
    first = hand_ins.hand_in(seat_of("pupil"), homework, "Ma rédaction", [])
    at = NOW + timedelta(days=3)
    clock.move_to(at)
    again = hand_ins.hand_in(seat_of("pupil", at=at), homework, "Mieux", [])
    assert (again.is_late, again.first_at, again.handed_at) == (False, first.handed_at, at)


def test_sent_again_after_its_day_it_says_that_it_came_in_time(
    college: World, client: SchoolClient, homework: Homework, handed: HandIn, clock: Any
) -> None:
    clock.move_to(NOW + timedelta(days=3))
    client.sit(college.people["pupil"])
    address = reverse("homework:send", kwargs={"pk": homework.pk})
    page = client.post(address, {"text": "Mieux"}, follow=True).content.decode().replace("\u202f", " ")
    sentence = "Rendu à temps le mardi 24 novembre à 10 h 30 ; renvoyé le vendredi 27 novembre à 10 h 30."
    # In the message, and on the page for good.
    assert page.replace("\u00a0", " ").count(sentence) == 2


def test_a_copy_of_before_keeps_its_first_moment(homework: Homework, seat_of: Any, clock: Any) -> None:
    first = hand_ins.hand_in(seat_of("pupil"), homework, "Ma rédaction", [])
    HandIn.objects.update(first_at=None)
    clock.move_to(NOW + timedelta(hours=1))
    again = hand_ins.hand_in(seat_of("pupil", at=NOW + timedelta(hours=1)), homework, "Mieux", [])
    assert again.first_at == first.handed_at


def test_a_correction_does_not_cover_what_was_sent_meanwhile(
    homework: Homework, handed: HandIn, seat_of: Any
) -> None:
    seen = handed.version
    hand_ins.hand_in(seat_of("pupil"), homework, "Mieux", [])
    with pytest.raises(corrections.HandInConflict):
        corrections.correct(seat_of("teacher"), handed, corrected(), seen)
    assert corrections.correct(seat_of("teacher"), handed, corrected(back=False), seen + 1)
    assert not Item.objects.filter(kind="homework.returned").exists()
    assert corrections.correct(seat_of("teacher"), handed, corrected(), seen + 2)
    assert not corrections.correct(seat_of("teacher"), handed, corrected(), seen + 3)
    assert Item.objects.filter(kind="homework.returned").count() == 3


def test_a_file_is_opened_by_its_readers_alone_and_leaves_its_line(
    college: World, client: SchoolClient, homework: Homework
) -> None:
    client.sit(college.people["pupil"])
    address = reverse("homework:send", kwargs={"pk": homework.pk})
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "", "papers": sent("copie.pdf", PDF)}).status_code == 302
    handed = HandIn.objects.get(homework=homework)
    file = StoredFile.objects.get(pk=HandInFile.objects.get(hand_in=handed).file_id)
    page = reverse("files:file", kwargs={"public_id": file.public_id})
    expected = {"pupil": 200, "teacher": 200, "head": 200, "guardian": 404, "teacher_1": 404, "cpe": 404}
    for key, status in expected.items():
        client.sit(college.people[key])
        assert client.get(page).status_code == status, key
    read = Line.objects.filter(verb="homework.hand_in_read", subject=college.people["pupil"])
    assert set(read.values_list("actor_id", flat=True)) == {
        college.people["teacher"].pk,
        college.people["head"].pk,
    }
    client.sit(college.people["teacher"])
    shown = client.get(reverse("homework:hand_in", kwargs={"pk": handed.pk})).content.decode()
    assert "copie.pdf" in shown
    form = {"comment": "Très bien", "mark": "16/20", "seen": "1", "geste": "remettre"}
    assert client.post(reverse("homework:correct", kwargs={"pk": handed.pk}), form).status_code == 302
    client.sit(college.people["guardian"])
    shown = client.get(reverse("homework:work", kwargs={"pk": homework.pk})).content.decode()
    assert "Très bien" in shown and "16/20" in shown and "copie.pdf" in shown
    assert client.get(page).status_code == 200


def test_the_list_says_who_did_not(college: World, client: SchoolClient, handed: HandIn) -> None:
    client.sit(college.people["teacher"])
    page = client.get(reverse("homework:hand_ins", kwargs={"pk": handed.homework_id})).content.decode()
    assert "Pas rendu" in page and "Rendu" in page
    sheet = client.get(reverse("homework:hand_ins_csv", kwargs={"pk": handed.homework_id}))
    lines = b"".join(sheet.streaming_content).decode().splitlines()
    assert len(lines) == 1 + len(concerned.concerned(handed.homework))


def test_the_documents_of_a_lesson_are_read_with_it(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    form = {
        "content": "Thalès",
        "shown": "end",
        "seen": "0",
        "due": "next",
        "papers": sent("cours.pdf", PDF),
        "title": "Lire",
        "documents": SimpleUploadedFile("fiche.pdf", PDF + b"%%"),
    }
    assert client.post(reverse("homework:record", kwargs={"pk": lesson.pk}), form).status_code == 302
    record = LessonRecord.objects.get(lesson=lesson)
    assert LessonFile.objects.filter(record=record).count() == 2
    own = html.fromstring(client.get(reverse("homework:record", kwargs={"pk": lesson.pk})).content)
    (given,) = own.xpath("//ol[@class='day-list']/li")
    assert "1 document joint" in given.text_content().replace("\u00a0", " ").replace("\u202f", " ")
    # What is joined to the work is asked in plain sight, apart from what is joined to the lesson.
    assert own.xpath("//input[@type='file' and @name='documents' and not(ancestor::details)]")
    file = LessonFile.objects.get(record=record, homework=None).file
    page = reverse("files:file", kwargs={"public_id": file.public_id})
    client.sit(college.people["pupil"])
    assert client.get(page).status_code == 404
    LessonRecord.objects.update(shown="start")
    assert client.get(page).status_code == 200
    assert "cours.pdf" in client.get(reverse("homework:in_class")).content.decode()
    client.sit(college.people["teacher"])
    form = {"content": "Thalès", "shown": "start", "seen": str(record.version), "due": "next"}
    client.post(reverse("homework:record", kwargs={"pk": lesson.pk}), form)
    assert not LessonFile.objects.filter(record=record, homework=None).exists()
    assert record.corrections.last().papers == ["cours.pdf"]


def test_two_homeworks_of_one_title_keep_each_its_document(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    page = reverse("homework:record", kwargs={"pk": lesson.pk})

    def give(form: str, name: str, content: bytes) -> None:
        typed = {"shown": "start", "seen": "1", "due": "next", "title": "Lire la fiche", "sent_as": form * 32}
        assert client.post(page, typed | {"documents": SimpleUploadedFile(name, content)}).status_code == 302

    give("a", "une.pdf", PDF)
    # A double click: the same form.
    give("a", "une.pdf", PDF)
    give("b", "deux.pdf", PDF + b"%%")
    # Back in the browser: the same form, with another file.
    give("b", "trois.pdf", PDF + b"%%%")
    found = Homework.objects.filter(title="Lire la fiche").order_by("pk")
    assert [[paper.file.name for paper in one.papers.all()] for one in found] == [
        ["une.pdf"],
        ["deux.pdf"],
        ["trois.pdf"],
    ]


def test_what_is_forgotten(handed: HandIn, seat_of: Any, college: World) -> None:
    corrections.correct(seat_of("teacher"), handed, corrected(), handed.version)
    assert hand_ins.forget_hand_ins(college.people["teacher"].pk) >= 1
    handed.refresh_from_db()
    assert handed.comment == "" and handed.mark == "14/20"
    assert hand_ins.forget_hand_ins(college.people["pupil"].pk)
    assert not HandIn.objects.filter(pupil=college.people["pupil"]).exists()


def test_the_page_asks_for_a_photo_or_a_text_and_calls_neither_optional(
    college: World, client: SchoolClient, homework: Homework
) -> None:
    page = client.sit(college.people["pupil"]).get(reverse("homework:work", kwargs={"pk": homework.pk}))
    form = page.content.decode().split('id="rendre"')[1].split("</form>")[0]
    assert "l’un des deux suffit" in form and "facultatif" not in form
    assert form.index('type="file"') < form.index("<textarea")
    accepted = form.split('type="file"')[1].split(">")[0]
    assert "image/" in accepted or ".jpg" in accepted


def test_a_pupil_who_does_not_understand_finds_where_to_ask(
    college: World, client: SchoolClient, homework: Homework, lesson: Lesson
) -> None:
    address = reverse("homework:work", kwargs={"pk": homework.pk})
    write = f"{reverse('messaging:write')}?a=s{college.people['teacher'].pk}"
    client.sit(college.people["pupil"]).get(address)
    with Statements(connection) as made:
        page = client.get(address).content.decode()
    assert made.count <= MOST_QUERIES, made.made
    assert "Vous ne comprenez pas" in page and write in page
    assert reverse("timetable:lesson", kwargs={"pk": lesson.pk}) in page
    # The table of the school is asked: where pupils write to nobody, no way is shown that would be refused.
    Policy = apps.get_model("messaging", "Policy")
    Policy.objects.create(school=college.school, scopes={"pupil.teacher": "none"})
    page = client.get(address).content.decode()
    assert "Vous ne comprenez pas" in page and write not in page
    assert "Vous ne comprenez pas" not in client.sit(college.people["guardian"]).get(address).content.decode()
