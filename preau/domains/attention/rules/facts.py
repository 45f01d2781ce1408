"""When a fact passes its threshold: pure arithmetic on days (docs/decisions/0096). No weight, no sum of facts, no order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from preau.directory.boards import Happened

# Four weeks, today included; and the four before, to say whether it is new.
WINDOW = timedelta(days=28)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Passed:
    """A pupil has passed the threshold of a fact since a day; `before`: as many in the four weeks before these."""

    pupil_id: int
    number: int
    before: int
    what: str
    since: date


def first_day(today: date) -> date:
    """The first of the days that count."""
    return today - WINDOW + DAY


def first_day_asked(today: date) -> date:
    """The first day that is asked for: that of the four weeks before."""
    return first_day(today) - WINDOW


def passed(
    happened: Iterable[Happened], today: date, threshold: int, *, alike: bool, looked: Mapping[int, date]
) -> list[Passed]:
    """The pupils for whom it happened so often in the last four weeks, since somebody last looked (`looked`, by pupil).

    `alike`: what is counted is the same thing again and again (a subject, a day of the week), and it must be more than half
    of all: somebody who misses everything has no habit.
    """
    start = first_day(today)
    by_pupil: dict[int, list[Happened]] = defaultdict(list)
    for one in happened:
        if one.day <= today:
            by_pupil[one.pupil_id].append(one)
    found = []
    for pupil in sorted(by_pupil):
        since = max(start, looked[pupil] + DAY) if pupil in looked else start
        now = [one for one in by_pupil[pupil] if one.day >= since]
        what, number = _most(now) if alike else ("", len(now))
        if number < threshold or number == 0:
            continue
        before = [one for one in by_pupil[pupil] if start - WINDOW <= one.day < start]
        known = sum(1 for one in before if not alike or one.what == what)
        found.append(Passed(pupil, number, known, what, since))
    return found


def _most(happened: list[Happened]) -> tuple[str, int]:
    """What most of these have in common, if it is more than half of them."""
    counted = Counter(one.what for one in happened)
    what = max(sorted(counted), key=counted.__getitem__, default="")
    return (what, counted[what]) if 2 * counted[what] > len(happened) else ("", 0)
