"""CSV that a spreadsheet opens without executing anything."""

RISKY = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """A file for `csv.writer` that hands each line back instead of keeping it, so that an export can be streamed."""

    def write(self, text: str) -> str:
        return text


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = str(cell)
    return f"'{text}" if text.startswith(RISKY) else text
