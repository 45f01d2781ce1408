"""A site as `deploy/` starts it, for `bench.served`: gunicorn by preau-pages.service, nginx by nginx.conf; and the CPU of each."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from bench.scratch import FOLDER, PYTHON, ROOT, environment
from deploy import elsewhere

NGINX = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
# Seconds of CPU by thread, since each began.
Clock = Mapping[str, float]
CERTIFICATE = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost"


def threads_of(process: int) -> Iterator[Path]:
    """Those of a process, and of the processes that it started."""
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            yield thread
            for child in (thread / "children").read_text().split():
                yield from threads_of(int(child))


def clock(threads: Iterator[Path]) -> Clock:
    found = {}
    for thread in threads:
        with suppress(OSError):
            found[str(thread)] = int((thread / "schedstat").read_text().split()[0]) / 1e9
    return found


def spent(before: Clock, after: Clock) -> float:
    """Seconds between two looks: a thread that began in between counts from its beginning, one that ended no more."""
    return sum(total - before.get(thread, 0.0) for thread, total in after.items())


class Site:
    """The pages of a tree, started with its documented words and some more, in front of one database; nginx where there is one."""

    def __init__(
        self, name: str, url: str, *, tree: Path = ROOT, words: Sequence[str] = (), more: Mapping[str, str]
    ) -> None:
        self.name, self.url, self.tree, self.words, self.more = name, url, tree, words, more
        self.folder = FOLDER / name
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        self.pages_port, self.port = free_port(), free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.watch = psycopg.connect(url, autocommit=True)
        with suppress(psycopg.Error):
            self.watch.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def command(self) -> list[str]:
        """As documented, but for the port, the time, and what is tried."""
        here = {
            "preau.wsgi": "bench.peak_site:application",
            "127.0.0.1:8000": f"127.0.0.1:{self.pages_port}",
        }
        documented = [here.get(word, word) for word in elsewhere.words_of_pages(self.tree)]
        return [PYTHON, "-m", "gunicorn", *documented, *self.words]

    def start(self) -> None:
        around = environment(self.url) | {
            "BENCH_POOL": "production",
            "TRUSTED_PROXY": "1",
            "EMAIL_URL": "dummymail://",
            # What tells our connections from the others.
            "PGAPPNAME": self.name,
        }
        self._launch(self.command(), cwd=self.tree, env=around | self.more)
        wait_for(self.pages_port, self.folder)
        if NGINX:
            self._start_proxy()

    def _start_proxy(self) -> None:
        pem, configuration = self.folder / "both.pem", self.folder / "nginx.conf"
        words = ["openssl", *CERTIFICATE.split(), "-keyout", str(pem), "-out", str(self.folder / "cert.pem")]
        subprocess.run(words, check=True, capture_output=True)
        pem.write_text(pem.read_text() + (self.folder / "cert.pem").read_text())
        ports = {"pages": self.pages_port, "plain": free_port(), "port": self.port}
        text = elsewhere.nginx(self.folder, pem, FOLDER, **ports)
        configuration.write_text(text.replace(elsewhere.NAME, "localhost"))
        start_log = str(self.folder / "logs" / "start.log")
        self._launch([str(NGINX), "-c", str(configuration), "-e", start_log, "-g", "daemon off;"])
        wait_for(self.port, self.folder)

    def _launch(self, command: Sequence[str], **around: Any) -> None:
        with (self.folder / "logs" / "site.log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, **around))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        self.watch.close()

    # Clocks: of the pages, of the database for them, of the proxy.

    def clocks(self) -> tuple[Clock, Clock, Clock]:
        ours = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
        behind = [Path(f"/proc/{pid}") for (pid,) in self.watch.execute(ours, [self.name])]
        pages, *proxy = (threads_of(process.pid) for process in self.processes)
        return clock(pages), clock(iter(behind)), clock(proxy[0]) if proxy else {}

    def during(self, work: Callable[[], int]) -> tuple[float, float, float]:
        """Milliseconds of CPU of each clock for one of the answers that the work has."""
        before = self.clocks()
        answers = work()
        pages, database, proxy = map(spent, before, self.clocks())
        return pages * 1e3 / answers, database * 1e3 / answers, proxy * 1e3 / answers

    def statements(self) -> int | None:
        """How many the database has run, where pg_stat_statements counts them."""
        asked = "SELECT sum(calls) FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE datname = current_database()"
        with suppress(psycopg.Error):
            return int((self.watch.execute(asked).fetchone() or [0])[0] or 0)
        return None


@contextmanager
def started(sites: Sequence[Site]) -> Iterator[None]:
    try:
        for site in sites:
            site.start()
        yield
    finally:
        for site in sites:
            site.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, folder: Path) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise SystemExit(f"Nothing listens: {folder / 'logs' / 'site.log'}")
