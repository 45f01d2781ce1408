"""The plan of an evening: who meets whom in which slot. Pure: the page, its task and `manage.py plan_meetings` compute it here.

In this order: as many first wishes as possible, then as many wishes, then the fewest empty slots between the first and the last
meeting of each family (docs/decisions/0165). The rules of validity are those of `faults`, which reads a plan as a stranger would.
"""

import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Pair = tuple[str, str]
Meeting = tuple[str, str, int]
# Seconds for the whole of it, and for its two parts: what is met, then how it is laid out.
PATIENCE = 15.0
SHARE_OF_WISHES = 0.3
# Of what is then left, where it is not proven that no more can be met.
SHARE_AGAIN = 0.7
STEPS = 3
# As many families as are laid out all at once; beyond, some at a time: how many, and the seconds that it may take.
WHOLE = 40
FEW, MANY, A_MOMENT = 10, 60, 0.5
# How often the next one wants the same teacher; how often somebody else comes too.
KIN, STRANGER = 0.8, 0.2
# Twice the same evening is the same plan, where it is found to be the best.
SEED = 165
MOST_WORKERS = 8


class Unplannable(Exception):
    """What is fixed by hand already breaks a rule: no plan holds it."""


@dataclass(frozen=True)
class Family:
    """One that comes: whom it wants to meet, in its order; when it cannot; with whom it must cross nobody."""

    key: str
    wants: tuple[str, ...]
    absent: frozenset[int] = frozenset()
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """An evening. `walk`: how many slots must stay empty between two teachers, for one family; none, where nothing is said.
    `fixed`: meetings that stay as they are."""

    slots: int
    teachers: Mapping[str, frozenset[int]]
    families: tuple[Family, ...]
    walk: Mapping[Pair, int] = field(default_factory=dict)
    fixed: frozenset[Meeting] = frozenset()

    def empty_between(self, one: str, other: str) -> int:
        return max(self.walk.get((one, other), 0), self.walk.get((other, one), 0))

    def apart(self) -> set[Pair]:
        """Said by one of them, it holds for both."""
        known = {family.key for family in self.families}
        pairs = ((family.key, other) for family in self.families for other in family.apart if other in known)
        return {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}


@dataclass(frozen=True)
class Worth:
    """What a plan is worth, in the order of the aims."""

    first: int
    met: int
    empty: int

    @property
    def rank(self) -> tuple[int, int, int]:
        return self.first, self.met, -self.empty


@dataclass(frozen=True)
class Plan:
    """What was found, and whether it is known that nothing is better."""

    meetings: tuple[Meeting, ...]
    unmet: tuple[Pair, ...]
    seconds: float
    is_best: bool = False


def worth_of(problem: Problem, meetings: Iterable[Meeting]) -> Worth:
    when: dict[str, dict[str, int]] = defaultdict(dict)
    for family, teacher, slot in meetings:
        when[family][teacher] = slot
    firsts = {family.key: family.wants[0] for family in problem.families if family.wants}
    spans = (
        max(slots.values()) - min(slots.values()) + 1 - len(slots) for slots in when.values() if len(slots)
    )
    return Worth(
        first=sum(firsts.get(key) in slots for key, slots in when.items()),
        met=sum(map(len, when.values())),
        empty=sum(spans),
    )


def faults(problem: Problem, meetings: Iterable[Meeting]) -> list[str]:
    """What is wrong in a plan, rule by rule; nothing when it is valid."""
    found, kept = [], list(meetings)
    families = {family.key: family for family in problem.families}
    for family, teacher, slot in kept:
        if teacher not in families[family].wants:
            found.append(f"{family} {teacher}: not wanted")
        if slot not in range(problem.slots) or slot in families[family].absent | problem.teachers[teacher]:
            found.append(f"{family} {teacher} {slot}: somebody is absent")
    keyed: list[tuple[str, list[Any]]] = [
        ("teacher", [(one[1], one[2]) for one in kept]),
        ("family", [(one[0], one[2]) for one in kept]),
        ("pair", [one[:2] for one in kept]),
    ]
    for name, seen in keyed:
        found += [f"{name} twice: {one}" for one in sorted({one for one in seen if seen.count(one) > 1})]
    when: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for family, teacher, slot in kept:
        when[family].append((slot, teacher))
    for one, other in sorted(problem.apart()):
        found += [
            f"{one} and {other} cross at {here} and {there}"
            for here, _one in when[one]
            for there, _other in when[other]
            if abs(here - there) <= 1
        ]
    for family, slots in when.items():
        slots.sort()
        found += [
            f"{family}: too short a walk from {here} to {there}"
            for number, (at, here) in enumerate(slots)
            for then, there in slots[number + 1 :]
            if 0 < then - at <= problem.empty_between(here, there)
        ]
    return found


def may_add(problem: Problem, kept: Iterable[Meeting], wanted: Meeting) -> bool:
    """Does this meeting break no rule beside those that are kept?"""
    family_key, teacher, slot = wanted
    family = next(one for one in problem.families if one.key == family_key)
    if teacher not in family.wants or slot in family.absent | problem.teachers[teacher]:
        return False
    apart = {
        one if other == family_key else other for one, other in problem.apart() if family_key in (one, other)
    }
    for who, whom, at in kept:
        if who == family_key and (whom == teacher or abs(at - slot) <= problem.empty_between(whom, teacher)):
            return False
        if (whom == teacher and at == slot) or (who in apart and abs(at - slot) <= 1):
            return False
    return True


def greedy(problem: Problem, *, close: bool = False) -> Plan:
    """First come, first served: rank by rank of wishes, each family in turn takes the first slot that is free. To compare with.

    `close`: the free slot that is nearest to what the family has; where the search begins.
    """
    begun = time.perf_counter()
    state = _Greedy(problem, close)
    for rank in range(max((len(family.wants) for family in problem.families), default=0)):
        for family in problem.families:
            if rank < len(family.wants):
                state.take(family, family.wants[rank])
    return Plan(*_said(problem, state.kept), time.perf_counter() - begun)


class _Greedy:
    def __init__(self, problem: Problem, close: bool) -> None:
        self.problem, self.close = problem, close
        self.kept: list[Meeting] = sorted(problem.fixed)
        self.apart: dict[str, set[str]] = defaultdict(set)
        for one, other in problem.apart():
            self.apart[one].add(other)
            self.apart[other].add(one)

    def take(self, family: Family, teacher: str) -> None:
        if any(one[:2] == (family.key, teacher) for one in self.kept):
            return
        mine = [(slot, whom) for who, whom, slot in self.kept if who == family.key]
        near = {
            slot + step for who, _t, slot in self.kept if who in self.apart[family.key] for step in (-1, 0, 1)
        }
        taken = {slot for _f, whom, slot in self.kept if whom == teacher} | near
        for slot in self._order([at for at, _whom in mine]):
            if slot in taken | family.absent | self.problem.teachers[teacher]:
                continue
            if all(abs(slot - at) > self.problem.empty_between(whom, teacher) for at, whom in mine):
                self.kept.append((family.key, teacher, slot))
                return

    def _order(self, mine: list[int]) -> list[int]:
        slots = list(range(self.problem.slots))
        if self.close and mine:
            slots.sort(key=lambda slot: min(abs(slot - at) for at in mine))
        return slots


Tell = Callable[[int, int], None]


def plan(problem: Problem, *, patience: float = PATIENCE, tell: Tell = lambda done, total: None) -> Plan:
    """The best plan that is found in the time given. Raises Unplannable."""
    begun = time.perf_counter()
    if faults(problem, problem.fixed):
        raise Unplannable
    if not any(family.wants for family in problem.families):
        return Plan((), (), time.perf_counter() - begun, is_best=True)
    until = begun + patience
    tried = [greedy(problem).meetings, greedy(problem, close=True).meetings]
    start = max(tried, key=lambda one: worth_of(problem, one).rank)
    known, limit = worth_of(problem, start), _limit(problem)
    sure = (known.first, known.met) == limit
    tell(1, STEPS)
    if not sure and len(problem.families) > FEW:
        start, sure = _most_wishes(problem, start, limit, until)
    tell(2, STEPS)
    search = _Search(problem, start)
    laid_sure = (sure and not search.empty) or (len(problem.families) <= WHOLE and search.whole(until))
    while not laid_sure and search.empty and time.perf_counter() < until:
        search.better_around(until)
    tell(STEPS, STEPS)
    best = tuple(search.kept)
    return Plan(
        *_said(problem, best),
        time.perf_counter() - begun,
        is_best=laid_sure or (sure and not search.empty),
    )


def _most_wishes(
    problem: Problem, start: tuple[Meeting, ...], limit: tuple[int, int], until: float
) -> tuple[tuple[Meeting, ...], bool]:
    """The first two aims: what is not proven in its share has most of the time that is left, before the third one."""
    sure = False
    for share in (SHARE_OF_WISHES, SHARE_AGAIN):
        found, sure = _Model(problem).most_wishes(start, limit, (until - time.perf_counter()) * share)
        start = max([start, found], key=lambda one: worth_of(problem, one).rank)
        if sure:
            break
    return start, sure


def _limit(problem: Problem) -> tuple[int, int]:
    """More first wishes, and more wishes, than these cannot be met: nobody is in two places, nor meets more people than slots."""
    free = {
        key: problem.slots - len(away & set(range(problem.slots))) for key, away in problem.teachers.items()
    }
    first: dict[str, int] = defaultdict(int)
    met: dict[str, int] = defaultdict(int)
    for family in problem.families:
        wants = [one for one in dict.fromkeys(family.wants) if _may_meet(problem, family, one)]
        if family.wants and family.wants[0] in wants:
            first[family.wants[0]] += 1
        for teacher in wants:
            met[teacher] += 1
    return sum(min(count, free[key]) for key, count in first.items()), sum(
        min(count, free[key]) for key, count in met.items()
    )


def _may_meet(problem: Problem, family: Family, teacher: str) -> bool:
    return len((family.absent | problem.teachers[teacher]) & set(range(problem.slots))) < problem.slots


class _Search:
    """A plan made better by parts: some families at a time are laid out anew, the others stay where they are."""

    def __init__(self, problem: Problem, start: Iterable[Meeting]) -> None:
        self.problem, self.kept = problem, set(start)
        self.families = {family.key: family for family in problem.families}
        self.apart: dict[str, set[str]] = defaultdict(set)
        for one, other in problem.apart():
            self.apart[one].add(other)
            self.apart[other].add(one)
        self.random = random.Random(SEED)  # noqa: S311 - a search, not a secret
        self.size = FEW
        self.by_teacher: dict[str, list[str]] = defaultdict(list)
        for family in problem.families:
            for teacher in dict.fromkeys(family.wants):
                self.by_teacher[teacher].append(family.key)

    @property
    def empty(self) -> int:
        return worth_of(self.problem, self.kept).empty

    def whole(self, until: float) -> bool:
        """All the families at once, where they are few: is the plan known to be the best?"""
        few = len(self.families) <= FEW
        return self._solve(
            set(self.families), min(until - time.perf_counter(), PATIENCE / 2), several=not few
        )

    def better_around(self, until: float) -> None:
        """A family that waits between two meetings, and some of those who want the same teachers."""
        slots: dict[str, list[int]] = defaultdict(list)
        for family, _teacher, slot in self.kept:
            slots[family].append(slot)
        waits = {key: max(mine) - min(mine) + 1 - len(mine) for key, mine in slots.items()}
        waiting = [key for key, empty in waits.items() if empty]
        if not waiting:
            return
        chosen = {self.random.choices(waiting, [waits[key] for key in waiting])[0]}
        while len(chosen) < min(self.size, len(self.families)):
            near = self.families[self.random.choice(sorted(chosen))].wants
            kin = (
                self.by_teacher[self.random.choice(near)] if near and self.random.random() < KIN else waiting
            )
            chosen.add(self.random.choice(kin or waiting))
            if self.random.random() < STRANGER:
                chosen.add(self.random.choice(self.problem.families).key)
        sure = self._solve(chosen, min(A_MOMENT, until - time.perf_counter()))
        self.size = min(MANY, self.size + 1) if sure else max(FEW, self.size - 4)

    def _solve(self, chosen: set[str], seconds: float, *, several: bool = False) -> bool:
        """Lay these families out anew, the others as they are; is that known to be the best of it?"""
        others = {one for one in self.kept if one[0] not in chosen}
        mine = self.kept - others
        taken: dict[str, set[int]] = defaultdict(set)
        near: dict[str, set[int]] = defaultdict(set)
        for family, teacher, slot in others:
            taken[teacher].add(slot)
            for other in self.apart.get(family, ()):
                near[other] |= {slot - 1, slot, slot + 1}
        part = Problem(
            self.problem.slots,
            {key: away | taken.get(key, set()) for key, away in self.problem.teachers.items()},
            tuple(
                replace(self.families[key], absent=self.families[key].absent | near.get(key, set()))
                for key in sorted(chosen)
            ),
            self.problem.walk,
            frozenset(one for one in self.problem.fixed if one[0] in chosen),
        )
        found, sure = _Model(part).best(mine, seconds, several=several)
        if found and worth_of(part, found).rank >= worth_of(part, mine).rank:
            self.kept = others | set(found)
        return sure


def _said(problem: Problem, meetings: Iterable[Meeting]) -> tuple[tuple[Meeting, ...], tuple[Pair, ...]]:
    """In the order of the families and of their wishes."""
    slots = {(family, teacher): slot for family, teacher, slot in meetings}
    wished = [(family.key, teacher) for family in problem.families for teacher in dict.fromkeys(family.wants)]
    return (
        tuple((*pair, slots[pair]) for pair in wished if pair in slots),
        tuple(pair for pair in wished if pair not in slots),
    )


class _Model:
    """The evening as Booleans for CP-SAT: one for each wish and each slot where both are there."""

    def __init__(self, problem: Problem) -> None:
        # Half a second and eighty megabytes: only where a plan is computed.
        from ortools.sat.python import cp_model  # noqa: PLC0415

        self.cp, self.problem, self.model = cp_model, problem, cp_model.CpModel()
        self.x: dict[Meeting, Any] = {}
        self.at_family: dict[tuple[str, int], list[Any]] = defaultdict(list)
        at_teacher: dict[tuple[str, int], list[Any]] = defaultdict(list)
        self.of_pair: dict[Pair, list[Any]] = defaultdict(list)
        fixed_pairs = {one[:2]: one[2] for one in problem.fixed}
        for family in problem.families:
            for teacher in dict.fromkeys(family.wants):
                away = family.absent | problem.teachers[teacher]
                for slot in range(problem.slots):
                    if slot in away or fixed_pairs.get((family.key, teacher), slot) != slot:
                        continue
                    made = self.model.new_bool_var("")
                    self.x[family.key, teacher, slot] = made
                    self.at_family[family.key, slot].append(made)
                    at_teacher[teacher, slot].append(made)
                    self.of_pair[family.key, teacher].append(made)
        for together in (*self.at_family.values(), *at_teacher.values(), *self.of_pair.values()):
            if len(together) > 1:
                self.model.add_at_most_one(together)
        for one in problem.fixed:
            self.model.add(self.x[one] == 1)
        self._walks()
        self._apart()
        self.firsts = sum(
            (
                made
                for family in problem.families
                if family.wants
                for made in self.of_pair[family.key, family.wants[0]]
            ),
            start=0,
        )
        self.all = sum(self.x.values())

    def _walks(self) -> None:
        problem = self.problem
        furthest = max(problem.walk.values(), default=0)
        for (family, teacher, slot), made in self.x.items() if furthest else ():
            wants = next(one.wants for one in (self._families[family],))
            for step in range(1, furthest + 1):
                near = [
                    self.x[family, other, slot + step]
                    for other in dict.fromkeys(wants)
                    if other != teacher
                    and problem.empty_between(teacher, other) >= step
                    and (family, other, slot + step) in self.x
                ]
                if near:
                    self.model.add_at_most_one([made, *near])

    @property
    def _families(self) -> dict[str, Family]:
        if not hasattr(self, "_known"):
            self._known = {family.key: family for family in self.problem.families}
        return self._known

    def _apart(self) -> None:
        for one, other in sorted(self.problem.apart()):
            for slot in range(self.problem.slots):
                for there in (slot - 1, slot, slot + 1):
                    crossing = [*self.at_family.get((one, slot), ()), *self.at_family.get((other, there), ())]
                    if len(crossing) > 1:
                        self.model.add_at_most_one(crossing)

    def most_wishes(
        self, hint: Iterable[Meeting], limit: tuple[int, int], seconds: float
    ) -> tuple[tuple[Meeting, ...], bool]:
        """As many first wishes as possible, then as many wishes: one weighs more than all the others together."""
        self._hint(hint)
        self.model.add(self.firsts <= limit[0])
        self.model.add(self.all <= limit[1])
        self.model.maximize((len(self.of_pair) + 1) * self.firsts + self.all)
        return self._solved(seconds, several=True)

    def best(
        self, known: Iterable[Meeting], seconds: float, *, several: bool = False
    ) -> tuple[tuple[Meeting, ...], bool]:
        """The three aims at once, from a plan that is known: no fewer wishes, and fewer empty slots."""
        known = tuple(known)
        worth = worth_of(self.problem, known)
        inside = list(self._waits(known))
        self.model.add(self.firsts >= worth.first)
        # More of all the wishes, with no fewer first ones, is better too, whatever the empty slots.
        most = self.problem.slots * len(self._families) + 1
        self.model.maximize(
            most * (len(self.of_pair) + 1) * self.firsts + (most + 1) * self.all - sum(inside)
        )
        self._hint(known)
        return self._solved(seconds, several=several)

    def _waits(self, known: tuple[Meeting, ...]) -> Iterator[Any]:
        """For each family and slot: is it between its first and its last meeting, both included?"""
        spans: dict[str, list[int]] = defaultdict(list)
        for family, _teacher, slot in known:
            spans[family].append(slot)
        self.more_hints: list[tuple[Any, int]] = []
        for key in self._families:
            here = [slot for slot in range(self.problem.slots) if (key, slot) in self.at_family]
            if not here:
                continue
            begun = ended = None
            inside = {slot: self.model.new_bool_var("") for slot in range(here[0], here[-1] + 1)}
            befores, afters = {}, {}
            for slot in inside:
                befores[slot] = begun = self._since(key, slot, begun)
            for slot in reversed(inside):
                afters[slot] = ended = self._since(key, slot, ended)
            mine = spans.get(key, [])
            for slot, made in inside.items():
                self.model.add(made >= befores[slot] + afters[slot] - 1)
                for one in self.at_family.get((key, slot), ()):
                    self.model.add_implication(one, made)
                low, high = (min(mine), max(mine)) if mine else (1, 0)
                self.more_hints += [
                    (made, int(low <= slot <= high)),
                    (befores[slot], int(bool(mine) and low <= slot)),
                    (afters[slot], int(bool(mine) and slot <= high)),
                ]
                yield made

    def _since(self, key: str, slot: int, before: Any) -> Any:
        """Has the family had a meeting up to here?"""
        made = self.model.new_bool_var("")
        if before is not None:
            self.model.add_implication(before, made)
        if here := self.at_family.get((key, slot)):
            self.model.add(sum(here) <= made)
        return made

    def _hint(self, meetings: Iterable[Meeting]) -> None:
        clear: Any = self.model.clear_hints
        clear()
        kept = set(meetings)
        for one, made in self.x.items():
            self.model.add_hint(made, one in kept)
        for made, value in getattr(self, "more_hints", ()):
            self.model.add_hint(made, value)

    def _solved(self, seconds: float, *, several: bool) -> tuple[tuple[Meeting, ...], bool]:
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.05, seconds)
        solver.parameters.num_workers = min(MOST_WORKERS, max(4, os.cpu_count() or 1)) if several else 1
        solver.parameters.random_seed = SEED
        # The relaxation of « between the first and the last meeting » says nearly all of it: twenty times fewer empty slots.
        solver.parameters.linearization_level = 1 if several else 2
        solver.parameters.symmetry_level = 0
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return (), False
        chosen = tuple(one for one, made in self.x.items() if solver.boolean_value(made))
        return chosen, status == self.cp.OPTIMAL
