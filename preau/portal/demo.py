"""The demonstration: two small schools of invented people, made by the seeds board."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from preau.directory import seeds as directory_seeds
from preau.directory.models import Person, School
from preau.directory.seeds import World
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


def refresh() -> None:
    """What each domain keeps fresh: a lesson that is going on now, whatever the hour."""
    for seed in boards.seeds:
        if seed.refresh:
            seed.refresh()
