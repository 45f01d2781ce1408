"""Who comes with whom: the children of guardians at an evening, and who teaches them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.words import Profile, Role
from preau.domains.appointments.models import Evening, Host


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
        .values_list("pupil_id", "group__assignments__teacher_id", "group__assignments__subject__name")
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


def received_at(
    evening: Evening, pupils: Iterable[int], hosts: Iterable[Host] | None = None
) -> dict[int, dict[int, tuple[str, ...]]]:
    """For each pupil, who receives their family at an evening and as what: their teachers, and those who receive all of them (one query;
    two where those who receive are not known yet)."""
    pupils = list(pupils)
    found = teachers_of(evening.day, pupils)
    known = evening.hosts.exclude(role="").select_related("person").order_by("pk") if hosts is None else hosts
    for host in known:
        if host.role:
            for pupil in pupils:
                found.setdefault(pupil, {}).setdefault(host.person_id, (host.says,))
    return found


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


def followed_by(day: date, guardians: Iterable[int]) -> "QuerySet[Guardianship]":
    """The pupils whom these people follow, that day, as links."""
    found: QuerySet[Guardianship] = (
        Guardianship.objects.informed(day).of_another().filter(guardian__in=list(guardians))
    )
    return found.order_by("pk")


def may_follow(day: date, guardian: int, pupil: int) -> bool:
    """Does this person still answer for the pupil, that day? Authority may have ended since the slot was taken."""
    return Guardianship.objects.informed(day).of_another().filter(guardian=guardian, pupil=pupil).exists()


def teachers_at(evening: Evening) -> "QuerySet[Person]":
    """Who teaches the classes of an evening, and the groups drawn from them."""
    groups = evening.groups.all()
    taught = Assignment.objects.active(evening.day).filter(Q(group__in=groups) | Q(group__classes__in=groups))
    return Person.objects.filter(pk__in=taught.order_by().values("teacher_id"))


# Whoever works with pupils.
RECEIVING = [role for role in Role if role.profile == Profile.STAFF and role != Role.OTHER]


def staff_of(school: int, day: date) -> "QuerySet[Person]":
    """Those who work with pupils in a school, by name: whom one may invite, or have receive."""
    held = Holding.objects.active(day).filter(school=school, role__in=RECEIVING)
    found = Person.objects.filter(pk__in=held.order_by().values("person_id"), erased_at=None)
    return found.order_by("search_name", "pk")


def role_of(school: int, person: int, day: date) -> Role | None:
    """As what somebody of the staff receives families; None for whoever does not work with pupils there. A teacher comes last."""
    held = Holding.objects.active(day).filter(school=school, person=person, role__in=RECEIVING)
    roles = sorted(set(held.values_list("role", flat=True)), key=lambda one: (one == Role.TEACHER, one))
    return Role(roles[0]) if roles else None


def kin_of(links: Mapping[int, list[Guardianship]]) -> dict[int, set[int]]:
    """For each guardian, those who follow a child of theirs too."""
    found: dict[int, set[int]] = defaultdict(set)
    for of_pupil in links.values():
        people = {link.guardian_id for link in of_pupil}
        for person in people:
            found[person] |= people - {person}
    return found
