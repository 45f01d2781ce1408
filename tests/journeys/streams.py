"""The live process beside a test: the application of `run_live` behind a socket of this machine, in a thread of its own.

gunicorn serves it in production; here the database and the clock are those of the test, which another process would not see.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from threading import Event, Thread
from typing import Any

from preau.commons.live import bus
from preau.commons.live.stream import Live


class Streams:
    """Open until `close`; `url` is where pages open their streams."""

    def __init__(self) -> None:
        self._ready = Event()
        self.live = Live()
        self.url = ""
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    @property
    def count(self) -> int:
        return len(self.live.hub.streams)

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(60)

    async def _serve(self) -> None:
        """Until `close`: what is left of streams and of the bus ends with the loop."""
        self._loop, self._stop, hub = asyncio.get_running_loop(), asyncio.Event(), self.live.hub
        listening = asyncio.create_task(bus.listen(hub.carry, hub.doubt_everything))
        async with await asyncio.start_server(self._answer, "localhost", 0) as server:
            self.url = f"http://localhost:{server.sockets[0].getsockname()[1]}"
            self._ready.set()
            await self._stop.wait()
        listening.cancel()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection, which its end closes."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _version = head[0].split()
        path, _mark, query = target.partition("?")
        headers = [line.partition(": ") for line in head[1:] if line]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode("latin-1"),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, _colon, value in headers],
            "client": ("127.0.0.1", 0),
        }

        async def receive() -> Mapping[str, Any]:
            while await reader.read(1024):
                pass
            return {"type": "http.disconnect"}

        async def send(event: Mapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                lines = [
                    f"HTTP/1.1 {event['status']} {HTTPStatus(event['status']).phrase}",
                    "connection: close",
                ]
                lines += [f"{name.decode()}: {value.decode()}" for name, value in event["headers"]]
                writer.write("\r\n".join([*lines, "", ""]).encode())
            else:
                writer.write(event.get("body", b""))
            await writer.drain()

        try:
            with suppress(ConnectionError):
                await self.live(scope, receive, send)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
