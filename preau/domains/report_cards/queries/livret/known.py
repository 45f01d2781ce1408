"""What the directory knows that the livret asks for: who learns where, who teaches what, and the numbers of SIECLE and of STSWEB."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from preau.directory.models import (
    Assignment,
    Enrolment,
    ExternalId,
    Group,
    Holding,
    OfficialCode,
    Period,
    Person,
    School,
    Subject,
)
from preau.directory.words import Role
from preau.domains.gradebook.queries.read_marks import PERIODS, Learning
from preau.foundation.text import natural

# The base whose numbers the LSU reads: SIECLE's of pupils, STSWEB's of teachers, brought by one import.
SOURCE = "siecle"
LISTS = ("epp", "local")


@dataclass(frozen=True)
class Place:
    """A pupil in their class; `starts`: when they came to it, where it is said."""

    pupil: Person
    group: Group
    starts: date | None


@dataclass(frozen=True)
class Course:
    """A subject taught in a class or a group, and by whom."""

    group_id: int
    subject_id: int
    teachers: tuple[int, ...]


class Known:
    """The rows of a school in a period, each table asked once. `last`: the day that the livret looks at, the end of the period or
    today."""

    def __init__(self, school: School, period: Period, today: date) -> None:
        self.school, self.period = school, period
        self.last = min(period.ends, max(today, period.starts))

    @cached_property
    def periods(self) -> Sequence[Period]:
        return list(PERIODS(self.period.year_id))

    @property
    def rank(self) -> int:
        """The number of the period in its year, from 1."""
        return [one.pk for one in self.periods].index(self.period.pk) + 1

    # Pupils

    @cached_property
    def places(self) -> Sequence[Place]:
        """The pupils of each class on the last day, class by class, by name; whoever is in two classes is in the first."""
        rows = Enrolment.objects.active(self.last).filter(
            group__year=self.period.year_id, group__kind=Group.Kind.CLASS, pupil__erased_at=None
        )
        rows = rows.select_related("pupil", "group").order_by("pupil__search_name", "pupil_id", "pk")
        first: dict[int, Place] = {}
        for row in rows:
            first.setdefault(row.pupil_id, Place(row.pupil, row.group, row.starts))
        return sorted(first.values(), key=lambda one: natural(one.group.name))

    @cached_property
    def pupils(self) -> Sequence[int]:
        return [one.pupil.pk for one in self.places]

    @cached_property
    def classless(self) -> Sequence[Person]:
        """The pupils of the school who are in no class on that day: no livret can speak of them."""
        held = Holding.objects.active(self.last).filter(school=self.school, role=Role.PUPIL)
        lost = Person.objects.filter(pk__in=held.values("person_id"), erased_at=None)
        return list(lost.exclude(pk__in=self.pupils).order_by("search_name", "pk"))

    @cached_property
    def learning(self) -> Mapping[int, Sequence[Learning]]:
        """By pupil, their class and groups of the year, whatever the days."""
        rows = Enrolment.objects.filter(pupil__in=self.pupils, group__year=self.period.year_id)
        lines = rows.order_by("pk").values_list(
            "group_id", "group__kind", "group__name", "pupil_id", "starts", "ends"
        )
        found: dict[int, list[Learning]] = defaultdict(list)
        for row in lines:
            one = Learning(*row)
            found[one.pupil_id].append(one)
        return found

    @cached_property
    def programmes(self) -> Mapping[int, str]:
        """By pupil, the code of the training programme (MEF) that they follow."""
        held = Holding.objects.active(self.last).filter(school=self.school, role=Role.PUPIL)
        return dict(held.exclude(programme="").values_list("person_id", "programme"))

    @cached_property
    def known_programmes(self) -> frozenset[str]:
        """Those that a table of the school, or of its académie, names."""
        rows = OfficialCode.objects.filter(
            kind=OfficialCode.Kind.PROGRAMME, code__in=set(self.programmes.values())
        )
        return frozenset(rows.values_list("code", flat=True))

    # Teachers

    @cached_property
    def _assignments(self) -> Sequence[Assignment]:
        rows = Assignment.objects.filter(group__year=self.period.year_id).filter(
            Q(starts=None) | Q(starts__lte=self.last), Q(ends=None) | Q(ends__gt=self.period.starts)
        )
        return list(rows.select_related("teacher", "subject").order_by("pk"))

    def _now(self, rows: Iterable[Assignment]) -> list[Assignment]:
        """Those of the last day, else those who were there in the period."""
        held = list(rows)
        there = [one for one in held if one.ends is None or one.ends > self.last]
        return there or held

    @cached_property
    def courses(self) -> Mapping[int, Sequence[Course]]:
        """By class or group, what is taught there."""
        by_course: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
        for one in self._assignments:
            if one.subject_id:
                by_course[one.group_id, one.subject_id].append(one)
        found: dict[int, list[Course]] = defaultdict(list)
        for (group, subject), rows in by_course.items():
            teachers = tuple(dict.fromkeys(one.teacher_id for one in self._now(rows)))
            found[group].append(Course(group, subject, teachers))
        return found

    @cached_property
    def subjects(self) -> Mapping[int, Subject]:
        return {one.subject_id: one.subject for one in self._assignments if one.subject_id and one.subject}

    @cached_property
    def head_teachers(self) -> Mapping[int, Sequence[int]]:
        """By class, its professeurs principaux."""
        by_class: dict[int, list[Assignment]] = defaultdict(list)
        for one in self._assignments:
            if one.kind == Assignment.Kind.HEAD_TEACHER:
                by_class[one.group_id].append(one)
        return {group: [one.teacher_id for one in self._now(rows)] for group, rows in by_class.items()}

    @cached_property
    def teachers(self) -> Mapping[int, Person]:
        return {one.teacher_id: one.teacher for one in self._assignments}

    @cached_property
    def heads(self) -> Sequence[Person]:
        """Who heads the school on that day, whoever came first first."""
        held = Holding.objects.active(self.last).filter(school=self.school, role=Role.HEAD)
        return [row.person for row in held.select_related("person").order_by("starts", "pk")]

    # Numbers of other bases

    def _keys(self, **wanted: Any) -> Mapping[int, str]:
        """By person; the key of a row that was merged into another only where there is none of its own."""
        rows = ExternalId.objects.filter(**wanted, person__isnull=False).order_by("-is_second", "-pk")
        return {pk: value for pk, value in rows.values_list("person_id", "value") if pk}

    @cached_property
    def siecle(self) -> Mapping[int, str]:
        """By person, their number in the base of the school."""
        return self._keys(source=SOURCE, authority=self.school.uai, kind="person")

    @cached_property
    def ines(self) -> Mapping[int, str]:
        return self._keys(kind="ine", person__in=self.pupils)

    def sts_of(self, teacher: int) -> tuple[str, str]:
        """(list, number): « epp:3446 » is how the import keeps it; both are empty where STSWEB does not know the teacher."""
        kind, colon, number = self.siecle.get(teacher, "").partition(":")
        return (kind, number) if colon and kind in LISTS else ("", "")
