"""A teacher's progressions, and the courses that they may be given to or made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from preau.directory.viewer import Viewer
from preau.domains.homework.models import LessonRecord, Progression
from preau.domains.homework.models.records import taught_by
from preau.domains.timetable.models import Lesson


@dataclass(frozen=True)
class Course:
    """A subject that the viewer teaches to a class or a group, in one year."""

    group_id: int
    subject_id: int
    name: str
    year: str
    is_now: bool

    @property
    def key(self) -> str:
        return f"{self.group_id}-{self.subject_id}"


def courses_of(viewer: Viewer) -> list[Course]:
    """The courses of the viewer in this school, those of this year first (one query)."""
    given = Lesson.objects.in_school(viewer).taught_over_weeks(viewer.person).exclude(groups=None)
    columns = ("groups", "subject", "groups__name", "subject__name", "year__name", "year")
    lines = (
        given.order_by("-year__starts", "groups__rank", "groups__name", "subject__name")
        .values_list(*columns)
        .distinct()
    )
    now = viewer.year.pk if viewer.year else None
    return [
        Course(group, subject, f"{name} · {year_name}", year, year_id == now)
        for group, subject, name, year_name, year, year_id in lines
    ]


def progressions_of(viewer: Viewer) -> "QuerySet[Progression]":
    """The viewer's own, each with how many lessons it has (`number`)."""
    return Progression.objects.visible_to(viewer).annotate(number=Count("steps")).order_by("title", "pk")


def lessons_to_fill(viewer: Viewer, course: Course, first: date, count: int) -> list[Lesson]:
    """The next lessons of a course of which nothing is written, one more than `count`: the last homework is for it."""
    free = Lesson.objects.in_school(viewer).held().taught_over_weeks(viewer.person)
    free = free.filter(groups=course.group_id, subject=course.subject_id, day__gte=first, record=None)
    return list(free.order_by("starts", "pk")[: count + 1])


def records_of_course(viewer: Viewer, course: Course) -> list[LessonRecord]:
    """What the viewer wrote of a course, in the order of its lessons."""
    own = LessonRecord.objects.in_school(viewer).filter(
        taught_by(viewer.person.pk, "lesson_id"), lesson__groups=course.group_id, subject=course.subject_id
    )
    return list(own.order_by("lesson__starts", "pk").distinct())


def chosen(courses: Sequence[Course], key: str) -> Course | None:
    return next((course for course in courses if course.key == key), None)
