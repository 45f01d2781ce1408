"""Whose marks these are, in which subject, group and period of the school: what would be written, and what is set aside."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Period, SchoolYear, Subject
from preau.directory.queries.enrolled import Enrolled, Unknown, enrolled_in
from preau.domains.gradebook.actions.past import PastAssessment
from preau.domains.gradebook.imports.past.rows import PastMark
from preau.domains.gradebook.models import Assessment, Mark, PeriodSeal
from preau.domains.gradebook.rules.marking import TypedMark, as_typed
from preau.foundation import dates
from preau.foundation.importers.tables import Problem
from preau.foundation.text import bare

RANK = re.compile(r"[1-9]")
SHORT = 4


@dataclass(frozen=True)
class Ground:
    """What the school has of a year: names without accents nor signs, and what they name."""

    year: SchoolYear
    today: date
    periods: Sequence[Period]
    sealed: frozenset[int]
    enrolled: Enrolled
    subjects: Mapping[str, frozenset[int]]
    teachers: Mapping[tuple[int, int], int]


def ground_of(year: SchoolYear, today: date) -> Ground:
    """Of a year of a school: six queries. Whoever learnt there on some day of the year is known."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for pk, name, code in Subject.objects.filter(school=year.school_id).values_list("pk", "name", "code"):
        for label in filter(None, (bare(name), bare(code))):
            subjects[label].add(pk)
    taught = Assignment.objects.filter(group__year=year, kind=Assignment.Kind.TEACHES).exclude(subject=None)
    return Ground(
        year,
        today,
        list(Period.objects.filter(year=year).order_by("starts")),
        frozenset(PeriodSeal.objects.filter(period__year=year).values_list("period_id", flat=True)),
        enrolled_in(year),
        {name: frozenset(pks) for name, pks in subjects.items()},
        {
            (group, subject): teacher
            for group, subject, teacher in taught.order_by("-pk").values_list(
                "group_id", "subject_id", "teacher_id"
            )
        },
    )


@dataclass(frozen=True)
class Place:
    """Which assessment a line is of."""

    group: int
    subject: int
    period: int
    title: str
    day: date
    scale: Decimal
    coefficient: Decimal


@dataclass
class PlannedAssessment:
    """An assessment that the file tells, and its marks by pupil. `known`: it is there already, with some of them or none."""

    place: Place
    marks: dict[int, TypedMark] = field(default_factory=dict)
    lines: dict[int, PastMark] = field(default_factory=dict)
    known: int | None = None


@dataclass(frozen=True)
class Plan:
    """What would be written, what is there already, and the lines that are set aside."""

    planned: Sequence[PlannedAssessment]
    problems: Sequence[Problem]
    same: int = 0

    @property
    def marks(self) -> int:
        return sum(len(one.marks) for one in self.planned)

    @property
    def created(self) -> int:
        return sum(one.known is None for one in self.planned)


class _Aside(ValueError):
    """A line that is not taken; the message is the reason."""


def plan(marks: Iterable[PastMark], problems: Sequence[Problem], ground: Ground) -> Plan:
    """What these lines would write in this school. A mark that is there already is left as it is, whatever the file says."""
    found: dict[Place, PlannedAssessment] = {}
    aside = list(problems)
    for mark in marks:
        try:
            place, pupil = _place_of(mark, ground)
        except (_Aside, Unknown) as wrong:
            aside.append(Problem(mark.line, str(wrong), mark.pupil, mark.file))
            continue
        one = found.setdefault(place, PlannedAssessment(place))
        if pupil in one.marks:
            twice = _("Cet élève a déjà une note à ce devoir, plus haut dans le fichier.")
            aside.append(Problem(mark.line, twice, mark.pupil, mark.file))
            continue
        one.marks[pupil], one.lines[pupil] = mark.typed, mark
    planned, same = _without_known(list(found.values()), ground, aside)
    return Plan(
        [one for one in planned if one.marks],
        sorted(aside, key=lambda problem: (problem.file, problem.line)),
        same,
    )


def _place_of(mark: PastMark, ground: Ground) -> tuple[Place, int]:
    group = ground.enrolled.group(mark.group)
    pupil = ground.enrolled.pupil(mark.pupil, group)
    if group is None:
        group = _class(pupil, ground)
    period = _period(mark, ground)
    day = mark.day or min(period.ends, ground.today)
    title = mark.title or _("Devoir du %(day)s") % {"day": dates.plain_day(day)}
    subject = _subject(mark.subject, ground)
    return Place(group, subject, period.pk, title[:80], day, mark.scale, mark.coefficient), pupil


def _class(pupil: int, ground: Ground) -> int:
    found = ground.enrolled.classes.get(pupil, frozenset())
    if len(found) == 1:
        return next(iter(found))
    raise _Aside(_("Cet élève a eu plusieurs classes cette année : il faut une colonne « Classe »."))


def _subject(text: str, ground: Ground) -> int:
    """By its name or its code, else by a name that only one subject begins with."""
    # « MATHEMATIQUES > M. DUPONT »
    name = bare(text.partition(">")[0])
    found = ground.subjects.get(name, frozenset())
    if not found and len(name) >= SHORT:
        found = frozenset().union(*(pks for known, pks in ground.subjects.items() if known.startswith(name)))
    if len(found) == 1:
        return next(iter(found))
    values = {"name": text[:60]}
    raise _Aside(
        (
            _("Plusieurs matières peuvent être « %(name)s ».")
            if found
            else _("Matière inconnue : « %(name)s ».")
        )
        % values
    )


def _period(mark: PastMark, ground: Ground) -> Period:
    """That which the line names, by its name or its number; else that of its day."""
    year = ground.year
    if mark.day and not year.starts <= mark.day <= year.ends:
        raise _Aside(
            _("Le %(day)s n’est pas dans cette année scolaire.") % {"day": dates.plain_day(mark.day)}
        )
    if mark.day and mark.day > ground.today:
        raise _Aside(_("Ce devoir est à venir."))
    named = _named_period(mark.period, ground) if mark.period else None
    by_day = next(
        (period for period in ground.periods if mark.day and period.starts <= mark.day <= period.ends), None
    )
    period = named or by_day
    if period is None:
        raise _Aside(_("Ni la date ni la période ne disent quand."))
    if period.pk in ground.sealed:
        raise _Aside(_("« %(name)s » est une période arrêtée.") % {"name": period.name})
    return period


def _named_period(text: str, ground: Ground) -> Period | None:
    exact = [period for period in ground.periods if bare(period.name) == bare(text)]
    rank = RANK.search(text)
    numbered = [one for place, one in enumerate(ground.periods, 1) if rank and place == int(rank[0])]
    return next(iter(exact or numbered), None)


def _without_known(
    planned: Sequence[PlannedAssessment], ground: Ground, aside: list[Problem]
) -> tuple[Sequence[PlannedAssessment], int]:
    """What is there already is not written again; another mark for the same pupil is said, and left."""
    days = {one.place.day for one in planned}
    rows = Assessment.objects.kept().filter(group__year=ground.year, day__in=days)
    known = {(row.group_id, row.subject_id, row.day, bare(row.title)): row for row in rows.order_by("-pk")}
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for row in Mark.objects.filter(assessment__in=known.values()):
        marks[row.assessment_id][row.pupil_id] = row
    same = 0
    for one in planned:
        place = one.place
        found = known.get((place.group, place.subject, place.day, bare(place.title)))
        if found is None:
            continue
        one.known = found.pk
        for pupil, typed in list(one.marks.items()):
            there = as_typed(marks[found.pk].get(pupil))
            if there.is_empty and found.scale == place.scale:
                continue
            del one.marks[pupil]
            if there == typed:
                same += 1
            else:
                line = one.lines[pupil]
                kept = _("Une autre note est déjà à ce devoir, ou son barème est autre : elle est gardée.")
                aside.append(Problem(line.line, kept, line.pupil, line.file))
    return planned, same


def written(made: Plan, ground: Ground, by: int) -> list[PastAssessment]:
    """The plan as it is written; an assessment is of whoever teaches that subject there, else of whoever brings it."""
    return [
        PastAssessment(
            one.place.group,
            one.place.subject,
            one.place.period,
            ground.teachers.get((one.place.group, one.place.subject), by),
            one.place.title,
            one.place.day,
            one.place.scale,
            one.place.coefficient,
            one.marks,
            one.known,
        )
        for one in made.planned
    ]
