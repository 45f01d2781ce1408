"""Thirty writers of one document, one of them away for two minutes, the server killed in the middle: are all texts equal, and what does it cost?

`DEMO=1 python -m bench.cowriting --writers 30`, once `make demo` has made its data. It begins a document in « Salle des personnels » and
throws it away with its sessions. Writers are pycrdt documents that speak HTTP to a real server, and hear of the others by a real stream.
"""

import argparse
import asyncio
import atexit
import base64
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402 - they need the settings
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from pycrdt import XmlElement, XmlText  # noqa: E402

from bench.live import health, measured, started, worker_of  # noqa: E402
from preau.commons.documents.actions import keeping, leaving  # noqa: E402
from preau.commons.documents.models import Document, Update  # noqa: E402
from preau.commons.documents.queries import places, texts  # noqa: E402
from preau.directory.viewer import viewer_for  # noqa: E402
from preau.foundation.richtext import shared  # noqa: E402
from preau.identity.models import Account, AccountSession  # noqa: E402

TOKEN = "a" * 32
PAUSE = 1.0


def session_of(account: Account) -> str:
    client = Client()
    client.force_login(account)
    key, now = client.session.session_key, timezone.now()
    AccountSession(session_id=key, account=account, device="bench", opened_at=now, seen_at=now).save()
    return str(key)


class Writer(threading.Thread):
    """A page: types a line a second, sends what it has until the server has it, asks for the others' when it is told."""

    def __init__(self, rank: int, port: int, live: int, session: str, document: int, until: float) -> None:
        super().__init__(daemon=True)
        self.rank, self.port, self.live, self.document, self.until = rank, port, live, document, until
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        self.doc, self.known, self.lots, self.lines = (
            shared.opened(),
            0,
            list[tuple[str, bytes]](),
            list[str](),
        )
        self.page, self.away, self.latencies, self.failures = str(uuid4()), False, list[float](), 0
        self.moved = threading.Event()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.cookies, "Host": f"localhost:{self.port}", "X-CSRFToken": TOKEN}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{self.port}",
            }
        try:
            link.request(method, path, urlencode(body) if body is not None else None, headers)
            answer = link.getresponse()
            content = answer.read()
        finally:
            link.close()
        if answer.status != 200:
            raise OSError(f"{answer.status} {content[:200]!r}")
        return dict(json.loads(content))

    def apply(self, answer: dict[str, Any]) -> None:
        for content in answer["ajouts"]:
            self.doc.apply_update(base64.b64decode(content))
        self.known = max(self.known, answer["numero"])

    def type(self) -> None:
        line = f"{self.rank}.{len(self.lines)}"
        before = self.doc.get_state()
        root = shared.root_of(self.doc)
        with self.doc.transaction():
            root.children.insert(
                random.randint(0, len(root.children)), XmlElement("paragraph", {}, [XmlText(line)])
            )
        self.lines.append(line)
        self.lots.append((str(uuid4()), self.doc.get_update(before)))

    def send(self) -> None:
        """All that waits, as one lot; it waits on when the server is away."""
        if not self.lots or self.away:
            return
        lots = list(self.lots)
        content = lots[0][1] if len(lots) == 1 else shared.merged(b"", [one for _lot, one in lots])
        body = {
            "onglet": self.page,
            "depuis": self.known,
            "curseur": "",
            "lot": lots[0][0] if len(lots) == 1 else str(uuid4()),
            "ajout": base64.b64encode(content).decode(),
        }
        began = time.monotonic()
        try:
            self.apply(self.ask("POST", f"/documents/{self.document}/envoi/", body))
        except (OSError, http.client.HTTPException):
            self.failures += 1
            return
        self.latencies.append(time.monotonic() - began)
        self.lots = self.lots[len(lots) :]

    def fetch(self) -> None:
        try:
            self.apply(self.ask("GET", f"/documents/{self.document}/suite/?depuis={self.known}"))
        except (OSError, http.client.HTTPException):
            self.failures += 1

    def listen(self) -> None:
        """The stream of the live process, opened again when it is lost."""
        while time.monotonic() < self.until + 60:
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.live, timeout=60)
                link.request(
                    "GET", f"/en-direct/?sujet=document:{self.document}", headers={"Cookie": self.cookies}
                )
                answer = link.getresponse()
                while line := answer.readline():
                    if line.startswith(b"event: moved"):
                        self.moved.set()
            except (OSError, http.client.HTTPException):
                time.sleep(1)

    def run(self) -> None:
        threading.Thread(target=self.listen, daemon=True).start()
        while time.monotonic() < self.until:
            self.type()
            self.send()
            if self.moved.wait(PAUSE) and not self.away:
                self.moved.clear()
                self.fetch()
            time.sleep(PAUSE * random.random())


def served(port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "preau.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "8",
        "--log-level",
        "warning",
    ]
    return subprocess.Popen(command, env=os.environ | {"PUBLIC_URL": f"http://localhost:{port}"})


def waiting(port: int) -> None:
    while not _answers(port):
        time.sleep(0.3)


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("GET", "/sante/", headers={"Host": "localhost"})
        link.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    return True


def scene(options: argparse.Namespace, document: int, sessions: list[str]) -> dict[str, Any]:  # noqa: C901 - one scene, in order
    server, live = served(options.port), started(options.live)
    atexit.register(live.terminate)
    atexit.register(server.terminate)
    waiting(options.port)
    while not asyncio.run(health(options.live)):
        time.sleep(0.3)
    worker, found = worker_of(live.pid), dict[str, Any]()
    found["live process, empty (MB, s of processor)"] = measured(worker)
    began = time.monotonic()
    writers = [
        Writer(
            rank,
            options.port,
            options.live,
            sessions[rank % len(sessions)],
            document,
            began + options.seconds,
        )
        for rank in range(options.writers)
    ]
    for writer in writers:
        writer.fetch()
        writer.start()
    writers[0].away = True
    time.sleep(options.seconds / 2)
    server.send_signal(signal.SIGKILL)
    for child in worker_pids(server.pid):
        os.kill(child, signal.SIGKILL)
    server.wait()
    time.sleep(2)
    again = served(options.port)
    atexit.register(again.terminate)
    for writer in writers:
        writer.join()
    found["live process, all writing"] = measured(worker)
    writers[0].away = False
    for _time in range(20):
        for writer in writers:
            writer.send()
        if not any(writer.lots for writer in writers):
            break
        time.sleep(1)
    for writer in writers:
        writer.fetch()
    kept = texts.html_now(Document.objects.get(pk=document))
    lines = [line for writer in writers for line in writer.lines]
    waits = sorted(one for writer in writers for one in writer.latencies)
    found["lines typed, by the one who was away"] = len(lines), len(writers[0].lines)
    found["lines lost, lines twice"] = (
        sum(f"<p>{line}</p>" not in kept for line in lines),
        sum(kept.count(f"<p>{line}</p>") > 1 for line in lines),
    )
    found["different texts among the writers and the server"] = len(
        {kept, *(shared.html_of(one.doc) for one in writers)}
    )
    found["sendings, of which failed"] = len(waits), sum(writer.failures for writer in writers)
    found["a sending, median and worst of 20 (s)"] = waits[len(waits) // 2], waits[len(waits) * 19 // 20]
    found["updates kept"] = Update.objects.filter(document=document).count()
    return found


def worker_pids(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--writers", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--port", type=int, default=8118)
    parser.add_argument("--live", type=int, default=8119)
    options = parser.parse_args()
    account = Account.objects.get(login="claire.moreau")
    viewer = viewer_for(account.person, account.pk, timezone.now())
    assert viewer is not None
    place = places.named(viewer, f"staff-{viewer.school_id}")
    assert place is not None
    document = keeping.begin(viewer, place, "Trente à écrire", "<p>Le début.</p>")
    staff = Account.objects.filter(
        login__in=["claire.moreau", "thomas.lefevre", "samia.haddad", "helene.carpentier"]
    )
    sessions = [session_of(one) for one in staff.order_by("pk")]
    connection.close()
    try:
        for name, value in scene(options, document.pk, sessions).items():
            print(f"{name}: {value}")
    finally:
        Session.objects.filter(session_key__in=sessions).delete()
        leaving.erase([document.pk])


if __name__ == "__main__":
    main()
