"""Meetings in the days of people, on the record of a pupil, and evenings in the search."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.appointments.models import Evening, Host, Meeting
from preau.domains.appointments.models.evenings import floor_said
from preau.domains.appointments.queries.singles import own_meetings
from preau.domains.timetable.boards import NEAR, Beside, SchoolDate, TimetableOwner, near
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry, Hit
from preau.foundation.lookup import LookupTerms, found_in, titled
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

A_DAY = timedelta(days=1)


def address_of(meeting: Meeting) -> str:
    """Its own page, or that of its evening."""
    if meeting.evening_id:
        return url("appointments:evening", pk=meeting.evening_id)
    return url("appointments:appointment", pk=meeting.pk)


def entry_of(meeting: Meeting, *, for_host: bool, place: str = "") -> AgendaEntry:
    """A meeting in somebody's agenda: whom they meet, and nobody else."""
    assert meeting.starts is not None  # noqa: S101
    assert meeting.ends is not None  # noqa: S101
    who = meeting.guardian.full_name if for_host else meeting.host.formal_name
    return AgendaEntry(
        uid=f"rendez-vous-{meeting.pk}",
        title=_("Rendez-vous avec %(who)s") % {"who": who},
        starts=meeting.starts,
        ends=meeting.ends,
        zone=meeting.school.timezone,
        whose=meeting.pupil.given_name,
        detail=str(meeting.get_way_display()),
        place=place or (meeting.place if meeting.way == Meeting.Way.HERE else ""),
        url=address_of(meeting),
        gesture=_("Voir"),
    )


def _met(viewer: Viewer, begins: datetime, ends: datetime) -> "QuerySet[Meeting]":
    """One's own meetings between two moments, each with where it takes place that evening."""
    where = Host.objects.filter(evening=OuterRef("evening"), person=OuterRef("host"))
    return (
        Meeting.objects.visible_to(viewer)
        .filter(own_meetings(viewer), state=Meeting.State.BOOKED, starts__gte=begins, starts__lt=ends)
        .annotate(
            room_there=Subquery(where.values("room__name")[:1]),
            floor_there=Subquery(where.values("floor")[:1]),
        )
        .select_related("school", "host", "guardian", "pupil", "evening")
        .order_by("starts", "pk")
    )


MET = Prepared(_met)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """One's own meetings between two days; of an evening where one receives, the evening itself (one query)."""
    zone = ZoneInfo(viewer.school.timezone) if viewer.school else timezone.get_current_timezone()
    begins, ends = datetime.combine(first, time(), zone), datetime.combine(last + A_DAY, time(), zone)
    by_evening: dict[int, list[Any]] = {}
    entries = []
    for one in MET(viewer, begins, ends):
        if viewer.is_staff and one.evening_id is not None:
            by_evening.setdefault(one.evening_id, []).append(one)
        else:
            entries.append(entry_of(one, for_host=viewer.is_staff, place=_place(one)))
    return [*entries, *map(_evening_entry, by_evening.values())]


def near_days(viewer: Viewer, begins: datetime, ends: datetime) -> "QuerySet[Meeting]":
    """A family's meetings of the days to come, as the home asks for them."""
    mine = Meeting.objects.visible_to(viewer).filter(own_meetings(viewer), state=Meeting.State.BOOKED)
    found: QuerySet[Meeting] = near(
        mine.filter(starts__gte=begins, starts__lt=ends),
        Cast("host__civility", TextField()),
        Cast("host__given_name", TextField()),
        Cast("host__family_name", TextField()),
        Coalesce("evening_id", 0),
    )
    return found


NEAR_DAYS = Prepared(lambda viewer, begins, ends: near_days(viewer, begins, ends).values_list(*NEAR))


def near_read(viewer: Viewer, line: Sequence[Any]) -> list[Beside]:
    """One meeting on the home of a family."""
    pk, starts, ends, zone, _pupil, name, civility, given, family, evening = line
    who = Person(civility=civility, given_name=given, family_name=family).formal_name
    at = url("appointments:evening", pk=evening) if evening else url("appointments:appointment", pk=pk)
    return [
        Beside(
            day=dates.local(starts, zone).date(),
            title=_("Rendez-vous avec %(who)s") % {"who": who},
            starts=starts,
            ends=ends,
            zone=zone,
            whose=name if viewer.follows_several else "",
            url=at,
            icon="users",
        )
    ]


def beside_lessons(viewer: Viewer, asked: TimetableOwner, first: date, last: date) -> list[Beside]:
    """A family's meetings beside the lessons of its children, those of one child where one is chosen (one query)."""
    if not viewer.is_guardian:
        return []
    zone = timezone.get_current_timezone()
    begins, ends = datetime.combine(first, time(), zone), datetime.combine(last + A_DAY, time(), zone)
    return [
        one
        for line in NEAR_DAYS(viewer, begins, ends)
        if asked.pupil in {None, line[4]}
        for one in near_read(viewer, line)
    ]


def _evening_entry(meetings: Sequence[Any]) -> AgendaEntry:
    """Twenty families in an evening are one thing in a day: their names are on its page."""
    evening: Evening = meetings[0].evening
    evening.school = meetings[0].school
    number = len(meetings)
    return AgendaEntry(
        uid=f"rencontre-{evening.pk}",
        title=evening.title,
        starts=evening.begins,
        ends=evening.finishes,
        zone=evening.school.timezone,
        detail=ngettext("%(num)s rendez-vous", "%(num)s rendez-vous", number) % {"num": number},
        place=_place(meetings[0]),
        url=url("appointments:evening", pk=evening.pk),
        gesture=_("Voir"),
    )


@dataclass(frozen=True)
class MeetingRow:
    """A meeting about a pupil, as their record shows it: whom one meets, when, and what became of it."""

    who: str
    when: str
    word: str
    tone: str
    url: str


# Some of each class of a large school.
MOST_ANNOUNCED = 20
# More classes than these are counted.
MOST_NAMED = 3
# Those of a record: the next ones, then the newest of the others.
MOST = 4


def of_pupil(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The meetings about a pupil that the viewer sees (one query); never what was said before or after them. None where there is none."""
    about = Q(pupil=pupil.pk) | Q(sibling=pupil.pk)
    found = (
        Meeting.objects.visible_to(viewer)
        .filter(about)
        .exclude(state__in=[Meeting.State.PLANNED, Meeting.State.CANCELLED])
        .select_related("school", "host", "guardian")
        .order_by(F("starts").desc(nulls_first=True), "-pk")
    )
    rows = [_row(viewer, one) for one in found[:MOST]]
    return {"rows": rows} if rows else None


def _row(viewer: Viewer, one: Meeting) -> MeetingRow:
    """A family reads whom it meets; whoever receives, the family; the others, both."""
    host, family = one.host.formal_name, one.guardian.full_name
    if viewer.is_guardian:
        who = host
    elif one.host_id == viewer.person.pk:
        who = family
    else:
        who = _("%(host)s et %(family)s") % {"host": host, "family": family}
    when = dates.day_and_hour(one.starts, one.school.timezone) if one.starts else _("heure à trouver")
    word = str(one.get_outcome_display() if one.outcome else one.get_state_display())
    tone = {"seen": "done", "missed": "changed"}.get(one.outcome, "done" if one.state == "booked" else "todo")
    return MeetingRow(who, when, word, tone, address_of(one))


def said_of_pupil(context: Mapping[str, Any]) -> str:
    row = context["rows"][0]
    return f"{dates.capital(row.when)}, {row.who}"


def _place(meeting: Any) -> str:
    room = meeting.room_there or ""
    named = _("salle %(room)s") % {"room": room} if room[:1].isdigit() else room
    return ", ".join(filter(None, [named, floor_said(meeting.floor_there or 0)]))


def announced(viewer: Viewer) -> list[SchoolDate]:
    """The evenings to come that the viewer sees, among the events of the school (two queries); one that is only prepared is not there."""
    found = Evening.objects.visible_to(viewer).live().filter(day__gte=viewer.today)
    found = found.select_related("school").prefetch_related("groups").order_by("day", "pk")
    return [
        SchoolDate(
            title=one.title,
            kind=_("Rencontre parents-professeurs"),
            when=_("%(day)s, %(hours)s") % {"day": dates.day(one.day), "hours": one.hours},
            for_whom=one.school.name if viewer.is_guardian else _classes_of(one),
            word=one.tone[0],
            tone=one.tone[1],
            url=url("appointments:evening", pk=one.pk),
        )
        for one in found[:MOST_ANNOUNCED]
    ]


def met_at(viewer: Viewer, starts: datetime, ends: datetime) -> list[Beside]:
    """The evenings of a school at these hours, and how many single appointments it holds then (two queries): whom these are with is
    nobody's business."""
    days = Evening.objects.visible_to(viewer).live().in_school(viewer)
    days = (
        days.filter(day__gte=(starts - A_DAY).date(), day__lte=(ends + A_DAY).date())
        .select_related("school")
        .order_by("day", "pk")
    )
    found = [
        Beside(
            one.day,
            one.title,
            one.begins,
            one.finishes,
            one.school.timezone,
            url=url("appointments:evening", pk=one.pk),
        )
        for one in days
        if one.begins < ends and one.finishes > starts
    ]
    return found + _singles_at(viewer, starts, ends)


def _singles_at(viewer: Viewer, starts: datetime, ends: datetime) -> list[Beside]:
    """How many appointments are made, day by day. Their own hours are told to nobody: one of them may be with the nurse."""
    singles = Meeting.objects.in_school(viewer).filter(state=Meeting.State.BOOKED, evening=None)
    zone = viewer.school.timezone if viewer.school else ""
    days = Counter(
        dates.local(moment, zone).date()
        for moment in singles.filter(starts__lt=ends, ends__gt=starts).values_list("starts", flat=True)
    )
    return [
        Beside(
            day,
            ngettext("%(num)s rendez-vous", "%(num)s rendez-vous", number) % {"num": number},
            max(starts, _midnight(day, zone)),
            min(ends, _midnight(day + A_DAY, zone)),
            zone,
        )
        for day, number in sorted(days.items())
    ]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _classes_of(evening: Evening) -> str:
    """As events say it: the names of a few, else how many."""
    names = [group.name for group in evening.groups.all()]
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return ngettext("%(num)s classe", "%(num)s classes", len(names)) % {"num": len(names)}


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Evening]":
    """Evenings, by their title."""
    rows = Evening.objects.visible_to(viewer).filter(wanted.may_be_in("search_title"))
    found: QuerySet[Evening] = titled(rows, folded="search_title", title="title", at="created_at")
    return found


def evenings_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> Sequence[Hit]:
    return [
        Hit(row.title, url("appointments:evening", pk=row.pk), _("Rencontre"), near=row.near)
        for row in found_in(wanted, rows)
    ]


def families_met(school_id: int, first: date, last: date) -> int:
    """How many families had a meeting that took place, for the figures of use: a count that is small says nothing."""
    found = Meeting.objects.filter(
        school=school_id, outcome=Meeting.Outcome.SEEN, starts__date__gte=first, starts__date__lte=last
    )
    count = found.order_by().values("guardian_id").distinct().count()
    return count if count >= LEAST_SAID else 0


LEAST_SAID = 10
