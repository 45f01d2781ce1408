"""A GET changes no domain row (docs/decisions/0020), checked at the database cursor."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE = {"GET", "HEAD", "OPTIONS"}
# Methods of WebDAV that only ask.
ASKING = SAFE | {"PROPFIND", "REPORT"}
WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+\"?(\w+)", re.IGNORECASE
)
# What a reader leaves behind: the session, the count of requests; `commons.journal` adds the line that says who read.
WRITABLE = {"django_session", "foundation_ratewindow"}
# A protocol that others wrote may change rows by GET: the exact address, and the only tables (docs/decisions/0099).
PROTOCOLS: dict[str, frozenset[str]] = {}
# The same, where the address names a row of ours: the whole path, as a pattern (docs/decisions/0115).
PATTERNS: list[tuple[re.Pattern[str], frozenset[str]]] = []

# What the gate of a key notes while it lets somebody in, whatever the address (docs/decisions/0119).
NOTING: ContextVar[frozenset[str]] = ContextVar("noting", default=frozenset())


@contextmanager
def noting(*tables: str) -> Iterator[None]:
    """Let these tables be written for the time of one note, in a reading too."""
    before = NOTING.set(frozenset(tables))
    try:
        yield
    finally:
        NOTING.reset(before)


def tables_of(path: str) -> frozenset[str] | None:
    """The tables that a protocol may change by a GET of this address; None for every other page."""
    exact = PROTOCOLS.get(path)
    return exact or next((tables for pattern, tables in PATTERNS if pattern.fullmatch(path)), None)


class WriteDuringRead(RuntimeError):
    """A page that only shows tried to change a row."""


def refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    written = WRITE.match(sql)
    if written and written[1].lower() not in WRITABLE | NOTING.get():
        raise WriteDuringRead(f"A GET may not change {written[1]}: {sql[:120]}")
    return execute(sql, params, many, context)


def refusing_but(tables: frozenset[str]) -> Callable[..., Any]:
    """The guard of an address of a protocol: it may write in these tables too."""

    def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        written = WRITE.match(sql)
        if written and written[1].lower() in tables:
            return execute(sql, params, many, context)
        return refuse_writes(execute, sql, params, many, context)

    return guard


class ReadOnlyGetMiddleware:
    """Run every safe method under the guard."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ASKING:
            return self.get_response(request)
        tables = tables_of(request.path)
        with connection.execute_wrapper(refusing_but(tables) if tables else refuse_writes):
            return self.get_response(request)
