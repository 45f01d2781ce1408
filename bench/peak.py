"""`python -m bench.peak`: the bell of a morning, 600 rolls called in ten minutes while families read.

Forty-three schools, the real gunicorn and the real worker on PostgreSQL; teachers open their home, the roll of the lesson going on,
mark three pupils absent and one late, and validate; for each, five guardians open their home and one their absences. Each
request has a moment of its own, drawn beforehand: a site that answers late makes nobody ask later, and what is measured
runs from that moment. Afterwards the database is asked whether each roll that was said to be kept is there, once.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median, quantiles
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import time_machine

from bench import report
from bench.run import prepare_pages, stage
from bench.scratch import FOLDER, PYTHON, ROOT, PostgreSQL, discard, environment, prepare
from bench.server import AGENT, Fields
from bench.worlds import NOW

SCHOOLS, ROLLS, MINUTES = 43, 600, 10.0
READERS = 5  # guardians at their home for each roll
WORKERS, THREADS = 2, 4
BROWSERS = 64
# Seconds that a teacher looks at the home, and at the class.
AT_HOME, AT_THE_ROLL = 2.0, 15.0
HEADS = ["request", "sent", "p50 ms", "p95 ms", "worst ms", "not answered as it should"]
STEPS = [
    "home of a teacher",
    "roll opened",
    "roll validated",
    "home again",
    "home of a guardian",
    "absences of a family",
]


@dataclass
class Caller:
    """A teacher, the lesson going on, and what the page of its roll holds."""

    cookies: dict[str, str]
    lesson: int
    form: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)


class Watch:
    """How long each kind of request took, in milliseconds, and how many were answered otherwise."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: dict[str, int] = defaultdict(int)

    def saw(self, step: str, since: float, *, right: bool) -> None:
        with self._lock:
            self.took[step].append((time.monotonic() - since) * 1e3)
            self.wrong[step] += not right


class Crowd:
    """Everybody's browsers: connections that stay open, one for each thread at work."""

    def __init__(self, port: int, watch: Watch) -> None:
        self.port, self.watch = port, watch

    def ask(
        self, step: str, due: float, who: dict[str, str], path: str, body: str | None = None
    ) -> tuple[bool, bytes]:
        """One request, not before its moment; what is measured begins there. Was it answered as it should be, and what?"""
        time.sleep(max(0.0, due - time.monotonic()))
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in who.items()),
            "User-Agent": AGENT,
            "X-Forwarded-Proto": "https",
            "Host": "localhost",
            "Origin": "https://localhost",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, content = 0, b""
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.request("GET" if body is None else "POST", path, body, headers)
            response = connection.getresponse()
            status, content = response.status, response.read()
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    key, _, kept = value.split(";")[0].partition("=")
                    who[key] = kept
            connection.close()
        right = status == (200 if body is None else 302)
        self.watch.saw(step, due, right=right)
        return right, content

    def call(self, caller: Caller, due: float) -> bool:
        """The whole gesture of a teacher; was the roll said to be kept?"""
        path, chance = f"/appel/{caller.lesson}/", random.Random(caller.lesson)
        self.ask(STEPS[0], due, caller.cookies, "/")
        _, page = self.ask(STEPS[1], time.monotonic() + AT_HOME, caller.cookies, path)
        caller.form = Fields(page.decode()).sent
        pupils = [name.removeprefix("seen-") for name in caller.form if name.startswith("seen-")]
        chosen = chance.sample(pupils, min(4, len(pupils)))
        caller.marks = {pupil: "absent" if rank < 3 else "late" for rank, pupil in enumerate(chosen)}
        sent = caller.form | {f"status-{pupil}": status for pupil, status in caller.marks.items()}
        is_kept, _ = self.ask(STEPS[2], time.monotonic() + AT_THE_ROLL, caller.cookies, path, urlencode(sent))
        self.ask(STEPS[3], time.monotonic(), caller.cookies, "/")
        return is_kept and bool(pupils)


def cast(rolls: int) -> dict[str, Any]:
    """In a process of its own: cookies of teachers who have a lesson now, each with its lesson, and of guardians."""
    import django

    django.setup()
    from bench.server import signed_in
    from preau.directory.models import Guardianship
    from preau.domains.timetable.models import Lesson

    going_on = Lesson.objects.filter(starts__lte=NOW, ends__gt=NOW, groups__kind="class", roll_call=None)
    taught = dict(going_on.order_by("pk").values_list("teachers", "pk"))
    callers = [[signed_in(teacher), lesson] for teacher, lesson in list(taught.items())[:rolls]]
    informed = Guardianship.objects.informed(NOW.date()).of_another().filter(guardian__account__isnull=False)
    guardians = list(dict.fromkeys(informed.order_by("pk").values_list("guardian_id", flat=True)))
    chosen = random.Random(3).sample(guardians, min(len(guardians), 1_500))
    return {"callers": callers, "guardians": [signed_in(person) for person in chosen]}


def kept(expected: dict[int, dict[str, str]]) -> dict[str, int]:
    """In a process of its own: of the rolls said to be kept, how many are there, and how many marks are not as they were sent."""
    import django

    django.setup()
    from preau.domains.attendance.models import Entry, Notice, RollCall

    there = set(RollCall.objects.filter(lesson__in=expected).values_list("lesson_id", flat=True))
    noted = {
        (lesson, str(pupil)): status
        for lesson, pupil, status in Entry.objects.filter(lesson__in=expected).values_list(
            "lesson", "pupil", "status"
        )
    }
    wrong = sum(
        noted.get((lesson, pupil)) != status
        for lesson, marks in expected.items()
        for pupil, status in marks.items()
    )
    told_ = Notice.objects.filter(entry__lesson__in=expected, sent_at__isnull=False).count()
    return {"rolls": len(there), "marks_lost": wrong, "guardians_told": told_}


@contextmanager
def site(url: str) -> Iterator[int]:
    """gunicorn and a worker on this database; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The settings of production: their pool, not the one connection that the bench of pages holds.
    around = environment(url) | {
        "DJANGO_SETTINGS_MODULE": "preau.settings",
        "SECRET_KEY": "bench-only-" * 6,
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
    }
    pages = [
        PYTHON,
        "-m",
        "gunicorn",
        "bench.peak_site:application",
        f"--bind=127.0.0.1:{port}",
        "--worker-class=gthread",
        f"--workers={WORKERS}",
        f"--threads={THREADS}",
        "--timeout=60",
    ]
    with (FOLDER / "peak.log").open("w") as log:
        running = [
            subprocess.Popen(command, env=around, cwd=ROOT, stdout=log, stderr=log)
            for command in (pages, [PYTHON, "-m", "bench.peak", "--inside=worker"])
        ]
        try:
            _wait(port)
            warm(port)
            yield port
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
            for process in running:
                process.wait(30)


def warm(port: int) -> None:
    """A site is not started at the bell: each process has answered before."""
    crowd = Crowd(port, Watch())
    with ThreadPoolExecutor(THREADS * WORKERS) as visitors:
        for _ in range(200):
            visitors.submit(crowd.ask, "", 0.0, {}, "/connexion/")


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise SystemExit(f"The pages did not start: {FOLDER / 'peak.log'}")


def morning(port: int, people: dict[str, Any], minutes: float) -> tuple[Watch, dict[int, dict[str, str]]]:
    """Everybody at once; what was measured, and the marks of each roll that was said to be kept."""
    watch, chance = Watch(), random.Random(11)
    crowd = Crowd(port, watch)
    callers = [Caller(cookies, lesson) for cookies, lesson in people["callers"]]
    began, length = time.monotonic() + 1, minutes * 60
    rolls = sorted((began + chance.uniform(0, length), number) for number in range(len(callers)))
    reads = sorted(
        (began + chance.uniform(0, length), chance.randrange(len(people["guardians"])), step, path)
        for _ in callers
        for step, path in [(STEPS[4], "/")] * READERS + [(STEPS[5], "/absences/")]
    )
    with ThreadPoolExecutor(BROWSERS) as teachers, ThreadPoolExecutor(BROWSERS) as families:
        calls = {
            callers[number].lesson: teachers.submit(crowd.call, callers[number], due) for due, number in rolls
        }
        for due, guardian, step, path in reads:
            families.submit(crowd.ask, step, due, people["guardians"][guardian], path)
    return watch, {caller.lesson: caller.marks for caller in callers if calls[caller.lesson].result()}


def text(watch: Watch, found: dict[str, int], count: int, minutes: float) -> str:
    lines = [
        [
            step,
            str(len(took)),
            f"{median(took):.0f}",
            f"{quantiles(took, n=20)[-1]:.0f}",
            f"{max(took):.0f}",
            str(watch.wrong[step]),
        ]
        for step in STEPS
        if (took := watch.took[step])
    ]
    return (
        f"{report.measured_on('python -m bench.peak')} PostgreSQL, {SCHOOLS} schools, {WORKERS} processes of {THREADS} threads, one "
        f"worker, and the browsers on the same machine; {count} rolls in {minutes:g} minutes.\n\n{report.rows(HEADS, lines)}\n\n"
        f"Of {count} rolls said to be kept, {found['rolls']} are there; marks not as they were sent: {found['marks_lost']}; "
        f"guardians told when the last roll was called: {found['guardians_told']}."
    )


def inside(url: str, *words: str, sent: object = None) -> Any:
    done = subprocess.run(
        [PYTHON, "-m", "bench.peak", *words],
        cwd=ROOT,
        env=environment(url),
        capture_output=True,
        text=True,
        input=json.dumps(sent),
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def work() -> None:
    """The worker, on the same morning."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("run_worker")


INSIDE: dict[str, Callable[[argparse.Namespace], Any]] = {
    "cast": lambda options: cast(options.rolls),
    "kept": lambda _: kept({int(lesson): marks for lesson, marks in json.load(sys.stdin).items()}),
    "worker": lambda _: work(),
}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rolls", type=int, default=ROLLS)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--keep", action="store_true", help="keep the database for another run")
    parser.add_argument("--inside", choices=list(INSIDE), help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.inside:
        with time_machine.travel(NOW, tick=True):
            print(json.dumps(INSIDE[options.inside](options)))
        return
    base = os.environ.get("DATABASE_URL", "")
    if not base.startswith("postgres"):
        raise SystemExit("A morning is measured on PostgreSQL: make bench-peak.")
    engine = PostgreSQL(base)
    prepare_pages()
    with stage(f"{SCHOOLS} schools: making the world"):
        prepare(engine, SCHOOLS)
    with stage("signing in"):
        people = inside(engine.url(SCHOOLS), "--inside=cast", f"--rolls={options.rolls}")
    with site(engine.url(SCHOOLS)) as port, stage(f"{len(people['callers'])} rolls"):
        watch, marks_by_lesson = morning(port, people, options.minutes)
    found = text(
        watch,
        inside(engine.url(SCHOOLS), "--inside=kept", sent=marks_by_lesson),
        len(marks_by_lesson),
        options.minutes,
    )
    print(found)
    if (options.rolls, options.minutes) == (ROLLS, MINUTES):
        report.put("peak", found)
    for schools in (1, SCHOOLS):
        # Its rolls are called: it is of no use to another morning.
        if schools == SCHOOLS or not options.keep:
            discard(engine, schools)


if __name__ == "__main__":
    main()
