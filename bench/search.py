"""`python -m bench.search`: how long one search takes among 150 000 people of 100 schools, one of them very large.

It makes a scratch database of its own (PostgreSQL beside DATABASE_URL's, else an SQLite file) and drops it.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.imports import ROOT, scratch

TYPED = ["mor", "moreau", "moraeu", "lefevre", "carpantierr", "jean", "abadie nina", "martin", "5b", "zzzzzz"]


def fill(schools: int, people: int) -> None:
    """Schools of 700 pupils, 750 guardians and 50 staff on average; the first holds 2 500 pupils."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, School, SchoolYear
    from preau.directory.seeds.names import FAMILY, GIVEN
    from preau.foundation.db import insert
    from preau.identity.models import Account

    chance, today = random.Random(7), timezone.localdate()
    syllables = [
        "mar",
        "lo",
        "ren",
        "dub",
        "per",
        "rin",
        "ga",
        "gnon",
        "le",
        "feb",
        "vre",
        "mo",
        "reau",
        "tis",
        "sot",
    ]

    def person() -> Person:
        family = chance.choice(FAMILY) if chance.random() < 0.4 else "".join(chance.choices(syllables, k=3))
        made = Person(family_name=family.title(), given_name=chance.choice(GIVEN))
        made.search_name = made.folded_name()
        return made

    pupils_left = people * 700 // 1500
    for number in range(schools):
        count = 2500 if number == 0 else pupils_left // (schools - number)
        pupils_left -= count
        school = School.objects.create(uai=f"099{number:04d}A", name=f"École {number}", kind="college")
        year = SchoolYear.objects.create(school=school, name="2026-2027", starts=today.replace(month=1, day=1),
                                         ends=today.replace(month=12, day=31))  # fmt: skip
        school.current_year = year
        school.save()
        groups = [
            Group(school=school, year=year, kind="class", name=f"{level}e {letter}")
            for level in range(3, 7)
            for letter in "ABCDEFG"
        ]
        pupils, guardians, staff = ([person() for _ in range(n)] for n in (count, count * 15 // 14, 50))
        insert(groups)
        insert(pupils + guardians + staff)
        insert([Holding(person=one, role="pupil", school=school) for one in pupils])
        roles = ["head", "teacher"] + ["teacher"] * 49
        insert([Holding(person=one, role=role, school=school, title="mathématiques")
                for one, role in zip(staff, roles, strict=False)])  # fmt: skip
        insert([Holding(person=staff[0], role="teacher", school=school)])
        insert(
            [
                Enrolment(school=school, group=groups[n % len(groups)], pupil=one)
                for n, one in enumerate(pupils)
            ]
        )
        insert(
            [
                Guardianship(pupil=pupils[n % count], guardian=one, authority="legal")
                for n, one in enumerate(guardians)
            ]
        )
        if number < 2:
            Account(login=f"head.{number}", person=staff[0], password=make_password(None)).save()


def measure() -> None:
    from django.db import connection
    from django.utils import timezone

    from preau.commons.search.queries import results_for
    from preau.directory.models import Person
    from preau.directory.viewer import viewer_for
    from preau.identity.models import Account

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: {Person.objects.count()} people")
    for number, name in ((1, "a school of 1 500"), (0, "a school of 5 200")):
        account = Account.objects.get(login=f"head.{number}")
        viewer = viewer_for(account.person, account.pk, timezone.now())
        for typed in TYPED:
            times, cpu = [], time.process_time()
            for _ in range(15):
                start = time.perf_counter()
                results = results_for(viewer, typed, 5)
                times.append((time.perf_counter() - start) * 1000)
            cpu = (time.process_time() - cpu) * 1000 / len(times)
            found = ", ".join(f"{kind.name} {kind.total}+{len(kind.near)}" for kind in results.found)
            print(
                f"  {name}, « {typed} »: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms, "
                f"CPU of this process {cpu:.1f} ms ({found})"
            )


def inside(schools: int, people: int) -> None:
    import django

    django.setup()
    fill(schools, people)
    measure()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--people", type=int, default=150_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.inside:
        inside(told.schools, told.people)
        return
    with tempfile.TemporaryDirectory() as name, scratch(Path(name)) as url:
        environment = os.environ | {"DATABASE_URL": url, "VAR_DIR": name, "DEMO": "1", "LOG_LEVEL": "ERROR"}
        environment["DJANGO_SETTINGS_MODULE"] = "preau.settings"
        command = [sys.executable, "-m", "bench.search", "--inside"]
        command += [f"--schools={told.schools}", f"--people={told.people}"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
