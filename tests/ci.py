"""What `.ci/run` runs, what `make landing` tries beforehand, and what `make all` writes down (docs/decisions/0187).

    python -m tests.ci run          the checks, then every test on both engines
    python -m tests.ci landing      the same on a fresh clone of this commit, as the CI does; green: its tree is in build/passed
    python -m tests.ci all          the whole net besides, and the mutants; a line in docs/net-runs.md

A test that passed on this very tree, with these very programs, is not run again, but for a few that take turns: a run that was cut
goes on where it stopped, and a tree that has passed is judged in minutes. Any other tree is tried whole. Nothing is drawn.
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.verdicts import Verdicts, by_family

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "preau" / "tests"
# What this run says of itself: a record of each part, and its end in words.
RECORDS = ROOT / "build" / "ci"
RUNS = ROOT / "docs" / "net-runs.md"
# Whoever waits for the run stops it after 90 minutes: it stops by itself before, and says so.
MINUTES = float(os.environ.get("CI_MINUTES", "85"))
WORKERS = 2
# In the order of a list: failed ones first. Without the whole net, which is for `make all`.
SUITE = ["-n", str(WORKERS), "--dist", "load", "--maxschedchunk", "4", "-q", "-m", "not net and not plain"]


@dataclass
class Part:
    """One command of a run. `spent` is minutes; `record` is what its tests wrote."""

    name: str
    spent: float = 0
    code: int = 0
    record: dict[str, Any] = field(default_factory=dict)


def call(command: list[str], **environment: str) -> int:
    print("$", " ".join(command), flush=True)
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        command, cwd=ROOT, env=known | environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


def part(name: str, command: list[str], **environment: str) -> Part:
    began, record = time.monotonic(), RECORDS / f"{name}.json"
    record.unlink(missing_ok=True)
    done = Part(name, code=call(command, **environment))
    done.spent = (time.monotonic() - began) / 60
    if record.exists():
        done.record = json.loads(record.read_text())
    return done


def tests(name: str, options: Iterable[str], **environment: str) -> Part:
    """pytest, with what it says of its tests kept in a record. What had no time to run is no pass; no test left to run is no failure.

    Options and their values are one word: pytest would take the path after an option that it does not know yet for its folder.
    """
    done = part(name, pytest_command(name, options), **environment)
    if done.code == 5:
        done.code = 0
    if done.record.get("left"):
        done.code = done.code or 1
    return done


def pytest_command(name: str, options: Iterable[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", f"--record={RECORDS / name}.json", *options]


def postgres_url() -> str:
    command = [sys.executable, "bootstrap.py", "postgres"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def run() -> int:
    """Everything, on both engines: green if and only if each test has passed on this tree."""
    began = float(os.environ.get("CI_BEGAN") or time.time())
    parts = [part("check", ["make", "check"])]
    url = postgres_url()
    parts.append(part("migrations", ["make", "lint-migrations"], DATABASE_URL=url))
    parts.append(suite("sqlite", f"SQLite {sqlite3.sqlite_version}", began))
    parts.append(suite("postgresql", server_version(url), began, DATABASE_URL=url, NET_EYES="closed"))
    report(parts, (time.time() - began) / 60)
    return 0 if not any(one.code for one in parts) else 1


def suite(engine: str, version: str, began: float, **environment: str) -> Part:
    """Every test on one engine, but those that have passed on this tree."""
    # Nought would mean that there is no limit.
    left = max(MINUTES - (time.time() - began) / 60, 0.01)
    options = [*SUITE, f"--at-most={left:.2f}"]
    if is_committed():
        verdicts = Verdicts(CACHE / "verdicts", mark(version), engine)
        options += verdicts.options(RECORDS)
    return tests(engine, options, **environment)


def is_committed() -> bool:
    """Is what lies here the tree of the commit? Of any other, no verdict is kept."""
    return not git("status", "--porcelain")


def mark(version: str) -> str:
    """What a verdict is about: the tree of this commit, and the programs that no file of it names exactly."""
    browser = next(
        filter(None, (version_of(name) for name in ("chromium-headless-shell", "chromium"))), "no browser"
    )
    facts = git("rev-parse", "HEAD^{tree}"), platform.python_version(), version, browser
    return sha256("\n".join(facts).encode()).hexdigest()[:16]


def version_of(program: str) -> str:
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return asked.stdout.strip()


def server_version(url: str) -> str:
    import psycopg  # noqa: PLC0415 - a run on SQLite alone does without

    with psycopg.connect(url) as server:
        row = server.execute("SELECT version()").fetchone()
    return str(row[0]) if row else "PostgreSQL"


# What it prints


def report(parts: list[Part], spent: float) -> None:
    """What failed and how to run it alone, what ran, minutes by part; the last line is for whoever counts."""
    lines = [*_failures(parts), "", *_families(parts), "", f"{spent:.1f} minutes"]
    outcomes = Counter[str]()
    for one in parts:
        lines.append(
            f"  {one.name:<12}{one.spent:6.1f} min{_counted_part(one)}{' FAILED' if one.code else ''}"
        )
        outcomes.update(one.record.get("outcomes", {}))
    others = sum(1 for one in parts if one.code and not one.record)
    passed = outcomes["passed"] + sum(1 for one in parts if not one.code and not one.record)
    red = any(one.code for one in parts)
    lines.append("RED" if red else "GREEN: every test has passed on this tree, on both engines")
    # Counted by its runner: what was cut is a failure too.
    cut = sum(1 for one in parts if one.record.get("left"))
    lines.append(
        f"{passed} passed, {outcomes['failed'] + others + cut} failed, {outcomes['skipped']} skipped"
    )
    text = "\n".join(lines)
    RECORDS.mkdir(parents=True, exist_ok=True)
    (RECORDS / "last.txt").write_text(text + "\n")
    print(f"\n{text}", flush=True)


def _failures(parts: list[Part]) -> list[str]:
    found = list[str]()
    for one in parts:
        if one.code and not one.record:
            found.append(f"{one.name} failed: its own words stand above.")
        for name, first_line in one.record.get("failures", {}).items():
            found += [f"FAILED on {one.name}: {name}", f"    {first_line}"]
            found.append(
                f"    make test{'-postgres' if one.name == 'postgresql' else ''} ARGS=\"-n0 '{name}'\""
            )
        if left := one.record.get("left"):
            found.append(
                f"{one.name} was cut: {len(left)} tests had no time. Run it again: it goes on there."
            )
    return found


def _families(parts: list[Part]) -> list[str]:
    seconds = Counter[str]()
    for one in parts:
        for family, took in by_family(one.record.get("seconds", {})).items():
            seconds[f"{family} ({one.name})"] += took
    return ["Seconds by family:", *(f"  {took:7.1f}  {name}" for name, took in seconds.most_common(12))]


def _counted_part(one: Part) -> str:
    if not one.record:
        return ""
    ran = ", ".join(f"{count} {name}" for name, count in one.record["outcomes"].items()) or "nothing to run"
    return f"  {ran}; {one.record['fresh']} had passed on this tree"


# Beforehand, and everything


def landing() -> int:
    """The run of the CI, on a fresh clone of this commit; what is not committed is not tried."""
    if not is_committed():
        print("Not committed, hence not tried:\n" + git("status", "--short"))
    # What is committed meanwhile is not what was tried.
    tree = git("rev-parse", "HEAD^{tree}")
    with tempfile.TemporaryDirectory(prefix="landing-") as folder:
        clone, shared = Path(folder) / "clone", ROOT.parent / "shared"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        if shared.is_dir():
            # The samples of official formats, where the tests look for them.
            (clone.parent / "shared").symlink_to(shared)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO_", "MAKE", "MFLAGS", "DATABASE_URL", "PYTHON"))
        }
        done = subprocess.run(
            ["bash", ".ci/run"], cwd=clone, env=kept | {"CI": "true"}, stdin=subprocess.DEVNULL, check=False
        )
        last = clone / "build" / "ci" / "last.txt"
        if last.exists():
            RECORDS.mkdir(parents=True, exist_ok=True)
            (RECORDS / "last.txt").write_text(last.read_text())
    if done.returncode == 0:
        (ROOT / "build").mkdir(exist_ok=True)
        (ROOT / "build" / "passed").write_text(tree + "\n")
    return done.returncode


def everything() -> int:
    """Every test on both engines, and the whole net; one line of what came out."""
    began = time.time()
    both = ["-n", str(WORKERS), "--dist", "worksteal", "-q"]
    parts = [part("check", ["make", "check"]), tests("sqlite", both)]
    parts.append(tests("postgresql", both, DATABASE_URL=postgres_url(), NET_EYES="closed"))
    parts.append(part("mutation", ["make", "mutate"]))
    report(parts, (time.time() - began) / 60)
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
