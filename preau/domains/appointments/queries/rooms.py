"""Which rooms appointments hold, which are free for one, and where several people receive in the same one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.domains.appointments.models import Evening, Host, Meeting
from preau.domains.timetable.queries.bookings import found_at, things_of


def rooms_held(school: int, starts: datetime, ends: datetime) -> list[tuple[int, datetime, datetime, str]]:
    """The rooms where somebody is received at these hours, at an evening or by appointment (one query): by whom is nobody's business."""
    there = Host.objects.filter(evening=OuterRef("evening"), person=OuterRef("host")).values("room")[:1]
    held = Meeting.objects.live().filter(school=school, starts__lt=ends, ends__gt=starts)
    rows = held.annotate(where=Coalesce(F("room"), Subquery(there), output_field=BigIntegerField()))
    found = rows.filter(where__isnull=False).order_by("starts", "pk").values_list("where", "starts", "ends")
    return [(room, begins, finishes, _("un rendez-vous")) for room, begins, finishes in found]


@dataclass(frozen=True)
class SharedRoom:
    """A room where several people receive at the same hours of an evening."""

    place: str
    people: str


def shared_at(evening: Evening, hosts: Iterable[Host]) -> list[SharedRoom]:
    """The rooms that were given to several of these people, whose hours there cross; whoever comes when the other one has left crosses nobody."""
    everything = frozenset(range(evening.slots)) - frozenset(evening.pauses)
    by_room: dict[int, list[Host]] = defaultdict(list)
    for host in hosts:
        if host.room is not None and not host.is_absent:
            by_room[host.room.pk].append(host)
    found = []
    for there in by_room.values():
        hours = {host.pk: everything - frozenset(host.away) for host in there}
        crossing = [
            one for one in there if any(hours[one.pk] & hours[other.pk] for other in there if other != one)
        ]
        if crossing and crossing[0].room:
            names = sorted(crossing, key=lambda host: (host.person.search_name, host.pk))
            found.append(
                SharedRoom(crossing[0].room.place, ", ".join(host.person.formal_name for host in names))
            )
    return sorted(found, key=lambda one: one.place)


def free_rooms(year: SchoolYear, starts: datetime, ends: datetime) -> dict[int, str]:
    """Those that nothing holds at these hours and that the school lets be booked: key and words (seven queries)."""
    things = [thing for thing in things_of(year.school_id, equipment=False) if thing.is_open and thing.room]
    found = found_at(year, starts, ends, things)
    return {thing.room: thing.called for _label, some in found.free for thing in some if thing.room}
