"""Every change of the catalogue."""

from preau.domains.catalogue.actions.publishing import (
    LONGEST_MISS,
    MOST_MISSES,
    REMEMBERED,
    Drawing,
    Place,
    Record,
    Report,
    Shelf,
    clear_miss,
    count_miss,
    next_edition,
    publish,
)

__all__ = [
    "LONGEST_MISS",
    "MOST_MISSES",
    "REMEMBERED",
    "Drawing",
    "Place",
    "Record",
    "Report",
    "Shelf",
    "clear_miss",
    "count_miss",
    "next_edition",
    "publish",
]
