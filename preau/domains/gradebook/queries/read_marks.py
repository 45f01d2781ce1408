"""What a class was assessed in and what its pupils have: the rows that the pages of readers are made of, in six statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from preau.directory.models import Enrolment, Group, Period
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, Mark, SubjectWeight, policy_of
from preau.domains.gradebook.queries.counting import given, part_of, policy_terms
from preau.domains.gradebook.queries.periods import opened_period
from preau.domains.gradebook.queries.remembered import name_of
from preau.domains.gradebook.rules import averages
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural


@dataclass(frozen=True)
class Learning:
    """A pupil in a class or a group, between two dates."""

    group_id: int
    kind: str
    group: str
    pupil_id: int
    starts: date | None
    ends: date | None

    def on(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or self.ends > day)

    def meets(self, first: date, last: date) -> bool:
        """Was the pupil there on some day between two?"""
        return (self.starts is None or self.starts <= last) and (self.ends is None or self.ends > first)


@dataclass(frozen=True)
class Line:
    """An assessment, as those who do not write it read it."""

    pk: int
    title: str
    topic: str
    kind: str
    mode: str
    day: date
    scale: Decimal
    coefficient: Decimal
    subject_id: int
    subject: str
    code: str
    sub_subject_id: int | None
    sub_subject: str | None
    sub_coefficient: Decimal | None
    group_id: int
    period_id: int
    version: int
    marks_written: int

    @property
    def look(self) -> Look:
        return look_of(self.code, self.subject)

    @cached_property
    def terms(self) -> averages.AssessmentTerms:
        return averages.AssessmentTerms(
            self.pk,
            part_of(self.subject_id, self.sub_subject_id),
            averages.exact(self.scale),
            averages.exact(self.coefficient),
            averages.Mode(self.mode),
        )


COLUMNS = (
    "pk",
    "title",
    "topic",
    "kind",
    "mode",
    "day",
    "scale",
    "coefficient",
    "subject_id",
    "subject__name",
    "subject__code",
    "sub_subject_id",
    "sub_subject__name",
    "sub_subject__coefficient",
    "group_id",
    "period_id",
    "version",
    "marks_written",
)


def published_to(viewer: Viewer, prefix: str = "") -> Q:
    """Kept, and published by now: to families, after the delay of the school; to the others, as to pupils."""
    moment = "guardians_at" if viewer.is_guardian else "published_at"
    return Q(**{f"{prefix}deleted_at": None, f"{prefix}{moment}__lte": viewer.moment})


def _learning_with(pupil: int, year: int | None) -> "QuerySet[Enrolment, Any]":
    """Everyone who learns in a class or a group of this pupil, in a year; without one, in the present year of its school."""
    of_year = F("group__school__current_year") if year is None else year
    rows = Enrolment.objects.filter(group__enrolments__pupil_id=pupil, group__year=of_year)
    return (
        rows.order_by("pk")
        .values_list(
            "group_id",
            "group__kind",
            "group__name",
            "pupil_id",
            "starts",
            "ends",
            "school_id",
            "group__year_id",
        )
        .distinct()
    )


LEARNING_WITH = Prepared(_learning_with)
PERIODS = Prepared(lambda year: Period.objects.filter(year_id=year).order_by("starts"))


def _periods_of_pupil(viewer: Viewer, pupil: int) -> "QuerySet[Period]":
    learnt = Enrolment.objects.filter(pupil=pupil, group__kind=Group.Kind.CLASS).values("group__year_id")
    here = Enrolment.objects.filter(
        pupil=pupil, group__kind=Group.Kind.CLASS, group__year=F("group__school__current_year")
    )
    goes_on = Q(school__current_year=F("year_id"))
    assessed = Exists(Assessment.objects.filter(period=OuterRef("pk")))
    rows = Period.objects.filter(goes_on | Q(assessed), year__in=learnt, school__in=here.values("school_id"))
    is_now = ExpressionWrapper(goes_on, BooleanField())
    own = Mark.objects.filter(
        published_to(viewer, "assessment__"), pupil=pupil, assessment__period=OuterRef("pk")
    )
    periods = rows.select_related("year").annotate(is_now=is_now, is_held=Exists(own))
    return periods.order_by("starts", "pk")


# Of the schools where a pupil is in a class this year: the periods of this year, and those of each year before in which the pupil
# was in a class there and something was assessed. Each with its year, whether it goes on (`is_now`), and whether there is a mark of
# the pupil that the viewer reads (`is_held`).
PERIODS_OF_PUPIL = Prepared(_periods_of_pupil)
WEIGHTS = Prepared(
    lambda school: SubjectWeight.objects.filter(school_id=school).values_list(
        "subject_id", "group_id", "coefficient"
    )
)


def _lines(viewer: Viewer, pupils: Any, periods: Any) -> "QuerySet[Assessment, Any]":
    groups = Enrolment.objects.filter(pupil__in=pupils).values("group_id")
    rows = Assessment.objects.filter(published_to(viewer), group__in=groups, period__in=periods)
    return rows.order_by("day", "pk").values_list(*COLUMNS)


LINES = Prepared(_lines)
MARKS_OF = Prepared(
    lambda viewer, pupils, periods: (
        Mark.objects.filter(
            published_to(viewer, "assessment__"), pupil__in=pupils, assessment__period__in=periods
        )
        .order_by()
        .values_list("assessment_id", "pupil_id", "value", "code")
    )
)


Given = Mapping[averages.Key, averages.Given]
ONE = Fraction(1)


class Marks:
    """The published marks of those who learn with a class: of one alone, or of all, each asked once and only if wanted."""

    def __init__(self, viewer: Viewer, pupils: tuple[int, ...], periods: tuple[int, ...]) -> None:
        self.viewer, self.pupils, self.periods = viewer, pupils, periods
        self._own: dict[int, Given] = {}

    @classmethod
    def known(cls, viewer: Viewer, pupil_id: int, marks: Given) -> "Marks":
        """Those of one pupil, which were read already."""
        made = cls(viewer, (pupil_id,), ())
        made._own[pupil_id] = marks
        return made

    @cached_property
    def all(self) -> Mapping[int, Given]:
        return self._asked(self.pupils)

    def of(self, pupil_id: int) -> Given:
        if "all" in self.__dict__:
            return self.all.get(pupil_id, {})
        if pupil_id not in self._own:
            self._own[pupil_id] = self._asked((pupil_id,)).get(pupil_id, {})
        return self._own[pupil_id]

    def _asked(self, pupils: tuple[int, ...]) -> Mapping[int, Given]:
        found: dict[int, dict[averages.Key, averages.Given]] = defaultdict(dict)
        if pupils and self.periods:
            for assessment, pupil, value, code in MARKS_OF(self.viewer, pupils, self.periods):
                mark = given(value, code)
                if mark is not None:
                    found[pupil][assessment] = mark
        return found


@dataclass(frozen=True)
class ClassMarks:
    """What a class was assessed in, in some periods, and the marks of those who learn with it. `name`: that of all this."""

    policy: averages.Policy
    lines: Sequence[Line]
    marks: Marks
    weights: Mapping[tuple[int, int | None], Fraction]
    class_id: int
    learning: Sequence[Learning]
    name: str

    def weight_of(self, subject_id: int) -> Fraction:
        """That of the class, else of the school, else 1."""
        return self.weights.get((subject_id, self.class_id), self.weights.get((subject_id, None), ONE))

    def gradebook(self, lines: Iterable[Line]) -> averages.Gradebook:
        """These assessments as the arithmetic takes them, subject by subject in their order."""
        held = list(lines)
        parts: dict[int, dict[averages.Key, averages.PartTerms]] = defaultdict(dict)
        for line in held:
            key, coefficient = line.terms.part, line.sub_coefficient
            if key not in parts[line.subject_id]:
                parts[line.subject_id][key] = averages.PartTerms(
                    key, ONE if coefficient is None else averages.exact(coefficient)
                )
        names = {line.subject_id: line.subject for line in held}
        subjects = tuple(
            averages.SubjectTerms(pk, self.weight_of(pk), tuple(parts[pk].values()))
            for pk in sorted(names, key=lambda pk: natural(names[pk]))
        )
        return averages.Gradebook(self.policy, subjects, tuple(line.terms for line in held))

    @cached_property
    def _groups(self) -> Mapping[int, list[Learning]]:
        found: dict[int, list[Learning]] = defaultdict(list)
        for one in self.learning:
            found[one.pupil_id].append(one)
        return found

    def lines_of(self, pupil_id: int) -> list[Line]:
        """What concerns one pupil: their groups on that day, and what they have a mark in."""
        marked = self.marks.of(pupil_id)
        groups = self._groups.get(pupil_id, [])
        return [
            line
            for line in self.lines
            if line.pk in marked
            or any(group.group_id == line.group_id and group.on(line.day) for group in groups)
        ]

    def learners_in(self, groups: Iterable[int]) -> set[int]:
        """Who learns or has learnt in these groups."""
        wanted = set(groups)
        return {one.pupil_id for one in self.learning if one.group_id in wanted}

    @cached_property
    def classmates(self) -> set[int]:
        return self.learners_in([self.class_id])

    def of(self, period_id: int) -> "ClassMarks":
        """The same in one of its periods."""
        return replace(self, lines=[line for line in self.lines if line.period_id == period_id])

    def until(self, day: date) -> "ClassMarks":
        """The same as it was on a day."""
        return replace(self, lines=[line for line in self.lines if line.day <= day])

    def averages_of(self, pupil_id: int) -> averages.Averages:
        book = self.gradebook(self.lines_of(pupil_id))
        return averages.averages_of(book, self.marks.of(pupil_id))

    @cached_property
    def averages_of_all(self) -> Mapping[int, averages.Averages]:
        """Of everyone who learns with the class."""
        book = self.gradebook(self.lines)
        return {pupil: averages.averages_of(book, marks) for pupil, marks in self.marks.all.items()}


def learning_with(pupil_id: int, year: int | None = None) -> list[tuple[Learning, int, int]]:
    """Everyone in a class or a group of this pupil, of the present year or of another, each with its school and its year."""
    return [(Learning(*line[:6]), line[6], line[7]) for line in LEARNING_WITH(pupil_id, year)]


def class_marks(
    viewer: Viewer, school_id: int, class_id: int, learning: Sequence[Learning], periods: Sequence[Period]
) -> ClassMarks:
    """Three statements: the rules and weights of the school, and the assessments; the marks are asked when they are wanted."""
    pupils = tuple(sorted({one.pupil_id for one in learning}))
    chosen = tuple(period.pk for period in periods)
    lines = [Line(*row) for row in LINES(viewer, pupils, chosen)] if pupils and chosen else []
    weights = {(subject, group): averages.exact(weight) for subject, group, weight in WEIGHTS(school_id)}
    policy = policy_terms(policy_of(school_id))
    weighed = sorted(weights.items(), key=repr)
    name = name_of(policy, _facts(lines), weighed, class_id, _facts(learning), chosen)
    return ClassMarks(policy, lines, Marks(viewer, pupils, chosen), weights, class_id, learning, name)


def _facts(rows: "Iterable[Line | Learning]") -> list[tuple[object, ...]]:
    """What these rows hold, which is said faster than they are."""
    return [tuple(vars(row).values()) for row in rows]


def class_of(learning: Iterable[Learning], pupil_id: int, today: date) -> Learning | None:
    """The class where a pupil learns, today else the last."""
    own = [one for one in learning if one.pupil_id == pupil_id and one.kind == Group.Kind.CLASS]
    return next((learning for learning in own if learning.on(today)), own[-1] if own else None)


def chosen_period(periods: Sequence[Period], asked: str | None, today: date) -> Period | None:
    """The period that is asked for, else as `opened_period` says; None for the whole year."""
    return None if asked == "annee" else opened_period(periods, asked, today)
