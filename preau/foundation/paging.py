"""The page of a list that an address asks for; and a list with its length, in one statement."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest

from preau.foundation.prepared import Lines, Prepared


def counted(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """These rows, each of which says how many there are `in_all`."""
    return rows.annotate(in_all=Window(Count("*")))


def lines_of(rows: Prepared, number: Prepared, *arguments: Any) -> Lines:
    """A list whose pages are prepared: `rows` builds it through `counted`, `number` gives its length, or no row."""
    return Lines(
        lambda: number.first(*arguments) or 0, lambda first, last: rows.part(first, last, *arguments)
    )


class _Rows:
    """What a paginator asks of a list: the rows of the asked page, each of which says how many there are in all."""

    def __init__(self, lines: Lines, asked: slice) -> None:
        self._lines, self._asked = lines, asked
        self._page = lines[asked]

    def count(self) -> int:
        return self._page[0].in_all if self._page else self._lines.count()

    def __getitem__(self, part: slice) -> list[Any]:
        # Another page than the asked one: it was beyond the last.
        same = part.start == self._asked.start
        return self._page if same else self._lines[part]


def page_of(rows: "QuerySet[Any] | Lines", asked: str | None, size: int) -> "Page[Any]":
    """The asked page of these ordered rows, or the nearest that exists: one statement for whoever follows the links."""
    number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    first = (max(number, 1) - 1) * size
    lines = rows if isinstance(rows, Lines) else _built(rows)
    return Paginator(_Rows(lines, slice(first, first + size)), size).get_page(asked)  # type: ignore[arg-type]


def _built(rows: "QuerySet[Any]") -> Lines:
    return Lines(rows.count, lambda first, last: list(counted(rows)[first:last]))


def page_for(request: HttpRequest, rows: Any, size: int) -> "Page[Any]":
    """The page of these rows that the address asks for, or the nearest that exists; the list is counted apart."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def query_of(request: HttpRequest) -> str:
    """What the address asks besides its page: the links to the other pages say it again."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
