"""A cable between a device and the site, that a test cuts and mends.

A cut that the browser plays (`set_offline`) does not bind a service worker that wakes up just after it: on a busy machine its
requests leave all the same. Here nothing passes, whoever asks.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread

# Closed at once, without a farewell: what a device sees of a network that falls.
ABRUPTLY = struct.pack("ii", 1, 0)


class Cable:
    """Carries each connection to `port` of this machine; `url` is where the device goes."""

    def __init__(self, port: int) -> None:
        self._site = ("localhost", port)
        self._listener = socket.create_server(("localhost", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        self._lock, self._open, self._is_cut = Lock(), set[socket.socket](), False
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            for end in self._open:
                _drop(end)

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def remove(self) -> None:
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                device, _ = self._listener.accept()
            except OSError:
                return  # removed
            Thread(target=self._carry, args=[device], daemon=True).start()

    def _carry(self, device: socket.socket) -> None:
        with device, self._reached() as site:
            if site is None or not self._lets_through(device, site):
                device.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
                return
            back = Thread(target=_pour, args=[site, device], daemon=True)
            back.start()
            _pour(device, site)
            back.join()
            with self._lock:
                self._open -= {device, site}

    @contextmanager
    def _reached(self) -> Iterator[socket.socket | None]:
        try:
            site = None if self._is_cut else socket.create_connection(self._site)
        except OSError:
            site = None
        try:
            yield site
        finally:
            if site:
                site.close()

    def _lets_through(self, device: socket.socket, site: socket.socket) -> bool:
        with self._lock:
            if not self._is_cut:
                self._open |= {device, site}
            return not self._is_cut


def _pour(source: socket.socket, target: socket.socket) -> None:
    """Until either end is closed; what `source` has said to its end, `target` hears to its end."""
    with suppress(OSError):
        while chunk := source.recv(65_536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def _drop(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
