"""The demonstration: two small schools of invented people, made by the seeds board."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from preau.directory import seeds as directory_seeds
from preau.directory.models import Assignment, Person, School
from preau.directory.seeds import World
from preau.domains.timetable.seeds import lesson_going_on
from preau.foundation import boards

Say = Callable[[str], None]


def is_planted() -> bool:
    return School.objects.exists()


@transaction.atomic
def plant(say: Say) -> None:
    """Fill an empty database with a collège and a primary school that share a family."""
    today = timezone.localdate()
    college = grow(World(today=today), say)
    ecole = World(
        today=today,
        uai="0359902B",
        school_name="École Jean-Moulin",
        kind=School.Kind.ECOLE,
        classes=[("CE2", "CE2")],
        pupils_a_class=18,
    )
    say("École Jean-Moulin : une classe…")
    directory_seeds.plant(ecole)
    directory_seeds.add_sibling_elsewhere(college, ecole)
    pupil = Person.objects.filter(enrolments__group__year=college.year).order_by("pk")[1]
    directory_seeds.make_parent_of(college, "teacher_1", pupil)


def grow(world: World, say: Say = lambda text: None) -> World:
    """One school, through every domain's seeds."""
    for seed in boards.seeds:
        say(f"{world.school_name} : {seed.name}…")
        seed.plant(world)
    return world


def open_a_lesson() -> None:
    """Make sure that the teacher of the cast has a lesson now, so that the roll can be tried at any hour."""
    assignment = (
        Assignment.objects.filter(teacher__account__login="claire.moreau", subject__isnull=False)
        .select_related("group__year", "subject", "school", "teacher")
        .order_by("-group__name")
        .filter(group__name="5e B")
        .first()
    )
    if assignment:
        lesson_going_on(assignment, assignment.school.rooms.first())
