"""`python -m bench.catalogue`: what the search of resources costs with 2 000, 20 000 and 200 000 records.

The starter collection, then as many invented records as it takes: titles, abstracts and texts made of the words of the collection and
of words of their own, as rare as words are in French; levels, subjects and licences as unevenly spread as in a real catalogue. Each size
has a process of its own, an SQLite file and an index, dropped at the end. With the usual sizes it writes its table into bench/README.md.
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from statistics import quantiles
from typing import Any

from bench import report
from bench.scratch import FOLDER, ROOT

SIZES = (2_000, 20_000, 200_000)
QUERIES = ROOT / "preau" / "domains" / "catalogue" / "tests" / "judged_tuning.csv"
# Each query is asked so many times; one that is typed is asked by each of its beginnings.
ROUNDS, CHUNK, OWN_WORDS = 3, 2_000, 40_000
SYLLABLES = "a bi co dra e fau gne hi jo ka lin mou na or pre qui ra sol tion u vel xa ys zo".split()
HEADS = [
    "records",
    "index, processor s",
    "index MB",
    "memory MB",
    "search p50 ms",
    "p95 ms",
    "with two filters p50 ms",
    "p95 ms",
    "suggestions p50 ms",
    "p95 ms",
    "one record caught up ms",
]


def invented(chance: random.Random, known: list[str], words: int) -> str:
    """So many words: most of the language of the collection, the others from a long tail of words of their own."""
    terms = []
    for _ in range(words):
        if chance.random() < 0.8:
            terms.append(known[int(len(known) * chance.random() ** 3)])
        else:
            rank = int(OWN_WORDS * chance.random() ** 3)
            terms.append(_word(rank))
    return " ".join(terms)


def _word(rank: int) -> str:
    word = ""
    while True:
        rank, left = divmod(rank, len(SYLLABLES))
        word += SYLLABLES[left]
        if not rank:
            return word if len(word) > 2 else f"{word}re"


def fill(count: int) -> None:
    """Rows until there are so many, like those that are there."""
    from django.db import transaction

    from preau.domains.catalogue.actions.publishing import next_edition
    from preau.domains.catalogue.models import Licence, Resource

    chance = random.Random(11)
    models = list(Resource.objects.published().prefetch_related("nodes"))
    texts = " ".join(f"{model.title} {model.abstract} {model.text}" for model in models)
    counted: dict[str, int] = {}
    for word in re.findall(r"\w+", texts):
        counted[word] = counted.get(word, 0) + 1
    known = sorted(counted, key=lambda word: -counted[word])
    through = Resource.nodes.through
    with transaction.atomic():
        edition, here = next_edition(), len(models)
        for start in range(here, count, CHUNK):
            rows, nodes = [], []
            for number in range(start, min(count, start + CHUNK)):
                like = models[int(len(models) * chance.random() ** 2)]
                rows.append(
                    Resource(
                        key=f"essai/r-{number}",
                        collection_id=like.collection_id,
                        title=invented(chance, known, chance.randint(3, 8)).capitalize(),
                        abstract=invented(chance, known, 25),
                        text=invented(chance, known, chance.randint(60, 240)),
                        authors=like.authors,
                        institution_id=like.institution_id,
                        type=like.type,
                        keywords=[invented(chance, known, 1) for _ in range(4)],
                        audiences=like.audiences,
                        duration=like.duration,
                        licence=chance.choice(list(Licence)),
                        accessibility=like.accessibility,
                        published=date(2026, 11, 1) - timedelta(days=chance.randint(0, 4_000)),
                        changed=date(2026, 11, 1),
                        parts=[],
                        source="essai",
                        digest=str(number),
                        edition=edition,
                    )
                )
                nodes.append([node.pk for node in like.nodes.all()])
            made = Resource.objects.bulk_create(rows)
            through.objects.bulk_create(
                through(resource_id=row.pk, node_id=node)
                for row, own in zip(made, nodes, strict=True)
                for node in own
            )


def timed(asks: list[Any]) -> tuple[float, float]:
    """Processor milliseconds of each call: p50 and p95. The engine answers in the thread that asks."""
    spent = []
    for ask in asks:
        started = time.process_time()
        ask()
        spent.append((time.process_time() - started) * 1_000)
    cuts = quantiles(spent, n=100)
    return cuts[49], cuts[94]


def inside(count: int) -> dict[str, Any]:
    """In a process of its own: everything that is measured at one size."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from preau.domains.catalogue.actions import publishing
    from preau.domains.catalogue.management.commands.evaluate_search import read
    from preau.domains.catalogue.models import Resource
    from preau.domains.catalogue.queries import index
    from preau.domains.catalogue.queries.search import Search, suggestions

    call_command("migrate", verbosity=0)
    call_command("plant_catalogue", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - said to nobody
    fill(count)
    started = time.process_time()
    engine = index.engine(wait=True)
    indexed = time.process_time() - started
    typed = list(read(QUERIES))
    plain = [Search(typed=one) for one in typed] * ROUNDS
    narrow = [
        Search(typed=one, chosen={"niveau": ["cm1", "6e"], "licence": ["cc-by"]}) for one in typed
    ] * ROUNDS
    engine.ask(plain[0].asked())
    found: dict[str, Any] = {
        "records": Resource.objects.published().count(),
        "indexed": indexed,
        "size": sum(file.stat().st_size for file in index.RESOURCES.home().rglob("*") if file.is_file())
        / 1e6,
        "search": timed([lambda one=one: engine.ask(one.asked()) for one in plain]),
        "narrow": timed([lambda one=one: engine.ask(one.asked()) for one in narrow]),
        "typing": timed(
            [lambda text=one[:end]: suggestions(text) for one in typed for end in range(2, min(len(one), 10))]
        ),
    }
    changed = []
    for row in Resource.objects.filter(source="essai").order_by("pk")[:5]:
        with transaction.atomic():
            row.title, row.edition = f"{row.title} encore", publishing.next_edition()
            row.save()
        started = time.process_time()
        index.engine(wait=True)
        changed.append((time.process_time() - started) * 1_000)
    found["caught_up"] = sorted(changed)[len(changed) // 2]
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return found


def measured(count: int) -> dict[str, Any]:
    folder = FOLDER / f"catalogue-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    from bench.scratch import environment

    known = environment(f"sqlite:///{folder / 'world.sqlite3'}") | {
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "bench.catalogue", f"--inside={count}"]
    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(all_found: list[dict[str, Any]]) -> str:
    lines = [
        [
            f"{one['records']}",
            f"{one['indexed']:.0f}",
            f"{one['size']:.0f}",
            f"{one['memory']:.0f}",
            *(f"{value:.1f}" for value in (*one["search"], *one["narrow"])),
            *(f"{value:.2f}" for value in one["typing"]),
            f"{one['caught_up']:.0f}",
        ]
        for one in all_found
    ]
    return report.rows(HEADS, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(inside(options.inside)))
        return
    found = []
    for count in options.sizes:
        found.append(measured(count))
        print(json.dumps(found[-1]), flush=True)
    summary = (
        f"{report.measured_on('python -m bench.catalogue')} Times are of the processor.\n\n{table(found)}"
    )
    print(summary)
    if tuple(options.sizes) == SIZES:
        report.put("catalogue", summary)


if __name__ == "__main__":
    main()
