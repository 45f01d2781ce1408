"""Seating plans of the demonstration: one for each of the first classes and groups of the cast's teacher, in their room."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from preau.directory.models import Assignment, Enrolment
from preau.domains.attendance.models import Arrangement, Seat, SeatingPlan
from preau.domains.attendance.rules.seating import ALPHABETICAL, filled
from preau.domains.timetable.models import Lesson
from preau.foundation.db import insert

PLANS, COLUMNS, AISLES = 3, 6, (2, 4)


def plant(world: Any) -> None:
    """Everybody has a place but the last one; whoever is « placé devant » sits there."""
    teacher = world.people.get("teacher")
    if teacher is None:
        return
    charged = Assignment.objects.active(world.today).filter(teacher=teacher, school=world.school)
    groups = list(dict.fromkeys(charged.order_by("group__name").values_list("group_id", flat=True)))[:PLANS]
    made_at = timezone.make_aware(datetime.combine(world.today, time(7, 40)))
    for group in groups:
        learning = Enrolment.objects.active(world.today).filter(group=group).order_by("pupil__search_name")
        pupils = list(learning.values_list("pupil_id", flat=True))
        if pupils:
            _plant(world, group, pupils, made_at)


def _plant(world: Any, group: int, pupils: list[int], made_at: datetime) -> None:
    lessons = Lesson.objects.filter(groups=group, teachers=world.people["teacher"], room__isnull=False)
    plan = SeatingPlan.objects.create(
        school=world.school,
        group_id=group,
        room_id=lessons.values_list("room_id", flat=True).first(),
        rows=len(pupils) // COLUMNS + 1,
        columns=COLUMNS,
        aisles=list(AISLES),
        made_by=world.people["teacher"],
        made_at=made_at,
    )
    wanted = Arrangement.objects.filter(pupil__in=pupils, words__startswith="Plac")
    front = set(wanted.values_list("pupil_id", flat=True))
    seats = filled(ALPHABETICAL, pupils[:-1], front, plan.spots())
    insert(
        [
            Seat(
                school=world.school,
                plan=plan,
                pupil_id=pupil,
                row=row,
                column=column,
                in_front=pupil in front,
            )
            for pupil, (row, column) in seats.items()
        ]
    )
