"""What an export speaks of: some schools on a day, their classes and groups, and who is there.

Classes, groups and codes are kept in memory; people are always streamed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from sys import intern
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from preau.directory.models import Assignment, Enrolment, ExternalId, Group, Holding, School
from preau.directory.models.scoping import active_on
from preau.directory.words import Role

CHUNK = 2_000


@dataclass(frozen=True)
class GroupLine:
    """A class or group of the current year; `code` is unique in its school, `classes` are the codes it draws from."""

    pk: int
    school: School
    kind: str
    code: str
    name: str
    level: str
    classes: tuple[str, ...] = ()

    @property
    def is_class(self) -> bool:
        return self.kind == Group.Kind.CLASS

    @property
    def levels(self) -> list[str]:
        """« PS-MS » is a class of two levels."""
        return [level for level in self.level.split("-") if level]


class Scope:
    """`schools` on `day`: who holds a role there that day, and the classes and groups of the current year."""

    def __init__(self, schools: Iterable[School], day: date) -> None:
        self.schools = {school.pk: school for school in sorted(schools, key=lambda school: school.uai)}
        self.day = day

    def uai(self, school_id: int) -> str:
        return self.schools[school_id].uai

    # Who is there

    def holdings(self, roles: Collection[str]) -> "QuerySet[Holding]":
        """The roles held, of people who are not erased, person by person."""
        found = Holding.objects.active(self.day).filter(school__in=self.schools, role__in=roles)
        return found.filter(person__erased_at=None).order_by("person_id", "school__uai", "pk")

    def enrolments(self) -> "QuerySet[Enrolment]":
        """Pupils in classes and groups, pupil by pupil, those who still are pupils of the school.

        Joined to what they hold there, so that `pupil__holdings__programme` is their course.
        """
        return (
            Enrolment.objects.active(self.day)
            .filter(
                active_on(self.day, "pupil__holdings__"),
                group__in=self._groups,
                pupil__erased_at=None,
                pupil__holdings__role=Role.PUPIL,
                pupil__holdings__school=F("group__school"),
            )
            .order_by("pupil_id", "group_id", "pupil__holdings__pk")
        )

    def assignments(self, roles: Collection[str]) -> "QuerySet[Assignment]":
        """Who teaches what to whom, teacher by teacher, those who still work in the school."""
        there = Holding.objects.active(self.day).filter(
            person=OuterRef("teacher"), school=OuterRef("group__school"), role__in=roles
        )
        found = Assignment.objects.active(self.day).filter(Exists(there), group__in=self._groups)
        return found.filter(teacher__erased_at=None).order_by("teacher_id", "group_id", "subject__code")

    # Classes and groups

    @property
    def _groups(self) -> "QuerySet[Group]":
        return Group.objects.filter(school__in=self.schools, year=F("school__current_year"))

    @cached_property
    def groups(self) -> dict[int, GroupLine]:
        """Each class and group of the current years, by school, classes first."""
        named, drawn = self._labels(), self._drawn()
        codes: dict[int, str] = {}
        taken: set[tuple[int, str]] = set()
        found = list(self._groups.order_by("school__uai", "kind", "name", "pk"))
        for group in found:
            code = named.get(group.pk, group.name)
            while (group.school_id, code) in taken:
                code += "_G"
            taken.add((group.school_id, code))
            codes[group.pk] = code
        return {
            group.pk: GroupLine(
                group.pk,
                self.schools[group.school_id],
                group.kind,
                codes[group.pk],
                group.name,
                group.level,
                tuple(sorted(codes[pk] for pk in drawn[group.pk] if pk in codes)),
            )
            for group in found
        }

    def _labels(self) -> dict[int, str]:
        """What the files call a group: its label in the second degree (« 1$3A »), its key in the first."""
        rows = ExternalId.objects.filter(group__in=self._groups).order_by("source", "pk")
        found: dict[int, str] = {}
        for group, value in rows.values_list("group_id", "value").iterator(chunk_size=CHUNK):
            found.setdefault(group, value.rpartition("$")[2])
        return {group: label for group, label in found.items() if label}

    def _drawn(self) -> dict[int, list[int]]:
        rows = Group.classes.through.objects.filter(from_group__in=self._groups)
        found: dict[int, list[int]] = defaultdict(list)
        for group, drawn_from in rows.values_list("from_group_id", "to_group_id"):
            found[group].append(drawn_from)
        return found

    @cached_property
    def programmes(self) -> dict[int, frozenset[str]]:
        """The courses (MEF) of the pupils of each class and group."""
        rows = self.enrolments().exclude(pupil__holdings__programme="").order_by()
        found: dict[int, set[str]] = defaultdict(set)
        for group, code in rows.values_list("group_id", "pupil__holdings__programme").distinct():
            found[group].add(code)
        return {group: frozenset(codes) for group, codes in found.items()}

    @cached_property
    def subjects(self) -> dict[int, dict[str, str]]:
        """What is taught in each class and group: code → name."""
        rows = Assignment.objects.active(self.day).filter(group__in=self._groups).exclude(subject=None)
        assignments = rows.order_by("subject__code").values_list("group_id", "subject__code", "subject__name")
        found: dict[int, dict[str, str]] = defaultdict(dict)
        for group, code, name in assignments.distinct():
            # The same words come back in each class of each school.
            found[group][intern(code)] = intern(name)
        return found


def streamed(rows: "QuerySet[Any]", *fields: str) -> Iterator[tuple[Any, ...]]:
    """These fields of each row, a few thousand at a time."""
    return rows.values_list(*fields).iterator(chunk_size=CHUNK)


def by_first(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Neighbouring rows that begin alike, together: what one person has."""
    return (list(same) for _first, same in groupby(rows, key=itemgetter(0)))
