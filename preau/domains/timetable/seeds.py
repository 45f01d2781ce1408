"""The timetable of the demonstration: a week without clashes, and a lesson that is going on now."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from preau.directory.models import Assignment, Group, Room
from preau.domains.timetable.actions import Weekly, plan
from preau.domains.timetable.models import Lesson

SLOTS = [
    (time(8, 5), time(9, 0)),
    (time(9, 0), time(9, 55)),
    (time(10, 15), time(11, 10)),
    (time(11, 10), time(12, 5)),
    (time(14, 5), time(15, 0)),
    (time(15, 0), time(15, 55)),
]


def plant(world: Any) -> None:
    """Each class has lessons on five days; slot and day shift from class to class, so that nobody is in two places."""
    rooms = list(Room.objects.filter(school=world.school))
    for shift, group in enumerate(Group.objects.classes().filter(year=world.year)):
        taught = list(
            Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES).select_related("subject")
        )
        for number, (weekday, slot) in enumerate(
            (d, s) for d in range(5) for s in range(len(SLOTS)) if d != 2 or s < 4
        ):
            assignment = taught[(number + shift) % len(taught)]
            room = rooms[shift % len(rooms)]
            _plan(world, group, assignment, room, weekday, SLOTS[slot])


def _plan(
    world: Any, group: Group, assignment: Assignment, room: Room, weekday: int, slot: tuple[time, time]
) -> None:
    plan(
        Weekly(
            year=world.year,
            subject=assignment.subject,
            groups=(group,),
            teachers=(assignment.teacher,),
            room=room,
            weekday=weekday,
            starts_at=slot[0],
            ends_at=slot[1],
            first_day=world.year.starts,
            last_day=world.year.ends,
        )
    )


def lesson_going_on(assignment: Assignment, room: Room | None, now: datetime | None = None) -> Lesson:
    """A lesson that began some minutes ago, whatever the hour: the demonstration must be open at night too."""
    now = now or timezone.now()
    going_on = Lesson.objects.taught_by(assignment.teacher).filter(starts__lte=now, ends__gt=now).first()
    if going_on:
        return going_on
    starts = now.replace(second=0, microsecond=0) - timedelta(minutes=7)
    lesson = Lesson.objects.create(
        school=assignment.school,
        year=assignment.group.year,
        subject=assignment.subject,
        room=room,
        starts=starts,
        ends=starts + timedelta(minutes=55),
        day=timezone.localtime(starts).date(),
    )
    lesson.groups.add(assignment.group)
    lesson.teachers.add(assignment.teacher)
    return lesson


def open_a_lesson() -> None:
    """Make sure that the teacher of the cast has a lesson now, so that the roll can be tried at any hour."""
    taught = Assignment.objects.filter(kind=Assignment.Kind.TEACHES, group__name="5e B")
    assignment = taught.select_related("group__year", "subject", "school", "teacher").order_by("pk").first()
    if assignment:
        lesson_going_on(assignment, assignment.school.rooms.first())
