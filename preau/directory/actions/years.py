"""Preparing next year: its dates and classes, where each pupil goes, which teachers stay. Nothing of this year moves."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Holding, Person, Placement, PlannedClass, School, YearPlan
from preau.directory.models.scoping import active_on
from preau.directory.queries.years import in_class, keepers_left, plan_of, undecided_of
from preau.directory.rules.years import NamedClass, follower_of, is_last, may_switch_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal
from preau.foundation.locks import lock

Outcome = Placement.Outcome


class MovedOn(Exception):
    """Nothing is prepared any more: somebody has switched or given up meanwhile."""


class NameTaken(Exception):
    """Next year has a class of this name already."""


class ChangedSince(Exception):
    """Somebody else has decided otherwise since the page was shown: `now` says what, by pupil."""

    def __init__(self, now: Mapping[int, str]) -> None:
        super().__init__("placements have changed")
        self.now = now


@dataclass(frozen=True)
class Choice:
    """What is asked for one pupil: « moves-12 », « repeats-12 », « leaves », or "" to decide later."""

    value: str
    elsewhere: str = ""

    @classmethod
    def of(cls, placement: Placement | None) -> "Choice":
        if placement is None:
            return cls("")
        target = f"-{placement.target_id}" if placement.target_id else ""
        return cls(f"{placement.outcome}{target}", placement.elsewhere)

    @property
    def mark(self) -> str:
        """The choice as a form keeps it, to know whether it is still the same."""
        return f"{self.value}~{crc32(self.elsewhere.encode())}" if self.elsewhere else self.value

    @property
    def outcome(self) -> str:
        return self.value.partition("-")[0]

    @property
    def target_id(self) -> int | None:
        number = self.value.partition("-")[2]
        return int(number) if number else None


def locked_plan(viewer: Viewer) -> YearPlan:
    """What the viewer's school prepares, alone to write it. Raises MovedOn."""
    lock(School, viewer.school_id)
    plan = plan_of(viewer)
    if plan is None:
        raise MovedOn
    return plan


# Begun, and given up


@transaction.atomic
def begin(viewer: Viewer, *, name: str, starts: date, ends: date) -> YearPlan:
    """Prepare next year, with the classes of this one. Begun twice, it is one. Raises MovedOn."""
    school = lock(School, viewer.school_id, "current_year")
    known = plan_of(viewer)
    if known:
        return known
    # The second of two clicks, when somebody has switched between them.
    if school.current_year is None or school.current_year != viewer.year:
        raise MovedOn
    plan = YearPlan.objects.create(
        school=school,
        from_year=school.current_year,
        name=name,
        starts=starts,
        ends=ends,
        made_by=viewer.person,
        made_at=timezone.now(),
    )
    classes = Group.objects.classes().filter(year=school.current_year).order_by("rank", "name", "pk")
    PlannedClass.objects.bulk_create(
        PlannedClass(plan=plan, name=school_class.name, level=school_class.level) for school_class in classes
    )
    journal.record(viewer, "directory.year_begun", plan)
    return plan


@transaction.atomic
def change_dates(viewer: Viewer, *, name: str, starts: date, ends: date) -> bool:
    """Give next year another name or other days. A day of switch that does not fit any more is taken back. Raises MovedOn."""
    plan = locked_plan(viewer)
    if (plan.name, plan.starts, plan.ends) == (name, starts, ends):
        return False
    plan.name, plan.starts, plan.ends = name, starts, ends
    if plan.switch_on and not may_switch_on(plan, plan.switch_on, viewer.today):
        plan.switch_on = None
    plan.save(update_fields=["name", "starts", "ends", "switch_on"])
    journal.record(viewer, "directory.year_dates_changed", plan)
    return True


@transaction.atomic
def give_up(viewer: Viewer) -> bool:
    """Throw away what was prepared. False when nothing was."""
    lock(School, viewer.school_id)
    plan = plan_of(viewer)
    if plan is None:
        return False
    journal.record(viewer, "directory.year_given_up", plan)
    plan.delete()
    return True


# Its classes


@transaction.atomic
def save_class(
    viewer: Viewer, planned: PlannedClass | None, *, name: str, level: str, team: Group | None
) -> bool:
    """Add a class to next year, or change one. Raises NameTaken, MovedOn."""
    plan = locked_plan(viewer)
    others = plan.classes.filter(name=name)
    if planned is None:
        twin = others.first()
        if twin and (twin.level, twin.team) == (level, team):
            # The second of two clicks.
            return False
        if twin:
            raise NameTaken
        row = PlannedClass.objects.create(plan=plan, name=name, level=level, team=team)
        journal.record(viewer, "directory.planned_class_added", row)
        return True
    if others.exclude(pk=planned.pk).exists():
        raise NameTaken
    known = plan.classes.filter(pk=planned.pk).first()
    if known is None:
        raise MovedOn
    if (known.name, known.level, known.team) == (name, level, team):
        return False
    known.name, known.level, known.team = name, level, team
    known.save()
    journal.record(viewer, "directory.planned_class_changed", known)
    return True


@transaction.atomic
def remove_class(viewer: Viewer, planned: PlannedClass) -> None:
    """Take a class out of next year: its pupils are to decide again. Raises MovedOn."""
    plan = locked_plan(viewer)
    pupils = Placement.objects.filter(plan=plan, target=planned).count()
    journal.record(viewer, "directory.planned_class_removed", planned, pupils=pupils)
    plan.classes.filter(pk=planned.pk).delete()


@transaction.atomic
def keep_teams(viewer: Viewer) -> int:
    """Each class that has no team yet keeps that of this year's class of the same name; returns how many. Raises MovedOn."""
    plan = locked_plan(viewer)
    names = {
        school_class.name: school_class
        for school_class in Group.objects.classes().filter(year=plan.from_year_id)
    }
    rows = [school_class for school_class in plan.classes.filter(team=None) if school_class.name in names]
    for row in rows:
        row.team = names[row.name]
    PlannedClass.objects.bulk_update(rows, ["team"], batch_size=200)
    if rows:
        journal.record(viewer, "directory.teams_kept", plan, classes=len(rows))
    return len(rows)


# Its pupils


@transaction.atomic
def place(viewer: Viewer, choices: Mapping[int, Choice], seen: Mapping[int, str]) -> int:
    """Decide for these pupils, `seen` being what their page showed; returns how many changed. Raises ChangedSince, MovedOn.

    What somebody else decided meanwhile is not written over, unless both say the same.
    """
    plan = locked_plan(viewer)
    known = {row.person_id: row for row in plan.placements.of_pupils().filter(person__in=choices)}
    now = {pk: Choice.of(known.get(pk)) for pk in choices}
    lost = {
        pk: now[pk].value
        for pk, one in choices.items()
        if now[pk] != one and now[pk].mark != seen.get(pk, "")
    }
    if lost:
        raise ChangedSince(lost)
    changed = {pk: one for pk, one in choices.items() if now[pk] != one}
    classes = set(plan.classes.values_list("pk", flat=True))
    if any(one.target_id and one.target_id not in classes for one in changed.values()):
        raise MovedOn
    _write(viewer, plan, changed)
    return len(changed)


@transaction.atomic
def place_rest(viewer: Viewer, group: Group | None, choice: Choice) -> int:
    """The same for every pupil of a class (or of none) who is still to decide; returns how many. Raises MovedOn."""
    plan = locked_plan(viewer)
    if choice.target_id and not plan.classes.filter(pk=choice.target_id).exists():
        raise MovedOn
    pupils = in_class(undecided_of(plan, viewer.today), group).values_list("pk", flat=True)
    changed = dict.fromkeys(pupils, choice)
    _write(viewer, plan, changed)
    return len(changed)


@transaction.atomic
def propose(viewer: Viewer) -> int:
    """Whoever is to decide goes up with their class where the next one is plain, or leaves after the last level.

    Returns how many were placed. Raises MovedOn.
    """
    plan = locked_plan(viewer)
    classes, kind = list(plan.classes.all()), plan.school.kind
    proposed: dict[int, Choice] = {}
    for group in Group.objects.classes().filter(year=plan.from_year_id):
        choice = proposal_for(group, classes, kind)
        if choice:
            proposed[group.pk] = choice
    rows = undecided_of(plan, viewer.today).filter(group_id__in=proposed)
    changed = {pupil: proposed[group] for pupil, group in rows.values_list("pk", "group_id")}
    _write(viewer, plan, changed)
    return len(changed)


def proposal_for(group: NamedClass, classes: Iterable[PlannedClass], kind: str) -> Choice | None:
    """Where a whole class goes by itself; None when somebody must say it."""
    if is_last(group.level, kind):
        return Choice(Outcome.LEAVES)
    target = follower_of(group, classes)
    return Choice(f"{Outcome.MOVES}-{target.pk}") if target else None


def _write(viewer: Viewer, plan: YearPlan, changed: Mapping[int, Choice]) -> None:
    if not changed:
        return
    decision: dict[str, Any] = {"decided_by": viewer.person, "decided_at": timezone.now()}
    again = [pk for pk, one in changed.items() if not one.value]
    plan.placements.filter(person__in=again).delete()
    rows = [
        Placement(
            plan=plan,
            person_id=pk,
            outcome=one.outcome,
            target_id=one.target_id,
            elsewhere=one.elsewhere,
            **decision,
        )
        for pk, one in changed.items()
        if one.value
    ]
    Placement.objects.bulk_create(
        rows,
        500,
        update_conflicts=True,
        unique_fields=["plan", "person"],
        update_fields=["outcome", "target", "elsewhere", "decided_by", "decided_at"],
    )
    if any(one.outcome == Outcome.STAFF_LEAVES for one in changed.values()):
        journal.record(viewer, "directory.staff_leaves", plan, people=len(changed))
    else:
        journal.record(viewer, "directory.pupils_placed", plan, pupils=len(changed))


# Its staff


class LastKeeper(Exception):
    """Nobody would keep the directory any more."""


@transaction.atomic
def plan_staff(viewer: Viewer, people: Collection[Person], *, leave: bool) -> int:
    """Say that these people leave with this year, or stay after all; returns how many changed. Raises LastKeeper, MovedOn."""
    plan = locked_plan(viewer)
    known = set(plan.placements.of_staff().values_list("person_id", flat=True))
    changed = [person.pk for person in people if (person.pk in known) != leave]
    if leave and not keepers_left(plan, {*known, *changed}, viewer.today):
        raise LastKeeper
    if leave:
        _write(viewer, plan, dict.fromkeys(changed, Choice(Outcome.STAFF_LEAVES)))
    else:
        plan.placements.of_staff().filter(person__in=changed).delete()
        if changed:
            journal.record(viewer, "directory.staff_stays", plan, people=len(changed))
    return len(changed)


# The day


@transaction.atomic
def choose_day(viewer: Viewer, day: date, *, leave_undecided: bool) -> bool:
    """Let next year take its place by itself on a day to come. Raises MovedOn."""
    plan = locked_plan(viewer)
    if (plan.switch_on, plan.leave_undecided) == (day, leave_undecided):
        return False
    plan.switch_on, plan.leave_undecided, plan.asked_by = day, leave_undecided, viewer.person
    plan.save(update_fields=["switch_on", "leave_undecided", "asked_by"])
    journal.record(viewer, "directory.year_switch_planned", plan, on=day.isoformat())
    return True


@transaction.atomic
def forget_day(viewer: Viewer) -> bool:
    """No switch by itself any more. False when none was planned. Raises MovedOn."""
    plan = locked_plan(viewer)
    if plan.switch_on is None:
        return False
    plan.switch_on, plan.asked_by, plan.leave_undecided = None, None, False
    plan.save(update_fields=["switch_on", "asked_by", "leave_undecided"])
    journal.record(viewer, "directory.year_switch_cancelled", plan)
    return True


def forget_placements(person_id: int) -> int:
    """Where somebody was to go is erased with them."""
    return Placement.objects.filter(person_id=person_id).delete()[0]


def keepers_of(school_id: int, today: date) -> list[int]:
    """Who keeps the directory of a school, to be told."""
    held = Holding.objects.filter(active_on(today), school=school_id, role__in=[Role.HEAD, Role.SECRETARY])
    return list(held.values_list("person_id", flat=True).distinct())
