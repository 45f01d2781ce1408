"""Councils in the days of those who sit in them: the agenda and the home; and, for the head, the bulletins that wait to be given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.counting import number_of
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import Council, ReportCard
from preau.domains.report_cards.models.reading import led, reads_every_class, taught
from preau.domains.report_cards.queries.courses import LASTS, OVER
from preau.domains.timetable.boards import Beside
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

A_DAY = timedelta(days=1)
# What may still be of today or of tomorrow, whatever the hour: the home then asks for the days themselves.
BEFORE, AFTER = A_DAY, 2 * A_DAY
# A home says the next things, not all of them.
MOST_SOON = 6


@dataclass(frozen=True)
class CouncilRow:
    """A council that meets: `page` is what the viewer may open of it, the council or what they write for it; "" for neither."""

    pk: int
    group: str
    period: str
    starts: datetime
    is_held: bool
    page: str


def _meeting(viewer: Viewer, begins: datetime, ends: datetime) -> "QuerySet[Council, Any]":
    own = taught(viewer).filter(group=OuterRef("group_id"))
    rows = Council.objects.attended_by(viewer).filter(starts__gte=begins, starts__lt=ends)
    rows = rows.annotate(leads=Exists(led(viewer).filter(group=OuterRef("group_id"))), writes=Exists(own))
    return rows.order_by("starts", "group__rank", "group__name", "pk").values_list(
        "pk", "group_id", "group__name", "period_id", "period__name", "starts", "held_at", "leads", "writes"
    )


MEETING = Prepared(_meeting)


def councils_between(viewer: Viewer, first: date, last: date) -> list[CouncilRow]:
    """The councils where the viewer sits between two days, both included: one statement."""
    if viewer.school is None:
        return []
    zone = ZoneInfo(viewer.school.timezone)
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, last + A_DAY))
    return [_row(viewer, *line) for line in MEETING(viewer, begins, ends)]


def _row(
    viewer: Viewer, pk: int, group: int, name: str, period: int, period_name: str, *rest: Any
) -> CouncilRow:
    starts, held_at, leads, writes = rest
    reads = leads or reads_every_class(viewer)
    page = url(f"report_cards:{'council' if reads else 'write'}", pk=group) if reads or writes else ""
    return CouncilRow(pk, name, period_name, starts, held_at is not None, page and f"{page}?periode={period}")


def met_at(viewer: Viewer, starts: datetime, ends: datetime) -> list[Beside]:
    """The councils that meet at these hours (one query)."""
    zone = viewer.school.timezone if viewer.school else ""
    rows = [_row(viewer, *line) for line in MEETING(viewer, starts - LASTS, ends)]
    return [
        Beside(
            dates.local(one.starts, zone).date(),
            _("Conseil de classe, %(group)s") % {"group": one.group},
            one.starts,
            one.starts + LASTS,
            zone,
            url=one.page,
        )
        for one in rows
        if one.starts + LASTS > starts and not one.is_held
    ]


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The same as lines of the agenda."""
    zone = viewer.school.timezone if viewer.school else ""
    return [
        AgendaEntry(
            uid=f"conseil-{one.pk}",
            title=_("Conseil de classe, %(group)s") % {"group": one.group},
            starts=one.starts,
            ends=one.starts + LASTS,
            zone=zone,
            detail=one.period,
            word=_("Tenu") if one.is_held else "",
            tone="done" if one.is_held else "neutral",
            url=one.page,
        )
        for one in councils_between(viewer, first, last)
    ]


def number_soon(viewer: Viewer) -> Coalesce:
    """How many councils may be of today or of tomorrow, as a part of another query."""
    rows = Council.objects.attended_by(viewer).filter(held_at=None)
    return number_of(rows.filter(starts__gte=viewer.ago(BEFORE), starts__lte=viewer.ago(-AFTER)))


def number_ahead(viewer: Viewer) -> Coalesce:
    """How many councils a teacher goes to within two days, or sits in now, as a part of another query."""
    rows = Council.objects.attended_by(viewer).filter(held_at=None)
    return number_of(rows.filter(starts__gte=viewer.ago(OVER), starts__lte=viewer.ago(-2 * A_DAY)))


def number_to_give(viewer: Viewer) -> Coalesce:
    """How many councils of this year are over while families have no bulletin of them yet, as a part of another query."""
    given = ReportCard.objects.filter(
        group=OuterRef("group_id"), period=OuterRef("period_id"), published_at__isnull=False
    )
    rows = Council.objects.held().in_school(viewer).filter(group__year=viewer.year)
    return number_of(rows.filter(~Exists(given)))


def coming_soon(viewer: Viewer) -> Sequence[CouncilRow]:
    """The councils of today and of tomorrow to which one still goes, or which sit now."""
    rows = councils_between(viewer, viewer.today, viewer.today + A_DAY)
    return [one for one in rows if not one.is_held and one.starts + OVER > viewer.moment]
