"""The demonstration: the deliveries of an invented académie, imported, then lived in by the seeds board."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from preau.directory.models import ExternalId, Group, Holding, Person, School
from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.plans import Academy, Degree
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards
from preau.identity.models import Account
from preau.identity.seeds import CAST

Say = Callable[[str], None]
# The accounts of `identity.seeds` come first and keep their logins.
MORE_ACCOUNTS = {
    "nurse": "anne-claire.lhostis",
    "librarian": "benoit.legoff",
    "assistant": "grace.nguessan",
    "teacher_two_schools": "celine.dherve",
    "lycee_head": "vincent.delorme",
    "adult_pupil": "aurelien.dalmeida",
    "lycee_pupil_turning_18": "aya.elamrani",
    "school_director": "maud.kervella",
    "primary_teacher": "jf.ozturk",
    "guardian_without_mail": "maman.de.cheick",
    "town_agent": "nadege.prigent",
}
LOGINS = CAST | MORE_ACCOUNTS


@dataclass(frozen=True)
class Size:
    """What a school of the demonstration holds."""

    name: str
    pupils: int
    classes: int
    staff: int


def is_planted() -> bool:
    return School.objects.exists()


@transaction.atomic
def plant(say: Say) -> dict[str, Person]:
    """Fill an empty database: deliveries, accounts, then each school's life. Returns the cast."""
    today = timezone.localdate()
    academy = demo_academy(today)
    # The second degree first: families reach from it to the primary school.
    for degree in (Degree.SECOND, Degree.FIRST):
        say(f"livraison AAF du {'second' if degree == Degree.SECOND else 'premier'} degré…")
        deliver(academy, degree)
    people = cast_of(academy)
    worlds = [World.of(school, people, today) for school in School.objects.order_by("pk")]
    for world in worlds:
        for seed in boards.seeds:
            say(f"{world.school.name}\u202f: {seed.name}…")
            seed.plant(world)
    open_accounts(people)
    for world in worlds:
        for seed in boards.seeds:
            if seed.finish:
                seed.finish(world)
    return people


def deliver(academy: Academy, degree: Degree) -> None:
    """Write the delivery of a degree as a rectorat does, and import it as an académie does."""
    with TemporaryDirectory() as folder:
        write_delivery(Path(folder), academy, day=timezone.localdate(), degree=degree)
        call_command("import_aaf", folder, stdout=StringIO())


def cast_of(academy: Academy) -> dict[str, Person]:
    """Those of the cast whom the deliveries have brought, by their role."""
    known = ExternalId.objects.filter(source="aaf", kind="person", value__in=academy.cast.values())
    people = {row.value: row.person for row in known.select_related("person")}
    return {role: people[key] for role, key in academy.cast.items() if key in people}


def open_accounts(people: dict[str, Person]) -> None:
    """Accounts beyond those of the seeds, with the password that was hashed for them."""
    password = Account.objects.get(login=CAST["head"]).password
    for key, login in MORE_ACCOUNTS.items():
        if key in people:
            Account(login=login, person=people[key], password=password).save()


def refresh() -> None:
    """What each domain keeps fresh: a lesson that is going on now, whatever the hour."""
    for seed in boards.seeds:
        if seed.refresh:
            seed.refresh()


def sizes() -> list[Size]:
    """The schools, and how many people each holds today."""
    held = Holding.objects.active(timezone.localdate())
    held = held.values_list("school_id", "person_id", "role")
    people = Counter(
        (school, is_pupil)
        for school, _person, is_pupil in {
            (school, person, role == Role.PUPIL) for school, person, role in held
        }
    )
    classes = Counter(Group.objects.classes().values_list("school_id", flat=True))
    return [
        Size(school.name, people[school.pk, True], classes[school.pk], people[school.pk, False])
        for school in School.objects.order_by("pk")
    ]
