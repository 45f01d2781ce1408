"""The cahier de textes of a class: who has opened it reads each line that they may read, and no other."""

from typing import Any

import pytest

from preau.directory.seeds.world import World
from preau.domains.homework.models import ClassBook, LessonRecord
from preau.domains.homework.models.records import published
from preau.domains.homework.queries.books import lessons_of_book, subjects_of_book
from preau.domains.homework.tests.scene import lesson_now, written
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db


def lines(viewer: Any, book: ClassBook, subject: int | None = None) -> list[int]:
    found = lessons_of_book(viewer, book, subject)
    return [lesson.pk for lesson in found[0 : found.count()]]


@pytest.mark.parametrize("key", ["teacher", "teacher_1", "head", "cpe"])
def test_a_book_shows_what_each_line_would_show(college: World, seat_of: Any, key: str) -> None:
    lesson, teacher = lesson_now(college), seat_of("teacher")
    written(teacher, lesson)
    later = Lesson.objects.taught_by(teacher.person).filter(starts__gt=lesson.ends).order_by("starts")[0]
    draft = written(teacher, later, publish=False)
    viewer = seat_of(key)
    books = list(ClassBook.objects.visible_to(viewer))
    assert books
    for book in books:
        seen = LessonRecord.objects.visible_to(viewer).filter(
            published(viewer.moment), lesson__in=Lesson.objects.of_group(book.pk)
        )
        ordered = list(seen.order_by("-day", "-lesson__starts", "-pk").values_list("pk", "subject_id"))
        assert lines(viewer, book) == [pk for pk, _subject in ordered]
        assert draft.pk not in lines(viewer, book)
        for subject in subjects_of_book(book):
            of_it = [pk for pk, about in ordered if about == subject.pk]
            assert lines(viewer, book, subject.pk) == of_it
    assert any(lines(viewer, book) for book in books), "somebody has written something"


def test_a_book_of_elsewhere_has_no_line(college: World, twin: World, seat_of: Any) -> None:
    """Whoever would ask for it without having opened it finds nothing."""
    theirs = seat_of("head", world=twin)
    book = next(
        class_book for class_book in ClassBook.objects.visible_to(theirs) if lines(theirs, class_book)
    )
    assert not ClassBook.objects.visible_to(seat_of("head")).filter(pk=book.pk).exists()
    assert lines(seat_of("head"), book) == []
