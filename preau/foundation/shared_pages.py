"""A page that is the same for every visitor is drawn once a minute, not once a visit (docs/decisions/0128).

Only for whoever brings no cookie at all: no session, no wish of display, no message. The page says nothing of who reads it, and
gives no cookie back; the nonce of its policy is the one thing that changes, and is put in anew.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase

T = TypeVar("T")
OK = 200
# As many pages as a process keeps: some tens of megabytes at most.
MOST, HEAVIEST = 500, 100_000
# As many answers to a question that all ask, which are rows and not texts.
MOST_TOLD = 100
# What an answer says besides its text, and that another answer must say too.
SAID = ("Content-Type", "Link")


@dataclass(frozen=True)
class _CachedPage:
    """One page as it was drawn: `nonce`, that of its policy then."""

    at: float
    body: bytes
    nonce: bytes
    headers: tuple[tuple[str, str], ...]


class _Shelf:
    """The pages that this process keeps, the last asked for at the end."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pages: OrderedDict[str, _CachedPage] = OrderedDict()

    def get(self, key: str, seconds: float) -> _CachedPage | None:
        with self.lock:
            found = self.pages.get(key)
            if found is None or time.monotonic() - found.at >= seconds:
                return None
            self.pages.move_to_end(key)
            return found

    def put(self, key: str, page: _CachedPage) -> None:
        with self.lock:
            self.pages[key] = page
            self.pages.move_to_end(key)
            while len(self.pages) > MOST:
                self.pages.popitem(last=False)


_shelf = _Shelf()
_told: "OrderedDict[str, tuple[float, Any]]" = OrderedDict()
_telling = threading.Lock()


def forget_all() -> None:
    """Draw every page anew; for tests."""
    _shelf.pages.clear()
    _told.clear()


def shared_value(key: str, make: Callable[[], T]) -> T:
    """What `make` gives, asked once a minute: for what is the same whoever reads, in the page of somebody signed in.

    Nobody changes what it gives. What `make` raises is not kept.
    """
    seconds = settings.SHARED_PAGES_SECONDS
    if not seconds:
        return make()
    with _telling:
        at, known = _told.get(key, (float("-inf"), None))
        if time.monotonic() - at < seconds:
            _told.move_to_end(key)
            return known  # type: ignore[return-value]
    made = make()
    with _telling:
        _told[key] = (time.monotonic(), made)
        _told.move_to_end(key)
        while len(_told) > MOST_TOLD:
            _told.popitem(last=False)
    return made


def same_for_visitors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Below `@opens(to=anyone)`, on a page that depends on its address alone, and that may be a minute late."""

    @wraps(view)
    def shared(request: Any, **kwargs: Any) -> HttpResponseBase:
        seconds = settings.SHARED_PAGES_SECONDS
        if not seconds or request.method != "GET" or request.COOKIES or request.htmx:
            return view(request, **kwargs)
        key = request.get_full_path()
        kept = _shelf.get(key, seconds)
        if kept is None:
            return _drawn(view(request, **kwargs), request, key)
        answer = HttpResponse(
            kept.body.replace(kept.nonce, str(request.csp_nonce).encode()) if kept.nonce else kept.body
        )
        for name, value in kept.headers:
            answer.headers[name] = value
        return answer

    return shared


def _drawn(answer: HttpResponseBase, request: Any, key: str) -> HttpResponseBase:
    """Kept for the next visitor, unless it says something to this one."""
    if (
        isinstance(answer, HttpResponse)
        and answer.status_code == OK
        and not answer.cookies
        and not request.viewer
    ):
        body = answer.content
        nonce = str(request.csp_nonce).encode()
        if len(body) <= HEAVIEST and b"csrfmiddlewaretoken" not in body:
            headers = tuple((name, answer.headers[name]) for name in SAID if name in answer.headers)
            _shelf.put(key, _CachedPage(time.monotonic(), body, nonce if nonce in body else b"", headers))
    return answer
