"""Hot queries, built and compiled once: Django makes the SQL of a page anew at each request, which costs more than running it.

    LESSONS = Prepared(lambda viewer, day: Lesson.objects.visible_to(viewer).on(day).values("starts", "ends"))
    rows = LESSONS(viewer, viewer.today)

The builder is called once for each *shape* of its arguments, with slots in the place of their values. It must not look at
a value: what depended on one would be kept for everybody (docs/decisions/0057). Stand-ins hold no value at all: a builder
finds nothing of the first caller to keep, and one that reads or compares a value fails at its first call.

Django has no such thing, so this leans on its inside, in `_Statement` alone: `Query.get_compiler` and `SQLCompiler.as_sql` give the
statement; its rows go back into `SQLCompiler.execute_sql`, from where the queryset's `_iterable_class` reads them as any others;
`_prefetch_related_lookups` and `_known_related_objects` say what is refused. `tests/test_prepared.py` holds each of them.
"""

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Any, Protocol, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

from preau.foundation.db import preparing_cursor

FIELDS: dict[type, Callable[[], models.Field[Any, Any]]] = {
    int: models.BigIntegerField,
    str: models.TextField,
    date: models.DateField,
    datetime: models.DateTimeField,
}
Reader = Callable[[Any], Any]


class Slot(Expression):
    """The place of a value in a compiled statement: argument `number`, or what `read` finds in it."""

    def __init__(self, number: int, read: Reader | None, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.number = number
        self.read = read

    def __str__(self) -> str:
        raise TypeError("A builder writes no value into a text: it would be kept for everybody.")

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list["Slot"]]:  # type: ignore[override]
        return "%s", [self]

    def values_in(self, arguments: tuple[Any, ...], connection: Any) -> tuple[Any, ...]:
        """The value for these arguments, as this database wants it."""
        given = arguments[self.number]
        value = self.read(given) if self.read else given
        # Numbers and texts go as they are; dates and moments as this database wants them.
        if type(value) is int or type(value) is str:
            return (value,)
        return (self.output_field.get_db_prep_value(value, connection),)


class Ids(Expression):
    """The place of a list of ids, of which there are `count`."""

    def __init__(self, number: int, read: Reader, count: int) -> None:
        super().__init__(output_field=models.BigIntegerField())
        self.number = number
        self.read = read
        self.count = count

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list["Ids"]]:  # type: ignore[override]
        return f"({', '.join(['%s'] * self.count)})", [self]

    def values_in(self, arguments: tuple[Any, ...], connection: Any) -> tuple[int, ...]:
        """The ids for these arguments: drivers take integers as they are."""
        return padded(self.read(arguments[self.number]))


@dataclass(frozen=True)
class Places:
    """Makes what stands in the place of an argument's values."""

    number: int

    def value(self, read: Reader | None, kind: type) -> Slot:
        return Slot(self.number, read, FIELDS[kind]())

    def ids(self, read: Reader, count: int) -> "Ids | list[int]":
        """For a filter « in »: of so many ids, padded; of none, a list that nothing is in."""
        return Ids(self.number, read, count) if count else []


class Shaped(Protocol):
    """An argument of several values: its shape is all that a builder may depend on."""

    def shape(self) -> Hashable: ...

    def stand_in(self, places: Places) -> Any:
        """An object of the same shape, with one of `places` where each value is, and nothing else."""


class Prepared:
    """A function that gives the rows of a query, as the builder's queryset gives them: instances, dicts or tuples.

    Arguments: numbers, texts, dates and moments (slots), tuples of ids, objects that have a `shape`, and constants (None,
    booleans, members of an enumeration), each of which makes a statement of its own.
    """

    def __init__(self, build: "Callable[..., models.QuerySet[Any, Any]]") -> None:
        self._build = build
        self._statements: dict[Hashable, _Statement | None] = {}

    def __call__(self, *arguments: Any) -> list[Any]:
        statement = self._statement_for(arguments)
        return statement.rows(arguments) if statement else []

    def part(self, first: int, last: int, *arguments: Any) -> list[Any]:
        """The rows from `first` to before `last`, as a slice gives them: one statement for all the pages of a list."""
        statement = self._statement_for(arguments)
        return statement.rows(arguments, (last - first, first)) if statement and last > first else []

    def _statement_for(self, arguments: tuple[Any, ...]) -> "_Statement | None":
        shape = tuple(map(_shape_of, arguments))
        if shape not in self._statements:
            self._statements[shape] = self._compile(arguments)
        return self._statements[shape]

    def first(self, *arguments: Any) -> Any:
        """The first row, or None."""
        return next(iter(self(*arguments)), None)

    def _compile(self, arguments: tuple[Any, ...]) -> "_Statement | None":
        """None for a query that never finds anything, as `none()`."""
        try:
            return _Statement(self._build(*(_stand_in(number, one) for number, one in enumerate(arguments))))
        except EmptyResultSet:
            return None


@dataclass(frozen=True)
class Lines:
    """A long list for a paginator: how many lines it has, and those from one to before another."""

    counted: Callable[[], int]
    part: Callable[[int, int], list[Any]]

    def count(self) -> int:
        return self.counted()

    def __getitem__(self, lines: slice) -> list[Any]:
        return self.part(lines.start or 0, lines.stop)


def padded(ids: tuple[int, ...]) -> tuple[int, ...]:
    """The same ids, the last one repeated up to a power of two: few statements serve lists of every length."""
    return ids + ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids)) if ids else ids


def _shape_of(argument: Any) -> Hashable:
    kind: Any = type(argument)
    if kind in FIELDS:
        return cast("Hashable", kind)
    if type(argument) is tuple:
        return len(padded(argument))
    if argument is None or isinstance(argument, bool | Enum):
        return argument
    return argument.shape()


def _stand_in(number: int, argument: Any) -> Any:
    places = Places(number)
    if type(argument) in FIELDS:
        return places.value(None, type(argument))
    if type(argument) is tuple:
        return places.ids(tuple, len(padded(argument)))
    if argument is None or isinstance(argument, bool | Enum):
        return argument
    return argument.stand_in(places)


class _Statement:
    """A compiled query, whose rows Django reads as those of the queryset."""

    def __init__(self, queryset: Any) -> None:
        if queryset._prefetch_related_lookups:  # noqa: SLF001
            raise TypeError("A prepared query is one statement: it prefetches nothing.")
        if queryset._known_related_objects:  # noqa: SLF001
            raise TypeError("A prepared query knows no row before: it would be given to everybody.")
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._params = self._compiler.as_sql()

    def rows(self, arguments: tuple[Any, ...], part: tuple[int, int] | None = None) -> list[Any]:
        """What the statement finds; `part` is how many of them, and after how many."""
        # The statement is shared; the connection is this thread's, and the values are this call's.
        connection = connections[DEFAULT_DB_ALIAS]
        values: list[Any] = []
        for param in self._params:
            values += param.values_in(arguments, connection) if isinstance(param, Slot | Ids) else (param,)
        sql = f"{self._sql} LIMIT %s OFFSET %s" if part else self._sql
        with preparing_cursor(connection) as cursor:
            cursor.execute(sql, [*values, *(part or ())])
            found = cursor.fetchall()
        return self._read(found, connection) if found else []

    def _read(self, found: list[Any], connection: Any) -> list[Any]:
        """The rows as the queryset gives them, which is asked for no more than its compiler: one that has executed already."""
        compiler: Any = copy(self._compiler)
        if compiler.has_extra_select:
            # What is only sorted by comes last.
            found = [row[: compiler.col_count] for row in found]
        compiler.connection = connection
        compiler.execute_sql = lambda *_, **__: [found]
        query: Any = copy(self._queryset.query)
        query.get_compiler = lambda *_, **__: compiler
        executed: Any = SimpleNamespace(**vars(self._queryset) | {"db": DEFAULT_DB_ALIAS, "query": query})
        return list(self._queryset._iterable_class(executed))  # noqa: SLF001
