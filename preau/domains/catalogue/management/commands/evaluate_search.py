"""`manage.py evaluate_search QUERIES.csv`: how good and how quick the search is, on queries whose right answers are known."""

import csv
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, quantiles, stdev
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.queries import index
from preau.domains.catalogue.queries.search import Search

# A right answer further down counts for nothing: nobody looks there.
DEEPEST = 50


class Command(BaseCommand):
    help = "Search each query of a file (« query;key of the resource expected », one or several lines a query) and print JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queries", type=Path)
        parser.add_argument(
            "--missed", action="store_true", help="also list the queries whose first answer is another"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            judged = read(options["queries"])
        except OSError as error:
            raise CommandError(str(error)) from error
        if not judged:
            raise CommandError("No query in this file.")
        self.stdout.write(
            json.dumps(evaluated(judged, missed=options["missed"]), ensure_ascii=False, indent=1)
        )


def read(path: Path) -> dict[str, set[str]]:
    """Each query and the keys that answer it: none, where the catalogue has no answer."""
    judged: dict[str, set[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            if len(row) < 2 or (row[1] and "/" not in row[1]):
                continue  # a heading, or an empty line
            judged.setdefault(row[0].strip(), set()).update(key.strip() for key in row[1].split(",") if key)
    return judged


def evaluated(judged: dict[str, set[str]], *, missed: bool) -> dict[str, Any]:
    """Mean reciprocal rank and its interval, normalised gain, share of empty answers, and how long an answer takes, facets included.

    `doubted`: how many answerable ones were shown as unsure; `unanswerable`, `said_so`: those without an answer, and those told so.
    """
    engine = index.engine(wait=True)
    keys = dict(Resource.objects.published().values_list("pk", "key"))
    ranks, gains, times, bad, empty, doubted, said_so = [], [], [], [], 0, 0, 0
    answerable = {query: right for query, right in judged.items() if right}
    for query in judged.keys() - answerable.keys():
        said_so += not engine.ask(Search(typed=query).asked()).is_sure
    for query, right in answerable.items():
        started = time.perf_counter()
        answer = engine.ask(Search(typed=query).asked(limit=DEEPEST))
        times.append((time.perf_counter() - started) * 1_000)
        found = [keys[pk] for pk in answer.pks]
        empty += not found
        doubted += not answer.is_sure
        ranks.append(reciprocal(found, right))
        gains.append(gain(found, right))
        if ranks[-1] < 1:
            bad.append({"query": query, "expected": sorted(right), "found": found[:3], "total": answer.total})
    figures = {
        "queries": len(answerable),
        "mrr": round(sum(ranks) / len(ranks), 4),
        "mrr_95": interval(ranks),
        "ndcg": round(sum(gains) / len(gains), 4),
        "zero_rate": round(empty / len(answerable), 4),
        "doubted": doubted,
        "unanswerable": len(judged) - len(answerable),
        "said_so": said_so,
        **percentiles(times),
    }
    return figures | ({"missed": bad} if missed else {})


def reciprocal(found: Sequence[str], right: set[str]) -> float:
    return next((1 / rank for rank, key in enumerate(found, start=1) if key in right), 0.0)


def gain(found: Sequence[str], right: set[str]) -> float:
    """Each right answer counts less the further down it is, against the best order there could be."""
    got = sum(1 / math.log2(rank + 1) for rank, key in enumerate(found, start=1) if key in right)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, len(right) + 1))
    return got / best


def interval(values: Sequence[float]) -> list[float]:
    """Where the mean of many such queries lies, 95 times out of 100 (normal approximation)."""
    mean = fmean(values)
    margin = 1.96 * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return [round(max(0.0, mean - margin), 4), round(min(1.0, mean + margin), 4)]


def percentiles(times: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else [times[0]] * 99
    return {"p50_ms": round(cuts[49], 3), "p95_ms": round(cuts[94], 3)}
