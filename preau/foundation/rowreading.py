"""How the rows of a compiled statement become what its queryset gives: read off the statement once, not at each request.

Django's iterables find again at each request which columns make which instance and how each column is converted: of a page
of ten statements they took as long as the database (docs/decisions/0104). What they would find does not change between
two executions of one statement, and neither does anything here.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler

from preau.foundation.db import reading_of

Row = Sequence[Any]
Rows = list[Row]
RowReader = Callable[[Rows], list[Any]]


def row_reader(queryset: "models.QuerySet[Any, Any]", compiler: SQLCompiler) -> RowReader:
    """What makes instances, dicts, tuples or values of the rows of this queryset, which `compiler` has compiled.

    TypeError for a queryset that keeps rows of its own, or one whose rows are none of these.
    """
    make = MAKERS.get(queryset._iterable_class)  # type: ignore[attr-defined]  # noqa: SLF001
    if make is None or queryset._known_related_objects:  # type: ignore[attr-defined]  # noqa: SLF001
        raise TypeError(
            "A prepared query gives instances, dicts, tuples or values, and knows none of them before."
        )
    of_rows = make(compiler)
    convert = _conversion(compiler)
    return lambda rows: of_rows(convert(rows)) if rows else []


def _conversion(compiler: Any) -> Callable[[Rows], Rows]:
    """From the values of the driver to those of the fields. What is only sorted by comes last, and is left out."""
    expressions = [one[0] for one in compiler.select[: compiler.col_count]]
    if compiler.has_composite_fields(expressions):
        raise TypeError("A prepared query has no composite column.")
    readings = [
        (place, reading_of(converters, expression, compiler.connection))
        for place, (converters, expression) in compiler.get_converters(expressions).items()
    ]
    last = compiler.col_count if compiler.has_extra_select else None

    def convert(rows: Rows) -> Rows:
        if last is not None:
            rows = [row[:last] for row in rows]
        if not readings:
            return rows
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, reading in readings:
            columns[place] = map(reading, columns[place])
        return list(zip(*columns, strict=True))

    return convert


def _values(compiler: Any) -> RowReader:
    return lambda rows: [row[0] for row in rows]


def _tuples(compiler: Any) -> RowReader:
    return list


def _dicts(compiler: Any) -> RowReader:
    query = compiler.query
    names = query.selected or (*query.extra_select, *query.values_select, *query.annotation_select)
    names = tuple(names)
    return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]


def _instances(compiler: Any) -> RowReader:
    info, select = compiler.klass_info, compiler.select
    model, fields = info["model"], info["select_fields"]
    own = slice(fields[0], fields[-1] + 1)
    names = [one[0].target.attname for one in select[own]]
    using = compiler.using
    # The stubs are of another Django.
    populators = get_related_populators(info, select, using)  # type: ignore[call-arg]
    annotations = [(name, itemgetter(place)) for name, place in (compiler.annotation_col_map or {}).items()]

    def read(rows: Rows) -> list[Any]:
        found = []
        for row in rows:
            one = model.from_db(using, names, row[own])
            for populator in populators:
                populator.populate(row, one)
            for name, value in annotations:
                setattr(one, name, value(row))
            found.append(one)
        return found

    return read


MAKERS: dict[type, Callable[[Any], RowReader]] = {
    ModelIterable: _instances, ValuesIterable: _dicts, ValuesListIterable: _tuples, FlatValuesListIterable: _values,
}  # fmt: skip
