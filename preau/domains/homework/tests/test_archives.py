"""The yearly archive of a class: made by a task, whole, kept once for all, and read by those who may."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.files.actions import forget_files, sweep
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Line
from preau.commons.works.models import Work
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.domains.homework import exports, tasks
from preau.domains.homework.actions import records, visas
from preau.domains.homework.actions.archives import ask_archive
from preau.domains.homework.models import Archive, ClassBook, LessonRecord
from preau.domains.homework.queries.archives import archives_of
from preau.domains.homework.tests.scene import given, lesson_now, typed, written
from preau.domains.timetable.models import Lesson
from preau.foundation import pdf, vault
from preau.foundation.uploads import UploadRefused

State = Archive.State
REAL_MADE, REAL_POSSIBLE = pdf.made, pdf.is_possible()


@pytest.fixture(autouse=True)
def fast_pdf(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be laid out, kept as it is: laying out a term takes seconds. One test below makes a real one."""
    pages: list[str] = []

    def made(page: str, style: Any) -> bytes:
        pages.append(page)
        return b"%PDF-1.7\n" + page.encode()

    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    monkeypatch.setattr(pdf, "made", made)
    return pages


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


@pytest.fixture
def group(college: World, lesson: Lesson) -> ClassBook:
    """The class of the cast's pupil."""
    return ClassBook.objects.get(year=college.year, kind="class", enrolments__pupil=college.people["pupil"])


def address(name: str, group: Group) -> str:
    return reverse(f"homework:{name}", kwargs={"pk": group.pk})


def made(viewer: Any, group: Group) -> Archive:
    archive = ask_archive(viewer, group)
    tasks.make_archive.func(archive.pk)
    archive.refresh_from_db()
    return archive


def test_the_head_asks_a_task_makes_it_and_the_page_lists_it(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any
) -> None:
    given(seat_of("teacher"), lesson, title="Exercice 12")
    DBTaskResult.objects.all().delete()
    client.sit(college.people["head"])
    asked = client.post(address("archive", group), follow=True).content.decode()
    assert "En préparation" in asked and "Archiver l’année" not in asked
    assert Work.objects.get(person=college.people["head"]).label == "Archive d’un cahier de textes"
    (queued,) = DBTaskResult.objects.filter(task_path__endswith="make_archive")
    tasks.make_archive.func(*queued.args_kwargs["args"])
    shown = client.get(address("class_book", group)).content.decode()
    archive = Archive.objects.get(group=group)
    assert archive.state == State.READY and archive.sha256 in shown.replace("<wbr>", "") and archive.file
    assert Work.objects.get(person=college.people["head"]).state == Work.State.DONE
    content = vault.path_of(archive.file.public_id).read_bytes()
    assert hashlib.sha256(content).hexdigest() == archive.sha256 == archive.file.digest
    assert "Exercice 12" in content.decode()
    verbs = set(Line.objects.filter(target="homework.archive").values_list("verb", flat=True))
    assert verbs == {"homework.archive_asked", "homework.archived"}


def test_it_holds_content_homework_corrections_and_visas_in_order(
    college: World, lesson: Lesson, group: ClassBook, seat_of: Any, fast_pdf: list[str]
) -> None:
    teacher = seat_of("teacher")
    record = written(teacher, lesson, content="Théorème de Pytagore")
    given(teacher, lesson, title="Exercice 12")
    given(
        teacher,
        lesson,
        title="Fiche relue",
        body="Pour Ana seule",
        pupils=[college.people["pupil"].pk],
    )
    version = LessonRecord.objects.get(pk=record.pk).version
    records.write_record(teacher, lesson, typed("Théorème de Pythagore"), version)
    visas.give_visa(seat_of("head"), group, None, "Vu, merci.")
    earlier = Lesson.objects.of_group(group.pk).filter(subject=lesson.subject, starts__lt=lesson.starts)
    LessonRecord.objects.filter(lesson__in=earlier).delete()
    before = earlier.order_by("starts")[0]
    before.teachers.set([college.people["teacher"]])
    written(teacher, before, content="Séance d’avant")
    archive = made(seat_of("head"), group)
    (page,) = fast_pdf
    assert page.index("Séance d’avant") < page.index("Théorème de Pythagore") < page.index("Pytagore")
    assert "On lisait avant" in page and "Exercice 12" in page and "Vu, merci." in page
    assert group.name.split()[0] in page and college.year.name in page
    assert "Fiche relue" in page and "pour quelques élèves" in page and "Pour Ana seule" not in page
    assert archive.records == page.count("<article>")


def test_a_draft_and_a_lesson_to_come_are_not_in_it(
    lesson: Lesson, group: ClassBook, seat_of: Any, fast_pdf: list[str]
) -> None:
    written(seat_of("teacher"), lesson, content="Pas encore publié", publish=False)
    made(seat_of("head"), group)
    assert "Pas encore publié" not in fast_pdf[0]


def test_a_second_archive_stands_beside_the_first(
    lesson: Lesson, group: ClassBook, seat_of: Any, clock: Any
) -> None:
    head = seat_of("head")
    written(seat_of("teacher"), lesson, content="Ancien")
    first = made(head, group)
    records.write_record(seat_of("teacher"), lesson, typed("Nouveau"), 1)
    second = made(head, group)
    kept = Archive.objects.get(pk=first.pk)
    assert (kept.file_id, kept.sha256, kept.made_at) == (first.file_id, first.sha256, first.made_at)
    assert second.file_id != first.file_id and second.sha256 != first.sha256
    assert [archive.pk for archive in archives_of(head, group)] == [second.pk, first.pk]


def test_a_double_click_is_one_archive(lesson: Lesson, group: ClassBook, seat_of: Any) -> None:
    written(seat_of("teacher"), lesson)
    head = seat_of("head")
    assert ask_archive(head, group) == ask_archive(head, group)
    assert Archive.objects.count() == Line.objects.filter(verb="homework.archive_asked").count() == 1


def test_the_task_run_twice_makes_one_file(lesson: Lesson, group: ClassBook, seat_of: Any) -> None:
    written(seat_of("teacher"), lesson)
    archive = made(seat_of("head"), group)
    tasks.make_archive.func(archive.pk)
    assert StoredFile.objects.filter(name__startswith="Cahier de textes").count() == 1
    again = Archive.objects.get(pk=archive.pk)
    assert (again.file_id, again.made_at) == (archive.file_id, archive.made_at)


def test_one_whose_worker_died_is_asked_for_again(lesson: Lesson, group: ClassBook, seat_of: Any) -> None:
    written(seat_of("teacher"), lesson)
    lost = ask_archive(seat_of("head"), group)
    Archive.objects.update(asked_at=NOW - timedelta(hours=3))
    again = ask_archive(seat_of("head"), group)
    lost.refresh_from_db()
    assert again != lost and lost.state == State.FAILED and again.state == State.MAKING
    tasks.make_archive.func(lost.pk)
    assert not Archive.objects.get(pk=lost.pk).file_id


def test_stopped_from_the_works_nothing_is_kept(lesson: Lesson, group: ClassBook, seat_of: Any) -> None:
    written(seat_of("teacher"), lesson)
    archive = ask_archive(seat_of("head"), group)
    Work.objects.update(stop_asked_at=NOW)
    tasks.make_archive.func(archive.pk)
    archive.refresh_from_db()
    assert archive.state == State.DROPPED and not archive.file_id
    assert Work.objects.get().state == Work.State.CANCELLED
    assert archives_of(seat_of("head"), group) == []


def test_what_fails_is_told_and_may_be_asked_again(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any, settings: Any
) -> None:
    written(seat_of("teacher"), lesson)
    settings.FILES_GIGABYTES = 0
    archive = ask_archive(seat_of("head"), group)
    with pytest.raises(UploadRefused):
        tasks.make_archive.func(archive.pk)
    assert Work.objects.get().state == Work.State.FAILED
    client.sit(college.people["head"])
    shown = client.get(address("class_book", group)).content.decode()
    assert "N’a pas abouti" in shown and "Archiver l’année" in shown


def test_nothing_published_is_not_archived(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook
) -> None:
    LessonRecord.objects.all().delete()
    client.sit(college.people["head"])
    content = client.post(address("archive", group), follow=True).content.decode()
    assert "il n’y a rien à archiver" in content and not Archive.objects.exists()


@pytest.mark.parametrize("who", ["teacher", "cpe", "pupil", "guardian"])
def test_the_head_alone_archives(college: World, client: SchoolClient, group: ClassBook, who: str) -> None:
    client.sit(college.people[who])
    answer = client.post(address("archive", group))
    assert answer.status_code in {403, 404} and not Archive.objects.exists()


def test_a_teacher_of_the_class_reads_its_book_and_no_archive(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any
) -> None:
    written(seat_of("teacher"), lesson)
    archive = made(seat_of("head"), group)
    client.sit(college.people["teacher"])
    shown = client.get(address("class_book", group)).content.decode()
    assert "Archives de l’année" not in shown and archive.sha256[:8] not in shown
    assert archive.file
    for refused in [
        address("book_of_year", group),
        reverse("homework:archives"),
        reverse("files:file", kwargs={"public_id": archive.file.public_id}),
    ]:
        assert client.get(refused).status_code in {403, 404}


@pytest.mark.parametrize("who", ["pupil", "guardian"])
def test_no_family_opens_an_archive(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any, who: str
) -> None:
    written(seat_of("teacher"), lesson)
    archive = made(seat_of("head"), group)
    client.sit(college.people[who])
    assert archive.file
    file = reverse("files:file", kwargs={"public_id": archive.file.public_id})
    assert client.get(file).status_code == 404
    assert not Archive.objects.visible_to(seat_of(who)).exists()


def test_school_life_opens_it_and_leaves_a_line(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any
) -> None:
    written(seat_of("teacher"), lesson)
    archive = made(seat_of("head"), group)
    client.sit(college.people["cpe"])
    shown = client.get(reverse("homework:archives")).content.decode()
    assert archive.file and archive.file.public_id in shown
    opened = client.get(reverse("files:file", kwargs={"public_id": archive.file.public_id}))
    assert opened.status_code == 200
    assert Line.objects.filter(verb="homework.archive_opened", target_id=archive.pk).exists()


def test_another_school_finds_nothing(
    college: World, twin: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any
) -> None:
    written(seat_of("teacher"), lesson)
    archive = made(seat_of("head"), group)
    client.sit(twin.people["head"])
    assert client.post(address("archive", group)).status_code == 404
    assert client.get(address("book_of_year", group)).status_code == 404
    assert archive.file
    assert client.get(reverse("files:file", kwargs={"public_id": archive.file.public_id})).status_code == 404
    assert archive.sha256[:8] not in client.get(reverse("homework:archives")).content.decode()


def test_without_pango_the_year_is_a_page_to_print(
    college: World, client: SchoolClient, lesson: Lesson, group: ClassBook, seat_of: Any, monkeypatch: Any
) -> None:
    given(seat_of("teacher"), lesson, title="Exercice 12")
    monkeypatch.setattr(pdf, "is_possible", lambda: False)
    client.sit(college.people["head"])
    shown = client.get(address("class_book", group)).content.decode()
    assert "Archiver l’année" not in shown and address("book_of_year", group) in shown
    page = client.get(address("book_of_year", group)).content.decode()
    assert "Exercice 12" in page and "homework/paper" in page
    content = client.post(address("archive", group), follow=True).content.decode()
    assert "ne sait pas faire de PDF" in content and not Archive.objects.exists()


def test_it_stays_when_who_asked_for_it_is_erased(
    lesson: Lesson, group: ClassBook, seat_of: Any, college: World
) -> None:
    written(seat_of("teacher"), lesson)
    archive = made(seat_of("head"), group)
    forget_files(college.people["head"].pk)
    sweep(NOW + timedelta(days=40))
    assert archive.file and StoredFile.objects.filter(pk=archive.file.pk).exists()
    assert vault.path_of(archive.file.public_id).is_file()


def test_a_formula_is_printed_as_it_was_typed() -> None:
    drawn = 'Soit <math class="formula" alttext="x^2" display="inline"><msup><mi>x</mi></msup></math>.'
    assert exports.FORMULA.sub(r"<code>\1</code>", drawn) == "Soit <code>x^2</code>."


@pytest.mark.skipif(not REAL_POSSIBLE, reason="This machine has no Pango.")
def test_it_is_a_real_pdf(
    lesson: Lesson, group: ClassBook, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "made", REAL_MADE)
    LessonRecord.objects.exclude(lesson=lesson).delete()
    given(seat_of("teacher"), lesson, title="Exercice 12")
    archive = made(seat_of("head"), group)
    assert archive.file
    content = vault.path_of(archive.file.public_id).read_bytes()
    assert content.startswith(b"%PDF-1.7") and content.rstrip().endswith(b"%%EOF")
