"""Numbers of a school that stand together on a page: one statement for all of them, whichever room each comes from."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.foundation.prepared import Prepared

# What counts for a viewer: `number_of` the rows that they may see. It is built once (see `foundation.prepared`).
Counter = Callable[[Viewer], Coalesce]


def number_of(rows: "QuerySet[Any]", column: str = "pk") -> Coalesce:
    """How many rows, or how many different values of a column, as a part of another query.

    Rows are not counted as different ones: nothing that they are sorted out by has several for one of them.
    """
    counted = rows.order_by().annotate(every=Value(1)).values("every")
    different = Count(column, distinct=column != "pk")
    return Coalesce(Subquery(counted.annotate(number=different).values("number")), 0)


class _UpTo(Subquery):
    """How many rows a query that stops somewhere gives."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) stopped)"
    output_field = IntegerField()


def number_up_to(rows: "QuerySet[Any]", most: int) -> Coalesce:
    """The same, counted no further than `most`: what is drawn on every page costs the same however long the list is."""
    return Coalesce(_UpTo(rows.order_by().values("pk")[:most]), 0)


def numbers(viewer: Viewer, *counters: Counter) -> tuple[int, ...]:
    """What each counts in the viewer's school, in one query; zeros for whoever sits in none."""
    if not counters or viewer.school is None:
        return (0,) * len(counters)
    found: tuple[int, ...] = _together(counters).first(viewer)
    return found


@cache
def _together(counters: tuple[Counter, ...]) -> Prepared:
    return Prepared(
        lambda viewer: School.objects.filter(pk=viewer.school_id).values_list(
            *(counter(viewer) for counter in counters)
        )
    )
