"""What people must answer, whatever house asks it: the rows of every house in one statement (`boards.awaited`)."""

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, F, Field, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from preau.foundation import boards
from preau.foundation.boards import Awaited, AwaitedSource
from preau.foundation.prepared import Prepared


class Row(NamedTuple):
    """One line of a house. `key`: its number there; `about` and `whose`: the pupil; the rest, as the house means it."""

    source: str
    key: int
    about: int
    whose: str
    text: str
    word: str
    more: str
    day: date | None
    starts: datetime | None
    ends: datetime | None


KINDS: dict[str, type[Field[Any, Any]]] = (
    dict.fromkeys(["key", "about"], BigIntegerField)
    | dict.fromkeys(["source", "whose", "text", "word", "more"], CharField)
    | {"day": DateField, "starts": DateTimeField, "ends": DateTimeField}
)
# What a house does not say: nothing, of the right kind, since a union has one kind a column.
NOTHING: dict[type[Field[Any, Any]], Any] = {
    BigIntegerField: 0,
    CharField: "",
    DateField: None,
    DateTimeField: None,
}


def row_of(found: "QuerySet[Any]", source: str, **columns: "Combinable | str") -> "QuerySet[Any, Any]":
    """These rows with the columns of `Row`: each an expression, or the lookup of a field. `key` is the number of the row itself."""
    expressions: dict[str, Any] = {"source": Value(source), "key": F("pk")} | {
        name: F(given) if isinstance(given, str) else given for name, given in columns.items()
    }
    made = {
        f"awaited_{name}": Cast(expressions.get(name, Value(NOTHING[kind])), kind())
        for name, kind in ((name, KINDS[name]) for name in Row._fields)
    }
    return found.order_by().annotate(**made).values_list(*made)


def awaited_of(viewer: Any) -> list[Awaited]:
    """All that this viewer has to answer, house by house (one statement, and what a house reads of its own rows)."""
    sources = [(one, seated) for one, seated in boards.offered(boards.awaited, viewer) if one.open_to(seated)]
    if not sources:
        return []
    rows: dict[str, list[Row]] = {}
    together = _together(tuple(one for one, _seated in sources))
    for line in together(*(seated for _one, seated in sources)):
        row = Row(*line)
        rows.setdefault(row.source, []).append(row)
    return [
        awaited
        for source, seated in sources
        if source.key in rows
        for awaited in source.said(seated, rows[source.key])
    ]


@cache
def _together(sources: tuple[AwaitedSource, ...]) -> Prepared:
    """The rows of these houses, each for the viewer as its service sees them."""

    def rows(*viewers: Any) -> "QuerySet[Any, Any]":
        first, *others = (source.rows(viewer) for source, viewer in zip(sources, viewers, strict=True))
        return first.union(*others, all=True) if others else first

    return Prepared(rows)
