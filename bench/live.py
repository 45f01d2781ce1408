"""What thousands of open pages cost the live process, and what becomes of them when it is killed, on the data of the demonstration.

`DEMO=1 python -m bench.live --streams 2000`, once `make demo` has made its data. Writes nothing but sessions, which it takes away.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402 - they need the settings
from django.contrib.sessions.models import Session  # noqa: E402
from django.test import Client  # noqa: E402

from preau.foundation import live  # noqa: E402
from preau.identity.models import Account, AccountSession  # noqa: E402

ACCOUNTS = 100
AT_A_TIME = 100
PATIENCE = 120.0


def cookies() -> dict[int, str]:
    """A session for each of some people of the demonstration, by person."""
    from django.utils import timezone

    found = {}
    for account in Account.objects.filter(is_active=True).select_related("person").order_by("pk")[:ACCOUNTS]:
        client = Client()
        client.force_login(account)
        key, now = client.session.session_key, timezone.now()
        AccountSession(session_id=key, account=account, device="bench", opened_at=now, seen_at=now).save()
        found[account.person_id] = f"{settings.SESSION_COOKIE_NAME}={key}"
    return found


def started(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "run_live", "--bind", f"127.0.0.1:{port}"])


def worker_of(pid: int) -> int:
    """gunicorn's one worker, the child of its arbiter."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def measured(pid: int) -> tuple[float, float]:
    """Megabytes in memory, seconds of processor."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return resident / 1024, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def health(port: int) -> str:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /sante/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        response = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    except (OSError, TimeoutError):
        return ""
    found = re.search(rb"\d+ streams, \d+ questions", response)
    return found[0].decode() if found else ""


class Page:
    """One open page: it comes back over time when it loses its stream, as `frontend/parts/live.js` does."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.ready, self.told = asyncio.Event(), 0.0
        self.opened = 0

    async def live(self) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._follow()
            self.ready.clear()
            await asyncio.sleep(5 + random.random() * 20)

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        asked = f"GET /en-direct/?sujet=bell&sujet=works HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {self.cookie}\r\n\r\n"
        writer.write(asked.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"event: ready"):
                    self.opened += 1
                    self.ready.set()
                elif line.startswith(b"event: moved"):
                    self.told = time.monotonic()
        finally:
            writer.close()


async def scene(port: int, count: int, people: dict[int, str]) -> dict[str, Any]:
    process, found = started(port), {}
    while not await health(port):
        await asyncio.sleep(0.2)
    worker = worker_of(process.pid)
    found["empty"] = measured(worker)
    known = list(people.values())
    pages = [Page(port, known[number % len(known)]) for number in range(count)]
    began, tasks = time.monotonic(), []
    for start in range(0, count, AT_A_TIME):
        lot = pages[start : start + AT_A_TIME]
        tasks += [asyncio.create_task(page.live()) for page in lot]
        await asyncio.wait_for(asyncio.gather(*(page.ready.wait() for page in lot)), PATIENCE)
    found["opened in s"] = time.monotonic() - began
    found["full"] = measured(worker)
    asked = await health(port)
    await asyncio.sleep(30)
    found["idle 30 s"] = measured(worker)
    found["asked of Django while idle"] = (asked, await health(port))
    began = time.monotonic()
    await asyncio.to_thread(live._send, [live.channel(f"bell:{person}") for person in people])  # noqa: SLF001 - without a transaction
    while any(page.told < began for page in pages) and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(0.05)
    found["told to all in s"] = max(page.told for page in pages) - began
    found["after"] = measured(worker)
    os.kill(worker, signal.SIGKILL)
    began = time.monotonic()
    await asyncio.sleep(2)
    while not all(page.ready.is_set() for page in pages) and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(0.2)
    found["killed: all back in s"] = time.monotonic() - began, sum(page.ready.is_set() for page in pages)
    for task in tasks:
        task.cancel()
    process.terminate()
    process.wait(30)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--port", type=int, default=8117)
    options = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    people = cookies()
    try:
        for name, value in asyncio.run(scene(options.port, options.streams, people)).items():
            print(name, value)
    finally:
        Session.objects.filter(session_key__in=[person.split("=")[1] for person in people.values()]).delete()


if __name__ == "__main__":
    main()
