"""Who asks for the pages of `bench.served`: browsers that each wait for their answer, and look at it.

`python -m bench.player`, in a process of its own: one JSON list of the pages, each with a session for each browser, and what
its answer says.
"""

import http.client
import json
import re
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import django
import time_machine

from bench.pages import BARE, PAGES, REFERENCE
from bench.scratch import PYTHON, ROOT, environment
from bench.server import AGENT, Server, signed_in
from bench.worlds import NOW

BROWSERS = 8
# Of the pages of the bench: the floors, what the bell and the evening ask most, and the lists.
KEYS = (
    f"{BARE} {REFERENCE} sign_in home_pupil home_guardian home_teacher roll week_pupil search "
    "absences_family agenda_guardian absences board"
).split()
TITLE = re.compile(r"<title>[^<]+")


@dataclass(frozen=True)
class Asked:
    """A page, who asks for it (a session for each browser), and what its answer says."""

    key: str
    path: str
    cookies: Sequence[Mapping[str, str]]
    word: str


class Wrong(RuntimeError):
    """An answer is not the page: nothing that follows would be worth anything."""


def play(asked: Asked, port: int, browsers: int, answers: int, *, sealed: bool = False) -> int:
    """So many browsers at once, until there are so many answers; returns how many there were."""
    each = max(1, answers // browsers)
    with ThreadPoolExecutor(browsers) as people:
        done = [people.submit(_browse, asked, port, number, each, sealed) for number in range(browsers)]
        return sum(one.result() for one in done)


def _browse(asked: Asked, port: int, number: int, times: int, sealed: bool) -> int:
    cookies = asked.cookies[number % len(asked.cookies)] if asked.cookies else {}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "User-Agent": AGENT,
        "X-Forwarded-Proto": "https",
        "Host": "localhost",
        "Accept": "text/html",
    }
    with closing(_connection(port, sealed)) as connection:
        for _ in range(times):
            connection.request("GET", asked.path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.HTTPStatus.OK or asked.word.encode() not in body:
                raise Wrong(f"{asked.key}: {asked.path} answers {answer.status}, without « {asked.word} »")
    return times


def _connection(port: int, sealed: bool) -> http.client.HTTPConnection:
    if not sealed:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    # A certificate of this run, signed by itself.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("localhost", port, timeout=60, context=context)


def cast() -> list[dict[str, Any]]:
    """The pages, a session for each browser, and the title that an answer has."""
    django.setup()
    handler = Server([page for page in PAGES if page.key in KEYS])
    found = []
    for key, browser in handler.browsers.items():
        match = TITLE.search(handler.get(browser).body.decode())
        person = handler.cast[browser.page.who] if browser.page.who else None
        found.append(
            {
                "key": key,
                "path": f"{browser.path}?{browser.query}" if browser.query else browser.path,
                "cookies": [signed_in(person) for _ in range(BROWSERS)] if person else [],
                "word": match[0] if match else "préau",
            }
        )
    return found


def people(url: str) -> list[Asked]:
    """Who asks what, on this database."""
    done = subprocess.run(
        [PYTHON, "-m", "bench.player"],
        cwd=ROOT,
        env=environment(url),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return [Asked(**page) for page in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    with time_machine.travel(NOW, tick=True):
        print(json.dumps(cast()))
