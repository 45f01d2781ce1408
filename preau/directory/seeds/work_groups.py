"""Groups of work in the demonstration: two of the cast's teacher in a class, one of a colleague in the same."""

from django.utils import timezone

from preau.directory.models import Enrolment, Person, WorkGroup
from preau.directory.seeds.world import World

# Who made it, its name, and the rank of its first pupil in the list of the class, of which it takes one in four.
SPLIT = [
    ("teacher", "Calcul\u202f: consolidation", 0),
    ("teacher", "Calcul\u202f: approfondissement", 2),
    ("teacher_1", "Lecture à voix haute", 1),
]
ONE_IN = 4


def plant_work_groups(world: World) -> None:
    """A school of the tests has none. The cast's own child is in no group: what they have to do is that of the whole class."""
    group = world.own_class() if world.imported else None
    if group is None:
        return
    learning = Enrolment.objects.active(world.today).filter(group=group)
    pupils = list(
        Person.objects.filter(pk__in=learning.values("pupil_id"))
        .exclude(pk__in=[person.pk for person in world.people.values()])
        .order_by("search_name", "pk")
    )
    for owner, name, first in SPLIT:
        if owner not in world.people:
            continue
        made = WorkGroup.objects.create(
            school=world.school,
            group=group,
            owner=world.people[owner],
            name=name,
            kept_at=timezone.now(),
        )
        made.pupils.set(pupils[first::ONE_IN])
