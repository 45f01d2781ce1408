"""Events in the days of people: the agenda, the home, the week beside its lessons, the roll of a lesson."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.events.models import Event, taught_for
from preau.domains.events.queries.lists import (
    COLUMNS,
    REOPENED,
    EventRow,
    announced,
    closing_of,
    is_reopened,
    rows_of,
    where,
)
from preau.domains.timetable.boards import Beside, TimetableOwner
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

A_DAY = timedelta(days=1)
# A home says the next things, not all of them.
MOST_SOON = 3
# A week of a large school has some dozens of events.
MOST_BESIDE = 60


def _own(viewer: Viewer, first: date, last: date) -> "QuerySet[Event, dict[str, Any]]":
    found = Event.objects.concerning(viewer).between(first, last).order_by("starts", "pk")
    return found.values(*COLUMNS)


OWN = Prepared(_own)
# What is published before what is cancelled, which is said after what takes place.
SOON = Prepared(
    lambda viewer, first, last: _own(viewer, first, last).order_by("-state", "starts", "pk")[: MOST_SOON + 1]
)
NAMES = Prepared(
    lambda viewer, events: (
        Enrolment.objects.filter(pupil__in=viewer.own_pupils(), group__events__in=events)
        .order_by("pupil__given_name")
        .values_list("group__events__pk", "pupil__given_name")
        .distinct()
    )
)


def coming_soon(viewer: Viewer) -> tuple[list[EventRow], bool]:
    """What concerns the viewer today or tomorrow, and whether there is more (one query)."""
    rows = rows_of(SOON(viewer, viewer.today, viewer.today + A_DAY))
    return rows[:MOST_SOON], len(rows) > MOST_SOON


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The viewer's events between two days (one query; two for the guardian of several children)."""
    lines = OWN(viewer, first, last)
    whose: dict[int, list[str]] = {}
    if viewer.is_guardian and len(viewer.own_pupils()) > 1 and lines:
        for event, given in NAMES(viewer, tuple(line["pk"] for line in lines)):
            whose.setdefault(event, []).append(given)
    return [_entry(line, ", ".join(whose.get(line["pk"], ()))) for line in lines]


def _entry(line: Mapping[str, Any], whose: str) -> AgendaEntry:
    whole, reopened = line["whole_days"], is_reopened(line)
    cancelled = line["state"] == Event.State.CANCELLED and not reopened
    return AgendaEntry(
        uid=f"evenement-{line['pk']}",
        title=str(REOPENED) if reopened else line["title"],
        starts=line["first_day"] if whole else line["starts"],
        ends=line["last_day"] if whole else line["ends"],
        zone="" if whole else line["school__timezone"],
        whose=whose,
        detail=announced(line) if reopened else closing_of(line) or str(Event.Kind(line["kind"]).label),
        place=where(line["room__name"], line["place"]),
        word=str(Event.State.CANCELLED.label) if cancelled else "",
        tone="changed" if cancelled else "neutral",
        url=url("events:event", pk=line["pk"]),
        gesture=_("Voir"),
        cancelled=cancelled,
    )


def _seen(viewer: Viewer, first: date, last: date, meant: Q) -> "QuerySet[Event, dict[str, Any]]":
    """Of what the viewer sees in these days, what is for somebody else than them."""
    seen = Event.objects.visible_to(viewer).published().between(first, last).filter(meant)
    return seen.order_by("starts", "pk").values(*COLUMNS)[:MOST_BESIDE]


def _for_group(group: Any) -> Q:
    """What is for a class or a group, for the groups drawn from it, and for the whole school."""
    kin = Group.objects.filter(Q(pk=group) | Q(classes=group)).values("pk")
    named = Event.groups.through.objects.filter(group_id__in=kin).values("event_id")
    return Q(audience=Event.Audience.EVERYONE) | Q(pk__in=named)


def _for_teacher(teacher: Any) -> Q:
    taught = taught_for(teacher)
    return Q(audience__in=[Event.Audience.EVERYONE, Event.Audience.TEACHERS]) | Q(Exists(taught))


def _for_pupil(pupil: Any) -> Q:
    learnt = Enrolment.objects.filter(active_on(OuterRef("first_day")), pupil=pupil)
    here, among = learnt.filter(school=OuterRef("school")), learnt.filter(group__events=OuterRef("pk"))
    return Q(Exists(here), audience=Event.Audience.EVERYONE) | Q(Exists(among))


OF_GROUP = Prepared(lambda viewer, group, first, last: _seen(viewer, first, last, _for_group(group)))
OF_TEACHER = Prepared(lambda viewer, teacher, first, last: _seen(viewer, first, last, _for_teacher(teacher)))
OF_ROOM = Prepared(lambda viewer, room, first, last: _seen(viewer, first, last, Q(room=room)))
OF_PUPIL = Prepared(lambda viewer, pupil, first, last: _seen(viewer, first, last, _for_pupil(pupil)))


def beside_lessons(viewer: Viewer, asked: TimetableOwner, first: date, last: date) -> list[Beside]:
    """The events of a timetable between two days: its own hours, or each of its whole days (one query)."""
    if asked.is_own:
        lines = OWN(viewer, first, last)
    elif asked.pupil:
        lines = OF_PUPIL(viewer, asked.pupil, first, last)
    elif asked.group:
        lines = OF_GROUP(viewer, asked.group, first, last)
    elif asked.teacher:
        lines = OF_TEACHER(viewer, asked.teacher, first, last)
    else:
        lines = OF_ROOM(viewer, asked.room or 0, first, last)
    return [one for line in lines for one in _beside(line, first, last)]


def _beside(line: Mapping[str, Any], first: date, last: date) -> Iterator[Beside]:
    begins, ends = max(first, line["first_day"]), min(last, line["last_day"])
    reopened = is_reopened(line)
    cancelled = line["state"] == Event.State.CANCELLED and not reopened
    fields: dict[str, Any] = {
        "title": str(REOPENED) if reopened else line["title"],
        "detail": " · ".join(
            filter(
                None,
                [
                    announced(line) if reopened else closing_of(line) or str(Event.Kind(line["kind"]).label),
                    where(line["room__name"], line["place"]),
                ],
            )
        ),
        "url": url("events:event", pk=line["pk"]),
        "icon": "calendar-event",
        "word": str(Event.State.CANCELLED.label) if cancelled else "",
        "is_cancelled": cancelled,
    }
    if line["first_day"] == line["last_day"] and not line["whole_days"]:
        fields |= {"starts": line["starts"], "ends": line["ends"], "zone": line["school__timezone"]}
    for number in range((ends - begins).days + 1):
        yield Beside(begins + timedelta(days=number), **fields)


OUT = Prepared(
    lambda school, starts, ends, pupils: (
        Enrolment.objects.filter(
            active_on(F("group__events__first_day")),  # type: ignore[arg-type]
            pupil__in=pupils,
            group__events__school=school,
            group__events__kind=Event.Kind.OUTING,
            group__events__state=Event.State.PUBLISHED,
            group__events__audience=Event.Audience.GROUPS,
            group__events__starts__lt=ends,
            group__events__ends__gt=starts,
        )
        .order_by("group__events__starts")
        .values_list("pupil_id", "group__events__title")
    )
)


def out_of_school(school: int, starts: datetime, ends: datetime, pupils: Sequence[int]) -> dict[int, str]:
    """By pupil, the outing in which they are at that moment (one query)."""
    out = OUT(school, starts, ends, tuple(pupils)) if pupils else ()
    return {pupil: _("En sortie : %(title)s") % {"title": title} for pupil, title in out}


UNFED = Prepared(
    lambda schools, first, last: (
        Event.objects.held()
        .filter(school__in=schools, kind=Event.Kind.NO_CLASS, meals=Event.Meals.NONE)
        .between(first, last)
        .order_by("pk")
        .values_list("pk", "school_id", "starts", "ends", "audience", "groups")
    )
)


def without_meals(
    schools: Sequence[int], first: date, last: date
) -> list[tuple[int, datetime, datetime, frozenset[int] | None]]:
    """When a closing says that no meal is served, and to which classes; none: to nobody (one query)."""
    found: dict[int, tuple[int, datetime, datetime, str, set[int]]] = {}
    for pk, school, starts, ends, audience, group in UNFED(tuple(schools), first, last):
        found.setdefault(pk, (school, starts, ends, audience, set()))[4].update({group} - {None})
    return [
        (school, starts, ends, frozenset(groups) if audience == Event.Audience.GROUPS else None)
        for school, starts, ends, audience, groups in found.values()
    ]
