"""What is to settle of the last seven days, by pupil: one line each, with their half-days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
    """A pupil of whom something is to settle: what, and each day in two halves."""

    pupil_id: int
    public_id: str
    name: str
    said: str
    count: int
    days: Sequence[tuple[str, tuple[str, str]]]


def to_settle_by_pupil(viewer: Viewer) -> list[PupilWeek]:
    """Those with the most first, then by name (two statements)."""
    school, today = viewer.school, viewer.today
    if school is None:
        return []
    first = viewer.days_ago(A_WEEK)
    by_pupil: dict[int, list[tuple[Any, ...]]] = {}
    for row in OF_WEEK(viewer, first, today):
        by_pupil.setdefault(row[0], []).append(row)
    noon = settings_of(school.pk).noon
    found = [_week_of(rows, first, viewer, noon) for rows in by_pupil.values()]
    return sorted((one for one in found if one.count), key=lambda one: -one.count)


def _state(row: tuple[Any, ...]) -> str:
    """As a month of half-days says it."""
    status, settled, explained, settles = row[4], row[8], row[9], row[10]
    if explained == Explanation.State.PENDING and not settled:
        return "said"
    if settled or (explained == Explanation.State.ACCEPTED and settles):
        return "excused" if status == Status.ABSENT else "clear"
    return "absent" if status == Status.ABSENT else "late"


def _week_of(rows: Sequence[tuple[Any, ...]], first: date, viewer: Viewer, noon: Any) -> PupilWeek:
    _pk, public_id, family, given = rows[0][:4]
    halves: dict[tuple[date, bool], list[str]] = {}
    states = Counter(_state(row) for row in rows)
    for row in rows:
        afternoon = dates.local(row[6], row[7]).time() >= noon
        halves.setdefault((row[5], afternoon), []).append(_state(row))
    every = [first + timedelta(days=number) for number in range((viewer.today - first).days + 1)]
    # Five days of school; a Saturday where something was missed.
    days = [day for day in every if day.weekday() < SCHOOL_DAYS or any(day == one for one, _after in halves)]
    now = dates.local(viewer.moment).time()
    return PupilWeek(
        rows[0][0],
        str(public_id),
        Person(family_name=family, given_name=given).list_name,
        _said(states),
        states["absent"] + states["late"],
        [
            (
                dates.day(day),
                (
                    _half(halves.get((day, False), ()), day < viewer.today or (day == viewer.today)),
                    _half(
                        halves.get((day, True), ()),
                        day < viewer.today or (day == viewer.today and now >= noon),
                    ),
                ),
            )
            for day in days
        ],
    )


def _half(states: Iterable[str], has_come: bool) -> str:
    states = set(states)
    return next((one for one in FIRST if one in states), "clear" if has_come else "coming")


def _said(states: Counter[str]) -> str:
    """« 2 absences sans nouvelle, 1 retard »."""
    parts = [
        ngettext("%(num)s absence sans nouvelle", "%(num)s absences sans nouvelle", states["absent"])
        % {"num": states["absent"]}
        if states["absent"]
        else "",
        ngettext("%(num)s retard", "%(num)s retards", states["late"]) % {"num": states["late"]}
        if states["late"]
        else "",
        _("un mot à lire") if states["said"] else "",
    ]
    return ", ".join(filter(None, parts))
