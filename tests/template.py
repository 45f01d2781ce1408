"""The database of the tests, made once and copied: tables and reference rows, then both schools.

Two templates an engine, each named after a digest of what it is made from: the tables (migrations, models, locked packages), and
the schools on them (all that the seeds may reach). They are kept from one run and one clone to the next, in a folder of this
user for SQLite and on the server for PostgreSQL.

    python -m tests.template            make those of the engine of DATABASE_URL, if they are missing
"""

import hashlib
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

from preau.foundation import tables

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "preau" / "tests"
# How many templates of one kind are kept: branches and clones beside one another.
KEPT = 8
# Rooms that plant nothing: what they hold cannot change a template.
ABOVE_SEEDS = {"tests", "views", "forms", "urls", "api", "dav", "templates", "static", "ui", "locale"}
# What the seeds read beside the code: exercises, resources, nomenclatures.
DATA = {".json", ".csv", ".md", ".txt", ".xml", ".svg", ".html", ".toml"}


def digest(files: Iterable[Path]) -> str:
    """Sixteen hexadecimal digits of the names and contents of files."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def _rooms_of(file: Path) -> set[str]:
    return {*file.relative_to(ROOT).parts[:-1], file.stem}


def _sources() -> list[Path]:
    return [file for file in (ROOT / "preau").rglob("*.py") if not _rooms_of(file) & ABOVE_SEEDS]


@cache
def tables_digest() -> str:
    """What the tables are made from."""
    rooms = {"migrations", "models", "fields", "settings"}
    files = [file for file in _sources() if _rooms_of(file) & rooms]
    others = (Path(__file__), ROOT / "preau" / "foundation" / "tables.py", ROOT / "requirements" / "dev.txt")
    return digest([*files, *others])


@cache
def schools_digest() -> str:
    """What both schools are made from."""
    data = [
        file
        for file in (ROOT / "preau").rglob("*")
        if file.suffix in DATA and not _rooms_of(file) & ABOVE_SEEDS
    ]
    others = (ROOT / name for name in ("conftest.py", "tests/template.py", "requirements/dev.txt"))
    return digest([*_sources(), *data, *others])


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process makes a template; the others wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def test_database() -> str:
    """The name of the database of this process's tests, as Django would choose it."""
    settings = connection.settings_dict
    return str(settings["TEST"]["NAME"] or f"test_{settings['NAME']}")


class Files:
    """Templates of SQLite: files."""

    def name_of(self, kind: str, mark: str) -> str:
        return str(CACHE / f"{kind}-{mark}.sqlite3")

    def exists(self, name: str) -> bool:
        return Path(name).exists()

    def create(self, name: str) -> None:
        """Empty: SQLite makes the file at the first connection."""
        self.drop(name)

    def copy(self, source: str, target: str) -> None:
        self.drop(target)
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, whoever looks meanwhile.
        beside = f"{target}.{os.getpid()}"
        shutil.copy(source, beside)
        Path(beside).rename(target)

    def drop(self, name: str) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(name + end).unlink(missing_ok=True)

    def names(self, kind: str) -> list[str]:
        """The newest first."""
        found = CACHE.glob(f"{kind}-*.sqlite3")
        return [str(one) for one in sorted(found, key=lambda one: -one.stat().st_mtime)]


class Databases:
    """Templates of PostgreSQL: databases of the same server."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def name_of(self, kind: str, mark: str) -> str:
        return f"preau_{kind}_{mark}"

    def exists(self, name: str) -> bool:
        return bool(self._ask("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def create(self, name: str) -> None:
        self.drop(name)
        self._do("CREATE DATABASE {} TEMPLATE template0", name)

    def copy(self, source: str, target: str) -> None:
        self.drop(target)
        self._do("CREATE DATABASE {} TEMPLATE {}", target, source)
        # What the tests commit may be lost with the machine: they wait for no disk.
        self._do("ALTER DATABASE {} SET synchronous_commit = off", target)

    def drop(self, name: str) -> None:
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def names(self, kind: str) -> list[str]:
        """The newest first: object numbers grow."""
        rows = self._ask(
            "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", f"preau\\_{kind}\\_%"
        )
        return [name for (name,) in rows]

    def rows(self, statement: str) -> list[Any]:
        """What the database of these settings answers."""
        with self._server(self.settings["NAME"]) as server:
            return server.execute(statement).fetchall()  # type: ignore[call-overload]

    def _ask(self, statement: str, value: str) -> list[Any]:
        with self._server() as server:
            return server.execute(statement, [value]).fetchall()  # type: ignore[call-overload]

    def _do(self, statement: str, *names: str) -> None:
        with self._server() as server:
            server.execute(psycopg.sql.SQL(statement).format(*map(psycopg.sql.Identifier, names)))

    def _server(self, name: str = "postgres") -> psycopg.Connection[Any]:
        known = {
            key.lower(): self.settings[key]
            for key in ("HOST", "PORT", "USER", "PASSWORD")
            if self.settings[key]
        }
        return psycopg.connect(dbname=name, autocommit=True, **known)


def store() -> Files | Databases:
    return Databases(connection.settings_dict) if connection.vendor == "postgresql" else Files()


def lay(target: str) -> dict[str, Any]:
    """A database of this name with both schools in it; gives the worlds as they were planted."""
    engine, mark = store(), schools_digest()
    source, worlds = engine.name_of("schools", mark), worlds_file(mark)
    with _alone(f"schools-{connection.vendor}"):
        if not (engine.exists(source) and worlds.exists()):
            # Apart: this process keeps nothing of having made it.
            subprocess.run([sys.executable, "-m", "tests.template"], cwd=ROOT, check=True)
    engine.copy(source, target)
    return pickle.loads(worlds.read_bytes())  # type: ignore[no-any-return]


def worlds_file(mark: str) -> Path:
    return CACHE / f"worlds-{connection.vendor}-{mark}.pickle"


def make() -> None:
    """Both templates, where they are missing."""
    from conftest import grow_both  # noqa: PLC0415 - conftest imports this module

    engine = store()
    empty, schools = engine.name_of("tables", tables_digest()), engine.name_of("schools", schools_digest())
    if not engine.exists(empty):
        made(f"{empty}_being_made")
        _rename(engine, f"{empty}_being_made", empty)
    engine.copy(empty, f"{schools}_being_made")
    connection.settings_dict["NAME"] = f"{schools}_being_made"
    with transaction.atomic():
        worlds = grow_both()
    leave()
    worlds_file(schools_digest()).write_bytes(pickle.dumps(worlds))
    _rename(engine, f"{schools}_being_made", schools)
    for kind in ("tables", "schools"):
        for old in engine.names(kind)[KEPT:]:
            engine.drop(old)


def made(name: str) -> None:
    """A database of this name, as the demonstration makes its own; the connection is left to nobody."""
    store().create(name)
    connection.settings_dict["NAME"] = name
    tables.make()
    leave()


def migrated(name: str) -> None:
    """A database of this name, by the real migrations; the connection is left to nobody."""
    connection.settings_dict.setdefault("TEST", {})["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    leave()


def _rename(engine: Files | Databases, source: str, target: str) -> None:
    engine.copy(source, target)
    engine.drop(source)


def leave() -> None:
    """Nobody holds the database any more: it may be copied whole."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


if __name__ == "__main__":
    # Before Django reads its settings.
    from tests import environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
    import django

    django.setup()
    make()
    environment.pytest_unconfigure()
