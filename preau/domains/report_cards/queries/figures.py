"""The figures of a period for the head: averages by class and subject with their spread, and what councils have given."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Period
from preau.directory.viewer import Viewer
from preau.directory.words import level_rank
from preau.domains.gradebook.queries.figures import Spread, number
from preau.domains.gradebook.queries.read_marks import ClassMarks, Learning, class_marks
from preau.domains.gradebook.queries.remembered import memory
from preau.domains.gradebook.rules.averages import Statistics, statistics_of
from preau.domains.report_cards.models import Decision
from preau.domains.report_cards.models.settings import policy_of
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural

# What leaves the team speaks of no fewer people: a mean of nine, with one of them known, says too much of the others.
FEWEST = 10
GENERAL = 0


@dataclass(frozen=True)
class Column:
    """A class, with what its pupils have on average in each subject (`GENERAL`: in all), and what its council has given."""

    pk: int
    name: str
    figures: Mapping[int, Statistics]
    given: Mapping[str, int]
    seen: int
    pupils: int


@dataclass(frozen=True)
class Cell:
    """A class in a subject, as a page says and draws it."""

    mean: str
    half: str
    count: int
    spread: Spread


@dataclass(frozen=True)
class Figures:
    """The classes of a school in a period. `words`: the distinctions, in the order of the school."""

    period: Period
    columns: Sequence[Column]
    subjects: Sequence[tuple[int, str]]
    words: Sequence[str]

    def cell(self, column: Column, subject: int) -> Cell | None:
        made = column.figures.get(subject)
        if made is None:
            return None
        half = _("%(low)s à %(high)s") % {
            "low": number(made.first_quartile),
            "high": number(made.third_quartile),
        }
        low, high = float(made.first_quartile), float(made.third_quartile)
        return Cell(
            number(made.mean), half, made.count, Spread(low, high, float(made.mean), half, made.mean, "")
        )

    @cached_property
    def distribution(self) -> list[tuple[str, int]]:
        """How many pupils of the school have each distinction; those whom a council saw and gave none come last."""
        found = [(word, sum(one.given.get(word, 0) for one in self.columns)) for word in self.words]
        return [*found, (_("Aucune mention"), sum(one.given.get("", 0) for one in self.columns))]

    @property
    def seen(self) -> int:
        return sum(one.seen for one in self.columns)

    def outside(self) -> list[tuple[str, str, str, str, str, str]]:
        """What may leave the team, line by line: what speaks of fewer than ten pupils is hidden, and what would give it away.

        No line adds others up: a whole, less what is shown, would tell what is hidden.
        """
        few = _("moins de %(num)s") % {"num": FEWEST}
        lines = []
        for one in self.columns:
            for pk, name in self.subjects:
                made = one.figures.get(pk)
                if made is None:
                    continue
                cells = ("", "", "", few)
                if made.count >= FEWEST:
                    cells = (
                        number(made.mean),
                        number(made.first_quartile),
                        number(made.third_quartile),
                        str(made.count),
                    )
                lines.append((one.name, name, *cells))
        for word, count in without_few(dict(self.distribution)).items():
            lines.append((_("Établissement"), word, "", "", "", few if count is None else str(count)))
        return lines


def without_few(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts as they may leave: none from one to nine; where a single one is hidden, the smallest of the others too, since the
    number of pupils, known otherwise, would give it away."""
    hidden = {name for name, count in counts.items() if 0 < count < FEWEST}
    if len(hidden) == 1:
        others = {name: count for name, count in counts.items() if name not in hidden and count}
        hidden |= set(sorted(others, key=lambda name: (others[name], name))[:1])
    return {name: None if name in hidden else count for name, count in counts.items()}


def _learning(viewer: Viewer) -> "QuerySet[Enrolment, Any]":
    rows = Enrolment.objects.filter(
        group__school=viewer.school_id, group__year=viewer.year, pupil__erased_at=None
    )
    return rows.order_by("pk").values_list(
        "group_id", "group__kind", "group__name", "pupil_id", "starts", "ends", "group__level"
    )


def _given(viewer: Viewer, period: int) -> "QuerySet[Decision, Any]":
    rows = Decision.objects.filter(council__school=viewer.school_id, council__period=period)
    return rows.order_by().values_list("council__group_id", "distinction", "pupil_id")


LEARNING, GIVEN = Prepared(_learning), Prepared(_given)


def figures_of(viewer: Viewer, period: Period) -> Figures:
    """Eight statements, whatever the number of classes; what a class has in common is remembered."""
    rows, day = LEARNING(viewer), min(period.ends, viewer.today)
    there: dict[int, set[int]] = defaultdict(set)
    groups: dict[int, tuple[int, Any, str]] = {}
    learning = [Learning(*row[:6]) for row in rows]
    for one, row in zip(learning, rows, strict=True):
        if one.kind == Group.Kind.CLASS:
            groups[one.group_id] = (level_rank(row[6]), natural(row[2]), row[2])
            if one.on(day):
                there[one.group_id].add(one.pupil_id)
    held = class_marks(viewer, viewer.school_id or 0, GENERAL, learning, [period])
    made = memory.get(("report_cards.figures", held.name, day), lambda: _figures(held, there))
    given: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for group, word, pupil in GIVEN(viewer, period.pk):
        if pupil in there[group]:
            given[group][word] += 1
    columns = [
        Column(
            pk,
            groups[pk][2],
            made.get(pk, {}),
            dict(given[pk]),
            sum(given[pk].values()),
            len(there[pk]),
        )
        for pk in sorted(groups, key=lambda pk: groups[pk][:2])
        if there[pk]
    ]
    names = {line.subject_id: line.subject for line in held.lines}
    subjects = sorted(names.items(), key=lambda one: natural(one[1]))
    known = list(policy_of(viewer.school_id or 0).distinctions)
    others = {word for one in columns for word in one.given if word and word not in known}
    return Figures(period, columns, subjects, [*known, *sorted(others, key=natural)])


def _figures(held: ClassMarks, there: Mapping[int, set[int]]) -> dict[int, dict[int, Statistics]]:
    """By class and subject. Of each class its own pupils alone count, wherever they learn the subject, as its bulletins say them."""
    groups: dict[int, set[int]] = defaultdict(set)
    for one in held.learning:
        groups[one.pupil_id].add(one.group_id)
    held.marks.all  # noqa: B018 - asked once for the school, not once a pupil
    found: dict[int, dict[int, Statistics]] = {}
    for group, pupils in there.items():
        met = set().union(*(groups[pupil] for pupil in pupils))
        own = replace(held, class_id=group, lines=[line for line in held.lines if line.group_id in met])
        values: dict[int, list[Fraction]] = defaultdict(list)
        for pupil in sorted(pupils):
            made = own.averages_of(pupil)
            for subject, average in [*made.subjects.items(), (GENERAL, made.general)]:
                if average.exact is not None:
                    values[int(subject)].append(average.exact)
        spreads = {subject: statistics_of(those) for subject, those in values.items()}
        found[group] = {subject: one for subject, one in spreads.items() if one}
    return found
