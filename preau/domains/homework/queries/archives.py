"""What an archive of a class holds, and the archives that were made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from preau.directory.models import Group, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.homework.models import (
    Archive,
    Correction,
    Homework,
    LessonFile,
    LessonRecord,
    Visa,
)
from preau.domains.homework.models.records import published
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import LessonRow, lines_of, rows_from

MOST_SHOWN, TOGETHER = 10, 500


@dataclass(frozen=True)
class PageOfYear:
    """One lesson of the year, whole: what was done and given in it, and what families read before each correction."""

    record: LessonRecord
    lesson: LessonRow
    works: list[Homework]
    papers: dict[int | None, list[str]]
    corrections: list[Correction]


@dataclass(frozen=True)
class BookOfYear:
    """The cahier de textes of a class for a year. It names its teachers, and no pupil."""

    group: Group
    year: SchoolYear
    until: date
    subjects: dict[str, list[PageOfYear]] = field(default_factory=dict)
    visas: list[Visa] = field(default_factory=list)

    @property
    def number(self) -> int:
        return sum(len(pages) for pages in self.subjects.values())


def published_of_year(group: Group, now: datetime) -> "QuerySet[LessonRecord]":
    """What families and the head have been able to read of a class, by subject and in order."""
    lessons = Lesson.objects.of_group(group.pk).filter(year=group.year_id)
    found = LessonRecord.objects.filter(published(now), lesson__in=lessons)
    return found.order_by("subject__name", "subject_id", "day", "lesson__starts", "pk")


def has_something(group: Group, now: datetime) -> bool:
    """Is there a lesson to archive?"""
    return published_of_year(group, now).exists()


def book_of_year(group: Group, year: SchoolYear, now: datetime, today: date) -> BookOfYear:
    """All that an archive holds, in seven queries for each five hundred lessons at most."""
    found = published_of_year(group, now).select_related("subject", "written_by")
    visas = Visa.objects.filter(group=group.pk).select_related("given_by", "subject")
    book = BookOfYear(group, year, today, visas=list(visas.order_by("given_at", "pk")))
    records = list(found)
    for start in range(0, len(records), TOGETHER):
        for page in _pages(records[start : start + TOGETHER]):
            book.subjects.setdefault(page.record.subject.name, []).append(page)
    return book


def _pages(records: Sequence[LessonRecord]) -> list[PageOfYear]:
    keys = [record.pk for record in records]
    lessons = {row.pk: row for row in rows_from(lines_of(Lesson.objects.filter(record__in=keys)))}
    # What was taken away before anybody was told of it was never given.
    given = Homework.objects.filter(Q(removed_at=None) | Q(told_at__isnull=False), record__in=keys)
    works = _by_record(given.order_by("due_day", "pk"))
    corrections = _by_record(
        Correction.objects.filter(record__in=keys).select_related("corrected_by").order_by("pk")
    )
    papers = _papers(keys)
    return [
        PageOfYear(
            record, lessons[record.lesson_id], works[record.pk], papers[record.pk], corrections[record.pk]
        )
        for record in records
        if record.lesson_id in lessons
    ]


def _by_record(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.record_id].append(row)
    return found


def _papers(records: Sequence[int]) -> dict[int, dict[int | None, list[str]]]:
    """By record, then by homework (None: the lesson itself): the names of the documents that were joined."""
    found: dict[int, dict[int | None, list[str]]] = defaultdict(dict)
    joined = LessonFile.objects.filter(record__in=records).order_by("pk")
    for record, work, name in joined.values_list("record_id", "homework_id", "file__name"):
        found[record].setdefault(work, []).append(name)
    return found


def archives_of(viewer: Viewer, group: Group) -> list[Archive]:
    """The last archives of a class, newest first (one query)."""
    return list(archives(viewer).filter(group=group.pk)[:MOST_SHOWN])


def archives(viewer: Viewer) -> "QuerySet[Archive]":
    """Every archive of the school, newest first, with the names that pages show."""
    seen = Archive.objects.visible_to(viewer).shown()
    return seen.select_related("group", "year", "file", "made_by").order_by("-asked_at", "-pk")


def archive_files(viewer: Viewer) -> "QuerySet[Archive, Any]":
    """The keys of the files of the archives that the viewer reads."""
    return Archive.objects.visible_to(viewer).filter(file__isnull=False).values("file_id")


def archive_of_file(viewer: Viewer, file_id: int) -> Archive | None:
    """The archive that a file is."""
    found: Archive | None = Archive.objects.visible_to(viewer).filter(file=file_id).first()
    return found
