"""What the directory says of days: when the school is closed, when a period begins."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from preau.directory.models import Closure, Period
from preau.directory.viewer import Viewer
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared

Line = tuple[int, str, date, date, str]
COLUMNS = ("pk", "name", "starts", "ends", "school__name")


def _days(viewer: Viewer, first: date, last: date) -> "QuerySet[Closure, tuple[Any, ...]]":
    """Closures, then periods that begin, in one query."""
    closed = Closure.objects.visible_to(viewer).filter(starts__lte=last, ends__gte=first).order_by()
    begun = Period.objects.visible_to(viewer).filter(starts__range=(first, last)).order_by()
    both = closed.values_list(Value(0), *COLUMNS).union(begun.values_list(Value(1), *COLUMNS), all=True)
    return both.order_by("starts", "pk")


DAYS = Prepared(_days)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """Closures, and the first day of each period, between two days (one query)."""
    lines = DAYS(viewer, first, last)
    closed: list[Line] = [tuple(line) for begins, *line in lines if not begins]
    begun: list[Line] = [
        (pk, _("Début : %(name)s") % {"name": name}, starts, starts, school)
        for begins, pk, name, starts, _ends, school in lines
        if begins
    ]
    return _entries("fermeture", closed) + _entries("periode", begun)


def _entries(kind: str, lines: Iterable[Line]) -> list[AgendaEntry]:
    """One entry for the same days of several schools; the school is said where a family's schools differ."""
    same: dict[tuple[str, date, date], list[tuple[int, str]]] = {}
    schools: set[str] = set()
    for pk, name, starts, ends, school in lines:
        same.setdefault((name, starts, ends), []).append((pk, school))
        schools.add(school)
    return [
        AgendaEntry(
            uid=f"{kind}-{found[0][0]}",
            title=name,
            starts=starts,
            ends=ends,
            detail=", ".join(school for _pk, school in found) if len(found) < len(schools) else "",
        )
        for (name, starts, ends), found in same.items()
    ]
