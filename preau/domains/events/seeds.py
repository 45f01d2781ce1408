"""The demonstration's share: a term of meetings, outings and days that are not like the others."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Group, Holding, Person, Room
from preau.directory.words import Role
from preau.domains.events.models import Event, EventStep, Invitation
from preau.domains.timetable.models import Lesson
from preau.foundation import text

Audience, Kind, State = Event.Audience, Event.Kind, Event.State


@dataclass(frozen=True)
class Plan:
    """One event: how many days of lessons from today, its hours (none: the whole day), for whom."""

    days: int
    kind: str
    title: str
    hours: tuple[str, str] | None
    audience: str
    place: str = ""
    families: bool = False
    asks: bool = False
    state: str = State.PUBLISHED
    classes: int = 0
    description: str = ""


PLANS = [
    Plan(
        -52,
        Kind.MEETING,
        "Réunion de rentrée des équipes",
        ("09:00", "11:30"),
        Audience.STAFF,
        "Salle polyvalente",
    ),
    Plan(
        -46,
        Kind.PARENTS,
        "Rencontre avec les parents de 6e",
        ("18:00", "19:30"),
        Audience.GROUPS,
        families=True,
        classes=1,
        description="Présentation de l’équipe et de l’année, puis échange avec le professeur principal.",
    ),
    Plan(-38, Kind.OTHER, "Photos de classe", None, Audience.EVERYONE, "Cour d’honneur", families=True),
    Plan(-30, Kind.EXAM, "Évaluations communes de français", ("08:30", "10:00"), Audience.GROUPS, classes=2),
    Plan(
        -21,
        Kind.OUTING,
        "Visite du musée des beaux-arts",
        ("08:30", "12:00"),
        Audience.GROUPS,
        "Musée des beaux-arts",
        families=True,
        classes=1,
        description="Départ à 8 h 45 devant le portail.",
    ),
    Plan(
        -12,
        Kind.PARTY,
        "Cross du collège",
        ("13:30", "16:30"),
        Audience.EVERYONE,
        "Stade municipal",
        families=True,
        description="Tenue de sport et gourde.",
    ),
    Plan(
        -6,
        Kind.ENCOUNTER,
        "Rencontre avec une autrice",
        ("10:00", "12:00"),
        Audience.GROUPS,
        "CDI",
        classes=1,
    ),
    Plan(
        1,
        Kind.MEETING,
        "Conseil pédagogique",
        ("17:30", "18:45"),
        Audience.TEACHERS,
        asks=True,
        description="Ordre du jour\u202f: calendrier des conseils, sorties du printemps, devoirs communs.",
    ),
    Plan(
        5,
        Kind.PARENTS,
        "Réunion parents-professeurs",
        ("17:30", "20:00"),
        Audience.GROUPS,
        families=True,
        asks=True,
        classes=2,
        description="Chaque famille rencontre les professeurs de son choix, dix minutes avec chacun.",
    ),
    Plan(
        7,
        Kind.OUTING,
        "Sortie au théâtre",
        ("13:30", "16:30"),
        Audience.GROUPS,
        "Théâtre municipal",
        families=True,
        classes=1,
        description="Retour au collège à 16 h 30. Prévoir un vêtement chaud.",
    ),
    Plan(
        9, Kind.MEETING, "Point sur le projet d’établissement", ("12:45", "13:30"), Audience.PEOPLE, asks=True
    ),
    Plan(
        11,
        Kind.ENCOUNTER,
        "Atelier sur le sommeil",
        ("10:00", "11:00"),
        Audience.GROUPS,
        "CDI",
        classes=1,
        state=State.CANCELLED,
    ),
    Plan(
        14,
        Kind.NO_CLASS,
        "Journée banalisée\u202f: formation des équipes",
        None,
        Audience.EVERYONE,
        families=True,
        description="Pas de cours ce jour-là. La cantine est fermée.",
    ),
    Plan(20, Kind.OPEN_DAY, "Portes ouvertes", ("09:00", "12:00"), Audience.EVERYONE, families=True),
    Plan(
        24,
        Kind.PARTY,
        "Marché solidaire des classes",
        ("16:30", "18:30"),
        Audience.EVERYONE,
        "Préau",
        families=True,
        state=State.DRAFT,
    ),
]


def plant(world: Any) -> None:
    """A term of events, where the school has lessons around today and somebody to publish them."""
    days = list(
        Lesson.objects.filter(school=world.school).order_by("day").values_list("day", flat=True).distinct()
    )
    held = Holding.objects.active(world.today).filter(school=world.school).order_by("pk")
    head = held.filter(role=Role.HEAD).values_list("person_id", flat=True).first()
    classes = list(Group.objects.classes().filter(year=world.school.current_year).order_by("pk"))
    if not days or head is None or not classes:
        return
    room = Room.objects.filter(school=world.school).order_by("pk").first()
    staff = list(
        Person.objects.filter(pk__in=held.filter(role=Role.TEACHER).values("person_id")).order_by("pk")[:4]
    )
    for plan in PLANS:
        day = _day(days, world.today, plan.days)
        if day is not None:
            event = _event(world, plan, day, head, room)
            _concern(event, plan, classes, staff)


def _day(days: list[date], today: date, number: int) -> date | None:
    """The day of lessons so far from today."""
    before, after = [day for day in days if day < today], [day for day in days if day > today]
    found = after[number - 1 : number] if number > 0 else before[number : number + 1 or None]
    return found[0] if found else None


def _event(world: Any, plan: Plan, day: date, head: int, room: Any) -> Event:
    zone, title = ZoneInfo(world.school.timezone), world.named(plan.title)
    starts, ends = (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )
    if plan.hours:
        starts, ends = (datetime.combine(day, time.fromisoformat(hour), zone) for hour in plan.hours)
    moment = min(timezone.now(), starts) - timedelta(days=8)
    event: Event = Event.objects.create(
        school=world.school,
        kind=plan.kind,
        title=title,
        search_title=text.fold(title),
        description=plan.description,
        first_day=day,
        last_day=day,
        starts=starts,
        ends=ends,
        whole_days=plan.hours is None,
        place=plan.place,
        room=None if plan.place or plan.hours is None else room,
        audience=plan.audience,
        with_families=plan.families,
        asks_answer=plan.asks,
        state=plan.state,
        created_by_id=head,
        created_at=moment,
        published_at=None if plan.state == State.DRAFT else moment,
    )
    gestures = [] if plan.state == State.DRAFT else [EventStep.Gesture.PUBLISHED]
    gestures += [EventStep.Gesture.CANCELLED] if plan.state == State.CANCELLED else []
    for number, gesture in enumerate(gestures):
        note = "L’intervenante est souffrante." if gesture == EventStep.Gesture.CANCELLED else ""
        EventStep.objects.create(
            school=world.school,
            event=event,
            gesture=gesture,
            by_id=head,
            at=moment + timedelta(days=number),
            note=note,
        )
    return event


def _concern(event: Event, plan: Plan, classes: list[Group], staff: list[Person]) -> None:
    """The second class is that of the cast's pupil: what is for one class is for hers."""
    if plan.classes:
        event.groups.set(classes[1:2] or classes[:1] if plan.classes == 1 else classes[: plan.classes])
    answers = ["yes", "maybe", "", "no"]
    if plan.audience in {Audience.PEOPLE, Audience.TEACHERS}:
        for person, answer in zip(staff, answers, strict=False):
            if answer or plan.audience == Audience.PEOPLE:
                Invitation.objects.create(
                    school=event.school,
                    event=event,
                    person=person,
                    answer=answer,
                    answered_at=timezone.now() if answer else None,
                )
