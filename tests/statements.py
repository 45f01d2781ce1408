"""What a page asks of the database: which statements count, and how many a page may make. All that counts them does so here."""

import re
from types import TracebackType
from typing import Any, Self

# The session, the viewer and the journal included (docs/decisions/0027, 0100).
MOST_QUERIES = 14
# A union begins with a parenthesis on PostgreSQL. Opening and ending transactions are no statements of a page.
COUNTED = re.compile(r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


def counts(sql: str) -> bool:
    return COUNTED.match(sql) is not None


class Statements:
    """Those made on a connection while this is open, prepared ones too (`foundation.db.preparing_cursor`)."""

    def __init__(self, connection: Any) -> None:
        self.made: list[str] = []
        # Django asks SQLite once a process whether it knows JSON: no statement of a page.
        _knows_json = connection.features.supports_json_field
        self._listening = connection.execute_wrapper(self._hear)

    @property
    def count(self) -> int:
        return len(self.made)

    def __enter__(self) -> Self:
        self._listening.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, where: TracebackType | None
    ) -> None:
        self._listening.__exit__(kind, raised, where)

    def _hear(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if counts(sql):
            self.made.append(sql)
        return execute(sql, params, many, context)
