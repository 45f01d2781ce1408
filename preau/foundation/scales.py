"""Time drawn to scale: what fills a day, at its hours, side by side where it meets, and the hours that stay free."""

from collections.abc import Iterable, Sequence
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
class Plan:
    """Days drawn side by side on the same hours, `first` to `last`; `now`: the step of this very minute, when it is among them."""

    days: tuple[DayPlan, ...]
    first: int
    last: int
    now: int | None = None
    now_said: str = ""

    @property
    def steps(self) -> int:
        return (self.last - self.first) * HOUR // STEP

    @property
    def marks(self) -> list[tuple[str, int]]:
        """Each hour, and its step."""
        return [
            (f"{hour}{NBSP}h", (hour - self.first) * HOUR // STEP) for hour in range(self.first, self.last)
        ]

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
    placed = tuple(replace(day, blocks=tuple(_placed(day.blocks, first, last))) for day in days)
    step = (now - first * HOUR) // STEP if now is not None and first * HOUR <= now < last * HOUR else None
    return Plan(placed, first, last, step, now_said if step is not None else "")


def _placed(blocks: Sequence[Block], first: int, last: int) -> list[Block]:
    """Blocks at their steps; those that meet share the width, each in the first lane that is free."""
    found: list[Block] = []
    together: list[Block] = []
    free_at: list[int] = []
    for block in sorted(blocks, key=lambda block: (block.starts, -block.ends)):
        at = max((block.starts - first * HOUR) // STEP, 0)
        # Both down to a step: what follows a lesson of 53 minutes begins where it ends.
        end = min(max((block.ends - first * HOUR) // STEP, at + 1), (last - first) * HOUR // STEP)
        if together and at >= max(free_at):
            found += _shared(together, free_at)
            together, free_at = [], []
        lane = next((number for number, free in enumerate(free_at) if free <= at), len(free_at))
        if lane == MOST_LANES:
            # No room beside the others: after the one that ends first, a little lower than its hour.
            lane = min(range(MOST_LANES), key=lambda number: free_at[number])
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
