"""What the pages and the protocols ask of the register."""

from preau.commons.signon.queries.access import (
    is_known,
    is_of,
    known_here,
    open_to,
    openings_to,
    place_of,
)
from preau.commons.signon.queries.facts import facts_of
from preau.commons.signon.queries.register import (
    Row,
    Tile,
    counts_of,
    opened_in,
    opening_of,
    rows_of,
    said_of_change,
    services_of,
    state_of,
    tiles_of,
    told_of,
)

__all__ = [
    "Row",
    "Tile",
    "counts_of",
    "facts_of",
    "is_known",
    "is_of",
    "known_here",
    "open_to",
    "opened_in",
    "opening_of",
    "openings_to",
    "place_of",
    "rows_of",
    "said_of_change",
    "services_of",
    "state_of",
    "tiles_of",
    "told_of",
]
