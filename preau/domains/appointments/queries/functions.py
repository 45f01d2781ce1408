"""What each of the staff is to a family: « CPE », « infirmière », « Mathématiques, professeure principale »."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Enrolment, Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role, lead_of_class
from preau.domains.appointments.queries.around import RECEIVING

ASKED_ROLES = (Role.HEAD, Role.SCHOOL_LIFE, Role.NURSE)
CPE = "CPE"


@dataclass(frozen=True)
class Function:
    """Somebody of a school, and as what this family knows them."""

    school: int
    person: Person
    said: str


def _role(role: str, title: str, civility: str) -> str:
    """Only « CPE » is read of a title: the others are words of official files."""
    if role == Role.SCHOOL_LIFE and CPE in title.upper():
        return CPE
    if role == Role.NURSE:
        return _("infirmière") if civility == "mme" else _("infirmier")
    return Role(role).said_of(civility)


def _functions(viewer: Viewer, held: Q, taught: Q) -> list[Function]:
    """Two queries, by name whatever the accents: what they teach to one's own children, else the role that they hold."""
    by_person: dict[tuple[int, int], tuple[Person, dict[str, None]]] = {}
    groups = Enrolment.objects.active(viewer.today).filter(pupil__in=viewer.own_pupils()).values("group_id")
    rows = Assignment.objects.active(viewer.today).filter(taught, group__in=groups)
    for row in rows.select_related("teacher", "subject").order_by("-kind", "subject__name", "pk"):
        leads = lead_of_class(in_ecole=viewer.is_ecole(row.school_id), civility=row.teacher.civility).lower()
        titles = by_person.setdefault((row.school_id, row.teacher_id), (row.teacher, {}))[1]
        titles[row.subject.name if row.subject else leads] = None
    holdings = Holding.objects.active(viewer.today).filter(
        held, school__in=viewer.schools_of_own_pupils(), role__in=RECEIVING
    )
    for one in holdings.select_related("person").order_by("pk"):
        assert one.school_id is not None  # noqa: S101 - filtered by their school
        titles = by_person.setdefault((one.school_id, one.person_id), (one.person, {}))[1]
        if one.role != Role.TEACHER or not titles:
            titles[_role(one.role, one.title, one.person.civility)] = None
    found = [
        Function(school, person, ", ".join(titles)) for (school, _pk), (person, titles) in by_person.items()
    ]
    return sorted(found, key=lambda one: (one.person.search_name, one.person.pk))


def asked_of(viewer: Viewer) -> list[Function]:
    """Whom a family may ask to call back: head, school life, nurse, and the teachers of their children."""
    return _functions(viewer, Q(role__in=ASKED_ROLES), Q())


def said_of(viewer: Viewer, people: Iterable[int]) -> dict[tuple[int, int], str]:
    """What these people are, by school and person, for a family; nothing for the staff."""
    wanted = set(people)
    if not viewer.is_guardian or not wanted:
        return {}
    found = _functions(viewer, Q(person__in=wanted), Q(teacher__in=wanted))
    return {(one.school, one.person.pk): one.said for one in found}
