"""Whom something is asked of: the groups of whoever asks, their pupils, the staff, as the file is today."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Group, Holding, Person
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF, Role


def groups_for(viewer: Viewer, *, everybody: bool) -> "QuerySet[Group]":
    """Those of this year whom this viewer asks: all of the school, where they ask everybody; else those that they teach."""
    found = Group.objects.in_school(viewer).filter(year=viewer.year)
    if not everybody:
        taught = Assignment.objects.active(viewer.today).filter(teacher=viewer.person.pk)
        found = found.filter(pk__in=taught.values("group_id"))
    return found.order_by("kind", "rank", "name", "pk")


def pupils_for(viewer: Viewer) -> "QuerySet[Person]":
    """The pupils of the viewer's school, by name."""
    held = Holding.objects.pupils_here(viewer).values("person_id")
    return Person.objects.filter(pk__in=held, erased_at=None).order_by("search_name", "pk")


def pupils_shown(
    pupils: "QuerySet[Person]", group: Group | None, kept: Iterable[int], row: Any, today: date
) -> "QuerySet[Person]":
    """Of these pupils, those whom a form shows: of the class that is shown, those chosen so far (`kept`), those of the draft (`row`)."""
    chosen = Q(pk__in=list(kept))
    if row is not None:
        chosen |= Q(pk__in=row.pupils.values("pk"))
    if group is not None:
        chosen |= Q(pk__in=group.enrolments.active(today).values("pupil_id"))  # type: ignore[attr-defined]
    return pupils.filter(chosen)


def learning_in(row: Any, today: date) -> "QuerySet[Enrolment]":
    """Who learns on a day in the classes and groups that a row names."""
    return Enrolment.objects.active(today).filter(group__in=row.groups.all(), school=row.school_id)


def pupils_here(school_id: int, today: date) -> "QuerySet[Person]":
    held = Holding.objects.active(today).filter(school=school_id, role=Role.PUPIL)
    return Person.objects.filter(pk__in=held.values("person_id"), erased_at=None)


def minors_among(pupils: Iterable[Person], today: date) -> set[int]:
    """Those of these pupils who are not of age, as far as their file says: others answer for them, and no text message is sent to them."""
    return {pupil.pk for pupil in pupils if (pupil.age_on(today) or 0) < MAJORITY}


def staff_meant(row: Any, today: date) -> "QuerySet[Person]":
    """By function (`roles`), or all; of classes and groups, those who teach them."""
    held = Holding.objects.active(today).filter(school=row.school_id, role__in=row.roles or STAFF)
    found = Person.objects.filter(pk__in=held.values("person_id"), erased_at=None)
    if row.groups.exists():
        taught = Assignment.objects.active(today).filter(group__in=row.groups.all())
        found = found.filter(pk__in=taught.values("teacher_id"))
    return found
