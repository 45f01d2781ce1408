"""One engine in a process of its own, since Django reads its database once: `python -m bench.faults.alone sqlite …`."""

import argparse
import json
import os
import secrets
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

from bench.faults.site import Impossible, Postgresql, Sqlite

ENGINES = {"sqlite": Sqlite, "postgresql": Postgresql}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    # Three codes a run, and 120 an hour at most: after thirty-nine the site refuses, as it should.
    parser.add_argument("--runs", type=int, default=20, choices=range(1, 40), metavar="1-39")
    parser.add_argument("--only", nargs="*", default=[], help="keys of faults; « race » and « planted » too")
    parser.add_argument("--once", action="store_true", help="the quick ones, once each")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preau-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        try:
            database = ENGINES[options.engine](folder / "db")
        except Impossible as reason:
            print(f"{options.engine}: skipped, {reason}")
            return 0
        os.environ |= {
            "DATABASE_URL": database.url,
            "VAR_DIR": str(folder / "var"),
            "DEMO": "1",
            "HASHED_STATIC": "0",
            "LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "preau.settings",
            "SECRET_KEY": secrets.token_hex(32),
        }
        django.setup()
        engine = import_module("bench.faults.engine")
        found = (
            engine.once_each(database)
            if options.once
            else engine.every_fault(database, options.runs, options.only)
        )
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if found["sound"] else 1


if __name__ == "__main__":
    sys.exit(main())
