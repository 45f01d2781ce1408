"""What a person is to every school on a day: what decides who may give them a way in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from preau.directory.models import Assignment, Enrolment, Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role


@dataclass(frozen=True)
class Standing:
    """`held`: (role, school) pairs anywhere; `wards`: schools of the children followed; `teachers`: of their lessons."""

    person_id: int
    held: frozenset[tuple[Role, int | None]] = frozenset()
    wards: frozenset[int] = frozenset()
    teachers: frozenset[tuple[int, int]] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _ in self.held)

    @property
    def is_only_pupil(self) -> bool:
        return self.roles == {Role.PUPIL} and not self.wards

    def holds_in(self, role: Role, school_id: int | None) -> bool:
        return (role, school_id) in self.held

    def belongs_to(self, school_id: int | None) -> bool:
        """Works or learns there, or follows a child who does."""
        return school_id in self.wards or any(school == school_id for _, school in self.held)


def standings_of(people: Iterable[int], today: date) -> dict[int, Standing]:
    """The standing of each person, in four queries however many they are."""
    ids = list(people)
    held: dict[int, set[tuple[Role, int | None]]] = defaultdict(set)
    for person, role, school in Holding.objects.filter(active_on(today), person__in=ids).values_list(
        "person_id", "role", "school_id"
    ):
        held[person].add((Role(role), school))
    wards = _wards(ids, today)
    teachers = _teachers(ids, today)
    return {
        pk: Standing(pk, frozenset(held[pk]), frozenset(wards[pk]), frozenset(teachers[pk])) for pk in ids
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
    groups: dict[int, list[int]] = defaultdict(list)
    learnt = Enrolment.objects.filter(active_on(today), pupil__in=ids)
    for pupil, group in learnt.values_list("pupil_id", "group_id"):
        groups[group].append(pupil)
    taught = Assignment.objects.filter(active_on(today), group__in=list(groups))
    for group, teacher, school in taught.values_list("group_id", "teacher_id", "school_id"):
        for pupil in groups[group]:
            found[pupil].add((teacher, school))
    return found
