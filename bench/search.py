"""`python -m bench.search`: what a search costs among 600 000 people of 400 schools, one of them large.

The world of `bench.worlds` is copied until there are so many schools, and several people search from the page, through the
real handler, as `bench.server` asks it; the reference page is asked in the same rounds. PostgreSQL beside DATABASE_URL's,
else an SQLite file; dropped at the end. With the usual words it writes its table into bench/README.md.
"""

import argparse
import json
import os
import random
import subprocess
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import time_machine

from bench import report
from bench.measures import Costs, Sample
from bench.pages import REFERENCE, Page
from bench.run import prepare_pages, stage
from bench.scratch import PYTHON, ROOT, Engine, PostgreSQL, SQLite, discard, environment, prepare
from bench.worlds import NOW

SCHOOLS, ROUNDS = 400, 40
# A search that is dearer, of anybody, reads more than its school; the command fails then.
MOST = 4.0
TYPED = ["mor", "moreau", "moraeu", "lefevre", "carpantierr", "jean", "abadie nina", "martin", "5b", "zzzzzz"]
LARGE = "head of a large school"
WHO = ["teacher", "cpe", "head", LARGE, "guardian", "pupil"]
# What the large school has besides: it is then one of about five thousand people.
PUPILS, GUARDIANS = 1_700, 1_820
SYLLABLES = "mar lo ren dub per rin ga gnon le feb vre mo reau tis sot".split()
HEADS = [
    "who searches",
    "queries",
    "p50 ms",
    "p95 ms",
    "CPU ms",
    "× reference",
    "costliest words",
    "ms of these",
]


def enlarge(school: Any) -> None:
    """More pupils and guardians in a school, once."""
    from django.db import connection

    from preau.directory.models import Enrolment, Group, Guardianship, Holding
    from preau.foundation.db import insert

    if school.holdings.filter(role="pupil").count() > PUPILS:
        return
    chance = random.Random(7)
    groups = list(Group.objects.filter(year=school.current_year, kind="class").order_by("pk"))
    starts = NOW.date() - timedelta(weeks=10)
    pupils, guardians = ([_person(chance) for _ in range(count)] for count in (PUPILS, GUARDIANS))
    insert(pupils + guardians)
    insert([Holding(person=pupil, role="pupil", school=school, starts=starts) for pupil in pupils])
    insert(
        [
            Enrolment(school=school, group=groups[rank % len(groups)], pupil=one, starts=starts)
            for rank, one in enumerate(pupils)
        ]
    )
    insert(
        [
            Guardianship(pupil=pupils[rank % PUPILS], guardian=one, authority="legal", starts=starts)
            for rank, one in enumerate(guardians)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _person(chance: random.Random) -> Any:
    from preau.directory.models import Person
    from preau.directory.seeds.names import FAMILY, GIVEN

    family = chance.choice(FAMILY) if chance.random() < 0.4 else "".join(chance.choices(SYLLABLES, k=3))
    made = Person(family_name=family.title(), given_name=chance.choice(GIVEN))
    made.search_name = made.folded_name()
    return made


def inside(rounds: int) -> dict[str, Any]:
    """In a process of its own: how many people there are, the costs of the reference page, and of each who searches."""
    import django

    django.setup()
    from bench.server import Server
    from preau.directory.models import Holding, Person, School

    school = School.objects.order_by("pk")[1]
    enlarge(school)
    head = Holding.objects.filter(school=school, role="head").order_by("pk")[0].person_id
    pages = {
        (who, typed): Page(f"{who}: {typed}", ("search:search",), who, typed={"texte": typed})
        for who in WHO
        for typed in TYPED
    }
    server = Server([Page(REFERENCE, ("reference",)), *pages.values()], {LARGE: head})
    described = server.describe()["pages"]
    samples: dict[str, list[Sample]] = {key: [] for key in described}
    for number in range(rounds):
        for key, sample in server.round(number).items():
            samples[key].append(sample)
    here = Holding.objects.filter(school=school).values("person_id").distinct().count()
    found: dict[str, Any] = {
        "people": Person.objects.count(),
        "schools": School.objects.count(),
        "large": here,
    }
    found[REFERENCE] = asdict(Costs.of(samples[REFERENCE]))
    for who in WHO:
        mine = [pages[who, typed].key for typed in TYPED]
        each = Costs.of_all({key: samples[key] for key in mine})
        worst = max(each, key=lambda key: each[key].cost)
        found[who] = {
            "queries": max(described[key]["queries"] for key in mine),
            "costs": asdict(Costs.of([sample for key in mine for sample in samples[key]])),
            "worst": [worst.partition(": ")[2], each[worst].cost],
        }
    return found


def table(found: dict[str, Any]) -> str:
    reference = found[REFERENCE]["cost"]
    lines = []
    for who in WHO:
        costs, (typed, worst) = found[who]["costs"], found[who]["worst"]
        lines.append(
            [
                who,
                f"{found[who]['queries']}",
                f"{costs['p50']:.1f}",
                f"{costs['p95']:.1f}",
                f"{costs['cost']:.1f}",
                f"{costs['cost'] / reference:.2f}",
                f"« {typed} »",
                f"{worst:.1f}",
            ]
        )
    lines.append(
        [
            "(the reference page)",
            "5",
            f"{found[REFERENCE]['p50']:.1f}",
            f"{found[REFERENCE]['p95']:.1f}",
            f"{reference:.1f}",
            "1.00",
            "",
            "",
        ]
    )
    return report.rows(HEADS, lines)


def too_dear(found: dict[str, Any]) -> list[str]:
    """Those whose search costs more than it may."""
    return [who for who in WHO if found[who]["costs"]["cost"] > MOST * found[REFERENCE]["cost"]]


def text(found: dict[str, Any], engine: str, rounds: int) -> str:
    people = f"{found['people']:,}".replace(",", " ")
    return (
        f"{report.measured_on('python -m bench.search')} {report.NAMES[engine]}: {people} people, {found['schools']} schools; "
        f"the large one has {found['large']} pupils and staff, and its guardians. {rounds} rounds; each asks {len(TYPED)} "
        f"different words of each, and the reference page.\n\n{table(found)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=SCHOOLS, help="of 1 500 people each")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", action="store_true", help="keep the database for another run")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        with time_machine.travel(NOW, tick=True):
            print(json.dumps(inside(options.rounds)))
        return
    base = os.environ.get("DATABASE_URL", "")
    engine: Engine = PostgreSQL(base) if base.startswith("postgres") else SQLite()
    prepare_pages()
    with stage(f"{engine.name}, {options.schools} schools: making the world"):
        prepare(engine, options.schools)
    with stage("searching"):
        found = _found(engine, options.schools, options.rounds)
    summary = text(found, engine.name, options.rounds)
    print(summary)
    if (options.schools, options.rounds, engine.name) == (SCHOOLS, ROUNDS, "postgresql"):
        report.put("search", summary)
    for schools in () if options.keep else (1, options.schools):
        discard(engine, schools)
    if dear := too_dear(found):
        raise SystemExit(f"More than {MOST:g} × the reference page: {', '.join(dear)}.")


def _found(engine: Engine, schools: int, rounds: int) -> dict[str, Any]:
    command = [PYTHON, "-m", "bench.search", "--inside", f"--rounds={rounds}"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(engine.url(schools)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
