"""The faults: what each does to a site on which people write, and when it is over."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.faults.site import Ballast, Impossible, Site, kill

# How long a full disk stays full: long enough for everyone to meet it.
FULL = 2.0


@dataclass(frozen=True)
class Fault:
    """`strike` does it, and returns the moment from which the site is expected back.

    `disk`: megabytes of the small disk that holds the database (0: none is mounted).
    """

    key: str
    label: str
    strike: Callable[[Site], float]
    disk: dict[str, int] = field(default_factory=dict)
    letters: bool = False


def kill_a_page(site: Site) -> float:
    pages = site.pages()
    if len(pages) < 2:
        raise Impossible("no page process to kill")
    kill(*pages[1:])
    return time.monotonic()


def kill_the_pages(site: Site) -> float:
    kill(*site.pages())
    return time.monotonic()


def kill_the_worker(site: Site) -> float:
    kill(*site.worker())
    return time.monotonic()


def kill_the_database(site: Site) -> float:
    site.database.kill()
    return time.monotonic()


def fill_the_disk(site: Site) -> float:
    ballast = Ballast(site.database.folder)
    until = time.monotonic() + FULL
    while time.monotonic() < until:
        ballast.take()
        site.database.drink()
        time.sleep(0.05)
    ballast.let_go()
    return time.monotonic()


FAULTS = [
    Fault("page", "kill -9 of a page process", kill_a_page),
    Fault("pages", "kill -9 of gunicorn, its page processes included", kill_the_pages),
    Fault("worker", "kill -9 of the task worker", kill_the_worker, letters=True),
    Fault("database", "kill -9 of every process of PostgreSQL", kill_the_database),
    Fault(
        "disk",
        "disk of the database full for two seconds",
        fill_the_disk,
        disk={"SQLite": 24, "PostgreSQL": 160},
    ),
]
