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
from preau.directory.words import Role

CHUNK = 5_000


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists short enough for one `IN (…)`."""
    stream = iter(values)
    while part := list(islice(stream, size)):
        yield part


@dataclass
class Standing:
    """The rows that a batch is compared with. A key leads to a person's id; two keys may lead to one person.

    `seconds`: keys of rows that were merged into another; a file only fills by them what is empty.
    """

    ids: dict[str, int] = field(default_factory=dict)
    seconds: set[str] = field(default_factory=set)
    people: dict[int, Person] = field(default_factory=dict)
    ines: dict[str, int] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    guardianships: dict[int, list[Guardianship]] = field(default_factory=dict)
    past_guardianships: dict[tuple[int, int], Guardianship] = field(default_factory=dict)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    enrolments: list[Enrolment] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    past_enrolments: list[Enrolment] = field(default_factory=list)
    past_assignments: list[Assignment] = field(default_factory=list)
    here: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)
    workers: set[int] = field(default_factory=set)

    def meet(self, keys: Iterable[str], source: str, *authorities: str) -> None:
        """Find the people of these keys; the first authority wins."""
        mine = ExternalId.objects.filter(source=source, kind="person")
        for authority in authorities:
            for part in chunks(key for key in list(keys) if key not in self.ids):
                found = mine.filter(authority=authority, value__in=part)
                for key, person, is_second in found.values_list("value", "person_id", "is_second"):
                    self.ids[key] = person
                    if is_second:
                        self.seconds.add(key)

    def recognise(self, ines: Iterable[str]) -> None:
        """Find who bears these national numbers."""
        mine = ExternalId.objects.filter(kind="ine")
        for part in chunks(ines):
            self.ines.update(mine.filter(value__in=part).values_list("value", "person_id"))

    def load_people(self) -> None:
        for part in chunks(pk for pk in set(self.ids.values()) if pk not in self.people):
            self.people |= {person.pk: person for person in Person.objects.filter(pk__in=part).order_by()}

    def load_school(
        self, school: School, year: SchoolYear | None, source: str, today: date, only: set[int] | None = None
    ) -> None:
        """Holdings that go on; groups, enrolments and assignments of the year, and those left open before it; subjects.

        `only`: of these people alone.
        """
        goes_on = Q(ends=None) | Q(ends__gt=today)
        held = Holding.objects.filter(goes_on, school=school).order_by("pk")
        learns = teaches = Q()
        if only is not None:
            held = held.filter(person__in=only)
            learns, teaches = Q(pupil__in=only), Q(teacher__in=only)
        self.holdings = list(held)
        self.subjects = {subject.code: subject for subject in Subject.objects.filter(school=school)}
        past = Q(school=school, ends=None, source=source)
        if year:
            groups = Group.objects.filter(year=year).prefetch_related("classes")
            self.groups = {(group.kind, group.name): group for group in groups}
            self.enrolments = list(Enrolment.objects.filter(learns, group__year=year).order_by("pk"))
            taught = Assignment.objects.filter(teaches, group__year=year, ends=None)
            self.assignments = list(taught.order_by("pk"))
            past &= Q(group__year__starts__lt=year.starts)
        self.past_enrolments = list(Enrolment.objects.filter(past, learns).select_related("group"))
        self.past_assignments = list(Assignment.objects.filter(past, teaches).select_related("group"))

    def name_leavers(self) -> None:
        """People who hold something here and are in no key of the delivery: their names are for the preview."""
        for part in chunks({row.person_id for row in self.holdings} - set(self.people)):
            self.people |= {person.pk: person for person in Person.objects.filter(pk__in=part).order_by()}

    def load_families(self, pupils: Iterable[int]) -> None:
        for part in chunks(pupils):
            for row in Guardianship.objects.filter(pupil_id__in=part).order_by("pk"):
                if row.ends is None or row.ruled_on:
                    self.guardianships.setdefault(row.pupil_id, []).append(row)
                else:
                    self.past_guardianships[row.pupil_id, row.guardian_id] = row

    def load_wards(self, guardians: set[int]) -> None:
        """The families of the pupils for whom these people answer."""
        if guardians:
            open_rows = Guardianship.objects.filter(guardian__in=guardians, ends=None, ruled_on=None)
            known = set(self.guardianships)
            self.load_families(set(open_rows.values_list("pupil_id", flat=True)) - known)

    def load_ties(self, school: School) -> None:
        """Of any date: who has something in this school, in another, and who works or worked anywhere."""
        for part in chunks(set(self.ids.values())):
            for person, place, role in Holding.objects.filter(person_id__in=part).values_list(
                "person_id", "school_id", "role"
            ):
                (self.here if place == school.pk else self.elsewhere).add(person)
                if role != Role.PUPIL:
                    self.workers.add(person)
            wards = Guardianship.objects.filter(guardian_id__in=part, pupil__holdings__role=Role.PUPIL)
            for person, place in wards.values_list("guardian_id", "pupil__holdings__school_id"):
                (self.here if place == school.pk else self.elsewhere).add(person)
