"""The environment of every test, set before Django reads its settings (`-p tests.environment` in pyproject.toml)."""

import os
import re
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

# Compiled files are kept, whatever this machine says elsewhere: to compile two thousand modules anew costs each start of the
# tests twenty seconds of processor.
sys.dont_write_bytecode = False
sys.pycache_prefix = sys.pycache_prefix or str(Path(__file__).resolve().parent.parent / "build" / "pycache")

ROOMS = Path(os.environ.get("TEST_VAR_DIR", "var/tests"))
# Each process has a room of its own: a test that sweeps the files nobody owns would take those of another database. Two runs
# in one folder have processes of the same names: the number of the process tells them apart.
ROOM = ROOMS / f"{os.getpid()}-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
# A run that was killed leaves its rooms: a run of another day removes them.
OURS, A_DAY = re.compile(r"\d+-(alone|gw\d+)"), 86_400

os.environ |= {
    "SECRET_KEY": "only for tests",
    "DEMO": "0",
    "DEBUG": "0",
    # The tests speak plain HTTP to a server on this machine; `test_production.py` asks what production says.
    "HTTPS": "0",
    "HASHED_STATIC": "0",
    "EMAIL_URL": "memorymail://",
    "MEETING_SERVER": "preau.domains.spaces.providers.standin.StandIn",
    "LOG_LEVEL": "CRITICAL",
    # Rows of a test are gone with it, and the pages that said them would stay.
    "SHARED_PAGES_SECONDS": "0",
    # Letters of absences leave at once, but where a test says otherwise.
    "ABSENCE_LETTERS_WAIT": "0",
    "VAR_DIR": str(ROOM),
    # The worker wants its database named.
    "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{ROOM / 'preau.sqlite3'}",
}


def pytest_unconfigure() -> None:
    """Nothing of this process stays, nor of those that were killed long ago."""
    shutil.rmtree(ROOM, ignore_errors=True)
    # Another process may be tidying too.
    with suppress(FileNotFoundError):
        for left in ROOMS.iterdir():
            if OURS.fullmatch(left.name) and left.stat().st_mtime < time.time() - A_DAY:
                shutil.rmtree(left, ignore_errors=True)
