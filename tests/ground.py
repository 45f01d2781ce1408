"""What every test stands on, put back whole after one that commits: copying rows takes a hundredth of the time that making them does.

Django would empty the database after such a test: on PostgreSQL that takes seconds, and both schools have to be planted again.
"""

import sqlite3
from typing import Any, Protocol

from django.db import connection, transaction

# The test before has ended: whatever still holds a row is a thread that nobody waits for.
PATIENCE = "SET LOCAL lock_timeout = '120s'"
COLUMNS = """SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' GROUP BY table_name"""


class Ground(Protocol):
    """The rows of the database as they were when it was made."""

    def put_back(self) -> None: ...


class FileGround:
    """SQLite: the pages of the file, in memory."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect(":memory:")
        _file().backup(self._kept)

    def put_back(self) -> None:
        self._kept.backup(_file())


def _file() -> Any:
    connection.ensure_connection()
    return connection.connection


class SchemaGround:
    """PostgreSQL: a copy of each table in a schema beside."""

    def __init__(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(COLUMNS)
            self._columns = dict(cursor.fetchall())
            cursor.execute("CREATE SCHEMA ground")
            cursor.execute(
                "; ".join(f'CREATE TABLE ground."{name}" AS TABLE public."{name}"' for name in self._columns)
            )

    def put_back(self) -> None:
        # Foreign keys are looked at when the transaction ends: the order of the tables does not matter.
        steps = [PATIENCE, *(f'DELETE FROM public."{name}"' for name in self._columns)]
        steps += [
            f'INSERT INTO public."{name}" ({columns}) SELECT {columns} FROM ground."{name}"'
            for name, columns in self._columns.items()
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("; ".join(steps))


def laid() -> Ground:
    """The ground as it is now."""
    return SchemaGround() if connection.vendor == "postgresql" else FileGround()
