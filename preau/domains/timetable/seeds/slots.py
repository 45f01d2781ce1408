"""The canteen and the hours of study of a collège or a lycée."""

from datetime import time
from typing import Any

from preau.directory.models import Group, Holding, Room, School
from preau.directory.words import Role
from preau.domains.timetable.models import DaySlot
from preau.domains.timetable.seeds.bells import BELLS, COLLEGE

WHOLE_DAYS, WITH_WEDNESDAY = [0, 1, 3, 4], [0, 1, 2, 3, 4]
SERVICES = [("1er service", time(12, 5), time(12, 40)), ("2e service", time(12, 35), time(13, 10))]
# In a lycée a class is free at one hour or the other, and eats then.
SERVICES_OF_LYCEE = [("1er service", time(12, 0), time(12, 50)), ("2e service", time(13, 0), time(13, 50))]
PLACES = 60


def plant(world: Any) -> None:
    """Two services of the canteen, and an hour of study each time the bell rings; an école has neither bell."""
    school, year = world.school, world.school.current_year
    if school.kind == School.Kind.ECOLE:
        return
    is_lycee = school.kind == School.Kind.LYCEE
    classes = list(Group.objects.classes().filter(year=year).order_by("level", "name"))
    half = (len(classes) + 1) // 2
    for number, (name, starts, ends) in enumerate(SERVICES_OF_LYCEE if is_lycee else SERVICES):
        slot = _slot(school, year, DaySlot.Kind.CANTEEN, name, WHOLE_DAYS, (starts, ends))
        slot.groups.set(classes if is_lycee else classes[number * half :][:half])
    room, _made = Room.objects.get_or_create(school=school, name=world.named("Permanence"))
    watchers = (
        Holding.objects.active(world.today).filter(school=school, role=Role.SCHOOL_LIFE).order_by("-pk")
    )
    people = list(watchers.values_list("person_id", flat=True)[:4])
    bells = BELLS.get(school.kind, COLLEGE)
    for number, hours in enumerate(bells.hours):
        days = WITH_WEDNESDAY if number < bells.on_wednesday else WHOLE_DAYS
        slot = _slot(school, year, DaySlot.Kind.STUDY, "Permanence", days, hours)
        slot.room, slot.places = room, PLACES
        slot.save(update_fields=["room", "places"])
        slot.watchers.set(people[number % len(people) :][:1] if people else ())


def _slot(school: Any, year: Any, kind: str, name: str, days: list[int], hours: tuple[time, time]) -> DaySlot:
    slot: DaySlot = DaySlot.objects.create(
        school=school, year=year, kind=kind, name=name, weekdays=days, starts_at=hours[0], ends_at=hours[1]
    )
    return slot
