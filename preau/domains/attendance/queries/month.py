"""The register of a class for one month, half-day by half-day: what a primary school prints and keeps."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, RollCall, Status
from preau.domains.attendance.queries.half_days import missed_by, settings_of
from preau.domains.timetable.models import Lesson
from preau.foundation import dates

# On the sheet: absent without a valid reason, absent with one, late, not of the class that day.
ABSENT, EXCUSED, LATE, ELSEWHERE = "A", "E", "R", "–"
Half = tuple[date, bool]
Stay = list[tuple[date | None, date | None]]
Marks = dict[tuple[int, date, bool], str]


@dataclass(frozen=True)
class Column:
    """A half-day with lessons, and whether a roll was called in it; how many were missing."""

    day: date
    afternoon: bool
    called: bool
    missing: int


@dataclass(frozen=True)
class MonthLine:
    """A pupil: a mark for each half-day, the same in words, and the sums."""

    name: str
    marks: tuple[str, ...]
    said: tuple[str, ...]
    missed: int
    unexcused: int
    late: int


@dataclass(frozen=True)
class MonthRegister:
    first: date
    last: date
    columns: tuple[Column, ...]
    lines: tuple[MonthLine, ...]

    @property
    def not_called(self) -> tuple[str, ...]:
        """The half-days of which no roll says anything."""
        return tuple(said_of(one.day, afternoon=one.afternoon) for one in self.columns if not one.called)

    @property
    def days(self) -> list[tuple[date, int]]:
        """The days, each with how many of its half-days are shown."""
        return list(Counter(one.day for one in self.columns).items())


def said_of(day: date, *, afternoon: bool) -> str:
    """« lundi 2 novembre, après-midi »."""
    return f"{dates.day(day)}, {_('après-midi') if afternoon else _('matin')}"


def month_of_class(viewer: Viewer, group: Group, first: date, last: date) -> MonthRegister:
    """Who was missing in a class on each half-day from one day to another, as rolls say it (eight queries, whoever they are)."""
    assert viewer.school is not None  # noqa: S101 - the class of a school is opened from it
    school = viewer.school
    settings, zone = settings_of(school.pk), ZoneInfo(school.timezone)
    noon = settings.noon
    names, stays = _pupils(school, group, first, last)
    marks: Marks = {
        (one.half.pupil_id, one.half.day, one.half.afternoon): ABSENT if one.counts else EXCUSED
        for one in missed_by(school, first, last, list(names), settings)
        # What they missed in the class where they were before, or went since, is in its register.
        if _was_here(stays[one.half.pupil_id], one.half.day)
    }
    late: Counter[int] = Counter()
    for pupil, day, starts in _late(school, first, last, stays):
        late[pupil] += 1
        marks.setdefault((pupil, day, starts.astimezone(zone).time() >= noon), LATE)
    called: dict[Half, bool] = {}
    for day, starts, is_called in _lessons(viewer, group, first, last):
        half = (day, starts.astimezone(zone).time() >= noon)
        called[half] = called.get(half, False) or is_called
    # What was noted of them in a group drawn from the class, or by another program, has its half-day too.
    called |= {(day, afternoon): True for _pupil, day, afternoon in marks if (day, afternoon) not in called}
    halves = sorted(called)
    lines = [_line(names[pupil], pupil, halves, marks, stays[pupil], late[pupil]) for pupil in names]
    missing = Counter(key[1:] for key, mark in marks.items() if mark != LATE)
    columns = [Column(*half, called[half], missing[half]) for half in halves]
    return MonthRegister(first, last, tuple(columns), tuple(lines))


def _pupils(school: School, group: Group, first: date, last: date) -> tuple[dict[int, str], dict[int, Stay]]:
    """Those who were in the class at some time of it, by name, and when."""
    learnt = Enrolment.objects.filter(school=school, group=group, pupil__erased_at=None)
    learnt = learnt.exclude(starts__gt=last).exclude(ends__lte=first).select_related("pupil")
    names: dict[int, str] = {}
    stays: dict[int, Stay] = {}
    for one in learnt.order_by("pupil__search_name", "pupil_id", "pk"):
        names[one.pupil_id] = one.pupil.list_name
        stays.setdefault(one.pupil_id, []).append((one.starts, one.ends))
    return names, stays


def _late(
    school: School, first: date, last: date, stays: dict[int, Stay]
) -> Iterable[tuple[int, date, datetime]]:
    """At lessons that were held, of those who were of the class that day."""
    late = Entry.objects.filter(school=school, status=Status.LATE).exclude(
        lesson__state=Lesson.State.CANCELLED
    )
    rows = late.filter(pupil__in=list(stays), day__range=(first, last)).order_by("pk")
    for pupil, day, starts in rows.values_list("pupil_id", "day", "lesson__starts"):
        if _was_here(stays[pupil], day):
            yield pupil, day, starts


def _lessons(viewer: Viewer, group: Group, first: date, last: date) -> Iterable[tuple[date, datetime, bool]]:
    """Those of the class, and whether their roll was called. Of a lesson that is not over, no roll is missing yet."""
    rows = Lesson.objects.filter(school=viewer.school, groups=group, day__range=(first, last)).held()
    rows = rows.annotate(called=Exists(RollCall.objects.filter(lesson=OuterRef("pk"))))
    rows = rows.filter(Q(ends__lte=viewer.moment) | Q(called=True))
    return rows.order_by("starts", "pk").values_list("day", "starts", "called")


def _line(name: str, pupil: int, halves: list[Half], marks: Marks, stay: Stay, late: int) -> MonthLine:
    words = {ABSENT: _("sans motif valable"), EXCUSED: _("excusée"), LATE: _("retard")}
    found = [marks.get((pupil, *half)) or ("" if _was_here(stay, half[0]) else ELSEWHERE) for half in halves]
    said = [
        f"{said_of(day, afternoon=afternoon)} ({words[mark]})"
        for (day, afternoon), mark in zip(halves, found, strict=True)
        if mark in words
    ]
    counted = Counter(found)
    away = counted[ABSENT] + counted[EXCUSED]
    return MonthLine(name, tuple(found), tuple(said), away, counted[ABSENT], late)


def _was_here(stay: Stay, day: date) -> bool:
    return any((since is None or since <= day) and (until is None or day < until) for since, until in stay)
