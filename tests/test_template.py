"""The database of the tests is the one that the migrations make: the same tables, to the letter."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests import template

pytestmark = pytest.mark.engine

SQLITE = "SELECT name, sql FROM {}.sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
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


def tables_of(name: str) -> list[Any]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ATTACH DATABASE %s AS other", [name])
            cursor.execute(SQLITE.format("other"))
            found = cursor.fetchall()
            cursor.execute("DETACH DATABASE other")
            return found
    return template.Databases(connection.settings_dict | {"NAME": name}).rows(POSTGRESQL)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_template_has_the_tables_of_the_migrations(migrated: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQLITE.format("main") if connection.vendor == "sqlite" else POSTGRESQL)
        here = cursor.fetchall()
    assert here == tables_of(migrated)
    assert len(here) > 100


def test_a_template_is_named_after_what_makes_it(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "ROOT", tmp_path)
    file = tmp_path / "preau" / "models.py"
    file.parent.mkdir()
    file.write_text("a = 1")
    before = template.digest([file])
    file.write_text("a = 2")
    assert template.digest([file]) != before
