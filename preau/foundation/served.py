"""Giving back a file that somebody sent: it runs nothing, is opened by no page, and is kept by no cache.

In production the web server sends the bytes (`FILES_ACCEL`): the answer only says which, once everything was checked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from preau.foundation import vault
from preau.foundation.uploads import CHUNK

SANDBOX = "default-src 'none'; sandbox"
# A reader of PDF is a plugin: a sandbox would close it. The type is kept, so that nothing in the file becomes a page of ours.
IN_OUR_PAGES = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
PARTIAL, NOT_SATISFIABLE = 206, 416
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True)
class Sendable:
    """One file of the vault, and the name and type under which it leaves. `inline`: it is shown, not saved: a picture that Préau drew itself, a PDF."""

    stored: str
    name: str
    kind: str
    inline: bool = False


def answer(request: HttpRequest, file: Sendable) -> HttpResponseBase:
    """The file, or the part of it that a player asks for. Raises Http404 when its bytes are gone."""
    return at(request, vault.inner_path(file.stored), file)


def framed(request: HttpRequest, file: Sendable) -> HttpResponseBase:
    """The same for a PDF, which pages of ours, and no others, may show inside them."""
    response = answer(request, file)
    response.headers["Content-Security-Policy"] = IN_OUR_PAGES
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def at(
    request: HttpRequest, inner: str, file: Sendable, *, cache: str = "private, no-store"
) -> HttpResponseBase:
    """The same for what lies at this path of the room of files."""
    path = vault.room() / inner
    if not path.is_file():
        raise Http404
    response: HttpResponseBase
    if settings.FILES_ACCEL:
        response = HttpResponse()
        response.headers["X-Accel-Redirect"] = quote(settings.FILES_ACCEL + inner)
    else:
        response = _bytes_of(request, path)
    return _harmless(response, file, cache)


def bytes_answer(content: bytes, name: str, kind: str) -> HttpResponseBase:
    """The same for a few bytes that lie in no room."""
    return _harmless(HttpResponse(content), Sendable("", name, kind), "private, no-store")


def _harmless(response: HttpResponseBase, file: Sendable, cache: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = (
        content_disposition_header(not file.inline, file.name) or "inline"
    )
    response.headers["Content-Type"] = file.kind
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = cache
    return response


def _bytes_of(request: HttpRequest, path: Path) -> HttpResponseBase:
    size = path.stat().st_size
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    # A part of what something else may have become is of no use: whoever says « If-Range » gets all of it.
    if asked is None or not any(asked.groups()) or "If-Range" in request.headers:
        response: HttpResponseBase = FileResponse(path.open("rb"))
        response.headers["Accept-Ranges"] = "bytes"
        return response
    start, end = _bounds(asked[1], asked[2], size)
    if start > end:
        return HttpResponse(status=NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    headers = {
        "Content-Range": f"bytes {start}-{end}/{size}",
        "Content-Length": str(end - start + 1),
        "Accept-Ranges": "bytes",
    }
    return StreamingHttpResponse(_part(path, start, end), status=PARTIAL, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """« 5-9 », « 5- » or « -5 » (the last five), both ends included; the start after the end when nothing is there."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
