"""Reading campaigns: whom one would reach, with what doubts; what became of those that left."""

from preau.domains.campaigns.queries.doubts import DoubtRow, LineRow, line_rows, summary_of
from preau.domains.campaigns.queries.finding import Asked, asked_for, followed_among
from preau.domains.campaigns.queries.history import (
    Progress,
    campaigns_of,
    left_today,
    period_of,
    progress_of,
    received_by,
    rows_of,
    sending_rows,
    sendings_of,
    sent_about,
)
from preau.domains.campaigns.queries.plan import Counts, Doubt, Line, counts_of, lines_of, mark_of
from preau.domains.campaigns.queries.sheets import Sheet, leaves_now, lots_of, sheets_of
from preau.domains.campaigns.queries.words import values_of, wording_of

__all__ = [
    "Asked",
    "Counts",
    "Doubt",
    "DoubtRow",
    "Line",
    "LineRow",
    "Progress",
    "Sheet",
    "asked_for",
    "campaigns_of",
    "counts_of",
    "followed_among",
    "leaves_now",
    "left_today",
    "line_rows",
    "lines_of",
    "lots_of",
    "mark_of",
    "period_of",
    "progress_of",
    "received_by",
    "rows_of",
    "sending_rows",
    "sendings_of",
    "sent_about",
    "sheets_of",
    "summary_of",
    "values_of",
    "wording_of",
]
