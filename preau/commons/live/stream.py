"""The ASGI application of `manage.py run_live`: streams of hints (server-sent events), and nothing else.

What a page may hear of is asked of Django itself, by an ordinary request with the cookies of the page, before a stream opens and each time that
rights may have changed. In between nothing is asked: an open stream costs the database nothing.
"""

import asyncio
import io
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from preau.commons.live import bus
from preau.commons.live.hub import Hub, Stream

PATH = "/en-direct/"
# So often a line goes through, so that a proxy does not take silence for an end.
BEAT = 25.0
# Hints that come together go together.
TOGETHER = 0.3
# Browsers that lost us come back over this time.
SPREAD = 20_000
# Some proxies wait for a first lot.
PADDING = ":" + " " * 2048 + "\n"
THREADS = 4
# Streams of one person, pages and devices together, and of all; what a page may ask for in its address. A page that is refused asks by itself
# every few seconds, and comes back later: it misses nothing.
MOST_OF_ONE, MOST_OF_ALL, MOST_ASKED = 24, 10_000, 40
# Rights that end now are not asked for without a breath.
SOON = 1.0

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Live:
    """The application. `rights(scope, asked)` says what a page may hear of, or None: Django's own answer, unless a test gives another."""

    def __init__(
        self, rights: Callable[[Scope, tuple[str, ...]], Mapping[str, Any] | None] | None = None
    ) -> None:
        self.hub = Hub()
        self._rights = rights or Asking()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="rights")
        self._bus: asyncio.Task[None] | None = None
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == "/sante/":
            await _say(send, HTTPStatus.OK, f"{len(self.hub.streams)} streams, {self.asked} questions\n")
        elif scope["path"] != PATH or scope["method"] != "GET":
            await _say(send, HTTPStatus.NOT_FOUND)
        elif not _is_ours(scope):
            await _say(send, HTTPStatus.FORBIDDEN)
        elif len(self.hub.streams) >= MOST_OF_ALL:
            await _say(send, HTTPStatus.SERVICE_UNAVAILABLE, origin=_header(scope, b"origin"))
        else:
            await self._open(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._bus = asyncio.create_task(bus.listen(self.hub.carry, self.hub.doubt_everything))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._bus.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            parameters = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=MOST_ASKED)
        except ValueError:
            await _say(send, HTTPStatus.BAD_REQUEST, origin=_header(scope, b"origin"))
            return
        stream = Stream(tuple(parameters.get("sujet", ())))
        if not await self._look(scope, stream):
            await _say(send, HTTPStatus.UNAUTHORIZED, origin=_header(scope, b"origin"))
            return
        if self.hub.streams_of(stream) > MOST_OF_ONE:
            self.hub.remove(stream)
            await _say(send, HTTPStatus.TOO_MANY_REQUESTS, origin=_header(scope, b"origin"))
            return
        leaving = asyncio.create_task(_until_gone(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _headers(scope)})
            await _tell(send, f"{PADDING}retry: {random.randint(1000, SPREAD)}\nevent: ready\ndata:\n\n")  # noqa: S311 - a delay
            await self._follow(scope, stream, send)
            await send({"type": "http.response.body", "body": b""})
        except OSError:
            pass
        finally:
            leaving.cancel()
            self.hub.remove(stream)

    async def _follow(self, scope: Scope, stream: Stream, send: Send) -> None:
        """Tell what moves until the page is gone, or may not hear any more."""
        clock = asyncio.get_running_loop()
        while not stream.gone:
            try:
                await asyncio.wait_for(stream.wake.wait(), min(BEAT, max(stream.until - clock.time(), 0)))
            except TimeoutError:
                if clock.time() < stream.until:
                    await _tell(send, ":\n\n")
                    continue
                stream.doubted = True
            stream.wake.clear()
            if stream.doubted and not await self._look(scope, stream):
                return
            if stream.moved:
                await asyncio.sleep(TOGETHER)
                await _tell(send, f"event: moved\ndata: {' '.join(stream.take())}\n\n")

    async def _look(self, scope: Scope, stream: Stream) -> bool:
        """Ask Django what this page may hear of; False when it may not hear any more of something that it heard of, or of anything."""
        stream.doubted = False
        self.asked += 1
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._rights, scope, stream.asked
        )
        if found is None or not set(stream.heard) <= set(found["channels"].values()):
            self.hub.remove(stream)
            return False
        self.hub.add(stream, found["channels"], found["watched"])
        left = max(float(found["until"]) - time.time(), SOON)
        stream.until = asyncio.get_running_loop().time() + left
        return True


class Asking:
    """What Django answers to the page of rights, asked with the cookies of a page, in this process."""

    def __init__(self) -> None:
        self._django = get_wsgi_application()

    def __call__(self, scope: Scope, asked: tuple[str, ...]) -> Mapping[str, Any] | None:
        response: dict[str, str] = {}

        def start(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
            response["status"] = status
            return lambda data: None

        answer = self._django(_request(scope, asked), start)
        try:
            body = b"".join(answer)
        finally:
            # It gives its connection to the database back.
            close = getattr(answer, "close", None)
            if close:
                close()
        return json.loads(body) if response["status"].startswith("200") else None


def _request(scope: Scope, asked: tuple[str, ...]) -> dict[str, Any]:
    """The same browser, at the page of rights."""
    host = urlsplit(settings.PUBLIC_URL)
    scheme = "https" if settings.HTTPS else "http"
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": reverse("live:rights"),
        "QUERY_STRING": urlencode([("sujet", words) for words in asked]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": host.hostname or "localhost",
        "SERVER_PORT": str(host.port or 80),
        "HTTP_HOST": host.netloc,
        "HTTP_COOKIE": _header(scope, b"cookie"),
        "HTTP_X_HINTED": "1",
        "HTTP_X_FORWARDED_PROTO": scheme,
        "HTTP_USER_AGENT": _header(scope, b"user-agent"),
        "REMOTE_ADDR": (scope.get("client") or ("127.0.0.1",))[0],
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _is_ours(scope: Scope) -> bool:
    """Pages of this site alone: another site's browser brings our cookies nowhere."""
    origin = _header(scope, b"origin")
    return not origin or origin == settings.PUBLIC_URL


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    found = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return found + _shared(_header(scope, b"origin"))


def _shared(origin: str) -> list[tuple[bytes, bytes]]:
    """For a page of this site, when streams have an address of their own."""
    if not origin or not settings.LIVE_URL:
        return []
    return [
        (b"access-control-allow-origin", settings.PUBLIC_URL.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _tell(send: Send, words: str) -> None:
    await send({"type": "http.response.body", "body": words.encode(), "more_body": True})


async def _say(send: Send, status: HTTPStatus, words: str = "", origin: str = "") -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store"), *_shared(origin)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.gone = True
    stream.wake.set()
