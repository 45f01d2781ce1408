"""Absences known in advance: for the roll, for school life, for the family."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.files.queries import FileRow
from preau.commons.files.queries import rows_of as rows_of_files
from preau.directory.models import Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models import Announcement
from preau.domains.attendance.queries.absences import classes_of
from preau.domains.attendance.queries.school_life import reason_of, words_of
from preau.domains.timetable.boards import NEAR, Beside, TimetableOwner, near
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

Kind = Announcement.Kind
SATURDAY, A_WEEK = 5, timedelta(days=7)


def known_said(kind: str, starts: datetime, zone: str) -> str:
    if kind == Kind.DEPARTURE:
        return _("Départ à %(hour)s") % {"hour": dates.hour(starts, zone)}
    return _("Absence annoncée")


def announced_in(viewer: Viewer) -> "QuerySet[Announcement]":
    """What is announced for today and later, the soonest first."""
    standing = Announcement.objects.visible_to(viewer).standing().filter(ends__gt=viewer.moment)
    return standing.select_related("pupil", "reason", "given_by", "document", "school").order_by(
        "starts", "pk"
    )


ANNOUNCED = Prepared(announced_in)


def announced_to_family(viewer: Viewer, most: int) -> "list[AnnouncedRow]":
    """What a family announced, the soonest first, `most` at most (two queries where there is something)."""
    found = ANNOUNCED.part(0, most, viewer)
    return announced_rows(viewer, found) if found else []


def announced_over(viewer: Viewer, pupil: Person, starts: datetime, ends: datetime) -> Announcement | None:
    """What the viewer announced of this pupil that covers all of this time (one query)."""
    own = Announcement.objects.visible_to(viewer).standing().filter(pupil=pupil, kind=Kind.ABSENCE)
    return own.filter(starts__lte=starts, ends__gte=ends).select_related("school").order_by("pk").first()


def has_no_school(viewer: Viewer, pupil: Person, first: date, last: date) -> bool:
    """Has this pupil no lesson on any of these days, and some around them (one query)? Where no timetable is kept, nobody knows."""
    around = Lesson.objects.visible_to(viewer).of_pupils((pupil.pk,)).held()
    days = set(around.between(first - A_WEEK, last + A_WEEK).order_by().values_list("day", flat=True))
    return bool(days) and not any(first <= day <= last for day in days)


FAR = timedelta(days=60)


def next_school_day(viewer: Viewer, pupils: Sequence[Person]) -> date:
    """The first day on which one of these pupils has still a lesson to go to (one query); today where no timetable says."""
    coming = Lesson.objects.visible_to(viewer).of_pupils([pupil.pk for pupil in pupils]).held()
    coming = coming.between(viewer.today, viewer.today + FAR).filter(ends__gt=viewer.moment)
    day: date | None = coming.order_by("day").values_list("day", flat=True).first()
    return day or viewer.today


def has_ended_today(viewer: Viewer, pupil: Person) -> bool:
    """Are this pupil's lessons of today over (one query)? Where there were none, nothing has ended."""
    held = Lesson.objects.visible_to(viewer).of_pupils((pupil.pk,)).held().on(viewer.today)
    ends = list(held.order_by().values_list("ends", flat=True))
    return bool(ends) and max(ends) <= viewer.moment


def when_said(announcement: Announcement) -> str:
    """« mardi 24 novembre, le matin », « mardi 24 novembre, de 8 h 00 à 12 h 00 », « du lundi 7 au mardi 8 décembre 2026 »."""
    zone = announcement.school.timezone
    first, last = (dates.local(moment, zone) for moment in (announcement.starts, announcement.ends))
    whole = (first.hour, first.minute, last.hour, last.minute) == (0, 0, 23, 59)
    if whole:
        return dates.span(first.date(), last.date())
    if first.date() == last.date():
        part = _half_day(first, last)
        if part:
            return f"{dates.day(first.date())}, {part}"
        hours = {"first": dates.hour(announcement.starts, zone), "last": dates.hour(announcement.ends, zone)}
        return _("%(day)s, de %(first)s à %(last)s") % (hours | {"day": dates.day(first.date())})
    return _("du %(first)s au %(last)s") % {
        "first": dates.day_and_hour(first),
        "last": dates.day_and_hour(last),
    }


def near_days(viewer: Viewer, begins: datetime, ends: datetime) -> "QuerySet[Announcement]":
    """What a family knows of the days to come, as the home asks for it: the absences that this reader announced, and the departures
    that the school noted. What the other parent announced is theirs until the day; the reason and the words are not even read.
    """
    rows = Announcement.objects.filter(pupil__in=() if viewer.is_staff else viewer.own_pupils()).standing()
    rows = rows.filter(Q(kind=Announcement.Kind.DEPARTURE) | Q(given_by=viewer.person.pk))
    found: QuerySet[Announcement] = near(
        rows.over(begins, ends).filter(ends__gt=viewer.moment), Cast("kind", TextField())
    )
    return found


KNOWN = Prepared(lambda viewer, begins, ends: near_days(viewer, begins, ends).values_list(*NEAR))


@dataclass(frozen=True)
class KnownDay:
    """A day on which a pupil will be missing; `starts` and `ends`: from when to when, None for the whole of it."""

    pk: int
    day: date
    words: str
    pupil: int
    name: str
    zone: str
    starts: datetime | None = None
    ends: datetime | None = None


def known_days(viewer: Viewer, first: date, last: date) -> list[KnownDay]:
    """The days between two on which the pupils of a family will be missing, each day once for a pupil (one query)."""
    around = timezone.get_current_timezone()
    begins = datetime.combine(first, time(), around)
    ends = datetime.combine(last + timedelta(days=1), time(), around)
    found: dict[tuple[int, date, datetime | None], KnownDay] = {}
    for line in sorted(KNOWN(viewer, begins, ends), key=lambda line: (line[1], line[0])):
        for one in _days_of(line):
            if first <= one.day <= last:
                found.setdefault((one.pupil, one.day, one.starts), one)
    whole = {(one.pupil, one.day) for one in found.values() if one.starts is None}
    return [one for one in found.values() if one.starts is None or (one.pupil, one.day) not in whole]


def near_read(viewer: Viewer, line: Sequence[Any]) -> list[Beside]:
    """The days of one announcement, on the home of a family."""
    return [_beside(one, named=viewer.follows_several) for one in _days_of(line)]


def _beside(one: KnownDay, *, named: bool) -> Beside:
    return Beside(
        one.day,
        one.words,
        one.starts,
        one.ends,
        one.zone,
        whose=one.name if named else "",
        url=url("attendance:absences"),
        icon="calendar-off",
    )


def _days_of(line: Sequence[Any]) -> Iterator[KnownDay]:
    """Each day of an announcement; of several, the Saturdays and Sundays are left out."""
    pk, starts, ends, zone, pupil, name, kind, *_rest = line
    first, last = dates.local(starts, zone).date(), dates.local(ends, zone).date()
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if last > first and day.weekday() >= SATURDAY:
            continue
        midnight = datetime.combine(day, time(), ZoneInfo(zone))
        evening = datetime.combine(day, time(23, 59), ZoneInfo(zone))
        whole = starts <= midnight and ends >= evening
        hours = (None, None) if whole else (max(starts, midnight), min(ends, evening))
        yield KnownDay(pk, day, known_said(kind, starts, zone), pupil, name, zone, *hours)


def beside_lessons(viewer: Viewer, asked: TimetableOwner, first: date, last: date) -> list[Beside]:
    """The absences that a family knows of, beside the lessons of its children (one query); to the staff, their rolls say it."""
    if viewer.is_staff or not (asked.is_own or asked.pupil):
        return []
    named = viewer.follows_several and not asked.pupil
    return [
        _beside(one, named=named)
        for one in known_days(viewer, first, last)
        if asked.pupil in {None, one.pupil}
    ]


# Where schools put the middle of a day; an hour outside is said as it was given.
MIDDAY = (time(12), time(13, 30))


def _half_day(first: datetime, last: datetime) -> str:
    """« le matin », « l’après-midi », or nothing when it is neither."""
    if first.time() == time(0) and MIDDAY[0] <= last.time() <= MIDDAY[1]:
        return _("le matin")
    if (last.hour, last.minute) == (23, 59) and MIDDAY[0] <= first.time() <= MIDDAY[1]:
        return _("l’après-midi")
    return ""


@dataclass(frozen=True)
class AnnouncedRow:
    """An absence or a departure known in advance, as a list shows it."""

    announcement: Announcement
    group: str
    when: str
    reason: str
    words: str
    document: FileRow | None


def announced_rows(viewer: Viewer, announcements: Sequence[Announcement]) -> list[AnnouncedRow]:
    """These announcements with classes and reasons, as far as the viewer may read them (one query more)."""
    classes = classes_of([announcement.pupil_id for announcement in announcements], viewer.today)
    return [
        _announced_row(viewer, announcement, classes.get(announcement.pupil_id, ""))
        for announcement in announcements
    ]


def _announced_row(viewer: Viewer, announcement: Announcement, group: str) -> AnnouncedRow:
    reason = reason_of(viewer, announcement.reason, announcement.given_by_id)
    papers = rows_of_files([announcement.document]) if announcement.document else []
    words = (
        words_of(viewer, announcement.reason, announcement.comment)
        if viewer.is_staff
        else announcement.comment
    )
    return AnnouncedRow(
        announcement, group, when_said(announcement), reason, words, papers[0] if papers else None
    )


def schools_of(pupils: Sequence[Person], today: date) -> dict[int, School]:
    """Where each of these pupils learns (one query)."""
    held = Holding.objects.active(today).filter(role=Role.PUPIL, person__in=pupils).select_related("school")
    return {holding.person_id: holding.school for holding in held.order_by("-pk") if holding.school}
