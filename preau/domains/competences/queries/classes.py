"""A class: pupils by competences over a period, who is not there yet, and the balance of a cycle before a council."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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
from preau.domains.competences.queries.levels import Line, lines_of, syntheses, syntheses_of_period
from preau.domains.competences.queries.referentials import RANKED
from preau.domains.competences.rules.synthesis import Rule, of_several
from preau.domains.gradebook.queries.grid import Learner, learners_of

MOST_COLUMNS = 40
REACHED = 3


@dataclass(frozen=True)
class NotYet:
    """A competence that some pupils have not reached: a group to make."""

    competence: Competence
    pupils: Sequence[Learner]


@dataclass(frozen=True)
class ClassGrid:
    """Pupils by competences; `levels` by pupil and competence. `others`: how many competences are on no column."""

    group: Group
    period: Period
    policy: MasteryPolicy
    learners: Sequence[Learner]
    columns: Sequence[Competence]
    levels: Mapping[tuple[int, int], int | None]
    domains: Sequence[Competence]
    others: int = 0

    @cached_property
    def rows(self) -> list[tuple[Learner, list[int | None]]]:
        """By name: never by level."""
        return [
            (learner, [self.levels.get((learner.pk, column.pk)) for column in self.columns])
            for learner in self.learners
        ]

    @cached_property
    def not_yet(self) -> list[NotYet]:
        """Where three pupils at least are below the third level, the most first."""
        here = [learner for learner in self.learners if not learner.left]
        found = [
            NotYet(column, [learner for learner in here if self._is_low(learner, column)])
            for column in self.columns
        ]
        return sorted((one for one in found if len(one.pupils) > 1), key=lambda one: -len(one.pupils))[:6]

    def _is_low(self, pupil: Learner, column: Competence) -> bool:
        level = self.levels.get((pupil.pk, column.pk))
        return level is not None and level < REACHED


def grid_of(viewer: Viewer, group: Group, period: Period, domain: str | None = None) -> ClassGrid:
    """What the viewer reads of a class in a period: five queries. `domain`: only what is below this competence."""
    policy = policy_of(group.school_id)
    learners = learners_of(viewer, group, period)
    pupils = [learner.pk for learner in learners]
    levels = syntheses_of_period(viewer, pupils, group.school_id, period.pk, Rule(policy.rule))
    found = RANKED(tuple({competence for _pupil, competence in levels}))
    domains = list({row.parent.pk: row.parent for row in found if row.parent}.values())
    chosen = [row for row in found if not domain or str(row.parent_id) == domain] or found
    columns = chosen[:MOST_COLUMNS]
    return ClassGrid(
        group,
        period,
        policy,
        learners,
        columns,
        levels,
        domains,
        len(chosen) - len(columns),
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
    told = [
        BalanceRow(learner, settled.get(learner.pk, {}), proposed.get(learner.pk, {})) for learner in learners
    ]
    return BalancePage(group, cycle, policy, told, given, sum(len(held) for held in settled.values()))


def proposed_of(lines: Sequence[Line], rule: Rule) -> dict[int, dict[str, int | None]]:
    """By pupil and component, what the levels come to: one query."""
    made = syntheses(lines, rule)
    told = dict(
        Competence.objects.filter(pk__in={competence for _pupil, competence in made}).values_list(
            "pk", "component"
        )
    )
    held: dict[int, dict[str, list[int | None]]] = {}
    for (pupil, competence), level in made.items():
        held.setdefault(pupil, {}).setdefault(told[competence], []).append(level)
    return {
        pupil: {code: of_several(levels) for code, levels in by_component.items()}
        for pupil, by_component in held.items()
    }
