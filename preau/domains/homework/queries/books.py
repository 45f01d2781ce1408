"""The cahier de textes of a class, as its teachers, the head and an inspector read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from preau.directory.models import Group, Subject
from preau.directory.viewer import Viewer
from preau.domains.homework.models import ClassBook, Homework, LessonRecord, Visa
from preau.domains.homework.models.records import published
from preau.domains.homework.queries.load import near
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import LessonRow, line_of, rows_from
from preau.foundation import paging
from preau.foundation.prepared import Lines, Prepared

MOST_VISAS = 5


def classes_read(viewer: Viewer) -> "QuerySet[ClassBook]":
    """The classes of the year whose cahier de textes the viewer reads, by name."""
    return ClassBook.objects.visible_to(viewer).classes().filter(year=viewer.year).order_by("rank", "name")


def _lessons(group: int, school: Any) -> "QuerySet[Any]":
    """The lessons of a class and of the groups drawn from it, by their keys: looked for among the groups of its school alone."""
    same = Group.objects.filter(Q(pk=group) | Q(classes=group), school_id=school).values("pk")
    return Lesson.groups.through.objects.filter(group_id__in=same).values("lesson_id")


def _published(viewer: Viewer, group: int, subject: int | None) -> "QuerySet[LessonRecord]":
    here = LessonRecord.objects.in_school(viewer).filter(
        published(viewer.moment), lesson__in=_lessons(group, viewer.school_id)
    )
    return here if subject is None else here.filter(subject=subject)


RECORDS_OF_BOOK = Prepared(
    lambda viewer, group, subject: paging.counted(
        _published(viewer, group, subject)
        .select_related("lesson__subject", "lesson__room")
        .order_by("-day", "-lesson__starts", "-pk")
    )
)
NUMBER_IN_BOOK = Prepared(
    lambda viewer, group, subject: (
        _published(viewer, group, subject)
        .order_by()
        .values("school_id")
        .annotate(in_all=Count("pk"))
        .values_list("in_all", flat=True)
    )
)


def lessons_of_book(viewer: Viewer, book: ClassBook, subject: int | None = None) -> Lines:
    """What is published of the lessons of a class and of its groups, newest first: a list of `LessonRecord` for `paging`.

    Whoever has opened the cahier de textes of a class reads all of it: `ClassBook` has asked who they are, and no line of it
    asks again.
    """
    return paging.lines_of(RECORDS_OF_BOOK, NUMBER_IN_BOOK, viewer, book.pk, subject)


SUBJECTS = Prepared(
    lambda group, school, year: Subject.objects.filter(
        pk__in=Lesson.objects.filter(pk__in=_lessons(group, school), year=year).values("subject_id")
    ).order_by("name")
)


def subjects_of_book(group: Group) -> list[Subject]:
    """The subjects of the lessons of a class and of its groups, by name."""
    return SUBJECTS(group.pk, group.school_id, group.year_id)


@dataclass(frozen=True)
class PageOfBook:
    """One lesson of the book: when, with whom, what was done, what was given."""

    record: LessonRecord
    lesson: LessonRow
    works: list[Homework]


GIVEN = Prepared(
    lambda records: Homework.objects.kept().filter(record_id__in=records).order_by("due_day", "pk")
)


def pages_of(viewer: Viewer, records: Sequence[LessonRecord]) -> list[PageOfBook]:
    """These records of the viewer's school with their lessons and what was given in them (two queries, lessons at hand)."""
    lessons = [record.lesson for record in records if record.lesson]
    if viewer.school:
        for lesson in lessons:
            lesson.school = viewer.school
    rows = {row.pk: row for row in rows_from(line_of(lesson) for lesson in lessons)}
    works: dict[int, list[Homework]] = {}
    for work in GIVEN(tuple(record.pk for record in records)):
        works.setdefault(work.record_id, []).append(work)
    return [
        PageOfBook(record, rows[record.lesson_id], works.get(record.pk, []))
        for record in records
        if record.lesson_id
    ]


def works_due(group: Group, first: date, last: date) -> "Iterable[Any]":
    """What is due for a class between two days: the day, then what `DueWork` holds."""
    joined = Lesson.groups.through.objects.filter(group_id__in=near([group.pk]).values("pk"))
    given = Homework.objects.kept().filter(
        Q(record__lesson__in=joined.values("lesson_id")),
        school=group.school_id,
        due_day__range=(first, last),
        record__state=LessonRecord.State.READY,
    )
    columns = ("due_day", "pk", "record__subject__name", "title", "minutes", "for_some")
    return given.order_by("due_day", "record__subject__name", "pk").values_list(*columns)


def _visas(viewer: Viewer, group: int, subject: int | None) -> "QuerySet[Visa]":
    seen = Visa.objects.visible_to(viewer).filter(group=group)
    if subject is not None:
        seen = seen.filter(Q(subject=None) | Q(subject=subject))
    return seen.select_related("given_by", "subject")[:MOST_VISAS]


VISAS = Prepared(_visas)


def visas_of(viewer: Viewer, group: Group, subject: int | None = None) -> list[Visa]:
    """The last visas of the book, of one subject and of all of them when one is chosen."""
    return VISAS(viewer, group.pk, subject)
