"""One event: its groups, its history, who is asked and who answered, what else is where it would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Room, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF, Role
from preau.domains.events.models import Event, EventStep, Invitation
from preau.domains.timetable.boards import gatherings
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.clashes import Needs, clashes_at
from preau.foundation import dates
from preau.foundation.boards import offered
from preau.foundation.templating import url

Answer = Invitation.Answer


def whole_event(pk: int) -> Event:
    return Event.objects.select_related("school", "room", "created_by").get(pk=pk)


def group_names(event: Event) -> list[str]:
    return list(event.groups.order_by("kind", "rank", "name").values_list("name", flat=True))


@dataclass(frozen=True)
class Step:
    """One line of an event's history, ready for the timeline."""

    at: datetime
    when: str
    title: str
    text: str


def history_of(event: Event, *, with_names: bool) -> list[Step]:
    """Each step of its life, oldest first; families are not told who did it."""
    steps = event.steps.select_related("by").order_by("pk")
    return [_step(step, with_names=with_names) for step in steps]


def _step(step: EventStep, *, with_names: bool) -> Step:
    by = _("par %(name)s") % {"name": step.by.full_name} if with_names else ""
    return Step(
        step.at,
        dates.capital(dates.day_and_hour(step.at)),
        step.get_gesture_display(),
        " · ".join(filter(None, [step.note, by])),
    )


@dataclass(frozen=True)
class Person:
    """Somebody to tell of an event, or to ask: `about`, the pupil, for a guardian; `seat`, what a member of the staff must be."""

    pk: int
    about: int | None = None
    seat: str = ""


def people_asked(event: Event) -> list[Person]:
    """Everybody for whom an event is, once each: staff, pupils, informed guardians (one query). Of a closing, those whom its author
    wanted to tell."""
    if event.tells == Event.Tells.NOBODY:
        return []
    none = Value(0)
    staff, pupils = _staff(event), _pupils(event)
    rows = staff.order_by().values_list(Value(STAFF_ASKED), none, _person_of(staff), none)
    if event.tells == Event.Tells.EVERYONE:
        others = [pupils.values_list(Value(PUPIL), none, "pupil_id", none)]
        if event.with_families:
            links = Guardianship.objects.informed(event.first_day).of_another().filter(pupil__in=pupils)
            others.append(links.order_by().values_list(Value(GUARDIAN), "pk", "guardian_id", "pupil_id"))
        rows = rows.union(*others, all=True)
    found: dict[int, Person] = {}
    for what, _order, person, about in sorted(rows):
        seat = f"staff-{event.school_id}" if what == STAFF_ASKED else ""
        found.setdefault(person, Person(person, about=about or None, seat=seat))
    return list(found.values())


STAFF_ASKED, PUPIL, GUARDIAN = range(3)


def _person_of(staff: "QuerySet[Any, Any]") -> str:
    return "teacher_id" if staff.model is Assignment else "person_id"


def _staff(event: Event) -> "QuerySet[Any, int]":
    audience = Event.Audience
    if event.audience == audience.PEOPLE:
        return event.invitations.order_by("pk").values_list("person_id", flat=True)
    if event.audience == audience.GROUPS:
        own = event.groups.all()
        # Of a class, those of the groups that are drawn from it too.
        taught = Assignment.objects.active(event.first_day).filter(
            Q(group__in=own) | Q(group__classes__in=own)
        )
        return taught.order_by("teacher_id").values_list("teacher_id", flat=True).distinct()
    held = Holding.objects.filter(active_on(event.first_day), school=event.school_id)
    held = (
        held.filter(role=Role.TEACHER) if event.audience == audience.TEACHERS else held.filter(role__in=STAFF)
    )
    return held.order_by("person_id").values_list("person_id", flat=True).distinct()


def _pupils(event: Event) -> "QuerySet[Any, int]":
    audience = Event.Audience
    learnt = Enrolment.objects.filter(active_on(event.first_day))
    if event.audience == audience.GROUPS:
        learnt = learnt.filter(group__in=event.groups.all())
    elif event.audience == audience.EVERYONE:
        learnt = learnt.filter(school=event.school_id)
    else:
        learnt = learnt.none()
    return learnt.order_by().values_list("pupil_id", flat=True).distinct()


@dataclass(frozen=True)
class Answers:
    """How many said what, of how many asked; `lines`: how many were named or have answered."""

    yes: int = 0
    maybe: int = 0
    no: int = 0
    asked: int = 0
    lines: int = 0

    @property
    def silent(self) -> int:
        return max(0, self.asked - self.yes - self.maybe - self.no)


def number_of_answers(event: Event) -> Answers:
    counts_by_answer = dict(event.invitations.order_by().values_list("answer").annotate(Count("pk")))
    asked = sum(1 for person in people_asked(event) if person.pk != event.created_by_id)
    counts = counts_by_answer.get("yes", 0), counts_by_answer.get("maybe", 0), counts_by_answer.get("no", 0)
    return Answers(*counts, asked, sum(counts_by_answer.values()))


def answers_of(event: Event) -> "QuerySet[Invitation]":
    """Those who were named or have answered, by name."""
    return event.invitations.select_related("person").order_by("person__search_name", "pk")


def own_answer(viewer: Viewer, event: Event) -> str:
    found = event.invitations.filter(person=viewer.person.pk).values_list("answer", flat=True).first()
    return found or ""


def taken_at(
    year: SchoolYear, room: Room, starts: datetime, ends: datetime, *, apart_from: int | None = None
) -> Sequence[str]:
    """What is already in this room at that moment, in words: lessons, and other events."""
    lessons = [clash.said for clash in clashes_at(year, starts, ends, Needs(room=room))]
    others = (
        Event.objects.held().filter(room=room, starts__lt=ends, ends__gt=starts).exclude(pk=apart_from or 0)
    )
    sentence = _("Déjà pris à cette heure : %(room)s (%(title)s).")
    return lessons + [
        sentence % {"room": room.place, "title": title} for title in others.values_list("title", flat=True)
    ]


def rooms_held(school: int, starts: datetime, ends: datetime) -> list[tuple[int, datetime, datetime, str]]:
    """The rooms where published events take place at these hours (one query): to whom these are is nobody's business."""
    found = Event.objects.held().filter(school=school, room__isnull=False, starts__lt=ends, ends__gt=starts)
    rows = found.order_by("starts", "pk").values_list("room_id", "starts", "ends")
    return [(room, begins, finishes, _("un événement")) for room, begins, finishes in rows]


MOST_KEPT = 10


@dataclass(frozen=True)
class Told:
    """How many people an event is told to, by what they are there."""

    staff: int
    pupils: int
    guardians: int

    @property
    def all(self) -> int:
        return self.staff + self.pupils + self.guardians


def told_by(event: Event) -> Told:
    """Whom publishing it would tell, its author apart (one query)."""
    people = [one for one in people_asked(event) if one.pk != event.created_by_id]
    staff = sum(bool(one.seat) for one in people)
    guardians = sum(one.about is not None for one in people)
    return Told(staff, len(people) - staff - guardians, guardians)


@dataclass(frozen=True)
class Standing:
    """What a closing leaves as it is: an event, a council, an appointment."""

    title: str
    when: str
    url: str


def standing_in(viewer: Viewer, event: Event) -> list[Standing]:
    """What else is planned in the hours of a closing, for whoever keeps it: it is not cancelled with the lessons."""
    found = [
        Standing(one.title, one.when, url("events:event", pk=one.pk)) for one in _events_inside(viewer, event)
    ]
    if event.audience != Event.Audience.EVERYONE:
        return found
    for source, seated in offered(gatherings, viewer):
        rows = source.rows(seated, event.starts, event.ends)
        found += [
            Standing(one.title, f"{dates.day(one.day)}, {one.hours}", one.url) for one in rows[:MOST_KEPT]
        ]
        if len(rows) > MOST_KEPT:
            more = len(rows) - MOST_KEPT
            found.append(
                Standing(ngettext("et %(num)s autre", "et %(num)s autres", more) % {"num": more}, "", "")
            )
    return found


def _events_inside(viewer: Viewer, event: Event) -> list[Event]:
    found = Event.objects.visible_to(viewer).filter(state=Event.State.PUBLISHED, school=event.school_id)
    found = found.exclude(kind=Event.Kind.NO_CLASS).filter(starts__lt=event.ends, ends__gt=event.starts)
    return list(found.select_related("school", "room").order_by("starts", "pk")[:MOST_KEPT])


@dataclass(frozen=True)
class Closed:
    """What a closing did to lessons: how many it cancelled, and those of its hours that take place nevertheless."""

    cancelled: int
    kept: list[Lesson]
    more: int


def closed_by(event: Event, going: Sequence[int] = ()) -> Closed:
    """For whoever keeps a closing (three queries). `going`: of a draft, the lessons that it would cancel."""
    cancelled = 0 if event.is_draft else LessonChange.objects.in_force().filter(origin=event.origin).count()
    lessons = Lesson.objects.filter(
        school=event.school_id, starts__lt=event.ends, ends__gt=event.starts
    ).held()
    lessons = lessons.exclude(pk__in=going)
    if event.audience == Event.Audience.GROUPS:
        own = event.groups.all()
        lessons = lessons.filter(Q(groups__in=own) | Q(groups__classes__in=own)).distinct()
    kept = list(
        lessons.select_related("subject", "school")
        .prefetch_related("groups")
        .order_by("starts", "pk")[: MOST_KEPT + 1]
    )
    more = max(0, lessons.count() - MOST_KEPT) if len(kept) > MOST_KEPT else 0
    return Closed(cancelled or len(going), kept[:MOST_KEPT], more)


def day_to_close(viewer: Viewer, now: datetime) -> date:
    """The day of the next lesson that is not over: in the evening, one closes tomorrow (one query)."""
    to_come = Lesson.objects.filter(school=viewer.school, ends__gt=now).held().order_by("starts")
    return to_come.values_list("day", flat=True).first() or viewer.today
