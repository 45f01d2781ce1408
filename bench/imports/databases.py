"""The databases of a bench: made, copied, looked into and dropped; beside DATABASE_URL's for PostgreSQL, else files."""

import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

TABLES = "directory_"
# Of each run, not of what it told.
NOT_TOLD = {"directory_delivery", "directory_deliveryshare"}
# Keys differ from a run to another; the dump says what they link.
IS_KEY = ("id", "public_id")


class Database(Protocol):
    """One database, known by its name among those of this bench."""

    url: str

    def copy(self, like: "Database | None") -> None:
        """Make it again: empty, or a copy of another, in which nobody is."""

    def is_written(self) -> bool:
        """Is somebody inside in the middle of a transaction that has written?"""

    def wait_for_nobody(self) -> None:
        """Wait until the database has seen that a killed process is gone."""

    def rows(self, query: str) -> list[tuple[Any, ...]]: ...

    def tables(self, queries: dict[str, str]) -> dict[str, list[tuple[Any, ...]]]:
        """Several queries, each under its name."""

    def change(self, statement: str) -> None: ...

    def columns(self) -> list[tuple[str, str]]:
        """Table and column of each column there is."""

    def rows_read(self) -> dict[str, int]:
        """Table → how many of its rows were read since the copy; nothing where the engine does not count."""

    def drop(self) -> None: ...


class Postgresql:
    def __init__(self, base: str, name: str) -> None:
        self.base, self.name = base, f"preau_bench_{os.getpid()}_{name}"
        self.url = urlunsplit(urlsplit(base)._replace(path=f"/{self.name}"))

    def copy(self, like: "Database | None") -> None:
        self.drop()
        template = like.name if isinstance(like, Postgresql) else "template0"
        self._say("CREATE DATABASE {} TEMPLATE {}", self.name, template)

    def drop(self) -> None:
        self._say("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def _say(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.base, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    def is_written(self) -> bool:
        return self._sessions("AND backend_xid IS NOT NULL") > 0

    def wait_for_nobody(self) -> None:
        while self._sessions():
            time.sleep(0.02)

    def _sessions(self, which: str = "") -> int:
        query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{self.name}' {which}"
        with psycopg.connect(self.base, autocommit=True) as connection:
            return int(connection.execute(query).fetchone()[0])  # type: ignore[call-overload,index]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.tables({"": query})[""]

    def tables(self, queries: dict[str, str]) -> dict[str, list[tuple[Any, ...]]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return {name: connection.execute(query).fetchall() for name, query in queries.items()}  # type: ignore[call-overload]

    def change(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def columns(self) -> list[tuple[str, str]]:
        found = self.rows(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        return [(table, column) for table, column in found]

    def rows_read(self) -> dict[str, int]:
        found = self.rows(
            "SELECT t.relname, t.seq_tup_read + COALESCE(sum(i.idx_tup_read), 0) FROM pg_stat_user_tables t"
            " LEFT JOIN pg_stat_user_indexes i USING (relid) GROUP BY t.relid, t.relname, t.seq_tup_read"
        )
        return {table: int(count) for table, count in found if count}


class Sqlite:
    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def copy(self, like: "Database | None") -> None:
        self.drop()
        if isinstance(like, Sqlite):
            # Its log is taken in first: the file alone is copied.
            like.change("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(like.path, self.path)

    def drop(self) -> None:
        for file in self.path.parent.glob(f"{self.path.name}*"):
            file.unlink()

    def is_written(self) -> bool:
        with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            connection.execute("ROLLBACK")
            return False

    def wait_for_nobody(self) -> None:
        """The system frees the locks of a killed process at once."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.tables({"": query})[""]

    def tables(self, queries: dict[str, str]) -> dict[str, list[tuple[Any, ...]]]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            return {name: connection.execute(query).fetchall() for name, query in queries.items()}

    def change(self, statement: str) -> None:
        self.rows(statement)

    def columns(self) -> list[tuple[str, str]]:
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [(table, row[1]) for (table,) in tables for row in self.rows(f'PRAGMA table_info("{table}")')]

    def rows_read(self) -> dict[str, int]:
        return {}


def digests(database: Database) -> dict[str, str]:
    """Table → a digest of what its rows say, their keys aside: telephones and closures are in no dump."""
    columns: dict[str, list[str]] = {}
    for table, column in sorted(database.columns()):
        if table.startswith(TABLES) and table not in NOT_TOLD:
            kept = columns.setdefault(table, [])
            kept += [] if column in IS_KEY or column.endswith("_id") else [f'"{column}"']
    queries = {table: f'SELECT {", ".join(names) or "1"} FROM "{table}"' for table, names in columns.items()}
    return {
        table: hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
        for table, rows in database.tables(queries).items()
    }


@contextmanager
def databases(var: Path, *names: str) -> Iterator[list[Database]]:
    """So many databases, not yet made; dropped at the end."""
    base = os.environ.get("DATABASE_URL", "")
    is_postgresql = base.startswith("postgres")
    made: list[Database] = [Postgresql(base, name) if is_postgresql else Sqlite(var, name) for name in names]
    try:
        yield made
    finally:
        for database in made:
            database.drop()
