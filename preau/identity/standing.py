"""What a person is to every school, on a day and later: what decides who may give them a way in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from preau.directory.models import Enrolment, Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role


@dataclass(frozen=True)
class Standing:
    """`held`: (role, school) pairs anywhere; `wards`: schools of the children followed; `teachers`: of their lessons.

    `coming`: pairs that have not begun. Whoever takes an account over today still has it the day they begin. `trusted`: schools
    whose head gave them something beyond their function.
    """

    person_id: int
    held: frozenset[tuple[Role, int | None]] = frozenset()
    wards: frozenset[int] = frozenset()
    teachers: frozenset[tuple[int, int]] = frozenset()
    coming: frozenset[tuple[Role, int | None]] = frozenset()
    trusted: frozenset[int | None] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """Today's and those to come."""
        return frozenset(role for role, _ in self.held | self.coming)

    @property
    def is_only_pupil(self) -> bool:
        return self.roles == {Role.PUPIL} and not self.wards

    @property
    def is_staff(self) -> bool:
        """Works somewhere, today or later; an agent and an operator too."""
        return not self.roles <= {Role.PUPIL}

    def works_in(self, school_id: int | None) -> bool:
        """Has a function there today; where there is none anywhere yet, will have one there."""
        today = _workplaces(self.held)
        return school_id in (today or _workplaces(self.coming))

    def schools_as(self, *roles: Role) -> frozenset[int | None]:
        """Where one of these is held, today or later."""
        return frozenset(school for role, school in self.held | self.coming if role in roles)

    def belongs_to(self, school_id: int | None) -> bool:
        """Works or learns there, or follows a child who does; somebody who works nowhere yet may be about to."""
        here = any(school == school_id for _, school in self.held)
        return here or school_id in self.wards or (self.is_staff and self.works_in(school_id))


def _workplaces(held: Iterable[tuple[Role, int | None]]) -> set[int | None]:
    return {school for role, school in held if role != Role.PUPIL}


def not_over(today: date) -> Q:
    """Holdings of today and those to come."""
    return Q(ends__isnull=True) | Q(ends__gt=today)


def standings_of(people: Iterable[int], today: date) -> dict[int, Standing]:
    """The standing of each person, in three queries however many they are."""
    ids = list(people)
    held: dict[int, set[tuple[Role, int | None]]] = defaultdict(set)
    coming: dict[int, set[tuple[Role, int | None]]] = defaultdict(set)
    found = Holding.objects.filter(not_over(today), person__in=ids)
    trusted: dict[int, set[int | None]] = defaultdict(set)
    for holding in found.only("person_id", "role", "school_id", "starts", "scope"):
        begun = holding.starts is None or holding.starts <= today
        (held if begun else coming)[holding.person_id].add((Role(holding.role), holding.school_id))
        if holding.delegations(today):
            trusted[holding.person_id].add(holding.school_id)
    wards = _wards(ids, today)
    teachers = _teachers(ids, today)
    return {
        pk: Standing(
            pk,
            frozenset(held[pk]),
            frozenset(wards[pk]),
            frozenset(teachers[pk]),
            frozenset(coming[pk]),
            frozenset(trusted[pk]),
        )
        for pk in ids
    }


def _wards(ids: list[int], today: date) -> dict[int, set[int]]:
    """The schools of the children whom each of them follows."""
    found: dict[int, set[int]] = defaultdict(set)
    followed = (
        Guardianship.objects.informed(today)
        .of_another()
        .filter(active_on(today, "pupil__holdings__"), guardian__in=ids, pupil__holdings__role=Role.PUPIL)
    )
    for guardian, school in followed.values_list("guardian_id", "pupil__holdings__school_id"):
        found[guardian].add(school)
    return found


def _teachers(ids: list[int], today: date) -> dict[int, set[tuple[int, int]]]:
    """(teacher, school) of the classes and groups in which each of them learns today."""
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    taught = Enrolment.objects.filter(
        active_on(today),
        active_on(today, "group__assignments__"),
        pupil__in=ids,
        group__assignments__isnull=False,
    )
    lessons = taught.values_list(
        "pupil_id", "group__assignments__teacher_id", "group__assignments__school_id"
    )
    for pupil, teacher, school in lessons.distinct():
        found[pupil].add((teacher, school))
    return found
