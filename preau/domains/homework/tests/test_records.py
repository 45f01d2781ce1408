"""Records: who writes them, who reads them and from which minute, and what stays of a correction."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.directory.models import Enrolment, Group, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.homework import rules
from preau.domains.homework.actions import records
from preau.domains.homework.models import RECORDS, ClassBook, Correction, Homework, LessonNote, LessonRecord
from preau.domains.homework.queries import sessions
from preau.domains.homework.tests.scene import TOMORROW, given, lesson_now, typed, written
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from tests.statements import MOST_QUERIES, Statements


@pytest.fixture
def lesson(college: World) -> Lesson:
    """The class of the cast's pupil, which her teacher alone teaches today."""
    return lesson_now(college)


def reads(viewer: Any, record: LessonRecord) -> bool:
    return record in LessonRecord.objects.visible_to(viewer)


def test_families_read_a_record_from_the_minute_it_is_published(lesson: Lesson, seat_of: Any) -> None:
    record = written(seat_of("teacher"), lesson, shown="end")
    for key in ("pupil", "guardian", "other_guardian", "head"):
        assert not reads(seat_of(key), record), key
        assert not reads(seat_of(key, at=lesson.ends - timedelta(seconds=1)), record), key
        assert reads(seat_of(key, at=lesson.ends), record), key
    at = NOW + timedelta(hours=3)
    records.write_record(seat_of("teacher"), lesson, typed(shown="hour", shown_at=at), 1)
    assert not reads(seat_of("pupil", at=at - timedelta(minutes=1)), record)
    assert reads(seat_of("pupil", at=at), record)


def test_a_draft_is_its_teachers_alone(lesson: Lesson, seat_of: Any) -> None:
    record = written(seat_of("teacher"), lesson, publish=False)
    later = NOW + timedelta(days=30)
    for key in ("pupil", "guardian", "head", "cpe"):
        assert not reads(seat_of(key, at=later), record), key
    assert reads(seat_of("teacher"), record)
    assert records.publish_record(seat_of("teacher"), record)
    assert not records.publish_record(seat_of("teacher"), record)
    assert reads(seat_of("pupil"), record)


def test_a_cancelled_lesson_shows_nothing_by_itself(lesson: Lesson, seat_of: Any) -> None:
    record = written(seat_of("teacher"), lesson)
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.CANCELLED)
    assert not reads(seat_of("pupil", at=NOW + timedelta(days=1)), record)
    lesson.refresh_from_db()
    record.lesson = lesson
    assert record.appears_at() is None and not record.is_published(NOW)


def test_nobody_of_another_class_or_another_school_reads_it(
    college: World, twin: World, lesson: Lesson, seat_of: Any
) -> None:
    record = written(seat_of("teacher"), lesson)
    other = Group.objects.filter(year=college.year).exclude(lessons=lesson).order_by("pk")[0]
    classmate = Enrolment.objects.filter(group=other).order_by("pk")[0].pupil
    assert not reads(viewer_for(classmate, 0, NOW), record)
    for key in ("head", "cpe", "teacher", "pupil", "guardian"):
        assert not reads(seat_of(key, world=twin), record), key


def test_a_pupil_who_has_left_the_class_reads_what_was_done_while_they_were_in_it(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    record = written(seat_of("teacher"), lesson)
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=TOMORROW)
    assert reads(seat_of("pupil", at=NOW + timedelta(days=2)), record)
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    assert not reads(seat_of("pupil"), record)


def test_the_teachers_of_a_class_read_each_other_and_those_of_another_do_not(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    record = written(seat_of("teacher"), lesson)
    colleague = seat_of("teacher_1")
    assert reads(colleague, record)
    assert not rules.writes_record(colleague, lesson)
    groups = list(lesson.groups.values_list("pk", flat=True))
    taught = Lesson.teachers.through.objects.filter(person=colleague.person)
    taught.filter(lesson__groups__in=groups).delete()
    assert not reads(colleague, record)


def test_a_substitute_reads_what_came_before_and_writes_their_own_lesson(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    before = written(seat_of("teacher"), lesson)
    person = Person.objects.create(family_name="Remplaçant", given_name="Ugo")
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    viewer = viewer_for(person, 0, NOW)
    assert viewer and not reads(viewer, before)
    following = sessions.following(lesson)[0]
    following.teachers.set([person])
    assert reads(viewer, before)
    assert rules.writes_record(viewer, following) and not rules.writes_record(viewer, lesson)


def test_who_may_read_every_class(holder: Any) -> None:
    everyone = {role for role in Role if holder(role).has_power(RECORDS)}
    assert everyone == {Role.HEAD, Role.SCHOOL_LIFE, Role.LIBRARIAN, Role.ASSISTANT}
    assert {role for role in Role if rules.reads_records(holder(role))} == everyone | {Role.TEACHER}
    assert {role for role in Role if rules.reads_every_class(holder(role))} == everyone
    assert {role for role in Role if rules.keeps_records(holder(role))} == {Role.TEACHER}
    assert {role for role in Role if rules.follows_homework(holder(role))} == {Role.PUPIL}


def test_what_one_gives_is_what_one_sees_of_ones_own_lessons(
    college: World, lesson: Lesson, seat_of: Any, twin: World
) -> None:
    mine = given(seat_of("teacher"), lesson)
    elsewhere = Lesson.objects.filter(school=twin.school, teachers=twin.people["teacher"]).order_by("pk")[0]
    theirs = given(seat_of("teacher", world=twin), elsewhere)
    mine.record.lesson.teachers.add(college.people["cpe"])
    # A teacher who is also in the twin school reads there from there alone.
    elsewhere.teachers.add(college.people["teacher"])
    for key in ("teacher", "head", "cpe", "secretary"):
        seat = seat_of(key)
        for rows, lesson_of, row in (
            (LessonRecord.objects, "lesson", mine.record),
            (Homework.objects, "record__lesson", mine),
        ):
            taught = {f"{lesson_of}__teachers": seat.person.pk}
            own = set(rows.given_by(seat))
            assert own == set(rows.visible_to(seat).filter(**taught)), key
            assert (row in own) == (key in {"teacher", "cpe"})
            assert theirs not in own and theirs.record not in own


def test_an_inspector_reads_the_cahiers_de_textes_as_long_as_the_head_lets_them_in(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    record, work = written(seat_of("teacher"), lesson), given(seat_of("teacher"), lesson)
    person = Person.objects.create(family_name="Inspectrice", given_name="Zoé")
    lent = {RECORDS: {"until": "2026-12-31", "by": college.people["head"].pk}}
    Holding.objects.create(person=person, role=Role.AGENT, school=college.school, scope=lent)
    viewer = viewer_for(person, 0, NOW)
    assert viewer and reads(viewer, record)
    assert work in type(work).objects.visible_to(viewer)
    assert ClassBook.objects.visible_to(viewer).filter(pk__in=lesson.groups.all()).exists()
    later = viewer_for(person, 0, NOW + timedelta(days=60))
    assert later is None or not reads(later, record)


def test_a_year_that_is_over_is_not_written_any_more(college: World, lesson: Lesson, seat_of: Any) -> None:
    college.school.current_year = None
    college.school.save()
    assert not rules.writes_record(seat_of("teacher"), lesson)


def test_what_families_had_read_is_kept_as_it_was(lesson: Lesson, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    record = written(teacher, lesson, publish=False)
    record = records.write_record(teacher, lesson, typed("Thalès, exemples."), record.version)
    assert not Correction.objects.filter(record=record).exists()
    given(teacher, lesson)
    records.write_record(teacher, lesson, typed("Pythagore."), record.version)
    *_first, last = Correction.objects.filter(record=record)
    assert last.content == "Thalès, exemples."
    assert [work["title"] for work in last.works] == ["Exercices 12 et 14 page 87"]
    assert sessions.history_of(record)[0].content == "Thalès, exemples."


def test_a_published_record_is_not_taken_back_by_a_draft(lesson: Lesson, seat_of: Any) -> None:
    record = written(seat_of("teacher"), lesson)
    again = records.write_record(seat_of("teacher"), lesson, typed("Autre.", publish=False), record.version)
    assert not again.is_draft


def test_the_same_words_twice_are_one(lesson: Lesson, seat_of: Any) -> None:
    record = written(seat_of("teacher"), lesson)
    again = written(seat_of("teacher"), lesson)
    assert again.version == record.version
    assert not Correction.objects.filter(record=record).exists()


def test_publishing_twice_with_work_and_a_document_is_no_correction(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    form = {"content": "Thalès.", "shown": "start", "seen": "0", "due": "next", "hand_in": "nothing"}
    form |= {"title": "Exercice 12", "sent_as": "a" * 32}
    for _click in range(2):
        paper = SimpleUploadedFile("fiche.txt", b"Un texte.", "text/plain")
        assert client.post(address, form | {"papers": paper}).status_code == 302
    record = LessonRecord.objects.get(lesson=lesson)
    assert record.works.count() == 1 and record.papers.count() == 1
    assert not Correction.objects.filter(record=record).exists()
    # Work added afterwards, from a page that showed what families read, is one.
    again = form | {"title": "Exercice 13", "sent_as": "b" * 32, "seen": str(record.version)}
    assert client.post(address, again).status_code == 302
    assert Correction.objects.filter(record=record).exists()


def test_two_teachers_at_once_lose_nothing(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    lesson.teachers.add(college.people["teacher_1"])
    written(seat_of("teacher_1"), lesson, content="Le texte du collègue.")
    client.sit(college.people["teacher"])
    form = {"content": "Mon texte à moi.", "shown": "start", "seen": "0", "due": "next"}
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    answer = client.post(address, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Le texte du collègue." in page and "Mon texte à moi." in page
    assert LessonRecord.objects.get(lesson=lesson).content == "Le texte du collègue."
    assert 'name="seen" value="1"' in page
    assert client.post(address, form | {"seen": "1"}).status_code == 302
    assert LessonRecord.objects.get(lesson=lesson).content == "<p>Mon texte à moi.</p>"


def test_two_tabs_of_one_teacher_are_no_colleague(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    form = {"content": "Premier onglet.", "shown": "start", "seen": "0", "due": "next"}
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    assert client.post(address, form).status_code == 302
    page = client.post(address, form | {"content": "Second onglet."}).content.decode()
    assert (
        "Vous avez écrit cette séance dans un autre onglet" in page and "Le texte de l’autre onglet" in page
    )
    assert "Quelqu’un d’autre" not in page and "collègue" not in page
    assert re.search(r"choisissez «\s*Enregistrer\s*»", page) and re.search(r">\s*Enregistrer\s*<", page)


def test_the_next_lesson_is_on_another_day(college: World, client: SchoolClient, lesson: Lesson) -> None:
    soon = Lesson.objects.create(
        school=lesson.school,
        year=lesson.year,
        subject=lesson.subject,
        day=lesson.day,
        starts=lesson.ends + timedelta(minutes=20),
        ends=lesson.ends + timedelta(minutes=75),
    )
    soon.groups.set(lesson.groups.all())
    soon.teachers.set([college.people["teacher"]])
    first, *others = sessions.following(lesson, after=NOW)
    assert first.day > lesson.day
    assert others[-1].pk == soon.pk, "the same day can still be chosen"
    client.sit(college.people["teacher"])
    page = client.get(reverse("homework:record", kwargs={"pk": lesson.pk})).content.decode()
    asked = page[page.index('name="due"') :]
    named = re.search(r"Prochain cours\s*: ([^<]*)<", asked)
    assert named and named[1].startswith(dates.short_day(first.day))
    assert len(named[0]) < 50, "it is read whole on a telephone"


def test_a_private_note_is_its_author_s(college: World, lesson: Lesson, seat_of: Any) -> None:
    lesson.teachers.add(college.people["teacher_1"])
    record = written(seat_of("teacher"), lesson)
    records.note(seat_of("teacher"), record, "Léa : à revoir")
    for key in ("teacher_1", "head", "pupil", "guardian"):
        assert not LessonNote.objects.visible_to(seat_of(key)).exists(), key
    assert LessonNote.objects.visible_to(seat_of("teacher")).count() == 1
    assert records.forget_notes(college.people["teacher"].pk) == 1


def test_a_lesson_taken_from_the_timetable_leaves_what_was_prepared(lesson: Lesson, seat_of: Any) -> None:
    following = sessions.following(lesson)[0]
    following.teachers.set([seat_of("teacher").person])
    record = written(seat_of("teacher"), following)
    following.delete()
    record.refresh_from_db()
    assert record.lesson is None and record.content
    assert reads(seat_of("teacher"), record) and not reads(seat_of("teacher_1"), record)
    assert not reads(seat_of("pupil", at=NOW + timedelta(days=30)), record)


def test_what_is_to_be_filled(college: World, lesson: Lesson, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    assert lesson.pk in {row.pk for row in sessions.missing_rows(teacher)}
    mark = sessions.marks_of(teacher, [lesson.pk])[lesson.pk]
    assert mark.gesture == "Écrire le contenu"
    written(teacher, lesson, publish=False)
    assert lesson.pk not in {row.pk for row in sessions.missing_rows(teacher)}
    assert sessions.marks_of(teacher, [lesson.pk])[lesson.pk].label == "Contenu en brouillon"
    assert not sessions.marks_of(seat_of("teacher_1"), [lesson.pk])
    assert not sessions.marks_of(seat_of("pupil"), [lesson.pk])


def test_a_lesson_whose_homework_alone_is_given_is_still_to_be_filled(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    LessonRecord.objects.all().delete()
    teacher = seat_of("teacher")
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    client.sit(college.people["teacher"])
    client.post(address, sent(title="Réviser", due="next"))
    record = LessonRecord.objects.get(lesson=lesson)
    assert not record.is_draft and not record.content

    def said() -> tuple[bool, str, str]:
        (session,) = (
            one for one in sessions.sessions_of(teacher, lesson.day, lesson.day) if one.lesson.pk == lesson.pk
        )
        missing = lesson.pk in {row.pk for row in sessions.missing_rows(teacher)}
        assert missing == session.is_missing == (lesson in sessions.missing_of_year(teacher))
        return (
            missing,
            session.tag[0] if session.tag else "",
            sessions.marks_of(teacher, [lesson.pk])[lesson.pk].label,
        )

    to_write = "Travail donné, contenu à écrire"
    assert said() == (True, to_write, to_write)
    assert to_write in client.get(address).content.decode()
    assert to_write in client.get(reverse("homework:sessions")).content.decode()
    # What it gives is taken away: nothing is left of it.
    record.works.update(removed_at=NOW)
    assert said() == (True, "À remplir", "Contenu à écrire")
    client.post(address, sent(seen=str(record.version), content="Théorème de Thalès."))
    assert said() == (False, "Publié", "Contenu écrit")
    assert to_write not in client.get(address).content.decode()
    # A document says what was done, as a text does.
    LessonRecord.objects.filter(pk=record.pk).update(content="")
    file = StoredFile.objects.create(
        school=college.school, name="Cours.pdf", kind="application/pdf", size=9, digest="0" * 64, kept_at=NOW
    )
    record.papers.create(file=file)
    assert said() == (False, "Publié", "Contenu écrit")


def test_what_was_given_for_today_stands_beside_what_one_writes_and_on_the_page_of_the_lesson(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    LessonRecord.objects.all().delete()
    teacher, last = seat_of("teacher"), before(lesson)
    given(
        teacher, last, title="Réviser la leçon", due_day=lesson.day, due_lesson=lesson, body="<p>Page 12</p>"
    )
    given(teacher, last, title="Apporter le livre", due_day=lesson.day)
    given(teacher, last, title="Pour plus tard")
    removed = given(teacher, last, title="Retiré depuis", due_day=lesson.day, due_lesson=lesson)
    Homework.objects.filter(pk=removed.pk).update(removed_at=NOW)
    apart = Lesson.objects.filter(starts__lt=lesson.starts).exclude(groups__in=lesson.groups.all())
    foreign = apart.filter(school=college.school, subject=lesson.subject)[0]
    foreign.teachers.set([college.people["teacher"]])
    given(teacher, foreign, title="Une autre classe", due_day=lesson.day)
    other = Lesson.objects.filter(groups__in=lesson.groups.all(), starts__lt=lesson.starts)
    unlike = other.exclude(subject=lesson.subject)[0]
    unlike.teachers.set([college.people["teacher"]])
    given(teacher, unlike, title="Une autre matière", due_day=lesson.day)
    pages = [reverse(name, kwargs={"pk": lesson.pk}) for name in ("homework:record", "timetable:lesson")]
    client.sit(college.people["teacher"])
    for address in pages:
        with Statements(connection) as made:
            page = client.get(address).content.decode()
        assert made.count <= MOST_QUERIES or address != pages[0], made.made
        due = page.split("À faire pour aujourd’hui")[1].split("</ul>")[0]
        assert "Réviser la leçon" in due and "Page 12" in due and "Apporter le livre" in due, address
        for text in ("Pour plus tard", "Retiré depuis", "Une autre classe", "Une autre matière"):
            assert text not in due, (address, text)
    # A colleague who does not give this lesson reads nothing of it here.
    client.sit(college.people["teacher_1"])
    assert "Réviser la leçon" not in client.get(pages[1]).content.decode()
    Homework.objects.all().delete()
    client.sit(college.people["teacher"])
    for address in pages:
        assert "À faire pour aujourd’hui" not in client.get(address).content.decode()


def test_the_last_lesson_says_that_it_is_not_filled(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    LessonRecord.objects.all().delete()
    teacher, last = seat_of("teacher"), before(lesson)
    earlier = before(last)
    written(teacher, earlier)
    client.sit(college.people["teacher"])
    address = reverse("homework:record", kwargs={"pk": lesson.pk})

    def said(of: Lesson) -> bool:
        page = client.get(address).content.decode().replace("\u00a0", " ")
        words = f"Le cours du {dates.day(of.day)} n’est pas rempli".replace("\u00a0", " ")
        return words in page and f'href="{reverse("homework:record", kwargs={"pk": of.pk})}"' in page

    assert said(last) and "La dernière fois" in client.get(address).content.decode()
    # Work alone is no content; a lesson that was cancelled had none to be written.
    given(teacher, last)
    LessonRecord.objects.filter(lesson=last).update(content="")
    assert said(last)
    # The fullest page: written, with work given in it and due for it, and nothing of the lesson before it.
    written(teacher, lesson)
    given(teacher, lesson)
    given(teacher, earlier, title="Apporter le livre", due_day=lesson.day, due_lesson=lesson)
    LessonRecord.objects.filter(lesson=last).delete()
    with Statements(connection) as made:
        page = client.get(address).content.decode()
    assert "Apporter le livre" in page and made.count <= MOST_QUERIES, made.made
    given(teacher, last)
    LessonRecord.objects.filter(lesson=last).update(content="")
    Lesson.objects.filter(pk=last.pk).update(state=Lesson.State.CANCELLED)
    assert "n’est pas rempli" not in client.get(address).content.decode()
    Lesson.objects.filter(pk=last.pk).update(state=Lesson.State.HELD)
    LessonRecord.objects.filter(lesson=last).update(content="<p>Pythagore</p>")
    assert "n’est pas rempli" not in client.get(address).content.decode()


def sent(**more: Any) -> dict[str, Any]:
    return {"due": "other", "hand_in": "nothing", "shown": "start", "seen": "0", **more}


def test_nothing_to_read_is_not_published_and_may_wait_as_a_draft(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    LessonRecord.objects.filter(lesson=lesson).delete()
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    client.sit(college.people["teacher"])
    refused = client.post(address, sent())
    assert refused.status_code == 422 and "Il n’y a rien à lire" in refused.content.decode()
    assert not LessonRecord.objects.filter(lesson=lesson).exists()
    assert client.post(address, sent(geste="brouillon", note="Pour moi")).status_code == 302
    publish = reverse("homework:publish", kwargs={"pk": lesson.pk})
    page = client.post(publish, follow=True).content.decode()
    assert "rien à lire" in page and LessonRecord.objects.get(lesson=lesson).is_draft
    # Homework alone is something to read.
    work = sent(seen="1", title="Réviser", due="next")
    assert client.post(address, work).status_code == 302
    assert not LessonRecord.objects.get(lesson=lesson).is_draft


def test_work_of_a_lesson_written_late_is_for_a_day_to_come(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, clock: Any
) -> None:
    clock.move_to(NOW + timedelta(days=20))
    now = NOW + timedelta(days=20)
    assert all(one.starts > now for one in sessions.following(lesson, after=now))
    assert sessions.following(lesson)[0].starts < now
    client.sit(college.people["teacher"])
    address = reverse("homework:record", kwargs={"pk": lesson.pk})
    past = (NOW + timedelta(days=2)).date().isoformat()
    page = client.post(address, sent(title="Réviser", due_day=past))
    assert page.status_code == 422 and "Ce jour est passé" in page.content.decode()


def before(lesson: Lesson) -> Lesson:
    """The lesson of the same subject before this one, of the same class."""
    same = Lesson.objects.filter(groups__in=lesson.groups.all(), subject=lesson.subject)
    found: Lesson = same.filter(starts__lt=lesson.starts).order_by("-starts")[0]
    found.teachers.set(lesson.teachers.all())
    return found


def test_what_was_done_last_time_stands_beside_what_one_writes(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    LessonRecord.objects.all().delete()
    assert sessions.before(seat_of("teacher"), lesson)[0] is None
    last = before(lesson)
    record = written(seat_of("teacher"), last)
    given(seat_of("teacher"), last)
    other = Lesson.objects.filter(groups__in=lesson.groups.all(), starts__lt=lesson.starts)
    foreign = other.exclude(subject=lesson.subject).order_by("-starts")[0]
    LessonRecord.objects.create(
        school=college.school,
        lesson=foreign,
        subject=foreign.subject,
        day=foreign.day,
        content="<p>Une autre matière</p>",
        state="ready",
        written_by=college.people["teacher"],
        written_at=NOW,
    )
    former = sessions.before(seat_of("teacher"), lesson)[0]
    assert former == record
    client.sit(college.people["teacher"])
    with Statements(connection) as made:
        page = client.get(reverse("homework:record", kwargs={"pk": lesson.pk})).content.decode()
    assert made.count <= MOST_QUERIES, made.made
    assert "La dernière fois" in page and record.works.get().title in page
    assert "Une autre matière" not in page
    assert page.index("La dernière fois") > page.index("Contenu de la séance")


def test_a_colleagues_draft_of_last_time_is_not_shown(college: World, lesson: Lesson, seat_of: Any) -> None:
    LessonRecord.objects.all().delete()
    last = before(lesson)
    last.teachers.set([college.people["teacher_1"]])
    record = written(seat_of("teacher_1"), last, publish=False)
    assert sessions.before(seat_of("teacher"), lesson)[0] is None
    LessonRecord.objects.filter(pk=record.pk).update(state="ready")
    assert sessions.before(seat_of("teacher"), lesson)[0] == record


def test_the_home_and_the_lessons_count_the_same_that_are_to_be_filled(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    """A Tuesday: the last seven days are of two weeks."""
    LessonRecord.objects.all().delete()
    number = len(sessions.missing_rows(seat_of("teacher")))
    monday = dates.monday_of(NOW.date())
    week = sessions.sessions_of(seat_of("teacher"), monday, monday + timedelta(days=6))
    assert number > sum(one.is_missing for one in week) > 0
    client.sit(college.people["teacher"])
    pages = [client.get(reverse(name)).content.decode() for name in ("portal:home", "homework:sessions")]
    texts = [page.replace("\u00a0", " ").replace("\u202f", " ") for page in pages]
    assert f"{number} séances à remplir" in texts[0]
    assert f"{number} séances des sept derniers jours sont à remplir" in texts[1]
