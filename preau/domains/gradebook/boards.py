"""Boards of the gradebook: what a house above adds beside an assessment, and what it knows of pupils for those that write bulletins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class BesideAssessment:
    """A link beside an assessment, for whoever writes it. `address(assessment)`."""

    label: str
    address: Callable[[Any], str]
    icon: str
    service: str = ""
    order: int = 50


@dataclass(frozen=True)
class Position:
    """Where a pupil stands in a competence: a level from 1 to 4, or in a component of the socle (0: exempt)."""

    code: str
    name: str
    level: int
    subject_id: int | None = None


@dataclass(frozen=True)
class Positions:
    """What a house knows of pupils beside their marks, for those that write bulletins and the livret scolaire.

    `of_period(period_id, pupils)` gives their levels by the rule of the school, `of_cycle(year_id, cycle, pupils)` what a council has settled,
    by component; both by pupil. What is not published is not there.
    """

    key: str
    of_period: Callable[[int, Sequence[int]], Mapping[int, Sequence[Position]]]
    of_cycle: Callable[[int, int, Sequence[int]], Mapping[int, Sequence[Position]]]
    service: str = ""
    order: int = 50


@dataclass(frozen=True)
class SettledAverage:
    """The general average of a pupil as a paper said it, when it was made, and its page."""

    average: str
    at: datetime
    address: str


@dataclass(frozen=True)
class SettledAverages:
    """Papers that keep averages as they were: « Notes » says when its own have moved since.

    `of(viewer, pupil_id, period_id)` gives what the last paper that the viewer reads says.
    """

    key: str
    of: Callable[[Any, int, int], SettledAverage | None]
    service: str = ""
    order: int = 50


beside_assessments: Registry[BesideAssessment] = Registry(BesideAssessment)
positions: Registry[Positions] = Registry(Positions)
settled_averages: Registry[SettledAverages] = Registry(SettledAverages)
