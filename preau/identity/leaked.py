"""Passwords that are known to have leaked: the operator's own list, in a file (`LEAKED_PASSWORDS`).

Two shapes. SHA-1 digests in hexadecimal, sorted, one a line with or without « :count », as « Have I Been Pwned » hands them out
(https://haveibeenpwned.com/Passwords): looked for by halves in the file, however large it is. Or plain passwords, one a line:
kept in memory until the file changes. Nothing leaves this machine.
"""

import hashlib
import mmap
import re
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings

DIGEST = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\s*\Z")
SIZE = 40
logger = structlog.get_logger(__name__)


def is_leaked(password: str) -> bool:
    """Is it in the operator's list? Without a list, and while it cannot be read, no: people must be able to choose a password."""
    path = settings.LEAKED_PASSWORDS
    if path is None:
        return False
    try:
        return _is_in(path, password)
    except OSError:
        logger.exception("leaked_passwords_unreadable")
        return False


def _is_in(path: Path, password: str) -> bool:
    with path.open("rb") as file:
        if not DIGEST.match(file.readline(SIZE + 20)):
            return password in _words(path, path.stat().st_mtime_ns)
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            return _holds(lines, digest)


def _holds(lines: mmap.mmap, digest: bytes) -> bool:
    """Is there a line that begins with this digest? Lines are sorted: each look leaves half of them."""
    low, high = 0, len(lines)
    while low < high:
        start = max(lines.rfind(b"\n", low, (low + high) // 2) + 1, low)
        found = lines[start : start + SIZE].upper()
        if found == digest:
            return True
        if found < digest:
            end = lines.find(b"\n", start, high)
            low = high if end < 0 else end + 1
        else:
            high = start
    return False


@lru_cache(maxsize=1)
def _words(path: Path, changed: int) -> frozenset[str]:
    return frozenset(path.read_text(errors="replace").splitlines())
