"""Hours held, as a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.domains.timetable.queries.hours import Hours
from preau.foundation import csvtext

HEADER = [
    _("Classe ou groupe"),
    _("Matière"),
    _("Heures prévues"),
    _("Heures faites"),
    _("dont remplacées"),
    _("dont ajoutées"),
    _("Heures annulées"),
    _("Part faite (%)"),
]


def hours_csv(rows: Iterable[Hours]) -> Iterator[str]:
    """UTF-8 with a mark and semicolons; hours with a comma, as French spreadsheets add them."""
    return csvtext.lines(HEADER, (_cells(row) for row in rows))


def _cells(row: Hours) -> list[Any]:
    minutes = (row.planned, row.held, row.replaced, row.added, row.cancelled)
    rate = "" if row.rate is None else row.rate
    return [row.group, row.subject, *(_decimal(minute) for minute in minutes), rate]


def _decimal(minutes: int) -> str:
    return f"{minutes / 60:.2f}".replace(".", ",")
