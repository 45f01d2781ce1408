"""What pages read of the directory."""

from preau.directory.queries.deliveries import (
    Changed,
    DeliveryRow,
    Listed,
    Part,
    brought_by,
    changes_of,
    csv_rows,
    exported,
    figures_of,
    part_of,
    parts_of,
    rows_of,
    said,
    seconds_for,
    share_of,
    table_of,
)

__all__ = [
    "Changed",
    "DeliveryRow",
    "Listed",
    "Part",
    "brought_by",
    "changes_of",
    "csv_rows",
    "exported",
    "figures_of",
    "part_of",
    "parts_of",
    "rows_of",
    "said",
    "seconds_for",
    "share_of",
    "table_of",
]
