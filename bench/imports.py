"""`python -m bench.imports scale|killed`: how fast a delivery is brought, and that a killed one leaves no trace.

Both make a scratch database of their own (PostgreSQL beside DATABASE_URL's, else an SQLite file) and drop it.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SCRATCH, TEMPLATE = "preau_bench", "preau_bench_template"


def manage(*arguments: str, url: str, var: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": url, "VAR_DIR": str(var), "DEMO": "1", "LOG_LEVEL": "ERROR"}
    return subprocess.run(
        [*MANAGE, *arguments],
        env=environment,
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
        **options,
    )


@contextmanager
def scratch(var: Path) -> Iterator[str]:
    """The URL of an empty, migrated database: a copy of one that is migrated once."""
    base = os.environ.get("DATABASE_URL", "")
    if not base.startswith("postgres"):
        yield sqlite_scratch(var)
        return
    parts = urlsplit(base)
    with psycopg.connect(base, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if not known or not (var / TEMPLATE).exists():
            connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
            manage("migrate", "-v0", url=urlunsplit(parts._replace(path=f"/{TEMPLATE}")), var=var)
            (var / TEMPLATE).touch()
        connection.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE {TEMPLATE}")
        try:
            yield urlunsplit(parts._replace(path=f"/{SCRATCH}"))
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def sqlite_scratch(var: Path) -> str:
    template, path = var / "template.sqlite3", var / "bench.sqlite3"
    if not template.exists():
        manage("migrate", "-v0", url=f"sqlite:///{template}", var=var)
        with sqlite3.connect(template) as database:
            database.execute("PRAGMA journal_mode=DELETE")
    for old in var.glob("bench.sqlite3*"):
        old.unlink()
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def bring(folder: Path, url: str, var: Path) -> dict[str, Any]:
    """Import and give the report, with the peak memory of the process in MB."""
    report = var / "report.json"
    manage("import_aaf", str(folder), "--json", str(report), url=url, var=var)
    found: dict[str, Any] = json.loads(report.read_text())
    # The largest child so far: the importer, as long as nothing larger ran before it.
    return found | {"peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}


def scale(schools: int, people: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        var = Path(name)
        folder = var / "delivery"
        with scratch(var) as url:
            manage(
                "write_delivery", str(folder), f"--schools={schools}", f"--people={people}", url=url, var=var
            )
            manage("write_delivery", str(var / "delta"), f"--delta-of={folder}", url=url, var=var)
            for run in ("first", "second", "delta"):
                told = bring(var / "delta" if run == "delta" else folder, url, var)
                records, seconds = sum(told["read"].values()), told["seconds"]
                print(
                    f"{run} run: {records} records, read {seconds['read']} s, compare and apply {seconds['apply']} s = "
                    f"{records / seconds['apply']:.0f} records/s, peak {told['peak_mb']} MB; created {told['created']}, "
                    f"changed {told['changed']}, unchanged {told['unchanged']}"
                )


def dump(url: str, var: Path) -> str:
    return manage("dump_directory", url=url, var=var).stdout


def killed(kills: int, schools: int, people: int, seed: int) -> int:
    """Kill an import at random moments, run it again, and compare with a run that nobody killed."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        var = Path(name)
        folder, started = var / "delivery", time.perf_counter()
        with scratch(var) as url:
            manage(
                "write_delivery", str(folder), f"--schools={schools}", f"--people={people}", url=url, var=var
            )
            began = time.perf_counter()
            bring(folder, url, var)
            lasts, clean = time.perf_counter() - began, dump(url, var)
        differing = 0
        for number in range(kills):
            with scratch(var) as url:
                # The first part of a run starts Python and reads: later moments fall among the writes.
                moment = chance.uniform(lasts / 3, lasts)
                kill_after(moment, folder, url, var)
                half = dump(url, var)
                bring(folder, url, var)
                same = dump(url, var) == clean
                differing += not same
                print(
                    f"kill {number + 1}: after {moment:.2f} s of {lasts:.2f}, {half.count(chr(10))} lines of "
                    f"{clean.count(chr(10))} were there; run again: {'the same' if same else 'DIFFERENT'}"
                )
        print(f"{kills} kills, {differing} different, {time.perf_counter() - started:.0f} s")
        return differing


def kill_after(moment: float, folder: Path, url: str, var: Path) -> None:
    environment = os.environ | {"DATABASE_URL": url, "VAR_DIR": str(var), "DEMO": "1", "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        [*MANAGE, "import_aaf", str(folder)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["scale", "killed"])
    parser.add_argument("--schools", type=int)
    parser.add_argument("--people", type=int)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.what == "scale":
        scale(options.schools or 100, options.people or 150_000)
        return 0
    return killed(options.kills, options.schools or 4, options.people or 4_000, options.seed)


if __name__ == "__main__":
    sys.exit(main())
