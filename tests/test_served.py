"""The bench of pages as served: its arithmetic, its player, and the words that it starts a site with. It measures nothing here."""

import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bench import player, served, sites
from bench.pages import BARE
from deploy import elsewhere


class Pages(BaseHTTPRequestHandler):
    """A home for whoever shows a session, and a page that answers something else."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []

    def do_GET(self) -> None:
        Pages.seen.append(self.headers["Cookie"])
        body = b"<title>Accueil</title>" if self.path == "/" else b"<title>Erreur</title>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever).start()
    Pages.seen = []
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_each_browser_asks_with_its_own_session(port: int) -> None:
    sessions = [{"session": str(number)} for number in range(8)]
    asked = player.Asked("home", "/", sessions, "<title>Accueil")
    assert player.play(asked, port, 8, 40) == 40
    assert {cookie: Pages.seen.count(cookie) for cookie in Pages.seen} == {
        f"session={number}": 5 for number in range(8)
    }


def test_an_answer_that_is_not_the_page_stops_the_run(port: int) -> None:
    asked = player.Asked("home", "/ailleurs/", [], "<title>Accueil")
    with pytest.raises(player.Wrong, match="without « <title>Accueil »"):
        player.play(asked, port, 2, 4)


def test_what_was_spent_counts_threads_that_began_and_leaves_those_that_ended() -> None:
    before, after = {"one": 5.0, "ended": 3.0}, {"one": 5.5, "begun": 0.25}
    assert sites.spent(before, after) == 0.75


def test_the_clock_sees_every_thread_of_a_process() -> None:
    """Work of another thread than the first one is work of the process."""
    asked, done = threading.Event(), threading.Event()

    def work() -> None:
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass
        asked.set()
        done.wait()

    before = sites.clock(sites.threads_of(os.getpid()))
    threading.Thread(target=work).start()
    asked.wait()
    after = sites.clock(sites.threads_of(os.getpid()))
    done.set()
    assert sites.spent(before, after) >= 0.02
    assert all(Path(thread).parent.name == "task" for thread in after)


def test_the_table_says_what_each_part_adds() -> None:
    samples = {
        ("served", way, key): [(cost, 1.0, 0.0)] * 3
        for way, cost in ((served.ALONE, 3.0), (served.DIRECT, 5.0))
        for key in (BARE, "roll")
    }
    table = served.part_by_part(
        samples, "served", {BARE: 1.0, "roll": 3.0}, {BARE: 0, "roll": 6}, [served.ALONE, served.DIRECT]
    )
    line = next(line for line in table.splitlines() if line.startswith("| `roll`"))
    assert line == "| `roll` | 6 | 3.00 | 1.00 | 2.00 | 6.00 | 5.00 | 1.00 | 0.00 | 2.00 | 1.00 |"
    assert "+ proxy" not in table


def test_sites_are_compared_round_by_round() -> None:
    """A machine that was busy in one round weighs on both."""
    samples = {
        (site, served.DIRECT, key): [(cost * slow, 0.0, 0.0) for slow in (1.0, 9.0, 2.0)]
        for site, cost in (("here", 3.0), ("beside", 4.0))
        for key in served.BELL
    }
    table = served.side_by_side(samples, "here", "beside", served.DIRECT)
    assert "| `bell` | 8.00 | 6.00 | 0.75 | 0.75 | 0.75 |" in table
    assert "9.6 cores busy, 16 at 60 %" in served.cores(samples, "beside", served.DIRECT)


def test_a_site_is_started_as_documented() -> None:
    words = elsewhere.words_of_pages()
    assert words[0] == "preau.wsgi" and "preau.foundation.threadworker.PatientWorker" in words
    with pytest.raises(ValueError, match="not there any more"):
        elsewhere.replaced("listen 80;", {"listen 443": "listen 1"})
