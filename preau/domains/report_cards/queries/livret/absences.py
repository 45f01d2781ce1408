"""What pupils missed between two days, in the three figures that a bulletin says."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from preau.directory.models import School
from preau.domains.attendance.models import Entry, PastAbsence, Status
from preau.domains.attendance.queries.half_days import missed_by
from preau.domains.attendance.rules.half_days import unexcused


@dataclass(frozen=True)
class Missed:
    """Half-days missed, those without a valid reason, and times late."""

    half_days: int = 0
    unexcused: int = 0
    late: int = 0


def missed_counts(school: School, first: date, last: date, pupils: Sequence[int]) -> dict[int, Missed]:
    """By pupil, as the register of absences counts them (seven statements, however many they are); whoever missed nothing is not there."""
    missed = missed_by(school, first, last, pupils)
    half_days = Counter(one.half.pupil_id for one in missed)
    without = Counter(one.half.pupil_id for one in unexcused(missed))
    late: Counter[int] = Counter()
    for rows in (
        Entry.objects.filter(status=Status.LATE),
        PastAbsence.objects.standing().latenesses(),
    ):
        found = rows.filter(school=school, day__range=(first, last), pupil__in=pupils)
        late.update(dict(found.order_by().values_list("pupil_id").annotate(number=Count("pk"))))
    return {
        pupil: Missed(half_days[pupil], without[pupil], late[pupil])
        for pupil in half_days.keys() | late.keys()
    }
