"""A digest of each table, made by the database: what a request wrote is what it changed.

The rows are not brought here: a thousand questions read every table several times each.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection

from preau.commons.journal.models import Line

# What any request may leave behind: its session, the count of its tries.
NOT_DOMAIN = {"django_session", "foundation_ratewindow"}


def digests(*, without_readings: bool = False) -> dict[str, str]:
    """By table of the domain. `without_readings`: but for the lines of the journal that say what was read."""
    made = {}
    with connection.cursor() as cursor:
        for model in tables():
            where = "WHERE NOT is_read" if without_readings and model is Line else ""
            cursor.execute(_statement(model, where))
            (rows,) = cursor.fetchone()
            made[model._meta.db_table] = hashlib.sha256((rows or "").encode()).hexdigest()
    return made


def tables() -> Iterable[Any]:
    """The tables of the domain, by name."""
    found = (one for one in apps.get_models(include_auto_created=True) if one._meta.managed)
    kept = (one for one in found if one._meta.db_table not in NOT_DOMAIN)
    return sorted(kept, key=lambda one: one._meta.db_table)


def _statement(model: Any, where: str) -> str:
    """One text of all the rows in the order of their keys, every column of each written out."""
    quoted = connection.ops.quote_name
    table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column)
    if connection.vendor == "postgresql":
        return f"SELECT md5(string_agg(t::text, chr(10) ORDER BY t.{key})) FROM {table} t {where}"
    columns = " || ',' || ".join(f"quote({quoted(one.column)})" for one in model._meta.concrete_fields)
    return (
        f"SELECT group_concat(r, char(10)) FROM (SELECT {columns} AS r FROM {table} {where} ORDER BY {key})"
    )
