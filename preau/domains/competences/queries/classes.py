"""A class: pupils by competences over a period, who is not there yet, and the balance of a cycle before a council."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet

from preau.directory.models import Group, Period
from preau.directory.viewer import Viewer
from preau.domains.competences.models import (
    COMPONENTS,
    Balance,
    Competence,
    Level,
    MasteryPolicy,
    policy_of,
)
from preau.domains.competences.queries.levels import Line, lines_of, read_columns, syntheses, syntheses_in
from preau.domains.competences.queries.referentials import RANK
from preau.domains.competences.rules.synthesis import Rule, of_several
from preau.domains.gradebook.queries.grid import Learner, learners_of
from preau.foundation.prepared import Prepared

# More columns would be a page too heavy: the others are on another page.
MOST_COLUMNS = 25
REACHED, MOST_NOT_YET = 3, 6


class Column(NamedTuple):
    """A competence that was assessed, and the domain above it."""

    pk: int
    name: str
    domain_id: int | None
    domain: str


ASSESSED = Prepared(
    lambda keys: (
        Competence.objects.filter(pk__in=keys)
        .order_by(*RANK)
        .values_list("pk", "name", "parent_id", "parent__name")
    )
)


@dataclass(frozen=True)
class NotYet:
    """A competence that some pupils have not reached: a group to make."""

    competence: Column
    pupils: Sequence[Learner]


@dataclass(frozen=True)
class ClassGrid:
    """Pupils by competences; `levels` by pupil and competence. `columns` are those of this page, `count` how many all pages have."""

    group: Group
    period: Period
    policy: MasteryPolicy
    learners: Sequence[Learner]
    columns: Sequence[Column]
    levels: Mapping[tuple[int, int], int | None]
    domains: Mapping[int, str]
    count: int
    page: int
    is_last: bool

    @cached_property
    def rows(self) -> list[tuple[Learner, list[int | None]]]:
        """By name: never by level."""
        columns = [column.pk for column in self.columns]
        return [
            (learner, [self.levels.get((learner.pk, column)) for column in columns])
            for learner in self.learners
        ]

    @cached_property
    def not_yet(self) -> list[NotYet]:
        """Where three pupils at least are below the third level, the most first."""
        here = {learner.pk: learner for learner in self.learners if not learner.left}
        low: dict[int, set[int]] = defaultdict(set)
        for (pupil, competence), level in self.levels.items():
            if level is not None and level < REACHED and pupil in here:
                low[competence].add(pupil)
        most = sorted(
            (column for column in self.columns if len(low[column.pk]) > 1),
            key=lambda column: -len(low[column.pk]),
        )
        return [
            NotYet(column, [learner for pk, learner in here.items() if pk in low[column.pk]])
            for column in most[:MOST_NOT_YET]
        ]


def grid_of(
    viewer: Viewer, group: Group, period: Period, domain: str = "", page: int = 0, most: int = MOST_COLUMNS
) -> ClassGrid:
    """What the viewer reads of a class in a period: six queries. `domain`: only what is below this competence."""
    policy = policy_of(group.school_id)
    learners = learners_of(viewer, group, period)
    pupils = [learner.pk for learner in learners]
    held = read_columns(viewer, pupils, group.school_id, period.pk)
    found = [Column(*row) for row in ASSESSED(tuple({column.competence_id for column in held}))]
    domains = {column.domain_id: column.domain for column in found if column.domain_id}
    chosen = [column for column in found if not domain or str(column.domain_id) == domain] or found
    last = max(len(chosen) - 1, 0) // most
    page = min(page, last)
    columns = chosen[page * most : (page + 1) * most]
    shown = {column.pk for column in columns}
    levels = syntheses_in(
        viewer,
        [one for one in held if one.competence_id in shown],
        pupils,
        Rule(policy.rule),
        group.year_id,
    )
    return ClassGrid(
        group, period, policy, learners, columns, levels, domains, len(chosen), page, is_last=page == last
    )


def _of_class(viewer: Viewer, group: Group) -> "QuerySet[Level]":
    return Level.objects.visible_to(viewer).filter(column__sheet__school=group.school_id)


@dataclass(frozen=True)
class BalanceRow:
    """A pupil at the end of a cycle: by component, what is settled, what the levels come to, and what differs."""

    pupil: Learner
    settled: Mapping[str, int]
    proposed: Mapping[str, int | None]

    def shown(self, component: str) -> int | None:
        """What the form starts from."""
        return self.settled.get(component, self.proposed.get(component))


@dataclass(frozen=True)
class BalancePage:
    """A class before its council."""

    group: Group
    cycle: int
    policy: MasteryPolicy
    rows: Sequence[BalanceRow]
    given: int
    settled: int


def balance_of(viewer: Viewer, group: Group, period: Period, cycle: int) -> BalancePage:
    """Six queries. What the levels come to: each competence by the school's rule, each component by the mean of its own."""
    policy = policy_of(group.school_id)
    learners = [learner for learner in learners_of(viewer, group, period) if not learner.left]
    pupils = [learner.pk for learner in learners]
    fed = Q(column__competence__component__in=list(COMPONENTS))
    lines = lines_of(viewer, pupils, fed, rows=_of_class(viewer, group))
    proposed = proposed_of(lines, Rule(policy.rule))
    rows = Balance.objects.visible_to(viewer).filter(year=group.year_id, cycle=cycle, pupil__in=pupils)
    settled: dict[int, dict[str, int]] = {}
    given = 0
    for row in rows:
        settled.setdefault(row.pupil_id, {})[row.component] = row.level
        given += row.given_at is not None
    balance_rows = [
        BalanceRow(learner, settled.get(learner.pk, {}), proposed.get(learner.pk, {})) for learner in learners
    ]
    return BalancePage(group, cycle, policy, balance_rows, given, sum(len(held) for held in settled.values()))


def proposed_of(lines: Sequence[Line], rule: Rule) -> dict[int, dict[str, int | None]]:
    """By pupil and component, what the levels come to: one query."""
    made = syntheses(lines, rule)
    component_by_competence = dict(
        Competence.objects.filter(pk__in={competence for _pupil, competence in made}).values_list(
            "pk", "component"
        )
    )
    held: dict[int, dict[str, list[int | None]]] = {}
    for (pupil, competence), level in made.items():
        held.setdefault(pupil, {}).setdefault(component_by_competence[competence], []).append(level)
    return {
        pupil: {code: of_several(levels) for code, levels in by_component.items()}
        for pupil, by_component in held.items()
    }
