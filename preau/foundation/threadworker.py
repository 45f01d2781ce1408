"""The pages' worker of gunicorn, which slow connections do not hold when no proxy stands in front (docs/operations.md).

gunicorn's own gives a thread to whoever begins a request, for as long as they take to write it: some tens of connections that
write nothing more close a site. Here a thread is given once the heading is whole; until then the system watches.
"""

import socket
import struct
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import _DEFER, ThreadWorker  # type: ignore[import-untyped]

# Seconds: to write a whole heading; without a byte of what follows it, or of the answer taken.
HEADING, SILENCE = 10, 20
# Bytes: what a heading may weigh while nobody reads it. The parser refuses longer ones.
LONGEST = 16_384
END = b"\r\n\r\n"


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    def handle(self, conn: Any) -> Any:
        """Runs in a thread: gone on with when the heading is there, else given back to the poller, which waits for more."""
        if not self.cfg.is_ssl and not _has_read_ahead(conn):
            verdict = _look(conn)
            if verdict is not None:
                return verdict
        try:
            return super().handle(conn)
        finally:
            conn.began = conn.seen = None


def _has_read_ahead(conn: Any) -> bool:
    """Has the parser taken the beginning of the next request with the last one?"""
    return bool(conn.initialized and conn.parser.unreader.buf.getvalue())


def _look(conn: Any) -> Any:
    """None to go on; `_DEFER` to wait for more; False to close: too slow, or gone."""
    conn.began = getattr(conn, "began", None) or time.monotonic()
    try:
        found = conn.sock.recv(LONGEST, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        found = None
    except OSError:
        return False
    if found and (END in found or len(found) >= LONGEST):
        _settle(conn)
        return None
    # Woken by the end of the connection, there is nothing more to see than before.
    is_gone = found == b"" or (found is not None and len(found) == getattr(conn, "seen", None))
    if is_gone or time.monotonic() - conn.began > HEADING:
        return False
    conn.seen = len(found or b"") or None
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(found or b"") + 1)
    return _DEFER


def _settle(conn: Any) -> None:
    """The limits of silence are the system's: gunicorn asks for a socket without any."""
    with suppress(OSError):
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SILENCE, 0))
