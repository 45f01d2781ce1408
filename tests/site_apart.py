"""A Préau of its own for tests that stop, lose and restore one: a database copied from the template, a VAR_DIR, its commands run apart."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection

from conftest import PATIENCE
from tests import template

ROOT = Path(__file__).parent.parent
KEY = "a key of the tests, long enough to be one of a real site, and as varied"


@dataclass
class SiteApart:
    """`run("backup")` runs a command of manage.py in it; `python("…")` a few lines of Python, once Django is ready."""

    folder: Path
    database: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def media(self) -> Path:
        return self.folder / "var" / "media"

    @property
    def url(self) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.database}"
        known = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(known._replace(path=f"/{self.database}"))

    def surroundings(self, **others: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        variables = {
            "SECRET_KEY": KEY,
            "VAR_DIR": str(self.folder / "var"),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "preau.settings",
            "HASHED_STATIC": "0",
            "LOG_LEVEL": "CRITICAL",
            "PYTHONPYCACHEPREFIX": sys.pycache_prefix or "",
        }
        return kept | variables | self.environment | others

    def run(
        self, *words: str, limit: Callable[[], None] | None = None, **others: str
    ) -> "subprocess.CompletedProcess[str]":
        return self._run(["manage.py", *words], limit, others)

    def python(self, lines: str) -> str:
        done = self.code(lines)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def code(self, lines: str) -> "subprocess.CompletedProcess[str]":
        return self._run(["-c", f"import django\ndjango.setup()\n{lines}"], None, {})

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Another process has its database open, as pages have."""
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.database)) as other:
                other.execute("PRAGMA journal_mode=WAL")
                other.execute("SELECT count(*) FROM django_migrations").fetchone()
                yield
            return
        with psycopg.connect(self.url):
            yield

    def _run(
        self, words: list[str], limit: Callable[[], None] | None, others: dict[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.surroundings(**others),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            preexec_fn=limit,
        )

    def empty(self, folder: Path) -> "SiteApart":
        """Another machine of the same keys, on which nothing is yet."""
        folder.mkdir()
        if connection.vendor == "sqlite":
            return SiteApart(folder, str(folder / "preau.sqlite3"), self.environment)
        name = f"{self.database}_{folder.name}"
        template.store()._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        template.store()._do("CREATE DATABASE {} TEMPLATE template0", name)
        return SiteApart(folder, name, self.environment)

    def leave(self) -> None:
        if connection.vendor == "postgresql":
            template.store().drop(self.database)


def laid(folder: Path) -> SiteApart:
    """Both schools of the tests, on a database of their own."""
    folder.mkdir(exist_ok=True)
    (folder / "var").mkdir()
    name = str(folder / "preau.sqlite3")
    if connection.vendor == "postgresql":
        name = f"{settings.DATABASES['default']['NAME']}_apart_{os.getpid()}"
    template.lay(name)
    return SiteApart(folder, name)
