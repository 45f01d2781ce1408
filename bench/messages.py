"""`python -m bench.messages`: what a box of 50 000 conversations costs beside one of a page, and a message to 3 000 and to 100 000 people.

On copies of the bench's world of one school, SQLite or, with DATABASE_URL of PostgreSQL, beside it. One JSON object a line.
"""

import json
import os
import resource
import secrets
import subprocess
import sys
import time
from datetime import timedelta
from statistics import median
from typing import Any

import django
import time_machine

from bench.run import Server, prepare_pages
from bench.scratch import FOLDER, PYTHON, ROOT, Engine, PostgreSQL, SQLite, environment, prepare, run
from bench.worlds import NOW

ROUNDS, AT_ONCE = 40, 5_000
PEOPLE = (3_000, 100_000)
# Worlds are named by a number: a box of as many conversations as a page shows, and a long one.
PAGE, BOX = 20, 50_000
PAGES = ("reference", "messages_guardian", "home_guardian")


def fill(count: int) -> None:
    """`count` conversations that a teacher began with the guardian who opens the pages, one in ten of them not read."""
    from django.db import connection

    from bench.server import cast_of_the_world
    from preau.domains.messaging.models import Delivery, Message, Thread

    cast = cast_of_the_world()
    common = {"school_id": cast["school"]}
    for first in range(0, count, AT_ONCE):
        ages = [
            NOW - (NOW - NOW.replace(month=9, day=1)) * (number / count)
            for number in range(first, min(first + AT_ONCE, count))
        ]
        threads = Thread.objects.bulk_create(
            Thread(subject=f"Sortie {number}", started_at=at, **common)
            for number, at in enumerate(ages, first)
        )
        letters = Message.objects.bulk_create(
            Message(
                thread=thread, author_id=cast["teacher"], seat=f"staff-{cast['school']}", subject=thread.subject,
                body="<p>Bonjour.</p>", excerpt="Bonjour.", search_text="sortie bonjour", state="sent",
                changed_at=at, sent_at=at, departs_at=at, people=1, **common,
            )
            for thread, at in zip(threads, ages, strict=True)
        )  # fmt: off
        Delivery.objects.bulk_create(
            Delivery(
                message=letter, thread_id=letter.thread_id, person_id=cast["guardian"], seat="guardian", kind="to",
                due_at=at, arrived_at=at, read_at=at if number % 10 else None, latest=True, **common,
            )
            for number, (letter, at) in enumerate(zip(letters, ages, strict=True))
        )  # fmt: off
    # As autovacuum does within a minute, and the nightly upkeep on SQLite.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def reach(count: int) -> dict[str, Any]:
    """The head writes to every guardian of a school that has `count` of them: the request, then what the worker does."""
    from django.db import connection

    from bench.server import cast_of_the_world
    from preau.directory.models import Guardianship, Holding, Person
    from preau.directory.viewer import viewer_for
    from preau.directory.words import Role
    from preau.domains.messaging.actions import drafts, leaving, sending
    from preau.domains.messaging.models import Delivery
    from tests.statements import Statements

    cast = cast_of_the_world()
    for first in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - first)
        people = Person.objects.bulk_create(
            Person(
                family_name=f"Nombre {number}",
                given_name="Ana",
                search_name=f"nombre {number} ana",
                public_id=f"bench-{first}-{number}",
            )
            for number in range(2 * size)
        )
        Holding.objects.bulk_create(
            Holding(person=pupil, role=Role.PUPIL, school_id=cast["school"]) for pupil in people[:size]
        )
        Guardianship.objects.bulk_create(
            Guardianship(pupil=pupil, guardian=guardian, authority="legal", kinship="mother")
            for pupil, guardian in zip(people[:size], people[size:], strict=True)
        )
    head = viewer_for(Person.objects.get(pk=cast["head"]), 0, NOW)
    assert head is not None
    began = time.process_time()
    with Statements(connection) as asked:
        typed = drafts.Typed(subject="Rentrée", body="<p>Bonjour.</p>", addressed={"to": ["l-guardians"]})
        draft = drafts.keep(head, cast["school"], secrets.token_hex(16), typed)
        message = sending.send(head, draft)
    sent = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    leaving.expand(message.pk)
    expanded = time.process_time()
    arrived = leaving.arrive(NOW + timedelta(hours=1), message.pk)
    return {
        "people": message.people,
        "request_s": round(sent - began, 2),
        "request_statements": asked.count,
        "rows": Delivery.objects.filter(message=message).count(),
        "arrived": arrived,
        "expand_s": round(expanded - sent, 1),
        "arrive_s": round(time.process_time() - expanded, 1),
        "more_memory_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
    }


def box(engine: Engine) -> dict[str, Any]:
    """The pages of the same guardian with a page of conversations and with many, in turn."""
    with (FOLDER / "servers.log").open("w") as log:
        servers = {size: Server(engine.url(size), log) for size in (PAGE, BOX)}
        descriptions = {size: server.ask("describe") for size, server in servers.items()}
        samples: dict[tuple[int, str], list[float]] = {}
        for number in range(ROUNDS):
            for size, server in servers.items():
                for key, (web, database, _wall) in server.ask("round", number).items():
                    samples.setdefault((size, key), []).append(web + database)
        for server in servers.values():
            server.close()
    cost = {place: median(found) for place, found in samples.items()}
    return {
        page: {
            "few_ms": round(cost[PAGE, page], 2),
            "many_ms": round(cost[BOX, page], 2),
            "growth": round(cost[BOX, page] / cost[PAGE, page], 2),
            "times_reference": round(cost[BOX, page] / cost[BOX, "reference"], 2),
            "statements": descriptions[BOX]["pages"][page]["queries"],
        }
        for page in PAGES
    }


def main() -> None:
    base = os.environ.get("DATABASE_URL", "")
    engine: Engine = PostgreSQL(base) if base.startswith("postgres") else SQLite()
    prepare_pages()
    prepare(engine, 1)
    for size in (PAGE, BOX, *PEOPLE):
        engine.drop(size)
        engine.create(size, 1)
    for size in (PAGE, BOX):
        run("-m", "bench.messages", "fill", str(size), url=engine.url(size))
    print(json.dumps({"engine": engine.name, "conversations": BOX, **box(engine)}))
    for count in PEOPLE:
        done = subprocess.run(
            [PYTHON, "-m", "bench.messages", "reach", str(count)],
            env=environment(engine.url(count)),
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        print(done.stdout.splitlines()[-1])
    for size in (PAGE, BOX, *PEOPLE):
        engine.drop(size)


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case [what, count]:
            django.setup()
            with time_machine.travel(NOW, tick=True):
                print(json.dumps({"fill": fill, "reach": reach}[what](int(count))))
