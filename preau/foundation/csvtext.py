"""CSV that a spreadsheet opens without executing anything."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time

from preau.foundation import dates

RISKY = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """A file for `csv.writer` that hands each line back instead of keeping it, so that an export can be streamed."""

    def write(self, text: str) -> str:
        return text


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection); a day and an hour as they sort (ISO 8601), on the local wall."""
    text = _in_order(cell)
    return f"'{text}" if text.startswith(RISKY) else text


def _in_order(cell: object) -> str:
    """2026-11-24, 08:05, 2026-11-24 08:05; anything else as it says itself."""
    if isinstance(cell, datetime):
        return f"{dates.local(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A whole file, line by line: UTF-8 with a mark and semicolons, as French spreadsheets open it."""
    writer = csv.writer(Line(), delimiter=";")
    yield "\ufeff" + writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])
