"""What carries hints from the processes that write to the one that holds streams: PostgreSQL, else a socket of this machine."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from psycopg import AsyncConnection, OperationalError

from preau.foundation import live

log = structlog.get_logger(__name__)
AGAIN = 1.0
LONGEST_WORDS = 65_536


async def listen(carry: Callable[[str], None], missed: Callable[[], None]) -> None:
    """Carry what comes until cancelled; `missed` when it was away."""
    if connection.vendor == "postgresql":
        await _postgresql(carry, missed)
    else:
        await _local(carry)


async def _postgresql(carry: Callable[[str], None], missed: Callable[[], None]) -> None:
    was_there = False
    while True:
        try:
            async with await AsyncConnection.connect(**_parameters(), autocommit=True) as bus:
                await bus.execute(f"LISTEN {live.BUS}")
                if was_there:
                    missed()
                was_there = True
                async for notification in bus.notifies():
                    carry(notification.payload)
        except (OperationalError, OSError):
            log.warning("live.bus_away")
        await asyncio.sleep(AGAIN)


def _parameters() -> dict[str, str]:
    known = settings.DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {name: str(known[key]) for name, key in names.items() if known.get(key)}


async def _local(carry: Callable[[str], None]) -> None:
    path, loop = live.address(), asyncio.get_running_loop()
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as here:
        here.settimeout(0)
        here.bind(str(path))
        path.chmod(0o600)
        try:
            while True:
                carry((await loop.sock_recv(here, LONGEST_WORDS)).decode("ascii", "ignore"))
        finally:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
