"""Bookings, as a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Booking
from preau.domains.timetable.queries.bookings import booking_rows
from preau.foundation import csvtext

HEADER = [
    _("Salle ou matériel"),
    _("Nature"),
    _("Jour"),
    _("Heures"),
    _("Réservé par"),
    _("Cours"),
    _("Pour quoi"),
    _("État"),
]
CHUNK = 500


def bookings_csv(viewer: Viewer, bookings: "QuerySet[Booking]") -> Iterator[str]:
    """UTF-8 with a mark and semicolons, as French spreadsheets open it; formulas are neutralised."""
    return csvtext.lines(HEADER, _cells(viewer, bookings))


def _cells(viewer: Viewer, bookings: "QuerySet[Booking]") -> Iterator[list[Any]]:
    for booking in bookings.iterator(chunk_size=CHUNK):
        (row,) = booking_rows(viewer, [booking])
        state = _now("annulé") if row.is_cancelled else ""
        yield [row.called, row.kind, row.day, row.hours, row.who, row.lesson_said, row.purpose, state]
