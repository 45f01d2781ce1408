"""Half-days missed, from entries and from the lessons that were to be attended."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from preau.directory.models import Enrolment, School
from preau.domains.attendance.models import (
    AttendanceSettings,
    Entry,
    Explanation,
    PastAbsence,
    Status,
    exempting,
)
from preau.domains.attendance.rules.half_days import Attended, Half, MissedHalfDay, Told, missed_half_days
from preau.domains.timetable.models import Lesson
from preau.foundation.prepared import Prepared

# Of an entry, what says whether its absence is excused.
REASON = (
    "handling_id",
    "handling__settled",
    "handling__reason__label",
    "handling__reason__in_alerts",
    "explanation__state",
    "explanation__reason__label",
    "explanation__reason__in_alerts",
)


def share_said(share: Fraction) -> str:
    """« 2,5 »: half-days as people write them."""
    return f"{float(share):.1f}".replace(".", ",")


OF_SCHOOL = Prepared(lambda school: AttendanceSettings.objects.filter(school_id=school))


def settings_of(school_id: int) -> AttendanceSettings:
    """What the school has settled, else what holds for everybody (not saved)."""
    return OF_SCHOOL.first(school_id) or AttendanceSettings(school_id=school_id)


def missed_by(
    school: School,
    first: date,
    last: date,
    pupils: Sequence[int] | None = None,
    settings: AttendanceSettings | None = None,
) -> list[MissedHalfDay]:
    """The half-days that pupils of a school missed between two days, both included (five queries; four for whoever has
    read the `settings`).

    A lesson to which a pupil was free not to come, and did not, was not to be attended. What was noted before the school came
    counts too, where no roll says it."""
    held = _held(school.pk, first, last, pupils).annotate(exempt=exempting())
    columns = ("pupil_id", "lesson_id", "day", "lesson__starts", "lesson__ends", "exempt", *REASON)
    noted = list(held.values(*columns))
    lines = [line for line in noted if not line["exempt"]]
    days: dict[int, set[date]] = defaultdict(set)
    for line in lines:
        days[line["pupil_id"]].add(line["day"])
    past_absences = _told(school.pk, first, last, pupils)
    for one in past_absences:
        days[one.half.pupil_id].add(one.half.day)
    lessons = _expected(school.pk, first, last, days, narrow=pupils is not None) if days else {}
    for line in noted:
        lessons.pop((line["pupil_id"], line["lesson_id"]), None)
    for line in lines:
        lessons[line["pupil_id"], line["lesson_id"]] = _absent(line)
    return missed_half_days(
        lessons.values(), (settings or settings_of(school.pk)).noon, ZoneInfo(school.timezone), past_absences
    )


def _told(school_id: int, first: date, last: date, pupils: Sequence[int] | None) -> list[Told]:
    """The absences that another program had noted."""
    found = PastAbsence.objects.standing().absences().filter(school_id=school_id, day__range=(first, last))
    found = found if pupils is None else found.filter(pupil__in=pupils)
    columns = ("pupil_id", "day", "afternoon", "starts", "ends", "timed", "excused", "reason__label", "words")
    return [
        Told(Half(pupil, day, afternoon), starts, ends, timed, not excused, label or words)
        for pupil, day, afternoon, starts, ends, timed, excused, label, words in found.order_by(
            "starts", "pk"
        ).values_list(*columns)
    ]


def _held(school_id: int, first: date, last: date, pupils: Sequence[int] | None) -> "QuerySet[Entry, Any]":
    """The absences at lessons that were held."""
    found = Entry.objects.filter(school_id=school_id, day__range=(first, last), status=Status.ABSENT)
    found = found.exclude(lesson__state=Lesson.State.CANCELLED)
    return found if pupils is None else found.filter(pupil__in=pupils)


def _expected(
    school_id: int, first: date, last: date, days: Mapping[int, set[date]], *, narrow: bool
) -> dict[tuple[int, int], Attended]:
    """The lessons that these pupils were to attend on the days when they missed one. Joined here: a database that joins
    enrolments with lessons reads the lessons of the whole year."""
    learnt = Enrolment.objects.filter(school_id=school_id)
    learnt = learnt.filter(pupil__in=list(days)) if narrow else learnt
    groups = [row for row in learnt.values_list("pupil_id", "group_id", "starts", "ends") if row[0] in days]
    given = _lessons(school_id, first, last, {row[1] for row in groups} if narrow else None)
    return {
        (pupil, lesson): Attended(pupil, day, starts, ends)
        for pupil, group, since, until in groups
        for day in days[pupil]
        if (since is None or since <= day) and (until is None or until > day)
        for lesson, starts, ends in given.get((group, day), ())
    }


def _lessons(
    school_id: int, first: date, last: date, groups: set[int] | None
) -> dict[tuple[int, date], list[tuple[int, datetime, datetime]]]:
    """The lessons held between two days, by group and by day."""
    rows = Lesson.groups.through.objects.filter(lesson__school=school_id, lesson__day__range=(first, last))
    rows = rows.exclude(lesson__state=Lesson.State.CANCELLED)
    rows = rows if groups is None else rows.filter(group__in=groups)
    found: dict[tuple[int, date], list[tuple[int, datetime, datetime]]] = defaultdict(list)
    columns = ("group_id", "lesson__day", "lesson_id", "lesson__starts", "lesson__ends")
    for group, day, lesson, starts, ends in rows.values_list(*columns):
        found[group, day].append((lesson, starts, ends))
    return found


def _absent(line: Mapping[str, Any]) -> Attended:
    counts, label = excuse_of(line)
    return Attended(
        line["pupil_id"],
        line["day"],
        line["lesson__starts"],
        line["lesson__ends"],
        missed=True,
        counts=counts,
        label=label,
    )


def excuse_of(line: Mapping[str, Any]) -> tuple[bool, str]:
    """Does this absence count in alerts, and for which reason? What a family said and nobody has read yet does not count."""
    if line["handling_id"]:
        counts = not line["handling__settled"] or line["handling__reason__in_alerts"]
        return counts, line["handling__reason__label"] or ""
    state = line["explanation__state"]
    if state == Explanation.State.PENDING:
        return False, line["explanation__reason__label"]
    if state == Explanation.State.ACCEPTED:
        return line["explanation__reason__in_alerts"], line["explanation__reason__label"]
    return True, ""
