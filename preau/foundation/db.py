"""All that differs between SQLite and PostgreSQL, in one place."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from json import dumps
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
from django.db import connection, models
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django.db.models.fields.files import FieldFile

from preau.foundation.text import natural

# The order in which people read names: numbers by their value, accents beside their letter (docs/decisions/0127). PostgreSQL
# has it from ICU, made by a migration; SQLite is taught it at each connection.
NATURAL = "french_names"
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"


# Past its own limit (a hundred) psycopg forgets the oldest statement, which PostgreSQL parses and plans anew: the pages of a
# morning have more.
MOST_PREPARED = 500


def configure(database: dict[str, Any]) -> dict[str, Any]:
    """Complete a database read from DATABASE_URL with what each engine needs to be safe and quick."""
    options = dict(database.get("OPTIONS", {}))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock when a transaction opens, so that two writers wait instead of failing.
        options |= {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START}
        # Tests use a file too: several threads on one in-memory database do not behave like several connections.
        # A connection is kept by its thread: opening the file and reading its schema again costs 1 ms a page.
        kept = {"CONN_MAX_AGE": None, "TEST": {"NAME": f"{database['NAME']}.test"}}
        return database | {"OPTIONS": options} | kept
    # Left alone, a pool waits twice as long after each failure, up to minutes after the server is back: five seconds, and
    # it begins again.
    options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 5, "reconnect_timeout": 5})
    # Django turns prepared statements off; see `preparing_cursor`, the only one that makes any.
    options.setdefault("prepare_threshold", 5)
    # PostgreSQL compiles a query that it thinks long (`jit`) anew at each execution: a third of a second for a page of twenty
    # lessons, where reading them takes a hundredth. And it thinks that a row found by its key costs four times one read in
    # order, as on a disk that turns: it would rather read all the groups of a hundred schools than the twenty it needs.
    options.setdefault("options", "-c jit=off -c random_page_cost=1.1")
    # A pool keeps connections open by itself: Django must not keep them too.
    return database | {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


def teach(connection: Any, **_: Any) -> None:
    """Give SQLite the collation of names, and psycopg the room that our prepared statements need; for `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(NATURAL, compared)
    else:
        connection.connection.prepared_max = MOST_PREPARED


def compared(one: str, other: str) -> int:
    """Equal only where they are the same: the collation keeps unique what was."""
    if one == other:
        return 0
    return -1 if natural(one) < natural(other) else 1


def gather_statistics() -> None:
    """Let the database know what its tables hold, so that it begins each query by the right one. PostgreSQL does so by itself.

    SQLite reads a part of each index, and keeps what it saw (https://www.sqlite.org/lang_analyze.html). What it saw of small
    tables is left out: it would read the only school first, and then sort its absences of a year to show the last ones.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")
            # The first number is how many rows there are.
            cursor.execute("DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < 100")
            cursor.execute("ANALYZE sqlite_schema")


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Yield whether this is the only process inside `name` now. A killed process leaves at once: nothing to clean.

    PostgreSQL: an advisory lock of the session. SQLite: a lock of the system on a file beside the database.
    """
    if connection.vendor == "postgresql":
        number = crc32(name.encode())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            alone = bool(cursor.fetchone()[0])
            try:
                yield alone
            finally:
                if alone:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        return
    with Path(f"{connection.settings_dict['NAME']}.{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def preparing_cursor(connection: Any) -> Any:
    """A cursor for statements that come back with other values (see `foundation.prepared`). Django guards and logs them as its own.

    PostgreSQL plans each of them once a connection: a home page spent longer on plans than on rows. Values go apart from
    the statement, which Django does not do by itself. SQLite is written each of them in its own marks once.
    """
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        cursor: Any = _PreparingCursor(connection.connection)
    else:
        cursor = connection.connection.cursor(factory=_KnownCursor)
    return _LoggingCursor(cursor, connection) if connection.queries_logged else connection.make_cursor(cursor)


class _LoggingCursor(CursorDebugWrapper):
    """Logs the statement as it was prepared: psycopg forgets what a prepared one said."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        with self.debug_sql(sql, params):
            return CursorWrapper.execute(self, sql, params)


class _PreparingCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:  # type: ignore[override]
        return super().execute(query, params, prepare=True)


class _KnownCursor(SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        known = _converted.get(query)
        if known is None:
            known = _converted[query] = super().convert_query(query, param_names=param_names)
        return known


_converted: dict[str, str] = {}


def insert(rows: Sequence[models.Model]) -> None:
    """Write many new rows of one model, and give each its key. No signal, no `save`: the caller has filled every field.

    PostgreSQL: keys taken from the sequence, rows by COPY, four times as fast as INSERT. SQLite: INSERT in bulk.
    """
    if not rows:
        return
    model = type(rows[0])
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            _point(field, rows)
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        model._base_manager.bulk_create(rows, batch_size=2_000)  # noqa: SLF001


def _point(field: "models.ForeignKey[Any, Any]", rows: Sequence[models.Model]) -> None:
    """Rows made before the row they point at had its key learn it now."""
    for row in rows:
        if getattr(row, field.attname) is None and field.is_cached(row):
            target = field.get_cached_value(row)
            setattr(row, field.attname, target and target.pk)


def _copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    fields = model._meta.concrete_fields
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    is_json = [isinstance(field, models.JSONField) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as bulk_create does
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:  # the names come from the model
            for row in rows:
                # As in an INSERT, a field may make its value of another's.
                values = (
                    (field.pre_save(row, add=True), json) for field, json in zip(fields, is_json, strict=True)
                )
                copy.write_row([_plain(value, json=json) for value, json in values])


def _plain(value: Any, *, json: bool) -> Any:
    if json:
        return dumps(value)
    if isinstance(value, FieldFile):
        return value.name or ""
    return value.value if isinstance(value, Enum) else value
