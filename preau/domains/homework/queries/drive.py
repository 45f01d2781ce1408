"""The files of lessons and of homework, in folders: a teacher's own classes, and what a family reads by subject.

Each level is one query, asked when its folder is opened, through the same `visible_to` as the pages; of this school year alone.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from preau.commons.files.models import StoredFile
from preau.commons.files.queries.drive import documents_of
from preau.directory.models import Group, Subject
from preau.directory.viewer import Viewer
from preau.domains.homework.models import HandIn, HandInFile, Homework, LessonFile, LessonRecord
from preau.domains.homework.models.records import given_by
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.boards import Document, Folder

READY = Q(file__state=StoredFile.State.READY)

Records = Callable[[], "QuerySet[LessonRecord]"]


def _this_year(lesson: str) -> Q:
    return Q(**{f"{lesson}__year": F(f"{lesson}__school__current_year")})


# Lessons


def books_of_teacher(viewer: Viewer) -> list[Folder]:
    """The classes and groups to whose lessons the viewer has joined files, each with these lessons."""
    joined = Lesson.groups.through.objects.filter(lesson__in=_taught(viewer).values("lesson_id"))
    groups = Group.objects.filter(pk__in=joined.values("group_id")).order_by("rank", "name", "pk")
    return [Folder(group.name, partial(_lessons, viewer, _of_group(viewer, group.pk))) for group in groups]


def _taught(viewer: Viewer) -> "QuerySet[LessonRecord]":
    """The records of the lessons that the viewer gives this year, and that have files to take."""
    held = LessonFile.objects.visible_to(viewer).filter(READY, record=OuterRef("pk"))
    records: QuerySet[LessonRecord] = LessonRecord.objects.given_by(viewer)
    return records.filter(_this_year("lesson"), Exists(held))


def _of_group(viewer: Viewer, group: int) -> Records:
    joined = Lesson.groups.through.objects.filter(group_id=group, lesson_id=OuterRef("lesson_id"))
    return lambda: _taught(viewer).filter(Exists(joined))


def books_of_family(viewer: Viewer) -> list[Folder]:
    """The subjects in which there are files that the viewer's pupils may read, each with its lessons."""
    subjects = Subject.objects.filter(pk__in=_shown(viewer).values("record__subject_id")).order_by(
        "name", "pk"
    )
    return [
        Folder(subject.name, partial(_lessons, viewer, _in_subject(viewer, subject.pk)))
        for subject in subjects
    ]


def _shown(viewer: Viewer) -> "QuerySet[LessonFile]":
    files: QuerySet[LessonFile] = LessonFile.objects.visible_to(viewer).filter(READY)
    return files.filter(_this_year("record__lesson"))


def _in_subject(viewer: Viewer, subject: int) -> Records:
    records = _shown(viewer).filter(record__subject=subject).values("record_id")
    return lambda: LessonRecord.objects.filter(pk__in=records)


def _lessons(viewer: Viewer, records: Records) -> list[Folder]:
    """A folder a lesson, the last one first."""
    found = records().select_related("subject", "lesson__school").order_by("-day", "-lesson__starts", "-pk")
    return [Folder(_name_of(record), partial(_papers, viewer, record.pk)) for record in found]


def _name_of(record: Any) -> str:
    """« 2026-11-24 10h05 Mathématiques »: by date wherever names are sorted."""
    starts = dates.local(record.lesson.starts, record.lesson.school.timezone)
    return f"{starts:%Y-%m-%d %Hh%M} {record.subject.name}"


def _papers(viewer: Viewer, record: int) -> list[Document]:
    """The documents of a lesson and of its homework."""
    seen = LessonFile.objects.visible_to(viewer).filter(READY, record=record)
    return documents_of(lesson_file.file for lesson_file in seen.select_related("file").order_by("pk"))


# What was handed in


def handed_to_teacher(viewer: Viewer) -> list[Folder]:
    """The classes and groups that have handed in files to the viewer, each with the homework."""
    joined = Lesson.groups.through.objects.filter(lesson__in=_handed(viewer).values("record__lesson_id"))
    groups = Group.objects.filter(pk__in=joined.values("group_id")).order_by("rank", "name", "pk")
    return [Folder(group.name, partial(_works, viewer, group.pk)) for group in groups]


def _handed(viewer: Viewer) -> "QuerySet[Homework]":
    """The homework given by the viewer this year for which a pupil has handed in a file."""
    held = _by_pupils(viewer).filter(hand_in__homework=OuterRef("pk"))
    works: QuerySet[Homework] = given_by(Homework.objects.all(), viewer, "record__lesson_id")
    return works.filter(_this_year("record__lesson"), Exists(held))


def _by_pupils(viewer: Viewer) -> "QuerySet[HandInFile]":
    files: QuerySet[HandInFile] = HandInFile.objects.visible_to(viewer).filter(READY, of_teacher=False)
    return files


def _works(viewer: Viewer, group: int) -> list[Folder]:
    joined = Lesson.groups.through.objects.filter(group_id=group, lesson_id=OuterRef("record__lesson_id"))
    found = _handed(viewer).filter(Exists(joined)).order_by("-due_day", "-pk")
    return [Folder(f"{one.due_day:%Y-%m-%d} {one.title}", partial(_pupils, viewer, one.pk)) for one in found]


def _pupils(viewer: Viewer, homework: int) -> list[Folder]:
    held = _by_pupils(viewer).filter(hand_in=OuterRef("pk"))
    found = HandIn.objects.visible_to(viewer).filter(Exists(held), homework=homework).select_related("pupil")
    return [
        Folder(hand_in.pupil.list_name, partial(_handed_files, viewer, hand_in.pk))
        for hand_in in found.order_by("pupil__search_name", "pk")
    ]


def _handed_files(viewer: Viewer, hand_in: int) -> list[Document]:
    seen = _by_pupils(viewer).filter(hand_in=hand_in)
    return documents_of(pupil.file for pupil in seen.select_related("file").order_by("pk"))
