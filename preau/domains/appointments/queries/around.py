"""Who comes with whom: the children of guardians at an evening, and who teaches them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Guardianship, Person
from preau.directory.models.scoping import active_on
from preau.domains.appointments.models import Evening


def enrolled(evening: Evening) -> "QuerySet[Enrolment]":
    """The pupils of the classes of an evening, that day."""
    found: QuerySet[Enrolment] = Enrolment.objects.active(evening.day).filter(group__in=evening.groups.all())
    return found


def children_at(evening: Evening, pupils: Iterable[int]) -> list[Person]:
    """Of these pupils, those of the classes of the evening, by first name (one query)."""
    here = enrolled(evening).filter(pupil__in=list(pupils)).order_by().values("pupil_id")
    return list(Person.objects.filter(pk__in=here).order_by("given_name", "pk"))


def teachers_of(day: date, pupils: Iterable[int]) -> dict[int, dict[int, tuple[str, ...]]]:
    """For each pupil, who teaches them that day and what: in their class, and in the groups that they are in (one query)."""
    rows = (
        Enrolment.objects.active(day)
        .filter(
            active_on(day, "group__assignments__"), pupil__in=list(pupils), group__assignments__isnull=False
        )
        .order_by("group__assignments__pk")
        .values_list("pupil_id", "group__assignments__teacher_id", "group__assignments__subject__short_name")
    )
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for pupil, teacher, subject in rows:
        named = found[pupil][teacher]
        if subject and subject not in named:
            named.append(subject)
    return {
        pupil: {teacher: tuple(names) for teacher, names in teachers.items()}
        for pupil, teachers in found.items()
    }


def taught_by(day: date, teacher: int) -> "QuerySet[Enrolment, int]":
    """The pupils of the classes and groups that somebody teaches, as a subquery."""
    groups = Assignment.objects.active(day).filter(teacher=teacher).values("group_id")
    found: QuerySet[Enrolment, int] = (
        Enrolment.objects.active(day).filter(group__in=groups).order_by().values_list("pupil_id", flat=True)
    )
    return found


def guardians_of(day: date, pupils: Iterable[int]) -> dict[int, list[Guardianship]]:
    """Who may follow each pupil, that day (one query)."""
    found: dict[int, list[Guardianship]] = defaultdict(list)
    links = Guardianship.objects.informed(day).of_another().filter(pupil__in=list(pupils))
    for link in links.select_related("guardian").order_by("contact_priority", "pk"):
        found[link.pupil_id].append(link)
    return found


def may_follow(day: date, guardian: int, pupil: int) -> bool:
    """Does this person still answer for the pupil, that day? Authority may have ended since the slot was taken."""
    return Guardianship.objects.informed(day).of_another().filter(guardian=guardian, pupil=pupil).exists()


def teachers_at(evening: Evening) -> "QuerySet[Person]":
    """Who teaches the classes of an evening, and the groups drawn from them."""
    groups = evening.groups.all()
    taught = Assignment.objects.active(evening.day).filter(Q(group__in=groups) | Q(group__classes__in=groups))
    return Person.objects.filter(pk__in=taught.order_by().values("teacher_id"))


def kin_of(links: Mapping[int, list[Guardianship]]) -> dict[int, set[int]]:
    """For each guardian, those who follow a child of theirs too."""
    found: dict[int, set[int]] = defaultdict(set)
    for of_pupil in links.values():
        people = {link.guardian_id for link in of_pupil}
        for person in people:
            found[person] |= people - {person}
    return found
