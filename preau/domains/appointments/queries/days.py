"""Meetings in the days of people, on the record of a pupil, and evenings in the search."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.appointments.models import Evening, Host, Meeting
from preau.domains.appointments.models.evenings import floor_said
from preau.foundation.boards import AgendaEntry, Hit
from preau.foundation.lookup import LookupTerms, found_in, titled

A_DAY = timedelta(days=1)


def entry_of(meeting: Meeting, *, for_host: bool, place: str = "") -> AgendaEntry:
    """A meeting in somebody's agenda: whom they meet, and nobody else."""
    assert meeting.starts is not None  # noqa: S101
    assert meeting.ends is not None  # noqa: S101
    who = meeting.guardian.full_name if for_host else meeting.host.formal_name
    address = (
        reverse("appointments:evening", kwargs={"pk": meeting.evening_id})
        if meeting.evening_id
        else reverse("appointments:appointment", kwargs={"pk": meeting.pk})
    )
    return AgendaEntry(
        uid=f"rendez-vous-{meeting.pk}",
        title=_("Rendez-vous avec %(who)s") % {"who": who},
        starts=meeting.starts,
        ends=meeting.ends,
        zone=meeting.school.timezone,
        whose=meeting.pupil.given_name,
        detail=str(meeting.get_way_display()),
        place=place or (meeting.place if meeting.way == Meeting.Way.HERE else ""),
        url=address,
        gesture=_("Voir"),
    )


def _own(viewer: Viewer) -> Q:
    return Q(guardian=viewer.person.pk) if viewer.is_guardian else Q(host=viewer.person.pk)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """One's own meetings between two days (one query)."""
    zone = ZoneInfo(viewer.school.timezone) if viewer.school else timezone.get_current_timezone()
    begins, ends = datetime.combine(first, time(), zone), datetime.combine(last + A_DAY, time(), zone)
    where = Host.objects.filter(evening=OuterRef("evening"), person=OuterRef("host"))
    found = (
        Meeting.objects.visible_to(viewer)
        .filter(_own(viewer), state=Meeting.State.BOOKED, starts__gte=begins, starts__lt=ends)
        .annotate(
            room_there=Subquery(where.values("room__name")[:1]),
            floor_there=Subquery(where.values("floor")[:1]),
        )
        .select_related("school", "host", "guardian", "pupil")
        .order_by("starts", "pk")
    )
    return [entry_of(one, for_host=viewer.is_staff, place=_place(one)) for one in found]


def _place(meeting: Any) -> str:
    room = meeting.room_there or ""
    named = _("salle %(room)s") % {"room": room} if room[:1].isdigit() else room
    return ", ".join(filter(None, [named, floor_said(meeting.floor_there or 0)]))


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Evening]":
    """Evenings, by their title."""
    rows = Evening.objects.visible_to(viewer).filter(wanted.may_be_in("search_title"))
    found: QuerySet[Evening] = titled(rows, folded="search_title", title="title", at="created_at")
    return found


def evenings_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> Sequence[Hit]:
    return [
        Hit(row.title, reverse("appointments:evening", kwargs={"pk": row.pk}), _("Rencontre"), near=row.near)
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
