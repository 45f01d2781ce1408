"""What `.ci/run` runs within its time, what `make landing` tries beforehand, and what `make all` writes down.

    python -m tests.ci run          the checks, then what the change touches on both engines, then a share of the rest
    python -m tests.ci landing      the same on a fresh clone of this commit, as the CI does; green: its tree is in build/passed
    python -m tests.ci all          everything on both engines; a line in docs/net-runs.md

A change is what has come since the last commit that passed here; without one, it is everything. What was left for want of time is
kept beside the templates of the databases (`tests/template.py`), and comes first in the next run.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.touched import ROOT, changed_since, touched_by

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "preau" / "tests"
# The commits that passed; and for each engine, what its last run left and took.
PASSED, RECORDS = CACHE / "passed.json", ROOT / "build" / "ci"
RUNS = ROOT / "docs" / "net-runs.md"
# Git's name for no file at all: since then, everything has changed.
NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
MINUTES = float(os.environ.get("CI_MINUTES", "25"))
# Whatever is touched, a run ends by then.
MORE = 10
WORKERS = 2
# In the order of a list, so that what is touched comes before the rest.
IN_ORDER = ["-n", str(WORKERS), "--dist", "load", "--maxschedchunk", "2", "-q"]


@dataclass
class Part:
    """One command of a run. `planned` and `spent` are minutes; `record` is what its tests wrote."""

    name: str
    planned: float
    spent: float = 0
    code: int = 0
    record: dict[str, Any] = field(default_factory=dict)


def minutes_left(began: float, total: float) -> float:
    return total - (time.time() - began) / 60


def call(command: list[str], **environment: str) -> int:
    print("$", " ".join(command), flush=True)
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        command, cwd=ROOT, env=known | environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


def part(name: str, planned: float, command: list[str], **environment: str) -> Part:
    began, record = time.time(), RECORDS / f"{name}.json"
    record.unlink(missing_ok=True)
    done = Part(name, planned, code=call(command, **environment))
    done.spent = (time.time() - began) / 60
    if record.exists():
        done.record = json.loads(record.read_text())
    return done


def pytest_command(name: str, options: Iterable[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", f"--record={RECORDS / name}.json", *options]


def tests(name: str, planned: float, options: Iterable[str], **environment: str) -> Part:
    """pytest, with what it says of its tests kept in a record. No test to run is no failure.

    Options and their values are one word: pytest would take the path after an option that it does not know yet for its folder.
    """
    done = part(name, planned, pytest_command(name, options), **environment)
    done.code = 0 if done.code == 5 else done.code
    return done


def postgres_url() -> str:
    command = [sys.executable, "bootstrap.py", "postgres"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def run() -> int:
    """The run of a change."""
    began = float(os.environ.get("CI_BEGAN") or time.time())
    tree, base = git("rev-parse", "HEAD^{tree}"), os.environ.get("CI_BASE") or last_passed(passed())
    touched = touched_by(changed_since(base))
    print(f"Since {base[:10] if base != NOTHING else 'nothing'}: {touched}", flush=True)
    parts = [part("check", 3, ["make", "check"])]
    url, last = postgres_url(), MINUTES + MORE
    # The second engine first, so that it has its share of the time whatever the first one takes.
    share = minutes_left(began, last if touched.everything else MINUTES) * 0.35
    parts.append(part("migrations", 1, ["make", "lint-migrations"], DATABASE_URL=url))
    parts.append(tests("postgresql", share, on_the_second_engine(base, share), DATABASE_URL=url))
    soon, late = (max(minutes_left(began, total), 1) for total in (MINUTES - 1, last - 1.5))
    parts.append(tests("sqlite", soon, on_the_first_engine(base, tree, soon, late)))
    green = not any(part.code for part in parts)
    remember(parts, green=green)
    report(parts, (time.time() - began) / 60)
    return 0 if green else 1


def on_the_first_engine(base: str, tree: str, minutes: float, at_most: float) -> list[str]:
    """What is touched, then a share of all the rest."""
    first = f"--first={last_run('sqlite')}"
    return [
        *IN_ORDER,
        f"--touched={base}",
        f"--rest={tree}",
        first,
        f"--minutes={minutes:.2f}",
        f"--at-most={at_most:.2f}",
    ]


def on_the_second_engine(base: str, minutes: float) -> list[str]:
    """What depends on the engine, and what is touched."""
    first = f"--first={last_run('postgresql')}"
    return [*IN_ORDER, f"--touched={base}", "--engine-only", first, f"--at-most={minutes:.2f}"]


def last_passed(commits: Iterable[str]) -> str:
    """The nearest commit before this one that passed on this machine: this one is tried again, whoever tried it."""
    passed = set(commits)
    history = git("rev-list", "--max-count=2000", "HEAD").split()[1:]
    return next((commit for commit in history if commit in passed), NOTHING)


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def last_run(engine: str) -> Path:
    """Where the tests that the last run left are kept, and what each took."""
    return CACHE / f"last-run-{engine}.json"


def passed() -> list[str]:
    """The commits that passed on this machine, the newest last."""
    return list(json.loads(PASSED.read_text())) if PASSED.exists() else []


def remember(parts: list[Part], *, green: bool) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    for one in parts:
        if one.record:
            write(last_run(one.name), {"left": one.record["left"], "seconds": one.record["seconds"]})
    if green:
        write(PASSED, [*passed(), git("rev-parse", "HEAD")][-200:])


def write(file: Path, content: Any) -> None:
    """Whole or not at all: two runs may end together."""
    beside = file.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(content))
    beside.rename(file)


def report(parts: list[Part], spent: float) -> None:
    """Planned against spent, the ten slowest, what was left, and one line for whoever counts."""
    print(f"\n{spent:.1f} minutes, of {MINUTES:.0f}")
    outcomes, seconds = Counter[str](), Counter[str]()
    for one in parts:
        failed = " FAILED" if one.code else ""
        print(
            f"  {one.name:<12} planned {one.planned:5.1f}  spent {one.spent:5.1f}{failed}{_left(one.record)}"
        )
        outcomes.update(one.record.get("outcomes", {}))
        for name, took in one.record.get("seconds", {}).items():
            seconds[f"{name} ({one.name})"] = took
    print("The ten slowest:")
    for name, took in seconds.most_common(10):
        print(f"  {took:6.1f} s  {name}")
    others = sum(1 for part in parts if part.code and not part.record)
    passed = outcomes["passed"] + len(parts) - others - sum(1 for part in parts if part.record)
    print(f"{passed} passed, {outcomes['failed'] + others} failed, {outcomes['skipped']} skipped", flush=True)


def _left(record: dict[str, Any]) -> str:
    if not record:
        return ""
    ran = sum(record["outcomes"].values())
    touched = f"{record['touched']} touched, done after {record['touched_minutes']:.1f}"
    found = f"; {ran} tests, {touched}, {len(record['left'])} left for the next run"
    return found + (f", {record['touched_left']} of them TOUCHED" if record["touched_left"] else "")


def landing() -> int:
    """The run of the CI, on a fresh clone of this commit; what is not committed is not tried."""
    if git("status", "--porcelain"):
        print("Not committed, hence not tried:\n" + git("status", "--short"))
    with tempfile.TemporaryDirectory(prefix="landing-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO_", "MAKE", "MFLAGS", "DATABASE_URL", "PYTHON"))
        }
        done = subprocess.run(
            ["bash", ".ci/run"], cwd=clone, env=kept | {"CI": "true"}, stdin=subprocess.DEVNULL, check=False
        )
    if done.returncode == 0:
        (ROOT / "build").mkdir(exist_ok=True)
        (ROOT / "build" / "passed").write_text(git("rev-parse", "HEAD^{tree}") + "\n")
    return done.returncode


def everything() -> int:
    """Every test on both engines, and the whole net; one line of what came out."""
    began = time.time()
    both = ["-n", str(WORKERS), "--dist", "worksteal", "-q"]
    parts = [part("check", 3, ["make", "check"]), tests("sqlite", 60, both)]
    parts.append(tests("postgresql", 60, both, DATABASE_URL=postgres_url(), NET_EYES="closed"))
    parts.append(part("mutation", 20, ["make", "mutate"]))
    spent = (time.time() - began) / 60
    report(parts, spent)
    figures = ", ".join(f"{part.name} {_counted(part)} in {part.spent:.0f} min" for part in parts)
    with RUNS.open("a") as file:
        file.write(f"| {time.strftime('%Y-%m-%d')} | {git('rev-parse', '--short', 'HEAD')} | {figures} |\n")
    return 1 if any(part.code for part in parts) else 0


def _counted(part: Part) -> str:
    outcomes = part.record.get("outcomes")
    return (
        ", ".join(f"{count} {name}" for name, count in outcomes.items())
        if outcomes
        else "red"
        if part.code
        else "green"
    )


if __name__ == "__main__":
    sys.exit({"run": run, "landing": landing, "all": everything}[sys.argv[1]]())
