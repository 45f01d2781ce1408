"""What a school lets its staff book, and what they booked around today."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from preau.directory.models import Room, School
from preau.domains.timetable.models import Bookable, Booking, Lesson

Kind = Bookable.Kind
EQUIPMENT = [
    (Kind.TROLLEY, "Chariot de tablettes A", 16, "À rendre branché, salle des professeurs"),
    (Kind.TROLLEY, "Chariot de tablettes B", 16, "À rendre branché, salle des professeurs"),
    (Kind.DEVICE, "Valise de calculatrices", 30, "Clé au secrétariat"),
]
PURPOSES = (
    "Évaluation en ligne",
    "Recherche documentaire",
    "Exposés",
    "",
    "Entraînement à l’oral",
    "Enquête statistique",
)
A_CLASS = 32
# Whether the trolley is out is looked at a week back and a week ahead.
BACK, AHEAD = timedelta(days=7), timedelta(days=8)
ONE_IN = 9


def plant(world: Any) -> None:
    """A trolley or two, the library, what some rooms are; and bookings by those who have lessons then."""
    school = world.school
    is_school = school.kind == School.Kind.ECOLE
    library, _made = Room.objects.get_or_create(
        school=school, name=world.named("BCD" if is_school else "CDI")
    )
    Bookable.objects.create(
        school=school,
        room=library,
        kind=Kind.LIBRARY,
        places=A_CLASS,
        note="" if is_school else "Prévenir la documentation",
    )
    things = [
        Bookable.objects.create(school=school, kind=kind, name=world.named(name), places=places, note=note)
        for kind, name, places, note in (EQUIPMENT[:1] if is_school else EQUIPMENT)
    ]
    if world.imported and not is_school:
        _describe(school)
    _book(world, [things[0], Bookable.objects.get(room=library)])


def _describe(school: School) -> None:
    """In a large school some rooms have machines, and the gymnasium is not a room like others."""
    rooms = list(Room.objects.filter(school=school).order_by("pk"))
    numbered = [room for room in rooms if room.name[:1].isdigit()]
    for room in numbered[-2:]:
        Bookable.objects.create(
            school=school, room=room, kind=Kind.COMPUTERS, places=18, note="18 postes, vidéoprojecteur"
        )
    for room in numbered[-5:-2]:
        Bookable.objects.create(school=school, room=room, kind=Kind.LAB, places=24, note="Paillasses, hotte")
    for room in rooms:
        if room.name in {
            "Gymnase",
            "Plateau sportif",
            "Stade",
            "Dojo",
            "Salle de danse",
            "Piscine",
            "Mur d’escalade",
        }:
            Bookable.objects.create(school=school, room=room, kind=Kind.SPORT, places=None)
        elif room.name == "Permanence":
            Bookable.objects.create(school=school, room=room, kind=Kind.HALL, places=60, is_open=False)


def _book(world: Any, things: list[Bookable]) -> None:
    """Now and then a teacher takes one of these for a lesson; never two at one hour."""
    lessons = Lesson.objects.held().filter(
        school=world.school, day__range=(world.today - BACK, world.today + AHEAD), room__isnull=False
    )
    lessons = lessons.exclude(day=world.today).order_by("starts", "pk").prefetch_related("teachers")
    ends: dict[int, Any] = {}
    bookings = []
    for number, lesson in enumerate(lessons):
        teacher = next(iter(lesson.teachers.all()), None)
        thing = things[number % len(things)]
        if number % ONE_IN or teacher is None or (thing.pk in ends and ends[thing.pk] > lesson.starts):
            continue
        ends[thing.pk] = lesson.ends
        bookings.append(
            Booking(
                school=world.school,
                year=world.year,
                bookable=thing,
                person=teacher,
                lesson=None if thing.room_id else lesson,
                starts=lesson.starts,
                ends=lesson.ends,
                day=lesson.day,
                purpose=PURPOSES[number // ONE_IN % len(PURPOSES)],
                made_at=min(lesson.starts - timedelta(days=2), timezone.now()),
            )
        )
    Booking.objects.bulk_create(bookings)
