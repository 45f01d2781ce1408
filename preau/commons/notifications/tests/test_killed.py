"""Exactly once, whatever people chose and whenever the worker dies.

A mail may leave twice when the worker dies between the server's yes and the note of it: it then has the same Message-ID,
and a mailbox that shows a message once shows it once. That is what is counted here.
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import NOW, PATIENCE
from preau.commons.notifications import tasks
from preau.commons.notifications.actions import sending
from preau.commons.notifications.models import Dispatch, Envelope, Item, Preference, Rhythm
from preau.commons.outbox.models import Letter
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.foundation import boards, notices
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.models import TaskLease

pytestmark = pytest.mark.engine

KINDS = ("mort.a", "mort.b", "mort.urgente")
PEOPLE = ("guardian", "teacher", "cpe")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The worker died."""


class Mortal:
    """Dies at chosen statements, and does nothing more until it is started again: not even tidy up behind it."""

    def __init__(self, lives: list[int]) -> None:
        self.lives, self.dead, self.left, self.deaths = list(lives), False, None, 0
        self.start()

    def start(self) -> None:
        self.dead = False
        self.left = self.lives.pop() if self.lives else None

    def step(self) -> None:
        if self.dead:
            raise Killed
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.dead = True
                self.deaths += 1
                raise Killed

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Whatever becomes of the worker, the database rolls back by itself.
        if not sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            self.step()
        return execute(sql, params, many, context)


@contextmanager
def undone() -> Any:
    """One example leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def mortal_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [
        NotificationKind(
            key,
            "Nature",
            "Essai",
            "Sujet",
            "[%(token)s]",
            "Voir",
            "Parce que.",
            lambda viewer: True,
            pace=Pace.AT_ONCE,
            urgent=key.endswith("urgente"),
        )
        for key in KINDS
    ]
    monkeypatch.setattr(boards.notification_kinds, "_entries", [*boards.notification_kinds, *kinds])


def work(worker: Mortal, clock: Any) -> None:
    """Do what waits, dying now and then. A dead worker's task is taken up again by another, later."""
    ours = DBTaskResult.objects.ready().filter(task_path__startswith="preau.commons.notifications")
    while waiting := ours.order_by("enqueued_at").first():
        try:
            with connection.execute_wrapper(worker):
                import_string(waiting.task_path).call(*waiting.args_kwargs["args"])
        except (Killed, sending.BeingSent):
            worker.start()
            clock.shift(timedelta(minutes=3))
        else:
            DBTaskResult.objects.filter(pk=waiting.pk).delete()


def sweep(worker: Mortal, clock: Any, moment: datetime) -> None:
    clock.move_to(moment)
    while True:
        try:
            with connection.execute_wrapper(worker):
                tasks.pack_due.call()
        except Killed:
            worker.start()
        else:
            break
    work(worker, clock)


wishes = st.fixed_dictionaries(
    {(person, kind): st.tuples(st.booleans(), st.sampled_from(Pace)) for person in PEOPLE for kind in KINDS}
)
events = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(KINDS), st.integers(0, 4)), max_size=10)
lives = st.lists(st.integers(0, 25), min_size=20, max_size=20)


@pytest.mark.usefixtures("mortal_kinds")
@settings(max_examples=25, deadline=None)
@given(wishes=wishes, events=events, lives=lives, hours=st.lists(st.integers(7, 19), min_size=3, max_size=3))
def test_each_is_told_once_whatever_they_chose_and_whenever_the_worker_dies(
    college: World, clock: Any, monkeypatch: Any, wishes: Any, events: Any, lives: Any, hours: Any
) -> None:
    clock.move_to(NOW)
    mail.outbox.clear()
    worker = Mortal(lives)
    with undone(), monkeypatch.context() as patch:
        sent_for_real = mail.EmailMultiAlternatives.send
        patch.setattr(mail.EmailMultiAlternatives, "send", lambda one: dying_send(worker, sent_for_real, one))
        people = {key: college.people[key] for key in PEOPLE}
        for key, person in people.items():
            person.email = f"{key}@ecole.example"
            person.save(update_fields=["email"])
        for (person, kind), (in_app, pace) in wishes.items():
            Preference.objects.create(person=people[person], kind=kind, pace=pace, in_app=in_app)
        for person, hour in zip(people.values(), hours, strict=True):
            Rhythm.objects.create(person=person, hour=hour, weekday=2)
        for person, kind, key in events:
            token = f"{person}/{kind}/{key}"
            notices.publish(notices.News(kind, people[person].pk, str(key), "/", {"token": token}))
            work(worker, clock)
        for day in (0, 1, 3, 8):
            sweep(worker, clock, NOW + timedelta(days=day, hours=9, minutes=15))
        check(people, wishes, set(events), worker.deaths)


def dying_send(worker: Mortal, send: Any, message: Any) -> Any:
    """The worker may die before the server has the mail, or once it has it."""
    worker.step()
    given = send(message)
    worker.step()
    return given


def check(people: dict[str, Person], wishes: Any, events: set[Any], deaths: int) -> None:
    received = {message.extra_headers["Message-ID"]: message for message in mail.outbox}
    assert len(mail.outbox) - len(received) <= deaths
    lines = Counter(
        (message.to[0], line)
        for message in received.values()
        for line in message.body.splitlines()
        if line.startswith("[")
    )
    expected, kept = Counter(), set()
    for person, kind, key in events:
        in_app, pace = wishes[person, kind]
        if pace != Pace.NEVER:
            expected[people[person].email, f"[{person}/{kind}/{key}]"] = 1
        if in_app or pace != Pace.NEVER:
            kept.add((people[person].pk, kind, str(key)))
    assert lines == expected
    items = Item.objects.filter(kind__in=KINDS)
    assert sorted(items.values_list("person_id", "kind", "key")) == sorted(kept)
    assert not Dispatch.objects.filter(item__in=items, envelope=None).exists()
    assert not Envelope.objects.filter(dispatches__item__in=items, sent_at=None).exists()


# A real worker, really killed.

KILLS = int(os.environ.get("KILLS", "2"))
NEWS = 40 + 20 * KILLS


def worker_environment() -> dict[str, str]:
    """The worker's settings: this test's database, and the outbox that shows a message once."""
    name = connection.settings_dict["NAME"]
    url = (
        f"sqlite:///{Path(name).resolve()}"
        if connection.vendor == "sqlite"
        else urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    )
    return {**os.environ, "DATABASE_URL": url, "DEMO": "1", "LOG_LEVEL": "CRITICAL"}


# A worker that is killed at its n-th statement since it began to write letters: the same one, however quick the machine is.
KILLED_AT = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
left, letters = int(sys.argv[1]), False
def count(execute, sql, params, many, context):
    global left, letters
    letters = letters or sql.startswith('INSERT INTO "outbox_letter"')
    left -= letters
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    call_command("run_worker", batch=True)
"""


def worked(*command: str) -> int:
    """How a worker ended."""
    environment = {**worker_environment(), "DJANGO_SETTINGS_MODULE": "preau.settings"}
    nothing = subprocess.DEVNULL
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        stdout=nothing,
        stderr=nothing,
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode


def forget_the_dead() -> None:
    """What a minute of silence would do: leases and holds are over."""
    TaskLease.objects.update(until=LONG_AGO)
    DBTaskResult.objects.filter(started_at__isnull=False).update(started_at=LONG_AGO)
    Envelope.objects.filter(held_until__isnull=False).update(held_until=LONG_AGO)
    DBTaskResult.objects.filter(run_after__isnull=False).update(run_after=LONG_AGO)


def test_a_worker_killed_for_good_tells_everyone_once(planted: dict[str, World]) -> None:
    DBTaskResult.objects.all().delete()
    person = planted["college"].people["guardian"]
    notices.publish(
        *(
            notices.News(
                "identity.password_changed", person.pk, str(n), "/", {"login": f"n{n}.", "at": "hier"}
            )
            for n in range(NEWS)
        )
    )
    # The worker's clock is the machine's.
    Dispatch.objects.update(due_at=LONG_AGO)
    DBTaskResult.objects.update(enqueued_at=LONG_AGO)
    chance = random.Random(5)
    for _kill in range(KILLS):
        assert worked("-c", KILLED_AT, str(chance.randint(1, 100))) == -signal.SIGKILL
        forget_the_dead()
    assert 0 < Letter.objects.count() < NEWS, "killed at work"
    for _try in range(3):
        assert worked("manage.py", "run_worker", "--batch") == 0
        forget_the_dead()
    counts = Counter(
        word for letter in Letter.objects.all() for word in letter.body.split() if word.startswith("n")
    )
    assert {f"n{n}.": counts[f"n{n}."] for n in range(NEWS)} == {f"n{n}.": 1 for n in range(NEWS)}
    assert Letter.objects.count() == NEWS
    assert not Envelope.objects.filter(sent_at=None).exists()
