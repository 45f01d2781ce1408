"""`python -m bench.imports.writing FORMAT FOLDER SCHOOLS PEOPLE`: the delivery of a format, and what came before a delta.

Prints how many people, schools and codes, or rows, the delivery holds.
"""

import argparse
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from preau.directory.seeds.plans import Academy, SchoolPlan

DELIVERY, BEFORE = "delivery", "before"


def write(name: str, folder: Path, schools: int, people: int, day: date, seed: int = 1) -> None:
    """Write FOLDER/delivery; for a delta, FOLDER/before is the complete delivery that it follows."""
    from preau.directory.seeds.deliveries import write_delivery
    from preau.directory.seeds.deltas import write_delta
    from preau.directory.seeds.onde import write_onde
    from preau.directory.seeds.oneroster import write_changes, write_oneroster
    from preau.directory.seeds.plans import Degree
    from preau.directory.seeds.scale import primary_academy, scale_academy
    from preau.directory.seeds.siecle import write_siecle

    secondary = scale_academy(schools, people, seed, today=day)
    primary = primary_academy(schools, people, seed, today=day)
    to, before, after = folder / DELIVERY, folder / BEFORE, folder / "after"
    if name == "aaf":
        write_delivery(to, secondary, day=day)
    elif name == "aaf1d":
        write_delivery(to, primary, day=day, degree=Degree.FIRST)
    elif name == "siecle":
        write_siecle(to, next(secondary.schools(Degree.SECOND)), secondary, day=day)
    elif name == "onde":
        write_onde(to, next(primary.schools(Degree.FIRST)))
    elif name == "oneroster":
        write_oneroster(to, secondary)
    elif name == "aaf-delta":
        write_delivery(before, evening(secondary), day=day)
        write_delivery(after, morning(secondary), day=day)
        write_delta(before, after, to, day=day)
    else:
        write_oneroster(before, evening(secondary))
        write_oneroster(after, morning(secondary))
        write_changes(before, after, to)


def evening(academy: "Academy") -> "Academy":
    """Before one pupil in twenty-five came."""
    from preau.directory.seeds.plans import Academy

    def grow() -> "Iterator[SchoolPlan]":
        for school in academy.grow():
            school.pupils[:] = [pupil for rank, pupil in enumerate(school.pupils) if rank % 25 != 3]
            yield school

    return Academy(academy.code, academy.name, lambda: told_once(grow()))


def morning(academy: "Academy") -> "Academy":
    """Some pupils have left, some have another class, some guardians another address."""
    from preau.directory.seeds.plans import Academy

    def grow() -> "Iterator[SchoolPlan]":
        for school in academy.grow():
            divisions = cycle(school.classes)
            for pupil in school.pupils[::8]:
                pupil.division = next(divisions)
            for pupil in school.pupils[::7]:
                pupil.kin.lives_with.mail = f"changed.{pupil.key}@example.org"
            school.pupils[:] = [pupil for rank, pupil in enumerate(school.pupils) if rank % 30 != 7]
            yield school

    return Academy(academy.code, academy.name, lambda: told_once(grow()))


def told_once(schools: "Iterator[SchoolPlan]") -> "Iterator[SchoolPlan]":
    """Which school brings the record of a guardian depends on who is left."""
    keys = set[str]()
    for school in schools:
        school.told_elsewhere = set(keys)
        keys |= {guardian.key for guardian in school.guardians()}
        yield school


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format")
    parser.add_argument("folder", type=Path)
    parser.add_argument("schools", type=int)
    parser.add_argument("people", type=int)
    options = parser.parse_args()
    django.setup()
    from django.utils import timezone

    write(options.format, options.folder, options.schools, options.people, timezone.localdate())


if __name__ == "__main__":
    main()
