"""What so many half-days without a valid excuse in a month ask for: facts and numbers, never a judgement of a pupil."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from preau.domains.attendance.rules.half_days import MissedHalfDay


@dataclass(frozen=True)
class Reached:
    """A pupil has reached a threshold in a month, by these half-days."""

    pupil_id: int
    month: date
    half_days: int
    dialogue: bool
    report: bool


def reached_by(missed: Iterable[MissedHalfDay], dialogue: int, report: int) -> list[Reached]:
    """The pupils and the months that reach a threshold, by half-days that nothing excuses; gross: the law counts half-days."""
    counted: dict[tuple[int, date], int] = defaultdict(int)
    for one in missed:
        if one.counts:
            counted[one.half.pupil_id, one.half.day.replace(day=1)] += 1
    return [
        Reached(pupil, month, number, dialogue=number >= dialogue, report=number >= report)
        for (pupil, month), number in sorted(counted.items())
        if number >= min(dialogue, report)
    ]
