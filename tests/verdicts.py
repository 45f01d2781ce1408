"""What passed on a tree: one file a tree and an engine, a line a test, in the order in which they passed.

A line is written when its test has passed, whole or not at all: a run that is killed leaves no half verdict, and two runs at
once add to one file. A test that fails takes its line back. Files of former trees are thrown away.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

# How many trees are remembered, of each engine.
KEPT = 20
# One verdict in fifty is tried again at each run, in turn; and those that have failed most often.
TURNS, BREAKERS = 50, 200


class Verdicts:
    """Those of one tree (`mark`) on one engine. `folder` is kept from one clone to the next."""

    def __init__(self, folder: Path, mark: str, engine: str) -> None:
        self.folder, self.engine = folder, engine
        self.file = folder / f"{engine}-{mark}.txt"
        self.failures = folder / f"{engine}-failures.json"

    def options(self, room: Path) -> list[str]:
        """What the plugin is to know: each process of a run reads the same lists, whatever is written meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        room.mkdir(parents=True, exist_ok=True)
        passed, breakers = self.passed(), self.breakers()
        again = {*self.turn(passed), *(passed & set(breakers))}
        lists = room / f"{self.engine}-verdicts.json"
        lists.write_text(json.dumps({"passed": sorted(passed - again), "first": breakers}))
        self._forget_former_trees()
        return [f"--passed={lists}", f"--verdicts={self.file}", f"--failures={self.failures}"]

    def passed(self) -> set[str]:
        """The tests whose last verdict is that they passed. A line that was cut says nothing."""
        return read(self.file)

    def turn(self, passed: Iterable[str]) -> list[str]:
        """The fiftieth part of them whose turn it is: the next one at the next run."""
        counter = self.file.with_suffix(".turn")
        number = int(counter.read_text() or 0) if counter.exists() else 0
        counter.write_text(str(number + 1))
        return sorted(passed)[number % TURNS :: TURNS]

    def breakers(self) -> list[str]:
        """The tests that have failed most often here, the worst first."""
        return [name for name, _ in Counter(failures(self.failures)).most_common(BREAKERS)]

    def _forget_former_trees(self) -> None:
        files = sorted(self.folder.glob(f"{self.engine}-*.txt"), key=lambda one: -one.stat().st_mtime)
        for file in files[KEPT:]:
            file.unlink(missing_ok=True)
            file.with_suffix(".turn").unlink(missing_ok=True)


def read(file: Path) -> set[str]:
    if not file.exists():
        return set()
    *lines, _cut = file.read_text(errors="replace").split("\n")
    verdict = {line[2:]: line[0] for line in lines if line[:2] in {"+ ", "- "}}
    return {name for name, sign in verdict.items() if sign == "+"}


def write(file: Path, name: str, *, passed: bool) -> None:
    """One line, in one write."""
    with file.open("a") as lines:
        lines.write(f"{'+' if passed else '-'} {name}\n")


def failures(file: Path) -> dict[str, int]:
    """How often each test has failed on this machine; a file that cannot be read is begun again."""
    try:
        return {str(name): int(count) for name, count in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def count_failures(file: Path, names: Iterable[str]) -> None:
    counted = Counter(failures(file))
    counted.update(names)
    beside = file.with_suffix(".being-written")
    beside.write_text(json.dumps(counted))
    beside.rename(file)


def by_family(seconds: Mapping[str, float]) -> Counter[str]:
    """Seconds of a house, of a folder or of a file of `tests/`."""
    found = Counter[str]()
    for name, took in seconds.items():
        path = name.partition("::")[0]
        parts = path.split("/")
        house = "/".join(parts[: parts.index("tests")]) if parts[0] == "preau" and "tests" in parts else ""
        folder = "/".join(parts[:2]) if parts[:2] in (["tests", "journeys"], ["tests", "foreign"]) else ""
        found[house or folder or path] += took
    return found
