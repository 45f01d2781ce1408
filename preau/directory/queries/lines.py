"""Whom a family calls for its children: the number of each school, and who leads each class."""

from dataclasses import dataclass, field

from preau.directory.models import Assignment, Enrolment, Group, Person
from preau.directory.viewer import Viewer
from preau.foundation.prepared import Prepared


@dataclass
class SchoolLine:
    """One school of the children that a family follows."""

    name: str
    phone: str
    children: list[str] = field(default_factory=list)
    head_teachers: list[str] = field(default_factory=list)
    in_ecole: bool = False


CLASSES = Prepared(
    lambda viewer: (
        Enrolment.objects.active(viewer.today)
        .filter(pupil__in=viewer.own_pupils(), group__kind=Group.Kind.CLASS)
        .order_by("school__name", "school_id", "pupil__given_name", "pk")
        .values_list("school_id", "school__name", "school__phone", "pupil__given_name", "group_id")
    )
)
LED = Prepared(
    lambda groups, day: (
        Assignment.objects.active(day)
        .filter(group__in=groups, kind=Assignment.Kind.HEAD_TEACHER)
        .order_by("group_id", "pk")
        .values_list("group_id", "teacher__civility", "teacher__given_name", "teacher__family_name")
    )
)


def school_lines(viewer: Viewer) -> list[SchoolLine]:
    """One line a school, by name (two queries)."""
    found: dict[int, SchoolLine] = {}
    groups: dict[int, int] = {}
    for school, name, phone, given, group in CLASSES(viewer):
        line = found.setdefault(school, SchoolLine(name, phone, in_ecole=viewer.is_ecole(school)))
        line.children.append(given)
        groups[group] = school
    for group, civility, given, family in LED(tuple(groups), viewer.today) if groups else ():
        teacher = Person(civility=civility, given_name=given, family_name=family).formal_name
        known = found[groups[group]].head_teachers
        if teacher not in known:
            known.append(teacher)
    return list(found.values())
