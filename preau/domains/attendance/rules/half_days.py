"""Half-days of absence, gross and calculated: pure arithmetic on lessons (docs/decisions/0087).

A half-day is a day of the school's wall clock and its morning or its afternoon; a lesson is of the half in which it begins.
**Gross**: a half-day counts for one as soon as one lesson of it was missed. **Calculated**: it counts for the share of its
time that was missed, from the lessons that were to be attended. A cancelled lesson is neither attended nor missed.

A half-day that another program says was missed counts for the lessons that are known of it, and wholly where none is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True)
class Half:
    """Half a day of one pupil."""

    pupil_id: int
    day: date
    afternoon: bool


@dataclass(frozen=True)
class Attended:
    """A lesson that a pupil was to attend, and whether they were missing. `counts`: what explains it does not excuse it.

    `label`: the reason kept for it, "" when none is.
    """

    pupil_id: int
    day: date
    starts: datetime
    ends: datetime
    missed: bool = False
    cancelled: bool = False
    counts: bool = True
    label: str = ""


@dataclass(frozen=True)
class Told:
    """What another program says was missed of a half-day: from when to when, or the whole of it (`timed`: no)."""

    half: Half
    starts: datetime
    ends: datetime
    timed: bool
    counts: bool
    label: str

    def covers(self, lesson: Attended) -> bool:
        return not self.timed or (self.starts < lesson.ends and lesson.starts < self.ends)


@dataclass(frozen=True)
class MissedHalfDay:
    """A half-day with at least one lesson missed: `share` of its time, between 0 and 1; 1 when it was missed wholly.

    `counts` when any of its missed lessons does; `label` is the reason of most of them.
    """

    half: Half
    share: Fraction
    lessons: int
    counts: bool
    label: str


def half_of(pupil_id: int, day: date, starts: datetime, noon: time, zone: ZoneInfo) -> Half:
    """The half-day of a lesson, on the wall of its school: the hour changes at night, a lesson stays in its morning."""
    return Half(pupil_id, day, starts.astimezone(zone).time() >= noon)


def missed_half_days(
    lessons: Iterable[Attended], noon: time, zone: ZoneInfo, past_absences: Iterable[Told] = ()
) -> list[MissedHalfDay]:
    """The half-days missed in some measure, in order. Two lessons at the same time are one time, missed or attended once.

    What is `past_absences` of a lesson is missed too, but where a roll has said it already."""
    together: dict[Half, list[Attended]] = defaultdict(list)
    for lesson in lessons:
        if not lesson.cancelled:
            together[half_of(lesson.pupil_id, lesson.day, lesson.starts, noon, zone)].append(lesson)
    alone: dict[Half, MissedHalfDay] = {}
    for one in past_absences:
        known = together.get(one.half, [])
        together[one.half] = [_missed_as(lesson, one) for lesson in known]
        former = alone.get(one.half)
        alone[one.half] = MissedHalfDay(
            one.half,
            Fraction(not known),
            0,
            one.counts or (former is not None and former.counts),
            former.label if former else one.label,
        )
    found = (_missed(half, together[half]) or alone.get(half) for half in sorted(together))
    return [one for one in found if one is not None]


def _missed_as(lesson: Attended, past_absence: Told) -> Attended:
    if lesson.missed or not past_absence.covers(lesson):
        return lesson
    return replace(lesson, missed=True, counts=past_absence.counts, label=past_absence.label)


def _missed(half: Half, lessons: Sequence[Attended]) -> MissedHalfDay | None:
    missed = [lesson for lesson in lessons if lesson.missed]
    if not missed:
        return None
    lost, whole = _length(missed), _length(lessons)
    labels = [lesson.label for lesson in missed]
    label = max(sorted(set(labels)), key=labels.count)
    return MissedHalfDay(
        half, Fraction(lost, whole), len(missed), any(lesson.counts for lesson in missed), label
    )


def _length(lessons: Sequence[Attended]) -> int:
    """How many seconds these lessons last together, those that overlap once."""
    # In one clock that never changes its hour: on the wall, a night may hold the same hour twice.
    spans = sorted((lesson.starts.astimezone(UTC), lesson.ends.astimezone(UTC)) for lesson in lessons)
    total = timedelta()
    reached: datetime | None = None
    for starts, ends in spans:
        begins = starts if reached is None else max(starts, reached)
        if ends > begins:
            total += ends - begins
        reached = ends if reached is None else max(reached, ends)
    return int(total.total_seconds())


def gross(missed: Iterable[MissedHalfDay]) -> int:
    """How many half-days were missed in some measure."""
    return sum(1 for _ in missed)


def calculated(missed: Iterable[MissedHalfDay]) -> Fraction:
    """How many half-days were missed, each for its share."""
    return sum((one.share for one in missed), Fraction())


def unexcused(missed: Iterable[MissedHalfDay]) -> list[MissedHalfDay]:
    """Those that count in alerts: without a valid reason."""
    return [one for one in missed if one.counts]
