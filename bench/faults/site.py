"""A whole Préau of its own: the demonstration's command with its pages and its worker, and the database beneath."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import psycopg

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = Path("/usr/lib/postgresql")
STARTING = 60


class Impossible(RuntimeError):
    """This machine cannot do that: the fault is skipped, with this reason."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    """The processes that this one has started, from /proc."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(folder.name))
    return sorted(found)


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Service:
    """A command that runs beside. `kept`: it comes back when it stops, as a service manager would bring it back."""

    def __init__(
        self, command: list[str], log: Path, *, kept: bool, user: str | None = None, **environment: str
    ) -> None:
        self.command, self.log, self.user, self.kept = command, log, user, kept
        self.environment = os.environ | environment
        self._over = Event()
        self._process = self._start()
        self._keeper = Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _start(self) -> "subprocess.Popen[bytes]":
        as_someone = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, **as_someone
            )

    def _keep(self) -> None:
        while not self._over.wait(0.2):
            if self.kept and self._process.poll() is not None and not self._over.wait(1):
                self._process = self._start()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._over.set()
        self._keeper.join()
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            family = [self.pid, *children_of(self.pid)]
            kill(*family)
            self._process.wait()


class Sqlite:
    """One file, in a folder that a small disk may be mounted on."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'preau.sqlite3'}"

    def prepare(self) -> None:
        self.folder.mkdir(exist_ok=True)

    def start(self) -> None:
        """Nothing runs: the file is opened by whoever reads it."""

    def stop(self) -> None:
        """Nothing runs."""

    def drink(self) -> None:
        """Its own writes need room at once: nobody else has to."""

    def kill(self) -> None:
        raise Impossible("SQLite has no process of its own")


class Postgresql:
    """An instance of its own: data, socket and log in this folder, no address on the network."""

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        versions = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: float(path.parents[1].name))
        if not versions:
            raise Impossible("no PostgreSQL of Debian's on this machine")
        self.programs = versions[-1].parent
        self.folder, self.sockets = folder, folder.parent / "socket"
        self.user = "postgres" if os.geteuid() == 0 else None
        self.url = (
            f"postgresql://{self.user or os.environ.get('USER', 'postgres')}@/postgres?host={self.sockets}"
        )
        self.settings: list[str] = []
        self._service: Service | None = None

    def prepare(self) -> None:
        for folder in (self.folder, self.sockets):
            folder.mkdir(exist_ok=True)
            self._give(folder)
        self._run(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
            "--wal-segsize=1",
            "--no-sync",
            f"--pgdata={self.folder / 'data'}",
        )

    def _give(self, path: Path) -> None:
        if self.user:
            shutil.chown(path, self.user, self.user)

    def _run(self, program: str, *words: str) -> None:
        as_someone = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        command = [str(self.programs / program), *words]
        subprocess.run(command, cwd="/", check=True, capture_output=True, **as_someone)

    def start(self) -> None:
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "max_connections=40",
            "shared_buffers=16MB",
            "min_wal_size=4MB",
            "max_wal_size=16MB",
            *self.settings,
        ]
        words = [word for option in options for word in ("-c", option)]
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), *words]
        self._service = Service(command, self.folder.parent / "postgresql.log", kept=True, user=self.user)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            with suppress(subprocess.CalledProcessError):
                self._run("pg_isready", "--quiet", f"--host={self.sockets}")
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    def stop(self) -> None:
        if self._service:
            self._service.stop(signal.SIGINT)
            self._service = None

    def drink(self) -> None:
        """Use up the log segments that it had put aside, as a neighbour's writes would, until it has no room left."""
        drop = "SELECT pg_logical_emit_message(true, 'ballast', repeat('x', 60000))"
        with (
            suppress(psycopg.Error),
            psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection,
        ):
            for _ in range(400):
                connection.execute(drop)

    def kill(self) -> None:
        """Each of its processes at once, as when the machine's memory is taken from it."""
        if self._service:
            family = [self._service.pid, *children_of(self._service.pid)]
            kill(*family)


Database = Sqlite | Postgresql


class Site:
    """The pages and the worker, started as `make demo` starts them, on a database that is already planted."""

    def __init__(self, folder: Path, database: Database, settings: str = "preau.settings") -> None:
        self.folder, self.database, self.settings = folder, database, settings
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            "DATABASE_URL": self.database.url,
            "VAR_DIR": str(self.folder / "var"),
            "DEMO": "1",
            "ABSENCE_LETTERS_WAIT": "0",
            "HASHED_STATIC": "0",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": self.settings,
            "SECRET_KEY": os.environ["SECRET_KEY"],
        }
        command = [sys.executable, "manage.py", "demo", f"--port={self.port}"]
        self._service = Service(command, self.folder / "site.log", kept=False, **environment)
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise RuntimeError(f"The pages did not start: {self.told()}")

    def stop(self) -> None:
        self._service.stop()

    def told(self) -> str:
        """The end of what pages and worker wrote."""
        return (self.folder / "site.log").read_text(errors="replace")[-6000:]

    def pages(self) -> list[int]:
        """gunicorn and its workers, gunicorn first."""
        for pid in children_of(self._service.pid):
            if "gunicorn" in command_of(pid):
                return [pid, *children_of(pid)]
        return []

    def worker(self) -> list[int]:
        return [pid for pid in children_of(self._service.pid) if "run_worker" in command_of(pid)]


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a disk in memory of this size on the folder."""
    if os.geteuid() != 0:
        raise Impossible("only root may mount a small disk")
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Impossible(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Ballast:
    """A file that takes all the room left on a disk, until it is let go."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ballast"

    def take(self) -> None:
        """All the room; again when someone frees a little."""
        with self.path.open("ab", buffering=0) as file, suppress(OSError):
            for size in (1 << 20, 1 << 12, 1 << 9):
                with suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        pass

    def let_go(self) -> None:
        self.path.unlink(missing_ok=True)
