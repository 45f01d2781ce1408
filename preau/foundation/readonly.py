"""A GET changes no domain row (docs/decisions/0020), checked at the database cursor."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE = {"GET", "HEAD", "OPTIONS"}
WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+\"?(\w+)", re.IGNORECASE
)
# What a reader leaves behind: the session, the count of requests; `commons.journal` adds the line that says who read.
WRITABLE = {"django_session", "foundation_ratewindow"}
# A protocol that others wrote may change rows by GET: the exact address, and the only tables (docs/decisions/0099).
PROTOCOLS: dict[str, frozenset[str]] = {}


class WriteDuringRead(RuntimeError):
    """A page that only shows tried to change a row."""


def refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    written = WRITE.match(sql)
    if written and written[1].lower() not in WRITABLE:
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
        if request.method not in SAFE:
            return self.get_response(request)
        tables = PROTOCOLS.get(request.path)
        with connection.execute_wrapper(refusing_but(tables) if tables else refuse_writes):
            return self.get_response(request)
