"""`python -m bench.imports killed|scale|all`: what a killed import leaves, and how fast deliveries are brought.

Each makes databases of its own (PostgreSQL beside DATABASE_URL's, else SQLite files) and drops them. Without other words,
the tables of bench/README.md are written.
"""

import argparse
import sys
from collections.abc import Iterator

from bench import report
from bench.imports.formats import FORMATS
from bench.imports.killed import Tally, killed
from bench.imports.scale import scaled

KILLED = ["format", "kills", "while rows were being written", "left a part there", "ended otherwise"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["killed", "scale", "all"])
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--schools", type=int, help="of the académie measured, or of each delivery killed")
    parser.add_argument("--people", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    writes = sys.argv[2:] == []
    sound = True
    if options.what != "killed":
        _scale(options.schools or 100, options.people or 150_000, options.formats, writes=writes)
    if options.what != "scale":
        size = (options.schools, options.people) if options.schools and options.people else None
        tallies = list(_killed(options.formats, options.kills, options.seed, size))
        sound = all(tally.is_sound for tally in tallies)
        if writes:
            lines = [
                [f"`{t.key}`", f"{t.kills}", f"{t.writing}", f"{t.halves}", f"{t.different}"] for t in tallies
            ]
            heading = report.measured_on("python -m bench.imports killed")
            report.put("imports killed", f"{heading}\n\n{report.rows(KILLED, lines)}")
    return 0 if sound else 1


def _scale(schools: int, people: int, keys: list[str], *, writes: bool) -> None:
    table = ""
    for line, scale in scaled(schools, people, keys):
        print(line, flush=True)
        table = scale.table
    if writes:
        report.put("imports scale", f"{report.measured_on('python -m bench.imports scale')}\n\n{table}")


def _killed(keys: list[str], kills: int, seed: int, size: tuple[int, int] | None) -> Iterator[Tally]:
    for tally in killed(keys, kills, seed, size):
        print(tally, flush=True)
        for difference in tally.differences:
            print(f"  {difference}", flush=True)
        yield tally


if __name__ == "__main__":
    sys.exit(main())
