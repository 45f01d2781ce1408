"""Assessments near and far, for the tests of marks."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from conftest import NOW
from preau.directory.models import Assignment, Enrolment, Group, Period, Person
from preau.directory.seeds.world import World
from preau.domains.gradebook.actions import assessments, marks
from preau.domains.gradebook.models import Assessment, Mark
from preau.domains.gradebook.rules.marking import TypedMark

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def class_of(world: World) -> Group:
    """The class of the cast's pupil."""
    found: Group = Group.objects.get(
        kind=Group.Kind.CLASS, enrolments__pupil=world.people["pupil"], enrolments__ends=None
    )
    return found


def charge_of(world: World) -> Assignment:
    """The cast's teacher teaches this subject in the class of the cast's pupil, and nobody else does."""
    group = class_of(world)
    charge: Assignment = Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES).order_by("pk")[
        0
    ]
    Assignment.objects.filter(group=group, subject=charge.subject_id).exclude(pk=charge.pk).delete()
    charge.teacher = world.people["teacher"]
    charge.save()
    return charge


def period_of(world: World, day: date | None = None) -> Period:
    found: Period = Period.objects.get(
        year=world.year, starts__lte=day or NOW.date(), ends__gte=day or NOW.date()
    )
    return found


def assessment(
    world: World, viewer: Any, title: str = "Calcul 1", published_at: datetime | None = None, **fields: Any
) -> Assessment:
    """An assessment of the cast's teacher in the class of the cast's pupil; a draft unless it is said."""
    charge = charge_of(world)
    described = assessments.Described(**{"title": title, "day": NOW.date() - DAY, **fields})
    return assessments.create_assessment(
        viewer, charge.group, charge.subject, period_of(world, described.day), described, published_at
    )


def marked(
    viewer: Any, assessment: Assessment, pupil: Person, value: str = "12", seen: int = 0
) -> Mark | None:
    typed = TypedMark(Decimal(value)) if value[:1].isdigit() else TypedMark(code=value)
    return marks.set_mark(viewer, assessment, pupil, typed, seen)


def classmate_of(world: World) -> Person:
    """Another pupil of the class."""
    others = Enrolment.objects.filter(group=class_of(world), ends=None).exclude(pupil=world.people["pupil"])
    found: Person = others.order_by("pk")[0].pupil
    return found
