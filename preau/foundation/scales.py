"""Time drawn to scale: what fills a day, at its hours, side by side where it meets, and the hours that stay free."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from preau.foundation import dates
from preau.foundation.text import NBSP

# A drawing counts time in steps of five minutes (build/steps.css knows as many as `LONGEST`), and in whole hours.
STEP, HOUR = 5, 60
LONGEST = 16 * HOUR // STEP
# The hours of a day on which nothing says better.
OPENS, CLOSES = 8, 17
# Between two lessons: a shorter time is the break between them, not an hour that is free.
LEAST_FREE = 30
# Hours in a row in which no day has anything are drawn as one, from so many on.
LEAST_FOLDED = 3
# Blocks that meet stand beside each other, four at most: more would leave no room for a word.
MOST_LANES = 4


@dataclass(frozen=True)
class Block:
    """What stands in a day from one minute of it to another, counted from midnight on the wall of the school.

    `look`: the colours and the drawing of its subject, or None. `kind`: lesson | free | beside. `tags`: what is said of it, each
    (word, tone, icon) as for `ui.tag`. `links`: what may be done, each (word, address, about). `is_off`: it is not held.
    """

    title: str
    starts: int
    ends: int
    hours: str = ""
    text: str = ""
    href: str = ""
    look: Any = None
    icon: str = ""
    kind: str = "lesson"
    tags: tuple[tuple[str, str, str], ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()
    is_now: bool = False
    is_off: bool = False
    moves: int = 0
    begins: str = ""
    # Of days that stand side by side all along, as those of two children do: which one, and whose.
    side: int = 0
    whose: str = ""
    # Where the drawing puts it: in steps from its first hour, and in lanes.
    at: int = 0
    steps: int = 1
    lane: int = 0
    lanes: int = 1


@dataclass(frozen=True)
class DayPlan:
    """A day of a drawing: its name, short and whole, where it opens, its blocks by the hour, and what lasts the whole of it."""

    name: str
    short: str
    blocks: tuple[Block, ...] = ()
    whole: tuple[Block, ...] = ()
    href: str = ""
    day: str = ""
    is_today: bool = False

    @property
    def lanes(self) -> int:
        """How many blocks stand side by side where most do."""
        return max((block.lanes for block in self.blocks), default=1)


@dataclass(frozen=True)
class Scale:
    """The hours of a drawing, `first` to `last`. Of those `folded` (from one hour to another) each run is as tall as one hour."""

    first: int
    last: int
    folded: tuple[tuple[int, int], ...] = ()

    def step(self, minute: int) -> int:
        """Where a minute of the day is, in steps from the first hour: rounded down, and 0 before it."""
        tall = minute - self.first * HOUR
        for starts, ends in self.folded:
            inside = min(max(minute - starts * HOUR, 0), (ends - starts) * HOUR)
            tall -= inside - inside // (ends - starts)
        return max(tall // STEP, 0)

    @property
    def steps(self) -> int:
        return self.step(self.last * HOUR)

    @property
    def hours(self) -> list[int]:
        """Those that are written beside the drawing."""
        return [
            hour
            for hour in range(self.first, self.last)
            if not any(starts < hour < ends for starts, ends in self.folded)
        ]


@dataclass(frozen=True)
class Plan:
    """Days drawn side by side on one scale; `now`: the step of this very minute, when it is among them."""

    days: tuple[DayPlan, ...]
    scale: Scale
    now: int | None = None
    now_said: str = ""

    @property
    def first(self) -> int:
        return self.scale.first

    @property
    def steps(self) -> int:
        return self.scale.steps

    @property
    def marks(self) -> list[tuple[str, int]]:
        """Each hour that is written, and its step."""
        return [(f"{hour}{NBSP}h", self.scale.step(hour * HOUR)) for hour in self.scale.hours]

    @property
    def has_whole(self) -> bool:
        return any(day.whole for day in self.days)

    @property
    def bells(self) -> str:
        """The minutes at which a lesson begins: where one that is dragged may fall."""
        return " ".join(
            str(minute) for minute in sorted({b.starts for day in self.days for b in day.blocks if b.moves})
        )


def minutes_of(moment: datetime, zone: str = "") -> int:
    """The minute of the day, on the wall of the school."""
    clock = dates.local(moment, zone)
    return clock.hour * HOUR + clock.minute


def plan_of(days: Iterable[DayPlan], now: int | None = None, now_said: str = "") -> Plan:
    """These days on the hours that hold them all; the day's own where there is nothing."""
    days = list(days)
    every = [block for day in days for block in day.blocks]
    first = min([block.starts // HOUR for block in every] or [OPENS])
    last = max([-(-block.ends // HOUR) for block in every] or [CLOSES])
    last = min(max(last, first + 1), first + LONGEST * STEP // HOUR)
    scale = Scale(first, last, tuple(_empty_hours(every, first, last)))
    placed = tuple(replace(day, blocks=tuple(_placed(day.blocks, scale))) for day in days)
    step = scale.step(now) if now is not None and first * HOUR <= now < last * HOUR else None
    return Plan(placed, scale, step, now_said if step is not None else "")


def _empty_hours(blocks: Sequence[Block], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Long runs of whole hours in which nothing is; none where lessons may be moved: one falls where it is let go."""
    if any(block.moves for block in blocks):
        return
    busy = [block for block in blocks if block.kind != "free"]
    starts = first
    for hour in range(first, last + 1):
        if hour < last and not any(
            block.starts < (hour + 1) * HOUR and hour * HOUR < block.ends for block in busy
        ):
            continue
        if hour - starts >= LEAST_FOLDED and busy:
            yield starts, hour
        starts = hour + 1


def _placed(blocks: Sequence[Block], scale: Scale) -> list[Block]:
    """Blocks at their steps; where there are sides, each keeps its own all along."""
    sides = max((block.side for block in blocks), default=0) + 1
    if sides == 1:
        return _in_lanes(blocks, scale, MOST_LANES)
    found = []
    for side in range(sides):
        own = [block for block in blocks if block.side == side]
        for block in _in_lanes(own, scale, max(MOST_LANES // sides, 1)):
            lane = side * block.lanes + block.lane
            found.append(replace(block, lane=lane, lanes=sides * block.lanes))
    return sorted(found, key=lambda block: (block.starts, block.side, block.lane))


def _in_lanes(blocks: Sequence[Block], scale: Scale, most: int) -> list[Block]:
    """Blocks at their steps; those that meet share the width, each in the first lane that is free."""
    found: list[Block] = []
    together: list[Block] = []
    free_at: list[int] = []
    for block in sorted(blocks, key=lambda block: (block.starts, -block.ends)):
        at = scale.step(block.starts)
        # Both down to a step: what follows a lesson of 53 minutes begins where it ends.
        end = min(max(scale.step(block.ends), at + 1), scale.steps)
        if together and at >= max(free_at):
            found += _shared(together, free_at)
            together, free_at = [], []
        lane = next((number for number, free in enumerate(free_at) if free <= at), len(free_at))
        if lane == most:
            # No room beside the others: after the one that ends first, a little lower than its hour.
            lane = min(range(most), key=lambda number: free_at[number])
            at = min(free_at[lane], end - 1)
            end = max(end, at + 1)
        if lane == len(free_at):
            free_at.append(0)
        free_at[lane] = end
        together.append(replace(block, at=at, steps=max(end - at, 1), lane=lane))
    return found + _shared(together, free_at)


def _shared(together: Sequence[Block], lanes: Sequence[int]) -> list[Block]:
    return [replace(block, lanes=len(lanes)) for block in together]


def gaps(blocks: Iterable[Block]) -> list[tuple[int, int]]:
    """The minutes between two blocks in which nothing is, from the first of a day to its last."""
    found: list[tuple[int, int]] = []
    until: int | None = None
    for block in sorted(blocks, key=lambda block: block.starts):
        if until is not None and block.starts - until >= LEAST_FREE:
            found.append((until, block.starts))
        until = block.ends if until is None else max(until, block.ends)
    return found


def share_of(starts: datetime, ends: datetime, now: datetime) -> int:
    """How much of a time has gone by, in hundredths."""
    whole = (ends - starts).total_seconds()
    return round(100 * min(max((now - starts).total_seconds() / whole, 0), 1)) if whole > 0 else 0
