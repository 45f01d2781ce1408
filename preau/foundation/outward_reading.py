"""Reading what another site publishes: followed where it leads, a few steps, each looked at as the first; never more than was agreed.

`outward` asks briefly and is never redirected. This reads long answers of sites that nobody here runs: bytes, seconds and
steps have a limit, and an address within our own network is refused wherever it comes from.
"""

import http.client
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import socket
from urllib.parse import urljoin, urlsplit, urlunsplit

from preau.foundation import outward
from preau.foundation.outward import ForbiddenAddress, TooLong

LEADS_ELSEWHERE = {301, 302, 303, 307, 308}
CHUNK = 1 << 16
# How long a site may be silent before its first byte, and between two.
SILENCE = 20.0


@dataclass(frozen=True)
class Limits:
    """What an answer may cost: all its steps together in time, each of them in bytes. `plain`: http too, where nothing is kept of what is read."""

    longest: int
    seconds: float
    steps: int = 5
    plain: bool = False


@dataclass(frozen=True)
class RemoteResponse:
    """The answer at the end of the way: its status, where it was, its type, its headers in lower case, its bytes."""

    status: int
    address: str
    kind: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Plain(http.client.HTTPConnection):
    """Without a certificate, to a public address all the same."""

    def connect(self) -> None:
        self.sock = outward.reached(self.host, self.port)


def read(
    address: str, limits: Limits, headers: Mapping[str, str] | None = None, *, method: str = "GET"
) -> RemoteResponse:
    """GET this address. Raises ForbiddenAddress for one that is not to be read, TooLong, TimeoutError, OSError when nobody answers."""
    ends = time.monotonic() + limits.seconds
    for _step in range(limits.steps + 1):
        response = _one(address, limits, dict(headers or {}), method, ends)
        there = response.headers.get("location", "")
        if response.status not in LEADS_ELSEWHERE or not there:
            return response
        try:
            address = _quoted(urljoin(address, there))
        except ValueError as failure:
            raise ForbiddenAddress("not an address of the web") from failure
    raise ForbiddenAddress(f"more than {limits.steps} redirects")


def _quoted(address: str) -> str:
    """Without its fragment; signs that no request line holds are refused by `http.client` itself."""
    return urlunsplit(urlsplit(address)._replace(fragment=""))


def _connection(address: str, limits: Limits) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as failure:
        raise ForbiddenAddress("not an address of the web") from failure
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise ForbiddenAddress("not an address of the web")
    kind = outward.Sealed if parts.scheme == "https" else Plain if limits.plain else outward.Open
    try:
        made = kind(host, port, timeout=outward.TIMEOUT)
    except (http.client.HTTPException, ValueError) as failure:
        raise ForbiddenAddress("not an address of the web") from failure
    return made, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _one(address: str, limits: Limits, headers: dict[str, str], method: str, ends: float) -> RemoteResponse:
    connection, path = _connection(address, limits)
    left, late = ends - time.monotonic(), threading.Event()
    held: list[socket] = []
    if left <= 0:
        raise TimeoutError("no answer in time")
    watch = threading.Timer(left, outward.hang_up, (held, late))
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        held.append(connection.sock)
        connection.sock.settimeout(min(SILENCE, left))
        connection.request(method, path, headers={"Accept-Encoding": "gzip"} | headers)
        answer = connection.getresponse()
        answer_headers = {name.lower(): value for name, value in answer.headers.items()}
        body = b"" if answer.status in LEADS_ELSEWHERE else _body(answer, limits.longest)
        if answer_headers.get("content-encoding", "").lower() in {"gzip", "x-gzip"}:
            body = unzipped(body, limits.longest)
    except (http.client.HTTPException, OSError, ValueError) as failure:
        if late.is_set() or (isinstance(failure, TimeoutError)):
            raise TimeoutError("no answer in time") from failure
        if isinstance(failure, OSError):
            raise
        raise ConnectionError(type(failure).__name__) from failure
    finally:
        watch.cancel()
        connection.close()
    if late.is_set():
        raise TimeoutError("no answer in time")
    return RemoteResponse(answer.status, address, answer.headers.get_content_type(), answer_headers, body)


def _body(answer: http.client.HTTPResponse, longest: int) -> bytes:
    """All of it, piece by piece. Raises TooLong."""
    parts, size = [], 0
    while piece := answer.read(CHUNK):
        size += len(piece)
        if size > longest:
            raise TooLong(f"more than {longest} bytes")
        parts.append(piece)
    if answer.length:
        raise ConnectionError("the answer was cut short")
    return b"".join(parts)


def unzipped(body: bytes, longest: int) -> bytes:
    """What a gzip holds, as long as it is no longer than that: a few bytes may unfold into many. Raises TooLong, OSError."""
    if not body:
        return body
    unfold = zlib.decompressobj(wbits=31)
    try:
        whole = unfold.decompress(body, longest + 1)
    except zlib.error as failure:
        raise ConnectionError("not a gzip") from failure
    if len(whole) > longest:
        raise TooLong(f"more than {longest} bytes")
    if not unfold.eof:
        raise ConnectionError("the answer was cut short")
    return whole
