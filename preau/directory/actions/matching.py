"""What a school's rows are today, for the keys of a delivery: read in a fixed number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Q

from preau.directory.models import (
    Assignment,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
    SchoolYear,
    Subject,
)
from preau.directory.models.scoping import active_on
from preau.directory.words import Role

CHUNK = 5_000


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists short enough for one `IN (…)`."""
    stream = iter(values)
    while part := list(islice(stream, size)):
        yield part


@dataclass
class Standing:
    """The rows that a batch is compared with. People are found by key, and everything else by the person's id."""

    ids: dict[str, int] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    ines: dict[str, int] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    guardianships: dict[int, list[Guardianship]] = field(default_factory=dict)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    enrolments: list[Enrolment] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    past_enrolments: list[Enrolment] = field(default_factory=list)
    past_assignments: list[Assignment] = field(default_factory=list)
    elsewhere: set[int] = field(default_factory=set)

    def meet(self, keys: Iterable[str], source: str, authority: str) -> None:
        """Find the people of these keys."""
        found: list[tuple[str, int]] = []
        mine = ExternalId.objects.filter(source=source, authority=authority, kind="person")
        for part in chunks(key for key in keys if key not in self.ids):
            found += mine.filter(value__in=part).values_list("value", "person_id")
        self.ids.update(found)
        self.keys.update((person_id, key) for key, person_id in found)

    def recognise(self, ines: Iterable[str]) -> None:
        """Find who bears these national numbers."""
        mine = ExternalId.objects.filter(kind="ine")
        for part in chunks(ines):
            self.ines.update(mine.filter(value__in=part).values_list("value", "person_id"))

    def load_people(self) -> None:
        for part in chunks(pk for pk in self.keys if pk not in self.people):
            self.people |= {person.pk: person for person in Person.objects.filter(pk__in=part).order_by()}

    def load_school(self, school: School, year: SchoolYear | None, source: str, authority: str) -> None:
        """Open holdings of the school; groups, enrolments and assignments of the year; its subjects."""
        self.holdings = list(Holding.objects.filter(school=school, ends=None).order_by("pk"))
        self.subjects = {subject.code: subject for subject in Subject.objects.filter(school=school)}
        if year:
            groups = Group.objects.filter(year=year).prefetch_related("classes")
            self.groups = {(group.kind, group.name): group for group in groups}
            self.enrolments = list(Enrolment.objects.filter(group__year=year).order_by("pk"))
            self.assignments = list(Assignment.objects.filter(group__year=year, ends=None).order_by("pk"))
        past = {"school": school, "ends": None, "source": source}
        self.past_enrolments = list(Enrolment.objects.filter(**past).exclude(group__year=year))
        self.past_assignments = list(Assignment.objects.filter(**past).exclude(group__year=year))
        kept: list[Any] = [
            *self.holdings,
            *self.past_assignments,
            *self.assignments,
            *self.past_enrolments,
            *self.enrolments,
        ]
        self._name({_person_of(row) for row in kept if row.source == source}, source, authority)

    def _name(self, ids: set[int], source: str, authority: str) -> None:
        """The keys of people who hold something here and are not in the delivery."""
        mine = ExternalId.objects.filter(source=source, authority=authority, kind="person")
        for part in chunks(ids - set(self.keys)):
            self.keys.update(mine.filter(person_id__in=part).values_list("person_id", "value"))

    def load_families(self, pupils: Iterable[int]) -> None:
        for part in chunks(pupils):
            for row in Guardianship.objects.filter(pupil_id__in=part, ends=None).order_by("pk"):
                self.guardianships.setdefault(row.pupil_id, []).append(row)

    def load_ties_elsewhere(self, school: School, today: date) -> None:
        """Who works, learns or has a child in another school: a school's own file does not rename them."""
        for part in chunks(self.people):
            holders = Holding.objects.filter(active_on(today), person_id__in=part).exclude(school=school)
            self.elsewhere.update(holders.values_list("person_id", flat=True))
            here = Holding.objects.filter(active_on(today), school=school, role=Role.PUPIL)
            wards = Guardianship.objects.filter(active_on(today), guardian_id__in=part)
            away = wards.exclude(pupil__in=here.values("person_id"))
            self.elsewhere.update(away.values_list("guardian_id", flat=True))


def _person_of(row: Holding | Assignment | Enrolment) -> int:
    name = {Holding: "person_id", Assignment: "teacher_id", Enrolment: "pupil_id"}[type(row)]
    found: int = getattr(row, name)
    return found


def leaving(school: School, keys: set[str], source: str, authority: str, roles: Q) -> tuple[int, int]:
    """How many holders of these roles a complete list of keys leaves out, and how many there are."""
    held = Holding.objects.filter(roles, school=school, ends=None, source=source)
    ids = set(held.values_list("person_id", flat=True))
    mine = ExternalId.objects.filter(source=source, authority=authority, kind="person")
    staying: set[int] = set()
    for part in chunks(ids):
        known = mine.filter(person_id__in=part).values_list("person_id", "value")
        staying.update(person_id for person_id, key in known if key in keys)
    return len(ids - staying), len(ids)
