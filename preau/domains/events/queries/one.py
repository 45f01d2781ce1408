"""One event: its groups, its history, who is asked and who answered, what else is where it would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Room, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.events.models import Event, EventStep, Invitation
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.clashes import Needs, clashes_at
from preau.foundation import dates

Answer = Invitation.Answer
STAFF = [role for role in Role if role.profile == Profile.STAFF]


def whole_event(pk: int) -> Event:
    return Event.objects.select_related("school", "room", "created_by").get(pk=pk)


def group_names(event: Event) -> list[str]:
    return list(event.groups.order_by("kind", "name").values_list("name", flat=True))


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
    """Everybody for whom an event is, once each: staff, pupils, informed guardians (three queries at most). Of a closing, those
    whom its author wanted to tell."""
    found: dict[int, Person] = {}
    if event.tells == Event.Tells.NOBODY:
        return []
    seat = f"staff-{event.school_id}"
    for person in _staff(event):
        found.setdefault(person, Person(person, seat=seat))
    pupils = set(_pupils(event)) if event.tells == Event.Tells.EVERYONE else set()
    for pupil in sorted(pupils):
        found.setdefault(pupil, Person(pupil))
    if event.with_families and pupils:
        links = Guardianship.objects.informed(event.first_day).of_another().filter(pupil__in=_pupils(event))
        for pupil, guardian in links.order_by("pk").values_list("pupil_id", "guardian_id"):
            found.setdefault(guardian, Person(guardian, about=pupil))
    return list(found.values())


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
    said = dict(event.invitations.order_by().values_list("answer").annotate(Count("pk")))
    asked = sum(1 for person in people_asked(event) if person.pk != event.created_by_id)
    told = said.get("yes", 0), said.get("maybe", 0), said.get("no", 0)
    return Answers(*told, asked, sum(said.values()))


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
    said = _("Déjà pris à cette heure : %(room)s (%(title)s).")
    return lessons + [
        said % {"room": room.place, "title": title} for title in others.values_list("title", flat=True)
    ]


def rooms_held(school: int, starts: datetime, ends: datetime) -> list[tuple[int, datetime, datetime, str]]:
    """The rooms where published events take place at these hours (one query): to whom these are is nobody's business."""
    found = Event.objects.held().filter(school=school, room__isnull=False, starts__lt=ends, ends__gt=starts)
    rows = found.order_by("starts", "pk").values_list("room_id", "starts", "ends")
    return [(room, begins, finishes, _("un événement")) for room, begins, finishes in rows]


MOST_KEPT = 10


@dataclass(frozen=True)
class Closed:
    """What a closing did to lessons: how many it cancelled, and those of its hours that take place nevertheless."""

    cancelled: int
    kept: list[Lesson]
    more: int


def closed_by(event: Event) -> Closed:
    """For whoever keeps a closing (three queries)."""
    cancelled = LessonChange.objects.in_force().filter(origin=event.origin).count()
    lessons = Lesson.objects.filter(
        school=event.school_id, starts__lt=event.ends, ends__gt=event.starts
    ).held()
    if event.audience == Event.Audience.GROUPS:
        own = event.groups.all()
        lessons = lessons.filter(Q(groups__in=own) | Q(groups__classes__in=own)).distinct()
    kept = list(
        lessons.select_related("subject", "school")
        .prefetch_related("groups")
        .order_by("starts", "pk")[: MOST_KEPT + 1]
    )
    more = max(0, lessons.count() - MOST_KEPT) if len(kept) > MOST_KEPT else 0
    return Closed(cancelled, kept[:MOST_KEPT], more)
