"""A cycle in a whole school: each pupil by the components of the socle. As many statements for 1 200 pupils as for one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from preau.directory.models import Enrolment, Group
from preau.directory.viewer import Viewer
from preau.domains.competences.models import COMPONENTS, Balance, CycleFile, Level, policy_of
from preau.domains.competences.queries.levels import dated
from preau.domains.competences.rules.cycles import cycle_of
from preau.domains.competences.rules.synthesis import Found, Rule, of_several, synthesis

MOST_SHOWN = 20
Proposed = Mapping[tuple[int, str], int | None]


@dataclass(frozen=True)
class CycleRow:
    """A pupil of a cycle: by component, what the council has settled and what the levels come to."""

    group: str
    name: str
    settled: Mapping[str, int]
    proposed: Mapping[str, int | None]


def cycles_here(viewer: Viewer) -> list[int]:
    """The cycles that have a balance and a class this year: one query."""
    return sorted({cycle for group in _classes(viewer) if (cycle := cycle_of(group)) in {2, 3, 4}})


def _classes(viewer: Viewer) -> "QuerySet[Group, Any]":
    return Group.objects.filter(school=viewer.school_id, year=viewer.year, kind=Group.Kind.CLASS)


def cycle_rows(
    viewer: Viewer, cycle: int, done: Callable[[int, int], None] = lambda _done, _total: None
) -> list[CycleRow]:
    """Every pupil of a cycle, class by class, by name: five statements. `done(read, total)`: how many pupils are computed."""
    groups = {group.pk: group for group in _classes(viewer) if cycle_of(group) == cycle}
    ranked = sorted(groups.values(), key=lambda group: (group.rank, group.name))
    places = {group.pk: place for place, group in enumerate(ranked)}
    learnt = Enrolment.objects.active(viewer.today).filter(group__in=list(groups))
    rows = list(learnt.select_related("pupil").order_by("pupil__search_name", "pupil_id"))
    rows.sort(key=lambda row: places[row.group_id])
    settled: dict[int, dict[str, int]] = defaultdict(dict)
    kept = Balance.objects.visible_to(viewer).filter(year=viewer.year, cycle=cycle)
    for pupil, component, level in kept.values_list("pupil_id", "component", "level"):
        settled[pupil][component] = level
    proposed = proposed_in(viewer, learnt.values("pupil_id"), done, len(rows))
    return [
        CycleRow(
            groups[row.group_id].name,
            row.pupil.list_name,
            settled.get(row.pupil_id, {}),
            {code: proposed.get((row.pupil_id, code)) for code in COMPONENTS},
        )
        for row in rows
    ]


def proposed_in(viewer: Viewer, pupils: Any, done: Callable[[int, int], None], total: int) -> Proposed:
    """By pupil and component, what the levels come to by the school's rule; read pupil by pupil, none is held twice: two statements."""
    rule = Rule(policy_of(viewer.school_id or 0).rule)
    rows = dated(Level.objects.visible_to(viewer)).filter(
        pupil__in=pupils,
        column__sheet__school=viewer.school_id,
        column__competence__component__in=list(COMPONENTS),
    )
    level_rows = rows.annotate(component=F("column__competence__component")).order_by("pupil_id")
    found: dict[tuple[int, str], int | None] = {}
    lines = level_rows.values_list(
        "pupil_id", "column__competence_id", "component", "day_shown", "pk", "value"
    )
    for read, (pupil, levels) in enumerate(_by_pupil(lines.iterator(chunk_size=5000)), 1):
        found |= {(pupil, code): level for code, level in _components(levels, rule).items()}
        done(read, total)
    return found


def _by_pupil(lines: Any) -> Iterator[tuple[int, list[Any]]]:
    here: list[Any] = []
    for line in lines:
        if here and here[0][0] != line[0]:
            yield here[0][0], here
            here = []
        here.append(line)
    if here:
        yield here[0][0], here


def _components(lines: Sequence[tuple[int, int, str, date, int, int | None]], rule: Rule) -> Any:
    """Each component, the mean of its competences."""
    histories: dict[tuple[str, int], list[Found]] = defaultdict(list)
    for _pupil, competence, component, day, order, value in lines:
        histories[component, competence].append(Found(day, order, value))
    held: dict[str, list[int | None]] = defaultdict(list)
    for (component, _competence), history in histories.items():
        held[component].append(synthesis(history, rule))
    return {component: of_several(levels) for component, levels in held.items()}


def cycle_files_of(viewer: Viewer) -> list[CycleFile]:
    """Those that this person asked for and may still fetch, newest first: one query."""
    found = CycleFile.objects.visible_to(viewer).exclude(state=CycleFile.State.DROPPED)
    return list(found.select_related("table", "workbook").order_by("-asked_at", "-pk")[:MOST_SHOWN])


def cycle_tables(viewer: Viewer) -> "QuerySet[CycleFile, Any]":
    """The keys of the tables that this person asked for."""
    return CycleFile.objects.visible_to(viewer).filter(table__isnull=False).values("table_id")


def cycle_workbooks(viewer: Viewer) -> "QuerySet[CycleFile, Any]":
    """The keys of the workbooks that this person asked for."""
    return CycleFile.objects.visible_to(viewer).filter(workbook__isnull=False).values("workbook_id")
