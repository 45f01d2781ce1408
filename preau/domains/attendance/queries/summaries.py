"""What the absences of a time amount to: by class, by month, by reason, by pupil."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, PastAbsence, Reason, RegisterFile, Status
from preau.domains.attendance.queries.half_days import missed_by, settings_of, share_said
from preau.domains.attendance.rules import reads_confidential
from preau.domains.attendance.rules.half_days import MissedHalfDay, calculated, unexcused
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.text import natural

MOST_SHOWN = 20
# A day, and whether it is its afternoon.
Halves = Set[tuple[date, bool]]
# By pupil, the class and its name; and the days of their coming and their leaving, where these are known.
Classes = dict[int, tuple[int, str]]
Stays = dict[int, list[tuple[date | None, date | None]]]


@dataclass(frozen=True)
class Line:
    """A class or a pupil: half-days missed, each for its share, without a valid reason; and the part of those that could be."""

    key: int
    name: str
    group: str
    pupils: int
    gross: int
    calculated: str
    unexcused: int
    late: int
    possible: int
    """The half-days on which they were expected: before somebody came to the class, none."""
    rate: str


@dataclass(frozen=True)
class Register:
    """The absences of a time in a school, or in one class of it."""

    first: date
    last: date
    whole: Line
    lines: list[Line]
    months: list[tuple[str, int]]
    reasons: list[tuple[str, int]]


@dataclass
class _Sum:
    missed: list[MissedHalfDay] = field(default_factory=list)
    late: int = 0

    def line(self, key: int, name: str, group: str, pupils: int, possible: int, halves: Halves) -> Line:
        share = calculated(self.missed)
        # What another program noted of days without lessons here is no part of them.
        lost = calculated(one for one in self.missed if (one.half.day, one.half.afternoon) in halves)
        return Line(
            key,
            name,
            group,
            pupils,
            len(self.missed),
            share_said(share),
            len(unexcused(self.missed)),
            self.late,
            possible,
            f"{float(100 * lost / possible):.1f}".replace(".", ",") if possible else "—",
        )


def register_between(
    viewer: Viewer, first: date, last: date, group: Group | None = None, *, each: bool = False
) -> Register:
    """By class for the whole school, by pupil for one class or when `each` is asked for (eight queries, however many they are)."""
    assert viewer.school is not None  # noqa: S101 - pages of school life are opened from a school
    school = viewer.school
    classes, stays = _classes(school, first, last, group)
    pupils, settings = sorted(classes) if group else None, settings_of(school.pk)
    missed = [one for one in missed_by(school, first, last, pupils, settings) if one.half.pupil_id in classes]
    late = _late(school, first, last)
    halves = _open_half_days(school, first, last, settings.noon)
    expected = {pupil: _expected(stay, halves) for pupil, stay in stays.items()}
    by_pupil = each or group is not None
    sums: dict[int, _Sum] = defaultdict(_Sum)
    for pupil, (of, _name) in classes.items():
        sums[pupil if by_pupil else of].late += late.get(pupil, 0)
    for one in missed:
        sums[one.half.pupil_id if by_pupil else classes[one.half.pupil_id][0]].missed.append(one)
    whole = _Sum(missed, sum(late.get(pupil, 0) for pupil in classes))
    return Register(
        first,
        last,
        whole.line(0, group.name if group else school.name, "", len(classes), sum(expected.values()), halves),
        (_by_pupil if by_pupil else _by_class)(sums, classes, expected, halves),
        _by_month(missed),
        _by_reason(viewer, missed),
    )


def register_files_of(viewer: Viewer) -> list[RegisterFile]:
    """The registers that this person asked for and may still fetch, newest first (one query)."""
    found = RegisterFile.objects.visible_to(viewer).exclude(state=RegisterFile.State.DROPPED)
    return list(found.select_related("group", "table", "paper").order_by("-asked_at", "-pk")[:MOST_SHOWN])


def register_tables(viewer: Viewer) -> "QuerySet[RegisterFile, Any]":
    """The keys of the spreadsheets that this person asked for."""
    return RegisterFile.objects.visible_to(viewer).filter(table__isnull=False).values("table_id")


def register_papers(viewer: Viewer) -> "QuerySet[RegisterFile, Any]":
    """The keys of the documents that this person asked for."""
    return RegisterFile.objects.visible_to(viewer).filter(paper__isnull=False).values("paper_id")


def _classes(school: School, first: date, last: date, group: Group | None) -> tuple[Classes, Stays]:
    """The class of each pupil: the last one they were in during this time; and when they were in any."""
    learnt = Enrolment.objects.filter(school=school, group__kind=Group.Kind.CLASS)
    learnt = learnt.exclude(starts__gt=last).exclude(ends__lte=first)
    if group:
        learnt = learnt.filter(group=group)
    rows = learnt.order_by("starts", "pk").values_list(
        "pupil_id", "group_id", "group__name", "starts", "ends"
    )
    classes: Classes = {}
    stays: Stays = defaultdict(list)
    for pupil, of, name, starts, ends in rows:
        classes[pupil] = (of, name)
        stays[pupil].append((starts, ends))
    return classes, stays


def _expected(stays: Iterable[tuple[date | None, date | None]], halves: Halves) -> int:
    """The half-days with lessons on which a pupil was in the class: none before they came."""
    here = {
        half
        for starts, ends in stays
        for half in halves
        if (starts is None or starts <= half[0]) and (ends is None or half[0] < ends)
    }
    return len(here)


def _late(school: School, first: date, last: date) -> dict[int, int]:
    late = Entry.objects.filter(school=school, day__range=(first, last), status=Status.LATE)
    before = PastAbsence.objects.standing().latenesses().filter(school=school, day__range=(first, last))
    counted: Counter[int] = Counter()
    rolls, past = (
        rows.order_by().values_list("pupil_id").annotate(number=Count("pk")) for rows in (late, before)
    )
    for pupil, number in rolls.union(past, all=True):
        counted[pupil] += number
    return counted


def _open_half_days(school: School, first: date, last: date, noon: time) -> Halves:
    """The half-days on which the school had lessons."""
    zone = ZoneInfo(school.timezone)
    held = Lesson.objects.filter(school=school, day__range=(first, last)).held()
    moments = held.order_by().values_list("day", "starts").distinct()
    return {(day, starts.astimezone(zone).time() >= noon) for day, starts in moments}


def _by_class(
    sums: dict[int, _Sum], classes: Classes, expected: Mapping[int, int], halves: Halves
) -> list[Line]:
    sizes = Counter(of for of, _name in classes.values())
    possible: Counter[int] = Counter()
    for pupil, (of, _name) in classes.items():
        possible[of] += expected[pupil]
    names = dict(classes.values())
    return [
        sums[of].line(of, names[of], "", sizes[of], possible[of], halves)
        for of in sorted(names, key=lambda pk: natural(names[pk]))
    ]


def _by_pupil(
    sums: dict[int, _Sum], classes: Classes, expected: Mapping[int, int], halves: Halves
) -> list[Line]:
    people = Person.objects.filter(pk__in=list(classes)).order_by("search_name", "pk")
    return [
        sums[person.pk].line(
            person.pk, person.list_name, classes[person.pk][1], 1, expected[person.pk], halves
        )
        for person in people
    ]


def _by_month(missed: Iterable[MissedHalfDay]) -> list[tuple[str, int]]:
    counted = Counter(one.half.day.replace(day=1) for one in missed)
    return [(dates.month(month), counted[month]) for month in sorted(counted)]


def _by_reason(viewer: Viewer, missed: Iterable[MissedHalfDay]) -> list[tuple[str, int]]:
    hidden: set[str] = set()
    if not reads_confidential(viewer):
        hidden = set(
            Reason.objects.visible_to(viewer).filter(confidential=True).values_list("label", flat=True)
        )
    counted: Counter[str] = Counter()
    for one in missed:
        label = _("Motif confidentiel") if one.label in hidden else one.label
        counted[label or _("Aucun motif")] += 1
    return counted.most_common()
