"""Single appointments: hours that are open, what is free of them, one's own appointments, whom a family may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.appointments.models import Evening, Meeting, MeetingColleague, Opening, Taken, Wish
from preau.domains.appointments.queries.around import teachers_of
from preau.domains.appointments.queries.functions import ASKED_ROLES
from preau.domains.appointments.queries.slots import OFFERED, No, cells
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited

# Openings of one page; slots shown of each: all those of one are on its own page.
A_PAGE, AT_ONCE = 8, 12
SOURCE = "appointments"


def learns_in(school: int, pupil: int, day: date) -> bool:
    return Holding.objects.active(day).filter(school=school, person=pupil, role=Role.PUPIL).exists()


def school_of(pupil: int, day: date) -> School | None:
    held = (
        Holding.objects.active(day)
        .filter(person=pupil, role=Role.PUPIL)
        .select_related("school")
        .order_by("pk")
    )
    found = held.first()
    return found.school if found else None


def may_be_asked(host: int, pupil: int, school: int, day: date) -> bool:
    """Somebody of the school of this pupil whom families may ask, or who teaches this pupil."""
    held = Holding.objects.active(day).filter(school=school, person=host, role__in=ASKED_ROLES)
    return held.exists() or host in teachers_of(day, [pupil]).get(pupil, {})


def why_not(
    host: int,
    guardian: int,
    starts: datetime,
    ends: datetime,
    *,
    apart_from: int | None = None,
    colleagues: Sequence[int] = (),
) -> No | None:
    """Of a single hour: a lesson of whoever receives or was invited, another meeting of any of them (two queries)."""
    staff = {host, *colleagues}
    lessons = Lesson.objects.held().over_at(starts, ends).filter(teachers__in=staff)
    teaching = set(lessons.values_list("teachers", flat=True)) & staff
    if host in teaching:
        return No.LESSON
    held = Taken.objects.filter(person__in=[*staff, guardian], at__in=cells(starts, ends)).exclude(
        meeting=apart_from or 0
    )
    people = set(held.values_list("person_id", flat=True))
    if host in people:
        return No.TAKEN
    if guardian in people:
        return No.FAMILY
    return No.COLLEAGUE if people or teaching else None


def colleagues_of(meeting: Meeting) -> list[Person]:
    """Who was invited to it, in order (one query)."""
    found = MeetingColleague.objects.filter(meeting=meeting.pk).select_related("person").order_by("pk")
    return [one.person for one in found]


def own_meetings(viewer: Viewer) -> Q:
    """Those that one has: as a guardian, or as whoever receives or was invited."""
    if viewer.is_guardian:
        return Q(guardian=viewer.person.pk)
    invited = MeetingColleague.objects.filter(person=viewer.person.pk).values("meeting_id")
    return Q(host=viewer.person.pk) | Q(pk__in=invited)


@dataclass(frozen=True)
class OpenHours:
    """Hours that are open, with what is still free for whoever looks."""

    opening: Opening
    free: tuple[tuple[int, str], ...]
    taken: int
    slots: int

    @property
    def first(self) -> tuple[tuple[int, str], ...]:
        return self.free[:AT_ONCE]

    @property
    def more(self) -> int:
        return len(self.free) - len(self.first)

    @property
    def title(self) -> str:
        return _("%(day)s, %(hours)s") % {
            "day": dates.day(dates.local(self.opening.starts, self.opening.school.timezone).date()),
            "hours": dates.hours(self.opening.starts, self.opening.ends, self.opening.school.timezone),
        }


def openings_of(viewer: Viewer) -> "QuerySet[Opening]":
    """Those to come: one's own for the staff, all those of the school for a family."""
    return (
        Opening.objects.visible_to(viewer)
        .filter(is_closed=False, ends__gt=viewer.moment)
        .select_related("school", "host")
        .order_by("starts", "pk")
    )


def with_free(openings: Sequence[Opening], guardian: int | None) -> list[OpenHours]:
    if not openings:
        return []
    first, last = min(one.starts for one in openings), max(one.ends for one in openings)
    hosts = {one.host_id for one in openings}
    people = hosts | ({guardian} if guardian else set())
    held: dict[int, set[datetime]] = {}
    for person, at in Taken.objects.filter(person__in=people, at__gte=first, at__lt=last).values_list(
        "person_id", "at"
    ):
        held.setdefault(person, set()).add(at)
    lessons: dict[int, list[tuple[datetime, datetime]]] = {}
    taught = Lesson.objects.held().over_at(first, last).filter(teachers__in=hosts)
    for person, starts, ends in taught.values_list("teachers", "starts", "ends"):
        lessons.setdefault(person, []).append((starts, ends))
    now = timezone.now()
    return [_open(one, guardian, held, lessons, now) for one in openings]


def _open(
    opening: Opening,
    guardian: int | None,
    held: dict[int, set[datetime]],
    lessons: dict[int, list[tuple[datetime, datetime]]],
    now: datetime,
) -> OpenHours:
    length = timedelta(minutes=opening.minutes)
    count = int((opening.ends - opening.starts) / length)
    busy = held.get(opening.host_id, set()), held.get(guardian or 0, set())
    free, taken = [], 0
    for slot in range(count):
        starts = opening.starts + slot * length
        ends = starts + length
        span = set(cells(starts, ends))
        in_class = any(begins < ends and over > starts for begins, over in lessons.get(opening.host_id, ()))
        if span & busy[0]:
            taken += 1
        elif starts > now and not in_class and not span & busy[1]:
            free.append((slot, dates.hour(starts, opening.school.timezone)))
    return OpenHours(opening, tuple(free), taken, count)


def next_free(opening: Opening, guardian: int, slot: int) -> tuple[int, ...]:
    """The next two of these hours that are free, else the last two."""
    free = [one for one, _hour in with_free([opening], guardian)[0].free]
    return tuple([one for one in free if one > slot][:OFFERED] or free[-OFFERED:])


def appointments_of(viewer: Viewer) -> "QuerySet[Meeting]":
    """One's own, outside of evenings: those to come, and what waits; the organisers' view of evenings is not here."""
    found = Meeting.objects.visible_to(viewer).filter(own_meetings(viewer), evening=None)
    return found.select_related("school", "host", "guardian", "pupil").order_by("-starts", "-pk")


def children_by_school(viewer: Viewer) -> dict[int, list[Person]]:
    """One's own children by the school where they learn, by first name (one query, none for the staff)."""
    if not viewer.is_guardian:
        return {}
    people = {one.pk: one for one in Person.objects.filter(pk__in=viewer.own_pupils())}
    found: dict[int, list[Person]] = {}
    for place in viewer.places:
        child = people.get(place.pupil_id or 0)
        if child and child not in found.setdefault(place.school.pk, []):
            found[place.school.pk].append(child)
    for children in found.values():
        children.sort(key=lambda one: (one.given_name, one.pk))
    return found


def rows_awaited(viewer: Viewer) -> "QuerySet[Any, Any]":
    """For « À répondre »: an hour that was proposed to a guardian."""
    found = Meeting.objects.visible_to(viewer).filter(
        Q(state=Meeting.State.PROPOSED, starts__gt=viewer.moment)
        | Q(state=Meeting.State.BOOKED, other_starts__gt=viewer.moment),
        proposed_by_host=True,
    )
    return row_of(
        found,
        SOURCE,
        about="pupil_id",
        whose="pupil__given_name",
        text="host__family_name",
        word="host__civility",
        starts=Coalesce("other_starts", "starts"),
        more="school__timezone",
    )


def said_awaited(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    found = []
    for row in sorted(rows, key=lambda one: (one.starts, one.key)):
        assert row.starts is not None  # noqa: S101
        starts = dates.local(row.starts, row.more)
        found.append(
            Awaited(
                title=_("Un rendez-vous vous est proposé"),
                url=reverse("appointments:appointment", kwargs={"pk": row.key}),
                gesture=_("Répondre"),
                about=row.about,
                whose=row.whose,
                when=dates.day_and_hour(row.starts, row.more),
                day=starts.date(),
                icon="calendar-event",
            )
        )
    return found


def rows_evenings(viewer: Viewer) -> "QuerySet[Any, Any]":
    """For « À répondre »: an evening that waits for the wishes, or for the first booking, of a guardian."""

    wishes = Wish.objects.filter(party__person=viewer.person.pk, by_host=False).values("party__evening_id")
    met = Meeting.objects.visible_to(viewer).live().exclude(evening=None).values("evening_id")
    found = (
        Evening.objects.visible_to(viewer)
        .filter(state__in=[Evening.State.WISHES, Evening.State.BOOKING], closes_at__gt=viewer.moment)
        .exclude(pk__in=wishes)
        .exclude(pk__in=met)
    )
    return row_of(
        found, EVENINGS, text="title", word="state", ends="closes_at", day="day", more="school__timezone"
    )


EVENINGS = "evenings"


def said_evenings(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    found = []
    for row in sorted(rows, key=lambda one: (one.ends, one.key)):
        assert row.ends is not None  # noqa: S101
        wishes = row.word == Evening.State.WISHES
        found.append(
            Awaited(
                title=row.text,
                url=reverse("appointments:evening", kwargs={"pk": row.key}),
                gesture=_("Dire vos souhaits") if wishes else _("Choisir vos heures"),
                when=_("avant %(when)s") % {"when": dates.day_and_hour(row.ends, row.more)},
                day=dates.local(row.ends, row.more).date(),
                icon="users",
            )
        )
    return found
