"""The database of the tests, and of the demonstration, is the one that the migrations make: the same tables and first rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from preau.foundation import tables
from tests import template

pytestmark = pytest.mark.engine

SQLITE = "SELECT name, sql FROM {}.sqlite_master WHERE name NOT LIKE 'sqlite_%'"
# A column that no model has: it stays while a former version may run (`attendance.0003_notices_need_no_hold`).
LEFT = '"held_until" datetime NULL'
# Columns, indexes and constraints, each as PostgreSQL writes it out.
POSTGRESQL = """SELECT table_name, column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '') || coalesce(collation_name, '')
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1, 2"""


@pytest.fixture
def migrated() -> Iterator[str]:
    """A database by the real migrations, made by another process."""
    name = f"{template.test_database()}_migrated"
    code = f"import django; django.setup(); from tests import template; template.migrated({name!r})"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ.copy())
    yield name
    template.store().drop(name)


def columns(sql: str | None) -> list[str]:
    """The columns and constraints of a table, or an index whole, in an order that does not depend on their history."""
    head, _, inside = (sql or "").partition("(")
    found, depth, quoted = [""], 0, False
    for sign in inside.strip().removesuffix(")"):
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            found.append("")
        else:
            found[-1] += sign
    return sorted([head, *(part.strip() for part in found)])


def sqlite_tables(which: str) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(SQLITE.format(which))
        return {name: [part for part in columns(sql) if part != LEFT] for name, sql in cursor.fetchall()}


def first_rows(which: str) -> dict[str, int]:
    """How many rows each table holds, of those that schools do not plant."""
    with connection.cursor() as cursor:
        cursor.execute(SQLITE.format("other"))
        names = [name for name, sql in cursor.fetchall() if sql and sql.startswith("CREATE TABLE")]
        counts = {}
        for name in names:
            beside = " WHERE school_id IS NULL" if name == "attendance_reason" else ""
            cursor.execute(f'SELECT count(*) FROM {which}."{name}"{beside}')
            counts[name] = cursor.fetchone()[0]
        return counts


def _is_of_migrations_alone(table: str, what: str) -> bool:
    """The column that stays for a former version, and the number of a table of Django's that holds nothing here."""
    return (table, what.partition(" ")[0]) in {
        ("attendance_notice", "held_until"),
        ("auth_group_permissions", "id"),
    }


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_template_has_the_tables_of_the_migrations(migrated: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ATTACH DATABASE %s AS other", [migrated])
        here, there = sqlite_tables("main"), sqlite_tables("other")
        mine, theirs = first_rows("main"), first_rows("other")
        with connection.cursor() as cursor:
            cursor.execute("DETACH DATABASE other")
        # The schools are planted on this one alone: what migrations plant must be there too.
        assert {name: mine[name] for name, number in theirs.items() if number} == {
            name: number for name, number in theirs.items() if number
        }
        assert theirs["attendance_reason"] == 11
    else:
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL)
            here = cursor.fetchall()
        there = template.Databases(connection.settings_dict | {"NAME": migrated}).rows(POSTGRESQL)
        here, there = ([row for row in rows if not _is_of_migrations_alone(*row)] for rows in (here, there))
    assert here == there
    assert len(here) > 100


def test_tables_that_were_cut_short_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration that somebody stops while it makes its tables starts again from nothing."""
    file = tmp_path / "demo.sqlite3"
    file.write_text("half")
    nothing = SimpleNamespace(table_names=list[str])
    monkeypatch.setattr(
        tables,
        "connection",
        SimpleNamespace(
            introspection=nothing, vendor="sqlite", close=lambda: None, settings_dict={"NAME": str(file)}
        ),
    )
    monkeypatch.setattr(tables, "make", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tables.prepare()
    assert not file.exists()


def test_a_template_is_named_after_what_makes_it(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "ROOT", tmp_path)
    file = tmp_path / "preau" / "models.py"
    file.parent.mkdir()
    file.write_text("a = 1")
    before = template.digest([file])
    file.write_text("a = 2")
    assert template.digest([file]) != before
