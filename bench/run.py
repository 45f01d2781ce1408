"""`python -m bench.run quick|full`: what each daily page costs, in worlds of several sizes.

quick: 1 and 10 schools on SQLite, under a minute; its last line is one JSON object. full: 1, 10 and 100 schools, on
SQLite and on PostgreSQL (beside DATABASE_URL's database); writes the table of bench/README.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO

from bench import report
from bench.measures import Costs, World
from bench.scratch import (
    FOLDER,
    LARGE,
    PYTHON,
    ROOT,
    Engine,
    PostgreSQL,
    SQLite,
    discard,
    environment,
    fingerprint,
    prepare,
    run,
)

SIZES = (1, 10, 100)
QUICK_SIZES = (1, 10)
ROUNDS, QUICK_ROUNDS = 320, 120
# A busy machine must not hold us for ever: rounds stop there, and the table says how many there were.
LONGEST, QUICK_LONGEST = 330.0, 28.0
PROFILED = 40


class Server:
    """One world behind the handler, in a process of its own (see `bench.server`)."""

    def __init__(self, url: str, log: TextIO, *words: str) -> None:
        command = [PYTHON, "-m", "bench.server", *words]
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, "text": True}
        self.process = subprocess.Popen(command, env=environment(url), cwd=ROOT, **pipes)

    def ask(self, *order: object) -> Any:
        """Send an order and wait for its answer."""
        print(*order, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()  # type: ignore[union-attr]
        if not answer:
            raise SystemExit(f"A server has stopped; the reason is at the end of {FOLDER / 'servers.log'}.")
        return json.loads(answer)

    def close(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait()


@contextmanager
def servers(engine: Engine, sizes: Sequence[int]) -> Iterator[dict[int, Server]]:
    with ExitStack() as stack:
        log = stack.enter_context((FOLDER / "servers.log").open("w"))
        started = {}
        for schools in sizes:
            started[schools] = Server(engine.url(schools), log, *(["large"] if schools == LARGE else []))
            stack.callback(started[schools].close)
        yield started


def measure(engine: Engine, sizes: Sequence[int], rounds: int, longest: float) -> list[World]:
    """Prepare the worlds, the large school's last, then ask each page of each in turn, `rounds` times or until `longest`
    seconds have passed."""
    sizes = [*sizes, LARGE]
    for schools in sizes:
        what = "a large school" if schools == LARGE else f"{schools} school{'s' if schools > 1 else ''}"
        with stage(f"{engine.name}, {what}: making the world"):
            prepare(engine, schools)
    with servers(engine, sizes) as started:
        with stage(f"{engine.name}: warming up"):
            described = {schools: server.ask("describe") for schools, server in started.items()}
        samples: dict[int, dict[str, list[Any]]] = {schools: defaultdict(list) for schools in sizes}
        with stage(f"{engine.name}: rounds") as say:
            done = _rounds(started, samples, rounds, longest, say)
        slowest = {schools: _slowest(samples[schools]) for schools in sizes}
        profile = {schools: started[schools].ask("profile", slowest[schools], PROFILED) for schools in sizes}
    return [
        World(
            engine.name,
            schools,
            done,
            described[schools],
            Costs.of_all(samples[schools]),
            slowest[schools],
            profile[schools],
        )
        for schools in sizes
    ]


def _rounds(started: dict[int, Server], samples: Any, rounds: int, longest: float, say: Any) -> int:
    began = time.monotonic()
    for number in range(rounds):
        for schools, server in started.items():
            for key, sample in server.ask("round", number).items():
                samples[schools][key].append(sample)
        if number % 20 == 19:
            say(f" {number + 1}")
        if time.monotonic() - began > longest:
            return number + 1
    return rounds


def _slowest(samples: dict[str, list[Any]]) -> str:
    costs = Costs.of_all(samples)
    return max(costs, key=lambda key: costs[key].cost)


@contextmanager
def stage(what: str) -> Iterator[Any]:
    """Say what is being done, and how long it took: on the standard error, the results are alone on the other one."""
    started = time.monotonic()
    print(f"{what}…", end="", file=sys.stderr, flush=True)
    yield lambda text: print(text, end="", file=sys.stderr, flush=True)
    print(f" {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def prepare_pages() -> None:
    """Collect the static files, whose hashed names are in every page."""
    if not (ROOT / "build" / "static").is_dir():
        raise SystemExit("The front end is not built: python3 bootstrap.py demo")
    with stage("static files"):
        run("manage.py", "collectstatic", "--noinput", "-v0", url="sqlite://:memory:")


def quick() -> None:
    prepare_pages()
    engine = SQLite()
    worlds = measure(engine, QUICK_SIZES, QUICK_ROUNDS, QUICK_LONGEST)
    print(report.table(worlds))
    print(json.dumps(report.summary(worlds)))
    for schools in (*QUICK_SIZES, LARGE):
        discard(engine, schools)


def full(engines: Sequence[Engine], *, keep: bool) -> None:
    """Measure each engine, unless a run that was stopped has done it with this very code; write the tables."""
    prepare_pages()
    worlds = [world for engine in engines for world in measured_once(engine)]
    print(report.write(worlds))
    for engine in engines:
        kept_results(engine).unlink(missing_ok=True)
        for schools in () if keep else (*SIZES, LARGE):
            discard(engine, schools)


def part(engines: Sequence[Engine], sizes: Sequence[int], rounds: int, *, keep: bool) -> None:
    """Some engines, sizes or rounds only: print what a complete run would write."""
    prepare_pages()
    print(report.text([world for engine in engines for world in measure(engine, sizes, rounds, LONGEST)]))
    for engine in engines:
        for schools in () if keep else (*sizes, LARGE):
            discard(engine, schools)


def measured_once(engine: Engine) -> list[World]:
    file = kept_results(engine)
    if not file.exists():
        worlds = measure(engine, SIZES, ROUNDS, LONGEST)
        file.write_text(json.dumps([world.plain() for world in worlds]))
    return [World.of(plain) for plain in json.loads(file.read_text())]


def kept_results(engine: Engine) -> Any:
    return FOLDER / f"{engine.name}-{fingerprint('preau/**/*.*', 'bench/**/*.py')}.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["quick", "full"])
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one engine")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many schools, from 1")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="fewer of any: prints, and writes no table"
    )
    parser.add_argument("--keep", action="store_true", help="keep the worlds for another run")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if options.what == "quick":
        quick()
        return
    base = os.environ.get("DATABASE_URL", "")
    engines: list[Engine] = [SQLite(), *([PostgreSQL(base)] if base.startswith("postgres") else [])]
    asked = [engine for engine in engines if options.only in {None, engine.name}]
    if options.only or (tuple(options.sizes), options.rounds) != (SIZES, ROUNDS):
        part(asked, options.sizes, options.rounds, keep=options.keep)
    else:
        full(asked, keep=options.keep)


if __name__ == "__main__":
    main()
