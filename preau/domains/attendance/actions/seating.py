"""Making a seating plan, moving pupils in it, and undoing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from preau.directory.models import Enrolment, Group, Person, Room
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Seat, SeatingPlan, SeatingStep
from preau.domains.attendance.rules import seating as filling
from preau.domains.attendance.rules.seating import Spot
from preau.foundation import journal
from preau.foundation.locks import lock

# A lesson's worth of second thoughts; a plan is no archive.
STEPS_KEPT = 20
CLEARED = "vider"


class ChangedMeanwhile(Exception):
    """Somebody else has changed the plan since the page was shown; nothing was written."""


class NameTaken(Exception):
    """The group has a plan of this name in this room."""


@dataclass(frozen=True)
class Shape:
    """How a plan is called, and which places it has."""

    room: Room | None = None
    name: str = ""
    rows: int = 5
    columns: int = 6
    gaps: Iterable[Spot] = ()
    aisles: Iterable[int] = ()


@dataclass
class Sitting:
    """Who sits where, and who is wanted in front."""

    places: dict[int, Spot] = field(default_factory=dict)
    front: set[int] = field(default_factory=set)


def learners(group_id: int, day: date) -> list[int]:
    """The pupils of a class or a group on a day, by name."""
    found = Enrolment.objects.active(day).filter(group=group_id)
    return list(
        found.order_by("pupil__search_name", "pupil_id").values_list("pupil_id", flat=True).distinct()
    )


@transaction.atomic
def create_plan(
    viewer: Viewer, group: Group, shape: Shape, source: SeatingPlan | None = None
) -> tuple[SeatingPlan, bool]:
    """A plan of a group, empty or drawn from another: its places, and who sits there where it is the same group.

    Whether it was made: a second click finds the first one's.
    """
    # The lock of the group: two clicks at once make one plan.
    Group.objects.select_for_update().only("pk").get(pk=group.pk)
    known = SeatingPlan.objects.filter(group=group, room=shape.room, name=shape.name).first()
    if known is not None:
        return known, False
    plan = SeatingPlan(
        school_id=group.school_id,
        group=group,
        room=shape.room,
        name=shape.name,
        rows=shape.rows,
        columns=shape.columns,
        made_by=viewer.person,
        made_at=timezone.now(),
    )
    if source is not None:
        plan.rows, plan.columns, plan.gaps, plan.aisles = (
            source.rows,
            source.columns,
            source.gaps,
            source.aisles,
        )
    plan.save()
    if source is not None:
        here = set(learners(group.pk, viewer.today))
        seats = [seat for seat in source.seats.all() if seat.pupil_id in here]
        Seat.objects.bulk_create(
            Seat(
                school_id=plan.school_id,
                plan=plan,
                pupil_id=seat.pupil_id,
                row=seat.row,
                column=seat.column,
                in_front=seat.in_front,
            )
            for seat in seats
        )
    journal.record(viewer, "attendance.plan_made", plan)
    return plan, True


@transaction.atomic
def place(viewer: Viewer, plan: SeatingPlan, pupil: Person, spot: Spot | None) -> bool:
    """Put a pupil somewhere, or nowhere. Whoever sits there takes the place that is left: two pupils change places."""
    plan, sitting = _opened(viewer, plan)
    left = sitting.places.pop(pupil.pk, None)
    if spot is not None:
        other = next((one for one, taken in sitting.places.items() if taken == spot), None)
        if other is not None:
            del sitting.places[other]
            if left:
                sitting.places[other] = left
        sitting.places[pupil.pk] = spot
    return _change(viewer, plan, sitting)


@transaction.atomic
def fill(viewer: Viewer, plan: SeatingPlan, order: str, revision: int) -> bool:
    """Place everybody in an order, or nobody any more. Raises ChangedMeanwhile."""
    plan, sitting = _opened(viewer, plan, revision)
    pupils, spots = learners(plan.group_id, viewer.today), plan.spots()
    if order == CLEARED:
        sitting.places = {}
    elif order == filling.REST:
        sitting.places = filling.filled_up(pupils, sitting.front, spots, sitting.places)
    else:
        sitting.places = filling.filled(order, pupils, sitting.front, spots)
    return _change(viewer, plan, sitting)


@transaction.atomic
def reshape(viewer: Viewer, plan: SeatingPlan, shape: Shape, front: Iterable[int]) -> bool:
    """Other places, another room or name, other pupils in front. Whoever sat where there is no place any more has none.

    Raises NameTaken.
    """
    plan, sitting = _opened(viewer, plan)
    before, called = _state(plan, sitting), (plan.room_id, plan.name)
    plan.room, plan.name, plan.rows, plan.columns = shape.room, shape.name, shape.rows, shape.columns
    inside = {(row, column) for row in range(1, shape.rows + 1) for column in range(1, shape.columns + 1)}
    plan.gaps = sorted([row, column] for row, column in shape.gaps if (row, column) in inside)
    # Beyond the last column there is a wall.
    plan.aisles = sorted({column for column in shape.aisles if column < shape.columns})
    real = set(plan.spots())
    sitting.places = {pupil: spot for pupil, spot in sitting.places.items() if spot in real}
    sitting.front = set(front)
    try:
        with transaction.atomic():
            if (plan.room_id, plan.name) == called:
                return _change(viewer, plan, sitting, before)
            plan.save(update_fields=["room", "name"])
            if not _change(viewer, plan, sitting, before):
                journal.record(viewer, "attendance.plan_changed", plan)
            return True
    except IntegrityError as taken:
        raise NameTaken from taken


@transaction.atomic
def undo(viewer: Viewer, plan: SeatingPlan, revision: int) -> bool:
    """Put the plan back as it was before its last change; False when there is none. Raises ChangedMeanwhile."""
    plan, _sitting = _opened(viewer, plan, revision)
    step = plan.steps.first()
    if step is None:
        return False
    here, before = set(learners(plan.group_id, viewer.today)), step.before
    plan.rows, plan.columns, plan.gaps, plan.aisles = (
        before[one] for one in ("rows", "columns", "gaps", "aisles")
    )
    rows = [seat for seat in before["seats"] if seat[0] in here]
    sitting = Sitting(
        {pupil: (row, column) for pupil, row, column, _front in rows if row},
        {pupil for pupil, _row, _column, front in rows if front},
    )
    _write(plan, sitting)
    step.delete()
    journal.record(viewer, "attendance.plan_undone", plan)
    return True


@transaction.atomic
def remove_plan(viewer: Viewer, plan: SeatingPlan) -> None:
    """The plan goes away with its places; the roll is a list again."""
    journal.record(viewer, "attendance.plan_removed", plan)
    plan.delete()


def _opened(viewer: Viewer, plan: SeatingPlan, revision: int | None = None) -> tuple[SeatingPlan, Sitting]:
    """The plan under its lock, and who sits there among the pupils of today: a departure has freed its place."""
    plan = lock(SeatingPlan, plan.pk)
    if revision is not None and plan.revision != revision:
        raise ChangedMeanwhile
    here = set(learners(plan.group_id, viewer.today))
    seats = [seat for seat in plan.seats.all() if seat.pupil_id in here]
    sitting = Sitting(
        {seat.pupil_id: (seat.row, seat.column) for seat in seats if seat.row},
        {seat.pupil_id for seat in seats if seat.in_front},
    )
    return plan, sitting


def _state(plan: SeatingPlan, sitting: Sitting) -> dict[str, Any]:
    return {
        "rows": plan.rows,
        "columns": plan.columns,
        "gaps": plan.gaps,
        "aisles": plan.aisles,
        "seats": [
            [pupil, *(sitting.places.get(pupil) or (None, None)), pupil in sitting.front]
            for pupil in sorted({*sitting.places, *sitting.front})
        ],
    }


def _change(
    viewer: Viewer, plan: SeatingPlan, sitting: Sitting, before: Mapping[str, Any] | None = None
) -> bool:
    """Write what is new, with what was before; False when nothing is."""
    former = before or _state(*_opened(viewer, plan))
    if former == _state(plan, sitting):
        return False
    SeatingStep.objects.create(
        school_id=plan.school_id, plan=plan, before=former, made_by=viewer.person, made_at=timezone.now()
    )
    kept = list(plan.steps.values_list("pk", flat=True)[:STEPS_KEPT])
    plan.steps.exclude(pk__in=kept).delete()
    _write(plan, sitting)
    journal.record(viewer, "attendance.plan_changed", plan)
    return True


def _write(plan: SeatingPlan, sitting: Sitting) -> None:
    plan.revision += 1
    plan.save()
    plan.seats.all().delete()
    seats = []
    for pupil in sorted({*sitting.places, *sitting.front}):
        row, column = sitting.places.get(pupil) or (None, None)
        seats.append(
            Seat(
                school_id=plan.school_id,
                plan=plan,
                pupil_id=pupil,
                row=row,
                column=column,
                in_front=pupil in sitting.front,
            )
        )
    Seat.objects.bulk_create(seats)


def forget_seats(person_id: int) -> int:
    """Erase where a pupil sat, in plans and in what undoing would put back."""
    gone, _by_model = Seat.objects.filter(pupil=person_id).delete()
    return gone


def forget_steps(person_id: int) -> int:
    """Of the steps of plans, what speaks of this pupil."""
    changed = 0
    for step in SeatingStep.objects.filter(plan__group__enrolments__pupil=person_id).distinct():
        left = [seat for seat in step.before["seats"] if seat[0] != person_id]
        if left != step.before["seats"]:
            step.before = step.before | {"seats": left}
            step.save(update_fields=["before"])
            changed += 1
    return changed


def forget_old_plans(today: date) -> int:
    """A plan goes away with its school year."""
    old = SeatingPlan.objects.filter(group__year__ends__lt=today)
    count = old.count()
    old.delete()
    return count
