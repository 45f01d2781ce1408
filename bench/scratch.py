"""Databases that the bench makes, fills and drops: files for SQLite, databases beside DATABASE_URL's for PostgreSQL.

A world is kept until a complete run has ended, so that a run that was stopped starts again where it was. It is known by
a mark made from all that it depends on: another schema, other seeds, and it is made again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.worlds import MANY_PEOPLE, PEOPLE

# Where a world is named by how many schools it has: the one whose only school is large.
LARGE = 0
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
PYTHON = sys.executable


def environment(url: str) -> dict[str, str]:
    """What production would say, with its files in a folder of the bench."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return os.environ | {
        "DATABASE_URL": url,
        "VAR_DIR": str(FOLDER),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DEBUG": "0",
        "DEMO": "0",
        "HTTPS": "1",
        "HASHED_STATIC": "1",
        "LOG_LEVEL": "INFO",
    }


def run(*arguments: str, url: str) -> None:
    """A command of Python, without its noise."""
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    done = subprocess.run([PYTHON, *arguments], env=environment(url), cwd=ROOT, check=False, **quiet)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}\n{done.stderr[-3000:]}")


class Engine(Protocol):
    name: str

    def url(self, schools: int) -> str: ...

    def create(self, schools: int, like: int | None) -> None: ...

    def drop(self, schools: int) -> None: ...

    def exists(self, schools: int) -> bool: ...


class SQLite:
    name = "sqlite"

    def path(self, schools: int) -> Path:
        return FOLDER / f"world-{schools}.sqlite3"

    def url(self, schools: int) -> str:
        return f"sqlite:///{self.path(schools)}"

    def exists(self, schools: int) -> bool:
        return self.path(schools).exists()

    def create(self, schools: int, like: int | None) -> None:
        """Empty, or a copy of another: nobody is inside, so its log was taken in when the last one left."""
        if like:
            shutil.copyfile(self.path(like), self.path(schools))

    def drop(self, schools: int) -> None:
        for file in FOLDER.glob(f"world-{schools}.sqlite3*"):
            file.unlink()


class PostgreSQL:
    name = "postgresql"

    def __init__(self, base: str) -> None:
        self.base = base
        self.parts = urlsplit(base)

    def database(self, schools: int) -> str:
        return f"{self.parts.path.lstrip('/')}_bench_{schools}"

    def url(self, schools: int) -> str:
        return urlunsplit(self.parts._replace(path=f"/{self.database(schools)}"))

    def exists(self, schools: int) -> bool:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        with psycopg.connect(self.base, autocommit=True) as connection:
            return connection.execute(known, [self.database(schools)]).fetchone() is not None

    def create(self, schools: int, like: int | None) -> None:
        template = sql.Identifier(self.database(like) if like else "template0")
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), sql.Identifier(self.database(schools)), template)

    def drop(self, schools: int) -> None:
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), sql.Identifier(self.database(schools)))

    def _say(self, statement: sql.SQL, *names: sql.Identifier) -> None:
        with psycopg.connect(self.base, autocommit=True) as connection:
            connection.execute(statement.format(*names))


def prepare(engine: Engine, schools: int) -> None:
    """Make this world unless it is there."""
    if _mark(engine, schools).exists() and engine.exists(schools):
        return
    discard(engine, schools)
    if schools in {1, LARGE}:
        engine.create(schools, None)
        run("manage.py", "migrate", "-v0", url=engine.url(schools))
        people = PEOPLE if schools == 1 else MANY_PEOPLE
        run("-m", "bench.worlds", "grow", str(people), url=engine.url(schools))
    else:
        prepare(engine, 1)
        engine.create(schools, 1)
    run("-m", "bench.worlds", "multiply", str(schools), url=engine.url(schools))
    _mark(engine, schools).touch()


def discard(engine: Engine, schools: int) -> None:
    for mark in FOLDER.glob(f"{engine.name}-{schools}-*.made"):
        mark.unlink()
    engine.drop(schools)


def _mark(engine: Engine, schools: int) -> Path:
    return (
        FOLDER
        / f"{engine.name}-{schools}-{fingerprint('preau/**/migrations/*.py', 'preau/**/seeds/**/*.py', 'bench/worlds.py', 'bench/grids.py')}.made"
    )


def fingerprint(*patterns: str) -> str:
    """A short name for the present contents of files."""
    total = hashlib.sha256()
    for file in sorted({file for pattern in patterns for file in ROOT.glob(pattern)}):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:12]
