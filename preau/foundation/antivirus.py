"""Asking an antivirus about a file, where the site has one: clamd, by its INSTREAM command (docs/operations.md).

It answers CLEAN or INFECTED; UNKNOWN when it did not answer, or would not read so large a file. Nothing is sent to it
unless `CLAMD` names it.
"""

import socket
import struct
from enum import Enum
from pathlib import Path
from typing import IO

import structlog
from django.conf import settings

from preau.foundation.uploads import CHUNK

log = structlog.get_logger(__name__)
TIMEOUT = 15


class Verdict(Enum):
    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


def is_there() -> bool:
    """Does this site have an antivirus?"""
    return bool(settings.CLAMD)


def verdict(path: Path) -> Verdict:
    """What clamd says of a file; a site without one has nothing to say against it."""
    if not is_there():
        return Verdict.CLEAN
    with path.open("rb") as file:
        return verdict_of(file)


def verdict_of(file: IO[bytes]) -> Verdict:
    """The same of bytes that no disk is to hold as they are."""
    if not is_there():
        return Verdict.CLEAN
    host, _colon, port = settings.CLAMD.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT) as server:
            answer = _ask(server, file)
    except OSError as error:
        log.warning("antivirus_silent", error=type(error).__name__)
        return Verdict.UNKNOWN
    if answer.endswith("FOUND"):
        return Verdict.INFECTED
    return Verdict.CLEAN if answer.endswith(": OK") else Verdict.UNKNOWN


def _ask(server: socket.socket, file: IO[bytes]) -> str:
    server.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        server.sendall(struct.pack("!I", len(chunk)) + chunk)
    server.sendall(struct.pack("!I", 0))
    answer = b""
    while not answer.endswith(b"\0") and (part := server.recv(4096)):
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
