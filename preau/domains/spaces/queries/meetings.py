"""Virtual classes in a space, in the agenda and beside the lessons of a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.spaces.models import Attendance, Meeting, Space
from preau.domains.spaces.providers import is_offered
from preau.domains.spaces.queries.people import number_of_schools, signed
from preau.domains.timetable.boards import Beside, TimetableOwner
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry

MOST = 60


def meetings_of(viewer: Viewer, space: Space) -> "QuerySet[Meeting]":
    """Those of a space, the latest first."""
    return Meeting.objects.visible_to(viewer).filter(space=space.pk).order_by("-starts", "-pk")


def when_said(meeting: Meeting, zone: str) -> str:
    """« mardi 24 novembre, 18 h 00 – 19 h 00 »."""
    return (
        f"{dates.day(dates.local(meeting.starts, zone))}, {dates.hours(meeting.starts, meeting.ends, zone)}"
    )


@dataclass(frozen=True)
class CameRow:
    """Somebody who came, as the page names them."""

    name: str
    came_at: datetime
    last_at: datetime


def who_came(viewer: Viewer, meeting: Meeting) -> list[CameRow]:
    """Everybody who came, in order (two queries at most)."""
    schools = number_of_schools(meeting.space)
    rows = Attendance.objects.filter(meeting=meeting.pk).select_related("person").order_by("came_at", "pk")
    return [
        CameRow(
            signed(viewer.school_id, row.person, schools) if schools > 1 else row.person.list_name,
            row.came_at,
            row.last_at,
        )
        for row in rows
    ]


def _between(viewer: Viewer, first: date, last: date) -> "QuerySet[Meeting]":
    zone = ZoneInfo(viewer.school.timezone) if viewer.school else timezone.get_current_timezone()
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    rows: Any = Meeting.objects.visible_to(viewer).between(begins, ends)
    return rows.select_related("space__school").order_by("starts", "pk")[:MOST]


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The virtual classes of the viewer's spaces between two days (one query); where no server is, none."""
    if not is_offered():
        return []
    return [
        AgendaEntry(
            uid=f"classe-virtuelle-{one.pk}",
            title=one.title,
            starts=one.starts,
            ends=one.ends,
            zone=one.space.school.timezone,
            detail=one.space.title,
            url=reverse("spaces:meetings", kwargs={"pk": one.space_id}),
        )
        for one in _between(viewer, first, last)
    ]


def beside_lessons(viewer: Viewer, asked: TimetableOwner, first: date, last: date) -> Sequence[Beside]:
    """The same beside the lessons of one's own week (one query); of anybody else's, none."""
    if not is_offered() or not asked.is_own:
        return []
    return [
        Beside(
            day=dates.local(one.starts, one.space.school.timezone).date(),
            title=one.title,
            starts=one.starts,
            ends=one.ends,
            zone=one.space.school.timezone,
            detail=one.space.title,
            url=reverse("spaces:meetings", kwargs={"pk": one.space_id}),
        )
        for one in _between(viewer, first, last)
    ]
