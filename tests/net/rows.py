"""A digest of each table, made by the database: what a request wrote is what it changed.

The rows are not brought here: a thousand questions read every table several times each.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from preau.commons.journal.models import Line

# What any request may leave behind: its session, the count of its tries.
NOT_DOMAIN = {"django_session", "foundation_ratewindow"}


READS = re.compile(r"\s*\(?SELECT\b", re.IGNORECASE)
WORD = re.compile(r"\w+")
_remembered: list["Remembered"] = []


class Remembered:
    """The tables that no statement but a reading has named, and their digests.

    A table that was named once is read each time: what is rolled back changes it again. The database has no trigger,
    and what is sent by COPY comes from tasks alone (`foundation.db`), which no form waits for.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, bool], str] = {}
        self.names = {model._meta.db_table for model in tables()}

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.names and not READS.match(sql):
            self.names -= set(WORD.findall(sql))
        return execute(sql, params, many, context)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, `digests` reads again only the tables that something may have changed."""
    _remembered.append(Remembered())
    try:
        with connection.execute_wrapper(_remembered[-1]):
            yield
    finally:
        _remembered.pop()


def digests(*, without_readings: bool = False) -> dict[str, str]:
    """By table of the domain. `without_readings`: but for the lines of the journal that say what was read."""
    held = _remembered[-1] if _remembered else None
    made = {}
    with connection.cursor() as cursor:
        for model in tables():
            name, key = model._meta.db_table, (model._meta.db_table, without_readings)
            if held and name in held.names and key in held.known:
                made[name] = held.known[key]
                continue
            where = "WHERE NOT is_read" if without_readings and model is Line else ""
            cursor.execute(_statement(model, where))
            (rows,) = cursor.fetchone()
            made[name] = hashlib.sha256((rows or "").encode()).hexdigest()
            if held and name in held.names:
                held.known[key] = made[name]
    return made


def tables() -> Iterable[Any]:
    """The tables of the domain, by name."""
    found = (get_model for get_model in apps.get_models(include_auto_created=True) if get_model._meta.managed)
    kept = (get_model for get_model in found if get_model._meta.db_table not in NOT_DOMAIN)
    return sorted(kept, key=lambda get_model: get_model._meta.db_table)


def _statement(model: Any, where: str) -> str:
    """One text of all the rows in the order of their keys, every column of each written out."""
    quoted = connection.ops.quote_name
    table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column)
    if connection.vendor == "postgresql":
        return f"SELECT md5(string_agg(t::text, chr(10) ORDER BY t.{key})) FROM {table} t {where}"
    columns = " || ',' || ".join(
        f"quote({quoted(concrete_field.column)})" for concrete_field in model._meta.concrete_fields
    )
    return (
        f"SELECT group_concat(r, char(10)) FROM (SELECT {columns} AS r FROM {table} {where} ORDER BY {key})"
    )
