"""A database that is away: one request goes and sees, the others are told at once instead of waiting with it.

The pool makes each request wait five seconds for a connection. With a handful of threads, a minute of them and nothing
answers any more, not even whoever asks whether this process is alive.
"""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout

RETRY_AFTER = 5  # seconds
ALIVE = "/sante/"


class _Line:
    """Until when nobody tries. 0: the database answers, as far as is known."""

    until = 0.0


def is_away() -> bool:
    return monotonic() < _Line.until


def note(error: BaseException | None) -> None:
    """A request met this. A pool whose connections are all busy is not a database that is away: it is asked."""
    while error is not None and not isinstance(error, PoolTimeout):
        error = error.__cause__ or error.__context__
    if error is not None and not answers():
        _Line.until = monotonic() + RETRY_AFTER


def answers() -> bool:
    """Does the server take one more connection, now?"""
    with suppress(psycopg.Error):
        parameters = {
            name: value for name, value in connection.get_connection_params().items() if name != "pool"
        }
        psycopg.connect(**parameters | {"connect_timeout": 2}).close()
        return True
    return False


def not_now() -> HttpResponse:
    page = render(None, "503.html", status=503)  # type: ignore[arg-type]
    page.headers["Retry-After"] = str(RETRY_AFTER)
    return page


class AwayMiddleware:
    """Above the sessions: nothing below is asked while the database is away, but by one request at a time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _Line.until or request.path.startswith(ALIVE):
            return self.get_response(request)
        if is_away():
            return not_now()
        _Line.until = monotonic() + RETRY_AFTER
        response = self.get_response(request)
        # A page that asks the database nothing says nothing of it.
        if response.status_code != 503 and answers():
            _Line.until = 0.0
        return response
