"""Rooms, found by the box of the site."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from preau.directory.models import Room
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Bookable
from preau.domains.timetable.queries.whose import By
from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, fold_title, titled
from preau.foundation.templating import url

Row = tuple[Any, ...]


def titles(viewer: Viewer, _wanted: LookupTerms) -> "QuerySet[Room]":
    """The rooms of the school, with what each is when somebody described it: all of them, as they are few."""
    return titled(Room.objects.visible_to(viewer), folded="name", title="name", word="bookable__kind")


def rooms_found(_viewer: Viewer, wanted: LookupTerms, rows: Sequence[Row]) -> list[Hit]:
    """Each on its week; « salle 204 » and « 204 » find the same, and « informatique » those that are described so."""
    return [
        Hit(dates.capital(place_of(name)), _week_of(room), _kind_of(kind), near=slips > 0)
        for (room, _folded, name, kind, *_rest), slips in wanted.best(rows, _words_of)
    ]


def _words_of(row: Row) -> str:
    _pk, _folded, name, kind, *_rest = row
    return fold_title(f"{name} {_kind_of(kind) or Bookable.Kind.ROOM.label}")


def _kind_of(kind: str | None) -> str:
    return str(Bookable.Kind(kind).label) if kind and kind != Bookable.Kind.ROOM else ""


def _week_of(room: int) -> str:
    return f"{url('timetable:week')}?{urlencode({'par': By.ROOM.value, By.ROOM.value: room})}"
