"""Whom a form may name: a pupil, a colleague, the next school."""

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.records.models import HEALTH, PSYCHOLOGY, SOCIAL, Record


def groups_to_choose(viewer: Viewer) -> "QuerySet[Group]":
    """The classes and groups of the year; of a teacher who is nothing else, those that they teach."""
    found = Group.objects.visible_to(viewer).filter(year=viewer.year)
    if not _sees_every_class(viewer):
        taught = Assignment.objects.in_school(viewer).active(viewer.today).filter(teacher_id=viewer.person.pk)
        found = found.filter(pk__in=taught.values("group_id"))
    return found.order_by("kind", "rank", "name")


def _sees_every_class(viewer: Viewer) -> bool:
    given = any(viewer.has_power(power) for power in (HEALTH, SOCIAL, PSYCHOLOGY))
    return given or viewer.holds(Role.HEAD, Role.NURSE)


def pupils_of(viewer: Viewer, group: Group | None) -> "QuerySet[Person]":
    """The pupils of a class or a group today, without one's own child, whatever one is to them: nobody keeps the record of
    their family."""
    if group is None:
        return Person.objects.none()
    here = Enrolment.objects.active(viewer.today).filter(group=group, school_id=viewer.school_id)
    own = Guardianship.objects.active(viewer.today).filter(guardian=viewer.person.pk)
    found = Person.objects.filter(pk__in=here.values("pupil_id")).exclude(pk__in=own.values("pupil_id"))
    return found.order_by("search_name", "pk")


def staff_to_add(viewer: Viewer, record: Record) -> "QuerySet[Person]":
    """The staff of the school, without whoever answers for the pupil: they read it as a family, or not at all."""
    held = Holding.objects.active(viewer.today).filter(school_id=record.school_id)
    staff = held.exclude(role__in=[Role.PUPIL, Role.AGENT])
    family = Guardianship.objects.active(viewer.today).filter(pupil=record.pupil_id)
    found = Person.objects.filter(pk__in=staff.values("person_id")).exclude(
        Q(pk__in=family.values("guardian_id")) | Q(pk=record.pupil_id)
    )
    return found.order_by("search_name", "pk")


def next_schools(viewer: Viewer, record: Record) -> "QuerySet[School]":
    """The other schools of this platform where the pupil is enrolled, today or from a day to come."""
    held = Holding.objects.filter(person=record.pupil_id, role=Role.PUPIL).exclude(school=record.school_id)
    still = held.filter(Q(ends=None) | Q(ends__gt=viewer.today))
    return School.objects.filter(pk__in=still.values("school_id")).order_by("name", "pk")
