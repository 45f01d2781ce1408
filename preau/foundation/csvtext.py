"""CSV that a spreadsheet opens without executing anything."""

import csv
from collections.abc import Iterable, Iterator, Sequence

RISKY = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """A file for `csv.writer` that hands each line back instead of keeping it, so that an export can be streamed."""

    def write(self, text: str) -> str:
        return text


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = str(cell)
    return f"'{text}" if text.startswith(RISKY) else text


def lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A whole file, line by line: UTF-8 with a mark and semicolons, as French spreadsheets open it."""
    writer = csv.writer(Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])
