"""Commands of Python beside the bench, in processes of their own: what they said, how long they took, what they held."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.imports.databases import Database
from bench.scratch import ROOT


@dataclass(frozen=True)
class Done:
    """`peak_mb`: the most memory that the process held."""

    out: str
    seconds: float
    peak_mb: int


def environment(url: str, var: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "VAR_DIR": str(var),
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "preau.settings",
    }


def run(*command: str, url: str, var: Path) -> Done:
    """A command to its end; the bench stops where one fails."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as wrong:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command], env=environment(url, var), cwd=ROOT, stdout=out, stderr=wrong
        )
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, wrong):
            file.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)[:300]}\n{wrong.read()[-3000:]}")
        return Done(out.read(), seconds, used.ru_maxrss // 1024)


def manage(*words: str, url: str, var: Path) -> Done:
    return run("manage.py", *words, url=url, var=var)


def kill(*words: str, after: float, database: Database, var: Path) -> bool | None:
    """Kill a command of manage.py at a moment: was it in the middle of a transaction that writes? None: it had ended."""
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        env=environment(database.url, var),
        cwd=ROOT,
        stdout=nothing,
        stderr=nothing,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        # Held still while one looks, else the answer would be of another moment.
        process.send_signal(signal.SIGSTOP)
        writes = database.is_written()
        process.kill()
        process.wait()
        database.wait_for_nobody()
        return writes
    return None
