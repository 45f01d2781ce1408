"""What is to settle of the last seven days, by pupil: one line each, with their half-days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, Explanation, Status, exempting
from preau.domains.attendance.queries.half_days import settings_of
from preau.foundation import dates
from preau.foundation.prepared import Prepared

# The lines of the board; the list of absences has them all.
MOST = 12
SCHOOL_DAYS, A_WEEK = 5, timedelta(days=6)
# Of two things in one half-day, the first is shown.
FIRST = ("absent", "said", "late", "excused")
COLUMNS = (
    "pupil_id",
    "pupil__public_id",
    "pupil__family_name",
    "pupil__given_name",
    "status",
    "day",
    "lesson__starts",
    "school__timezone",
    "handling__settled",
    "explanation__state",
    "explanation__reason__settles",
)


def _of_week(viewer: Viewer, first: date, last: date) -> "QuerySet[Entry, tuple[Any, ...]]":
    found = (
        Entry.objects.visible_to(viewer).filter(day__gte=first, day__lte=last).exclude(status=Status.PRESENT)
    )
    return (
        found.exclude(exempting(), status=Status.ABSENT)
        .order_by("pupil__search_name", "pk")
        .values_list(*COLUMNS)
    )


OF_WEEK = Prepared(_of_week)


@dataclass(frozen=True)
class PupilWeek:
    """A pupil of whom `count` things are to settle; in words and day by day for those whom the page shows."""

    pupil_id: int
    public_id: str
    rows: Sequence[tuple[Any, ...]]
    states: Counter[str]
    first: date
    viewer: Viewer
    noon: time

    @property
    def count(self) -> int:
        return self.states["absent"] + self.states["late"]

    @cached_property
    def name(self) -> str:
        _pk, _public_id, family, given = self.rows[0][:4]
        return Person(family_name=family, given_name=given).list_name

    @property
    def said(self) -> str:
        return _said(self.states, self._half_days_missed if self.viewer.in_primary else 0)

    @property
    def _half_days_missed(self) -> int:
        """How an école counts, as its register does: whatever the lessons of a morning are, it is one half-day."""
        return len({(row[5], self._is_afternoon(row)) for row in self.rows if _state(row) == "absent"})

    def _is_afternoon(self, row: tuple[Any, ...]) -> bool:
        return dates.local(row[6], row[7]).time() >= self.noon

    @cached_property
    def days(self) -> list[tuple[str, tuple[str, str]]]:
        """Five days of school, and a Saturday where something was missed, each in two halves."""
        halves: dict[tuple[date, bool], list[str]] = {}
        for row in self.rows:
            halves.setdefault((row[5], self._is_afternoon(row)), []).append(_state(row))
        today, now = self.viewer.today, dates.local(self.viewer.moment).time()
        every = [self.first + timedelta(days=number) for number in range((today - self.first).days + 1)]
        missed = {day for day, _afternoon in halves}
        return [
            (
                dates.day(day),
                (
                    _half(halves.get((day, False), ()), has_come=True),
                    _half(halves.get((day, True), ()), has_come=day < today or now >= self.noon),
                ),
            )
            for day in every
            if day.weekday() < SCHOOL_DAYS or day in missed
        ]


def first_of_week(viewer: Viewer) -> date:
    """The first of the seven days: the list of absences that the board leads to begins there too."""
    return viewer.days_ago(A_WEEK)


def to_settle_by_pupil(viewer: Viewer) -> list[PupilWeek]:
    """Those with the most first, then by name (two statements)."""
    school, today = viewer.school, viewer.today
    if school is None:
        return []
    first = first_of_week(viewer)
    by_pupil: dict[int, list[tuple[Any, ...]]] = {}
    for row in OF_WEEK(viewer, first, today):
        by_pupil.setdefault(row[0], []).append(row)
    noon = settings_of(school.pk).noon
    found = [
        PupilWeek(pk, str(rows[0][1]), rows, Counter(map(_state, rows)), first, viewer, noon)
        for pk, rows in by_pupil.items()
    ]
    return sorted((week for week in found if week.count), key=lambda week: -week.count)


def _state(row: tuple[Any, ...]) -> str:
    """As a month of half-days says it."""
    status, settled, explained, settles = row[4], row[8], row[9], row[10]
    if explained == Explanation.State.PENDING and not settled:
        return "said"
    if settled or (explained == Explanation.State.ACCEPTED and settles):
        return "excused" if status == Status.ABSENT else "clear"
    return "absent" if status == Status.ABSENT else "late"


def _half(states: Iterable[str], *, has_come: bool) -> str:
    states = set(states)
    return next((one for one in FIRST if one in states), "clear" if has_come else "coming")


def _said(states: Counter[str], half_days: int) -> str:
    """« 2 absences sans nouvelle, 1 retard »; in half-days, where there are some: « 2 demi-journées sans nouvelle »."""
    parts = [
        ngettext("%(num)s demi-journée sans nouvelle", "%(num)s demi-journées sans nouvelle", half_days)
        % {"num": half_days}
        if half_days
        else "",
        ngettext("%(num)s absence sans nouvelle", "%(num)s absences sans nouvelle", states["absent"])
        % {"num": states["absent"]}
        if states["absent"] and not half_days
        else "",
        ngettext("%(num)s retard", "%(num)s retards", states["late"]) % {"num": states["late"]}
        if states["late"]
        else "",
        _("un mot à lire") if states["said"] else "",
    ]
    return ", ".join(filter(None, parts))
