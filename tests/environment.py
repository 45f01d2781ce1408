"""The environment of every test, set before Django reads its settings (`-p tests.environment` in pyproject.toml)."""

import os
import sys
from pathlib import Path

# Compiled files are kept, whatever this machine says elsewhere: to compile two thousand modules anew costs each start of the
# tests twenty seconds of processor.
sys.dont_write_bytecode = False
sys.pycache_prefix = sys.pycache_prefix or str(Path(__file__).resolve().parent.parent / "build" / "pycache")

# Each process has a room of its own: a test that sweeps the files nobody owns would take those of another database.
ROOM = f"{os.environ.get('TEST_VAR_DIR', 'var/tests')}/{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"

os.environ |= {
    "SECRET_KEY": "only for tests",
    "DEMO": "0",
    "DEBUG": "0",
    # The tests speak plain HTTP to a server on this machine; `test_production.py` asks what production says.
    "HTTPS": "0",
    "HASHED_STATIC": "0",
    "EMAIL_URL": "memorymail://",
    "LOG_LEVEL": "CRITICAL",
    # Rows of a test are gone with it, and the pages that said them would stay.
    "SHARED_PAGES_SECONDS": "0",
    "VAR_DIR": ROOM,
}
