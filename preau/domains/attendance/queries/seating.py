"""Seating plans as pages show them, and as a roll is laid out by one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Arrangement, Seat, SeatingPlan, SeatingStep, plan_label
from preau.domains.timetable.models import Lesson
from preau.foundation import text
from preau.foundation.prepared import Prepared

Spot = tuple[int, int]


@dataclass(frozen=True)
class Sitter:
    """A pupil of the group: their place if they have one, whether they are wanted in front, what is arranged for them."""

    pupil_id: int
    public_id: str
    family_name: str
    given_name: str
    spot: Spot | None
    in_front: bool
    needs: tuple[str, ...] = ()

    @property
    def list_name(self) -> str:
        return f"{self.family_name.upper()} {self.given_name}"

    @property
    def initials(self) -> str:
        return text.initials(self.given_name, self.family_name)


@dataclass(frozen=True)
class Cell:
    """A place of the grid, which may not exist, and who sits there. `aisle`: one walks on its right."""

    row: int
    column: int
    exists: bool
    aisle: bool
    sitter: Sitter | None = None

    @property
    def key(self) -> str:
        return f"{self.row}-{self.column}"


@dataclass(frozen=True)
class Board:
    """A plan whole: its grid from the board to the back, and the pupils who have no place yet."""

    plan: SeatingPlan
    rows: list[list[Cell]]
    sitters: list[Sitter]
    last: SeatingStep | None = None

    @property
    def unplaced(self) -> list[Sitter]:
        return [sitter for sitter in self.sitters if sitter.spot is None]

    @property
    def helped(self) -> list[tuple[str, list[str]]]:
        """By name, what is arranged for a pupil and whether they are wanted in front: shown when it is asked for."""
        rows = (
            (sitter.list_name, [*([_("À placer devant")] if sitter.in_front else []), *sitter.needs])
            for sitter in self.sitters
        )
        return [(name, words) for name, words in rows if words]

    @property
    def free(self) -> int:
        return sum(cell.exists and cell.sitter is None for row in self.rows for cell in row)


@dataclass(frozen=True)
class PlanRow:
    """A plan among those of its group."""

    pk: int
    label: str
    placed: int
    made_by: str
    made_at: datetime


def plans_of(viewer: Viewer, group: Group) -> list[PlanRow]:
    """The plans of a class or a group, by room (one query)."""
    found = SeatingPlan.objects.visible_to(viewer).filter(group=group)
    placed = Count("seats", filter=Q(seats__row__isnull=False))
    return [
        PlanRow(plan.pk, plan.label, plan.placed, plan.made_by.full_name, plan.made_at)
        for plan in found.select_related("room", "made_by").annotate(placed=placed)
    ]


def board_of(viewer: Viewer, plan: SeatingPlan, *, needs: bool = True) -> Board:
    """A plan with the pupils of today: whoever has left sits there no more, whoever came waits for a place.

    Adjustments go through their own `visible_to`; a paper has none of them.
    """
    learning = (
        Enrolment.objects.active(viewer.today)
        .filter(group=plan.group_id)
        .order_by("pupil__search_name", "pupil")
    )
    columns = ("pupil_id", "pupil__public_id", "pupil__family_name", "pupil__given_name")
    pupils = list(learning.values_list(*columns).distinct())
    seats = {seat.pupil_id: seat for seat in plan.seats.all()}
    known = _needs(viewer, [pupil[0] for pupil in pupils]) if needs else {}
    sitters = [_sitter(pupil, seats.get(pupil[0]), known) for pupil in pupils]
    by_spot = {sitter.spot: sitter for sitter in sitters if sitter.spot}
    real = set(plan.spots())
    rows = [
        [
            Cell(row, column, (row, column) in real, column in plan.aisles, by_spot.get((row, column)))
            for column in range(1, plan.columns + 1)
        ]
        for row in range(1, plan.rows + 1)
    ]
    return Board(plan, rows, sitters, plan.steps.select_related("made_by").first() if needs else None)


def _sitter(
    one: tuple[int, str, str, str], seat: Seat | None, known: Mapping[int, tuple[str, ...]]
) -> Sitter:
    spot = (seat.row, seat.column) if seat and seat.row and seat.column else None
    return Sitter(*one, spot, bool(seat and seat.in_front), known.get(one[0], ()))


def _needs(viewer: Viewer, pupils: Sequence[int]) -> dict[int, tuple[str, ...]]:
    by_pupil: dict[int, list[str]] = defaultdict(list)
    found = Arrangement.objects.visible_to(viewer).active(viewer.today)
    adjusted = found.filter(kind=Arrangement.Kind.ADJUSTMENT, pupil__in=pupils).exclude(words="")
    for pupil, words in adjusted.values_list("pupil_id", "words"):
        by_pupil[pupil].append(words)
    return {pupil: tuple(words) for pupil, words in by_pupil.items()}


@dataclass(frozen=True)
class Layout:
    """How a plan lays a roll out: by pupil, a place."""

    pk: int
    label: str
    group_id: int
    columns: int
    aisles: tuple[int, ...]
    spots: Mapping[int, Spot]


def _seats_for(lesson: int) -> "QuerySet[Seat, tuple[Any, ...]]":
    placed = Seat.objects.filter(plan__group__lessons=lesson, row__isnull=False)
    return placed.order_by("plan_id").values_list(
        "plan_id",
        "plan__group_id",
        "plan__room_id",
        "plan__room__name",
        "plan__name",
        "plan__columns",
        "plan__aisles",
        "plan__made_by_id",
        "pupil_id",
        "row",
        "column",
    )


SEATS_FOR = Prepared(_seats_for)


def layouts_for(viewer: Viewer, lesson: Lesson) -> list[Layout]:
    """The plans of the groups of a lesson in which somebody sits, the most fitting first: its room, one's own (one query)."""
    plans: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for line in SEATS_FOR(lesson.pk):
        plans[line[0]].append(line)
    fit = {
        pk: (lines[0][2] != lesson.room_id, lines[0][2] is not None, lines[0][7] != viewer.person.pk, pk)
        for pk, lines in plans.items()
    }
    return [_layout(plans[pk]) for pk in sorted(plans, key=fit.__getitem__)]


def _layout(lines: Sequence[tuple[Any, ...]]) -> Layout:
    pk, group, _room, room, name, columns, aisles, _by, *_seat = lines[0]
    spots = {line[8]: (line[9], line[10]) for line in lines}
    return Layout(pk, plan_label(room or "", name), group, columns, tuple(aisles), spots)
