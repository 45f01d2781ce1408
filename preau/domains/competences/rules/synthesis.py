"""What a history of levels comes to, in exact arithmetic: a competence over a period, a component over its competences.

Nothing here compares pupils, and nothing gives a percentage: what comes out is a level from 1 to 4, or nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

LEVELS = (1, 2, 3, 4)
HALF = Fraction(1, 2)


class Rule(StrEnum):
    """As `MasteryPolicy.Rule`."""

    LAST = "last"
    MEAN = "mean"
    BEST = "best"


class Found(NamedTuple):
    """A level that a teacher found: on a day, `order` among those of that day (the later the greater); None where there is a code."""

    day: date
    order: int
    value: int | None


def synthesis(history: Iterable[Found], rule: Rule) -> int | None:
    """The level of one competence. Codes count for nothing; without a level there is none."""
    records = [(found.day, found.order, found.value) for found in history if found.value is not None]
    if not records:
        return None
    if rule == Rule.LAST:
        return max(records)[2]
    values = [value for _day, _order, value in records]
    if rule == Rule.BEST:
        return max(values)
    return nearest(Fraction(sum(values), len(values)))


def of_several(levels: Iterable[int | None]) -> int | None:
    """The level of a component or a domain: the mean of its competences that have one, each weighing the same."""
    values = [level for level in levels if level is not None]
    return nearest(Fraction(sum(values), len(values))) if values else None


def nearest(mean: Fraction) -> int:
    """The nearest level; the half goes up, to the pupil's good."""
    return int((mean + HALF) // 1)


def level_of_mark(value: Decimal, scale: Decimal, thresholds: Sequence[Decimal]) -> int:
    """The level that a mark proposes: 1, and one more for each threshold out of 20 that it reaches."""
    worth = Fraction(value) * 20 / Fraction(scale)
    return 1 + sum(worth >= Fraction(threshold) for threshold in thresholds)


# What each level of a component was worth at the brevet. The arrêté of 10 April 2025 put the averages of the year in its place, from the
# session of 2026 on.
POINTS = {1: 10, 2: 25, 3: 40, 4: 50}
LAST_SESSION_WITH_POINTS = 2025


def brevet_points(levels: Iterable[int | None], session: int) -> int | None:
    """The points of a balance at the brevet of a session; None where levels do not count in it, or one of them is missing."""
    held = list(levels)
    if session > LAST_SESSION_WITH_POINTS or not held or any(level not in POINTS for level in held):
        return None
    return sum(POINTS[level] for level in held if level)
