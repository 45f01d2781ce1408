"""WebDAV as far as a writer needs it: what is asked by PUT, MOVE, LOCK, PROPPATCH and the header If. It knows nothing of what is kept."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from lxml import etree  # type: ignore[import-untyped]

from preau.foundation.dav import (
    MULTI_STATUS,
    XML,
    DavError,
    body_of,
    dav,
    element,
    href,
    status_line,
    steps_below,
    written,
)
from preau.foundation.uploads import CHUNK, MEGABYTE

# A program that has died holds nobody back for long; one that lives asks again.
SHORTEST_LOCK, USUAL_LOCK, LONGEST_LOCK = timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)
LONGEST_IF, MOST_CONDITIONS = 8_000, 100
INSUFFICIENT = HTTPStatus.INSUFFICIENT_STORAGE
# What is read of a body that is refused already, so that its program hears the answer.
POLITELY_READ = 8 * MEGABYTE


# What is sent


@dataclass(frozen=True)
class Body:
    """The bytes of a PUT, on the disk; `name` and `size`, as of any file that people send."""

    name: str
    size: int
    file: IO[bytes]

    def read(self, count: int = -1) -> bytes:
        return self.file.read(count)

    def seek(self, at: int, whence: int = 0) -> int:
        return self.file.seek(at, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True


def length_of(request: HttpRequest) -> int | None:
    """How many bytes a PUT announces; None when it comes in pieces. Raises DavError."""
    if _is_chunked(request):
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit():
        raise DavError(HTTPStatus.LENGTH_REQUIRED)
    return int(length[:18])


def has_body(request: HttpRequest) -> bool:
    return _is_chunked(request) or (request.META.get("CONTENT_LENGTH") or "0") != "0"


def _is_chunked(request: HttpRequest) -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _source(request: HttpRequest) -> Callable[[int], bytes]:
    """Where the bytes come from: Django reads no further than an announced length, and nothing where none is."""
    if not _is_chunked(request):
        return request.read
    if not request.META.get("wsgi.input_terminated"):
        raise DavError(HTTPStatus.LENGTH_REQUIRED)
    read: Callable[[int], bytes] = request.META["wsgi.input"].read
    return read


@contextmanager
def body_on_disk(request: HttpRequest, name: str, most: int) -> Iterator[Body]:
    """What a PUT sends, copied piece by piece to a file that goes with the request. Raises DavError: too long, or cut."""
    announced, read = length_of(request), _source(request)
    if announced is not None and announced > most:
        _drain(read, announced)
        raise DavError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    with TemporaryFile() as file:
        size = _copied(read, file, most)
        expected = announced if announced is not None else _expected(request)
        if expected is not None and size != expected:
            raise DavError(HTTPStatus.BAD_REQUEST)
        file.seek(0)
        yield Body(name, size, file)


def _expected(request: HttpRequest) -> int | None:
    """macOS says how much its pieces make in all."""
    length = request.headers.get("X-Expected-Entity-Length", "")
    return int(length[:18]) if length.isascii() and length.isdigit() else None


def _copied(read: Callable[[int], bytes], file: IO[bytes], most: int) -> int:
    size = 0
    try:
        while chunk := read(CHUNK):
            size += len(chunk)
            if size > most:
                raise DavError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            file.write(chunk)
    except (OSError, ValueError) as failure:  # what Django, then gunicorn, say of a connection that is cut
        raise DavError(HTTPStatus.BAD_REQUEST) from failure
    return size


def drain(request: HttpRequest) -> None:
    """Read what a refused PUT sends, when it is short: a program that is still sending hears no answer."""
    announced = length_of(request)
    if announced is not None:
        _drain(request.read, announced)


def _drain(read: Callable[[int], bytes], announced: int) -> None:
    if announced > POLITELY_READ:
        return
    try:
        while read(CHUNK):
            pass
    except OSError:
        return


# Where to


@dataclass(frozen=True)
class Destination:
    """Where MOVE and COPY lead, below our address; may what is there be replaced?"""

    steps: tuple[str, ...]
    overwrites: bool


def destination_of(request: HttpRequest, base: str) -> Destination:
    """Raises DavError: none, or on another site."""
    destination = request.headers.get("Destination", "")
    if not destination or len(destination) > LONGEST_IF:
        raise DavError(HTTPStatus.BAD_REQUEST)
    try:
        host = urlsplit(destination).netloc
    except ValueError as failure:
        raise DavError(HTTPStatus.BAD_REQUEST) from failure
    steps = steps_below(destination, base)
    if steps is None or (host and host.rpartition("@")[2].lower() != request.get_host().lower()):
        raise DavError(HTTPStatus.BAD_GATEWAY)
    overwrite = request.headers.get("Overwrite", "T").strip().upper()
    if overwrite not in {"T", "F"}:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return Destination(steps, overwrite == "T")


def is_whole(request: HttpRequest, *, shallow: bool = False) -> bool:
    """Depth « infinity », or « 0 » where `shallow` has a meaning. Raises DavError for another."""
    depth = request.headers.get("Depth", "infinity").strip().lower()
    if depth == "infinity":
        return True
    if depth == "0" and shallow:
        return False
    raise DavError(HTTPStatus.BAD_REQUEST)


# The header If (RFC 4918, 10.4)

LIST = re.compile(r"\s*(?:<([^<>\s]*)>\s*)?\(([^()]*)\)")
CONDITION = re.compile(r"\s*(Not\b)?\s*(?:<([^<>\s]*)>|\[((?:W/)?\"[^\"]*\")\])", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """A lock that is there, or the bytes that are there; or not."""

    token: str
    tag: str
    is_denied: bool


@dataclass(frozen=True)
class ConditionList:
    """Conditions that hold together of one address: that of the request where none is said."""

    address: str
    conditions: tuple[Condition, ...]


def conditions_of(request: HttpRequest) -> list[ConditionList]:
    """What the header If says; empty where there is none. Raises DavError."""
    header = request.headers.get("If", "")
    if not header.strip():
        return []
    if len(header) > LONGEST_IF:
        raise DavError(HTTPStatus.BAD_REQUEST)
    found, at, address = [], 0, ""
    while header[at:].strip():
        match = LIST.match(header, at)
        if match is None:
            raise DavError(HTTPStatus.BAD_REQUEST)
        address = match[1] or address
        found.append(ConditionList(address, _conditions_in(match[2])))
        at = match.end()
    if sum(len(one.conditions) for one in found) > MOST_CONDITIONS:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return found


def _conditions_in(text: str) -> tuple[Condition, ...]:
    found, at = [], 0
    while text[at:].strip():
        match = CONDITION.match(text, at)
        if match is None:
            raise DavError(HTTPStatus.BAD_REQUEST)
        found.append(Condition(match[2] or "", match[3] or "", bool(match[1])))
        at = match.end()
    if not found:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return tuple(found)


def tokens_in(lists: Sequence[ConditionList]) -> frozenset[str]:
    """The locks that a program says it holds."""
    return frozenset(
        one.token for some in lists for one in some.conditions if one.token and not one.is_denied
    )


# Locks


@dataclass(frozen=True)
class LockRequest:
    """A lock that is wanted: alone or with others, in all that a folder holds or not, for how long, and what the program says of its owner."""

    is_exclusive: bool
    is_deep: bool
    lasts: timedelta
    said: str


def lock_of(request: HttpRequest, longest: int) -> LockRequest | None:
    """What a LOCK wants; None when it only wants to keep the one it has. Raises DavError."""
    root = body_of(request)
    if root is None:
        return None
    is_deep = is_whole(request, shallow=True)
    scope, way, owner = (root.find(dav(name)) for name in ("lockscope", "locktype", "owner"))
    if root.tag != dav("lockinfo") or scope is None or way is None or way.find(dav("write")) is None:
        raise DavError(HTTPStatus.BAD_REQUEST)
    is_exclusive = scope.find(dav("exclusive")) is not None
    if not is_exclusive and scope.find(dav("shared")) is None:
        raise DavError(HTTPStatus.BAD_REQUEST)
    owner_text = "" if owner is None else as_text(owner)
    return LockRequest(
        is_exclusive, is_deep, lasting(request), owner_text if len(owner_text) <= longest else ""
    )


def lasting(request: HttpRequest) -> timedelta:
    """The first length that the header Timeout asks for, within ours."""
    for timeout in request.headers.get("Timeout", "").split(","):
        unit, _dash, number = timeout.strip().lower().partition("-")
        if unit == "infinite":
            return LONGEST_LOCK
        if unit == "second" and number.isascii() and number.isdigit():
            return max(SHORTEST_LOCK, min(LONGEST_LOCK, timedelta(seconds=int(number[:9]))))
    return USUAL_LOCK


def token_to_free(request: HttpRequest) -> str:
    """The lock that UNLOCK names. Raises DavError."""
    found = re.fullmatch(r"\s*<([^<>\s]{1,200})>\s*", request.headers.get("Lock-Token", ""))
    if found is None:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return found[1]


@dataclass(frozen=True)
class ActiveLock:
    """A lock as a program reads it."""

    token: str
    root: str
    is_exclusive: bool
    is_deep: bool
    left: timedelta
    said: str


def discovery(locks: Sequence[ActiveLock]) -> Any:
    return element(dav("lockdiscovery"), [_active(one) for one in locks])


def _active(lock: ActiveLock) -> Any:
    scope = element(dav("lockscope"), element(dav("exclusive" if lock.is_exclusive else "shared")))
    return element(
        dav("activelock"),
        element(dav("locktype"), element(dav("write"))),
        scope,
        element(dav("depth"), "infinity" if lock.is_deep else "0"),
        *([from_text(lock.said)] if lock.said else []),
        element(dav("timeout"), f"Second-{max(0, int(lock.left.total_seconds()))}"),
        element(dav("locktoken"), href(lock.token)),
        element(dav("lockroot"), href(lock.root)),
    )


def supported_locks() -> Any:
    """Both kinds."""
    kinds = [
        element(
            dav("lockentry"),
            element(dav("lockscope"), element(dav(scope))),
            element(dav("locktype"), element(dav("write"))),
        )
        for scope in ("exclusive", "shared")
    ]
    return element(dav("supportedlock"), kinds)


def locked(lock: ActiveLock, status: HTTPStatus, *, is_new: bool) -> HttpResponse:
    """The answer to LOCK."""
    body = written(element(dav("prop"), discovery([lock])))
    headers = {"Lock-Token": f"<{lock.token}>"} if is_new else {}
    return HttpResponse(body, status=status, content_type=XML, headers=headers)


# Properties


@dataclass(frozen=True)
class PropertyChange:
    """A property to write as it came, or to remove (no content)."""

    name: str
    content: str | None


def changes_of(request: HttpRequest) -> list[PropertyChange]:
    """What PROPPATCH wants, in its order. Raises DavError."""
    root = body_of(request)
    if root is None or root.tag != dav("propertyupdate"):
        raise DavError(HTTPStatus.BAD_REQUEST)
    found = []
    for part in root:
        if part.tag not in {dav("set"), dav("remove")}:
            continue
        found += [
            PropertyChange(one.tag, as_text(one) if part.tag == dav("set") else None)
            for one in part.iterfind(f"{dav('prop')}/*")
        ]
    if not found:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return found


def changed(address: str, states: Sequence[tuple[str, HTTPStatus]]) -> HttpResponse:
    """The answer to PROPPATCH: what became of each property."""
    parts = [
        element(dav("propstat"), element(dav("prop"), element(name)), status_line(status))
        for name, status in states
    ]
    root = element(dav("multistatus"), element(dav("response"), href(address), *parts))
    return HttpResponse(written(root), status=MULTI_STATUS, content_type=XML)


def as_text(one: Any) -> str:
    """An element as it came, with the names that it needs to be read alone."""
    text: str = etree.tostring(one, encoding="unicode", with_tail=False)
    return text


def from_text(text: str) -> Any:
    """An element that we have read once."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    return etree.fromstring(text.encode(), parser)
