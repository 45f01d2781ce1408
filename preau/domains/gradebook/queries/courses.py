"""What a teacher teaches to whom: a group and a subject, with what is assessed there."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from preau.directory.models import Assignment, Group, Period
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook.models import Assessment, GradeBook
from preau.domains.gradebook.models.reading import charges, led, with_last_day, year_over
from preau.domains.gradebook.rules.access import reads_every_class
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class Course:
    """A subject of a group; `own`: the viewer teaches it there."""

    group_id: int
    group: str
    subject_id: int
    subject: str
    short: str
    own: bool = True


@dataclass(frozen=True)
class CourseRow:
    """The same, with how many assessments the period has, how many are drafts, and the day of the last one."""

    course: Course
    count: int
    drafts: int
    last_day: object = None


COURSE = ("group_id", "group__name", "subject_id", "subject__name", "subject__short_name")


def _own(viewer: Viewer, year: int) -> Any:
    rows = charges(viewer).filter(school=viewer.school_id, kind=Assignment.Kind.TEACHES, group__year=year)
    return rows.order_by("group__rank", "group__name", "subject__name").values_list(*COURSE)


OWN = Prepared(_own)


def own_courses(viewer: Viewer, year: int | None = None) -> list[Course]:
    """What the viewer teaches this year, or taught until another was over, group by group: one query."""
    year = year or (viewer.year.pk if viewer.year else None)
    return list(dict.fromkeys(Course(*row) for row in OWN(viewer, year))) if year else []


def _of_group(viewer: Viewer, group: int) -> Any:
    held = with_last_day(Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES))
    rows = held.filter(active_on(viewer.today) | year_over(viewer))
    drawn = Group.classes.through.objects.filter(from_group=OuterRef("group_id"), to_group__in=led(viewer))
    assignments = rows.annotate(is_led=Exists(drawn) | Q(group__in=led(viewer)))
    return assignments.order_by("subject__name").values_list(*COURSE, "teacher_id", "is_led")


OF_GROUP = Prepared(_of_group)


def courses_of(viewer: Viewer, group: Group) -> list[Course]:
    """The subjects of a group that the viewer reads, their own first: head, school life and who leads the class read the others."""
    rows = OF_GROUP(viewer, group.pk)
    taught = [(Course(*course), teacher == viewer.person.pk, is_led) for *course, teacher, is_led in rows]
    own = {course.subject_id for course, is_own, _is_led in taught if is_own}
    reads = reads_every_class(viewer) or any(is_led for _course, _is_own, is_led in taught)
    found = dict.fromkeys(course for course, *_more in taught if reads or course.subject_id in own)
    courses = [replace(course, own=course.subject_id in own) for course in found]
    return sorted(courses, key=lambda one: not one.own)


def course_rows(viewer: Viewer, courses: list[Course], period: Period | None) -> list[CourseRow]:
    """These courses with their assessments of a period: one query."""
    rows = Assessment.objects.kept().filter(period=period, group__in={course.group_id for course in courses})
    counted = rows.values("group_id", "subject_id").annotate(
        number=Count("pk"), drafts=Count("pk", filter=Q(published_at=None)), last=Max("day")
    )
    found = {(row["group_id"], row["subject_id"]): row for row in counted.order_by()}
    empty = {"number": 0, "drafts": 0, "last": None}
    pairs = [(course, found.get((course.group_id, course.subject_id), empty)) for course in courses]
    return [CourseRow(one, row["number"], row["drafts"], row["last"]) for one, row in pairs]


def books_read(viewer: Viewer, year: int | None) -> list[GradeBook]:
    """For who reads every class: those of a year, the youngest first; for a teacher, none beside their courses."""
    if viewer.holds(Role.TEACHER) and not viewer.holds(Role.HEAD):
        return []
    books = GradeBook.objects.visible_to(viewer).filter(year=year, kind=Group.Kind.CLASS)
    return list(books.order_by("rank", "name"))
