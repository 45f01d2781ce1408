"""The database, whole and at one moment, while people write: pg_dump of PostgreSQL, the backup API of SQLite."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, cast

import psycopg
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from preau.foundation import db
from preau.foundation.backups.faults import BackupRefused

Counts = dict[str, int]
# Where the database that is replaced waits until the other one is there.
FORMER = "preau_former"
TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"""


def migrations() -> dict[str, list[str]]:
    """Those that this database has been through, app by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def unknown_to_this_code(by_app: dict[str, list[str]]) -> list[str]:
    """Migrations that this code does not have: whoever made that database runs a newer version."""
    loader = MigrationLoader(None)
    here = set(loader.disk_migrations)
    for one in loader.disk_migrations.values():
        here |= set(one.replaces)
    return [f"{app}.{name}" for app, names in by_app.items() for name in names if (app, name) not in here]


def is_empty() -> bool:
    """No table yet."""
    return not connection.introspection.table_names()


@contextmanager
def dumped(room: Path) -> Iterator[tuple[IO[bytes], Callable[[], Counts]]]:
    """A stream of the whole database at one moment, and how to count the rows of that moment once it is read."""
    with _dumped_by_postgresql() if connection.vendor == "postgresql" else _copied_from_sqlite(room) as both:
        yield both


@contextmanager
def _dumped_by_postgresql() -> Iterator[tuple[IO[bytes], Callable[[], Counts]]]:
    command = [
        _program("pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        with subprocess.Popen(  # noqa: S603 - a program of PostgreSQL, words of ours
            [*command, f"--snapshot={snapshot}"],
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            stream = cast("IO[bytes]", process.stdout)

            def count() -> Counts:
                _out, errors = process.communicate()
                if process.returncode:
                    raise BackupRefused(f"pg_dump stopped: {_last_line(errors)}")
                cursor.execute(TABLES)
                return {name: _count(cursor, name) for (name,) in cursor.fetchall()}

            try:
                yield stream, count
            finally:
                process.kill()


@contextmanager
def _copied_from_sqlite(room: Path) -> Iterator[tuple[IO[bytes], Callable[[], Counts]]]:
    copy = room / "database.sqlite3"
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as source,
        closing(_opened(copy)) as target,
    ):
        source.backup(target)
        verdict = target.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BackupRefused(f"SQLite says that the database is damaged: {verdict}")

        def count() -> Counts:
            return _counts_of_sqlite(target)

        with copy.open("rb") as file:
            yield file, count
    copy.unlink(missing_ok=True)


def counts() -> Counts:
    """How many rows each table holds now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            return {name: _count(cursor, name) for (name,) in cursor.fetchall()}
    with closing(_opened(Path(str(connection.settings_dict["NAME"])))) as opened:
        return _counts_of_sqlite(opened)


def others_at_work() -> str:
    """Who else has this database open, in words; nothing when nobody has."""
    if connection.vendor != "postgresql":
        try:
            _alone_with_sqlite(Path(str(connection.settings_dict["NAME"])))
        except BackupRefused as error:
            return str(error)
        return ""
    # Those of this process go first: a pool holds some besides the one in use; the server sees them end a moment later.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(**connection.get_connection_params()) as alone:
        for _ in range(20):
            others = _other_sessions(alone)
            if not others:
                return ""
            time.sleep(0.1)
    return f"{others} other connections to this database are open"


def _other_sessions(alone: "psycopg.Connection[Any]") -> int:
    # A snapshot of who is there lasts for a transaction.
    alone.rollback()
    found = alone.execute(
        """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"""
    ).fetchone()
    return int(found[0]) if found else 0


def _alone_with_sqlite(target: Path) -> None:
    """Every write is in the file itself, and nobody has it open. Raises BackupRefused."""
    connection.close()
    if not target.exists():
        return
    with closing(sqlite3.connect(str(target), timeout=1)) as opened:
        try:
            # SQLite leaves its log (WAL) for whoever is alone only.
            opened.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise BackupRefused("another process has this database open") from error
            # Damaged: what is brought back takes its place.


def bring_back(dump: Path, *, replace: bool) -> None:
    """Put the whole database in the place of this one, which is empty unless `replace`. Raises BackupRefused."""
    if connection.vendor == "postgresql":
        _restore_by_postgresql(dump, replace=replace)
        return
    target = Path(str(connection.settings_dict["NAME"]))
    with closing(_opened(dump)) as opened:
        verdict = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
        opened.execute("PRAGMA journal_mode=DELETE")
    if verdict != "ok":
        raise BackupRefused(f"the database of that backup is damaged: {verdict}")
    _alone_with_sqlite(target)
    for end in ("-wal", "-shm", "-journal"):
        Path(f"{target}{end}").unlink(missing_ok=True)
    beside = target.with_name(f"{target.name}.part")
    shutil.copyfile(dump, beside)
    beside.chmod(0o600)
    beside.replace(target)


def _restore_by_postgresql(dump: Path, *, replace: bool) -> None:
    with connection.cursor() as cursor:
        if replace and not is_empty():
            cursor.execute(f"DROP SCHEMA IF EXISTS {FORMER} CASCADE")
            cursor.execute(f"ALTER SCHEMA public RENAME TO {FORMER}; CREATE SCHEMA public")
    connection.close()
    name = str(connection.settings_dict["NAME"])
    command = [
        _program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
    ]
    done = subprocess.run(  # noqa: S603 - as above
        [*command, f"--dbname={name}", str(dump)], env=_environment(), capture_output=True, check=False
    )
    with connection.cursor() as cursor:
        if not done.returncode:
            cursor.execute(f"DROP SCHEMA IF EXISTS {FORMER} CASCADE")
            return
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [FORMER])
        if cursor.fetchone():
            cursor.execute(f"DROP SCHEMA public CASCADE; ALTER SCHEMA {FORMER} RENAME TO public")
    raise BackupRefused(f"pg_restore stopped, and the database is as it was: {_last_line(done.stderr)}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"{name} is not on this machine: install the client of PostgreSQL (postgresql-client)."
        )
    return found


def _environment() -> dict[str, str]:
    """Where the server is, in the words of its own programs: a password is on no command line."""
    database: dict[str, Any] = connection.settings_dict
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    asked = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "service": "PGSERVICE"}
    asked |= {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    options = database.get("OPTIONS", {})
    found = {ours: str(options[name]) for name, ours in asked.items() if options.get(name)}
    found |= {ours: str(database[name]) for name, ours in names.items() if database.get(name)}
    return dict(os.environ) | found


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _count(cursor: Any, table: str) -> int:
    # The name comes from the database.
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # nosec B608  # noqa: S608
    return int(cursor.fetchone()[0])


def _opened(path: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(str(path))
    opened.create_collation(db.NATURAL, db.compared)
    return opened


def _counts_of_sqlite(opened: sqlite3.Connection) -> Counts:
    rows = opened.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    )
    quote = connection.ops.quote_name
    return {
        name: int(opened.execute(f"SELECT count(*) FROM {quote(name)}").fetchone()[0])  # nosec B608  # noqa: S608
        for (name,) in rows.fetchall()
    }
