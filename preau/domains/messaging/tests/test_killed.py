"""Exactly once, whenever the worker dies: in the fan-out, and while messages arrive."""

import random
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from conftest import NOW, PATIENCE
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests.test_killed import Killed, Mortal, worker_environment
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.messaging.actions import leaving, sending
from preau.domains.messaging.models import Delivery, Message, Thread
from preau.domains.messaging.tests.props import written
from preau.domains.messaging.tests.test_reach import own_class

pytestmark = pytest.mark.engine
DEATHS = 20


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_worker_killed_twenty_times_delivers_each_message_once(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    monkeypatch.setattr("preau.domains.messaging.actions.leaving.CHUNK", 3)
    monkeypatch.setattr("preau.domains.messaging.actions.leaving.ARRIVALS", 2)
    Thread.objects.all().delete()
    Item.objects.filter(kind__startswith="messaging.").delete()
    drawn, teacher = random.Random(seed), seat_of("teacher")
    worker = Mortal([drawn.randrange(1, 45) for _ in range(DEATHS)])
    written_once = []
    while worker.lives or worker.left is not None:
        written_once.append(sending.send(teacher, written(teacher, f"gs{own_class(college).pk}")).pk)
        _work(worker, written_once[-1])
    assert worker.deaths == DEATHS
    families = (
        Guardianship.objects.filter(pupil__enrolments__group=own_class(college))
        .values("guardian")
        .distinct()
        .count()
    )
    for pk in written_once:
        rows = Delivery.objects.received().filter(message=pk)
        assert (
            rows.count()
            == rows.values("person").distinct().count()
            == rows.filter(arrived_at=NOW).count()
            == families
        )
        assert Item.objects.filter(kind="messaging.received", key=str(pk)).count() == families
        assert Message.objects.get(pk=pk).state == "sent"


def _work(worker: Mortal, message_id: int) -> None:
    """Until it is done, however often it dies."""
    while True:
        try:
            with connection.execute_wrapper(worker):
                leaving.expand(message_id)
                leaving.arrive(NOW, message_id)
        except Killed:
            worker.start()
        else:
            return


# A process that brings a message to its people in as many lives as it is given: each is a process of its own, which kills itself
# for good at its n-th statement. Nothing of the test is in it: it finds what the database kept.
LIVES = """
import os, signal, sys
from datetime import datetime
import django, time_machine
django.setup()
from django.db import connection
from preau.domains.messaging.actions import leaving
leaving.CHUNK, leaving.ARRIVALS = 3, 2
pk, moment = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])

def live(left):
    def count(execute, sql, params, many, context):
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)
    with time_machine.travel(moment, tick=False), connection.execute_wrapper(count):
        leaving.expand(pk)
        leaving.arrive(moment, pk)

for left in map(int, sys.argv[3:]):
    child = os.fork()
    if not child:
        live(left)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
# Nobody is killed so late.
WHOLE = 1_000_000


def lived(message: Message, *lives: int) -> list[int]:
    """How each life ended."""
    done = subprocess.run(
        [sys.executable, "-c", LIVES, str(message.pk), NOW.isoformat(), *map(str, lives)],
        env={**worker_environment(), "DJANGO_SETTINGS_MODULE": "preau.settings"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=PATIENCE,
    )
    return [int(line) for line in done.stdout.split()]


def _mass(college: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Viewer, Message, set[int]]:
    """What the head writes to every guardian of the school, and who they are."""
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    person = college.people["head"]
    head = viewer_for(person, person.account.pk, NOW)
    assert head is not None
    message = sending.send(head, written(head, "l-guardians"))
    families = Guardianship.objects.informed(NOW.date()).of_another().filter(guardian__is_institution=False)
    here = families.filter(pupil__holdings__school=college.school)
    return head, message, set(here.values_list("guardian_id", flat=True))


def test_a_process_killed_twenty_times_for_good_delivers_to_each_once(
    planted: dict[str, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    _head, message, families = _mass(planted["college"], monkeypatch)
    drawn = random.Random(7)
    ends = lived(message, *(drawn.randrange(20, 60) for _ in range(DEATHS)), WHOLE)
    assert ends == [-signal.SIGKILL] * DEATHS + [0]
    rows = Delivery.objects.received().filter(message=message)
    assert sorted(rows.values_list("person_id", flat=True)) == sorted(families)
    assert rows.filter(arrived_at=NOW).count() == len(families)
    notices = Item.objects.filter(kind="messaging.received", key=str(message.pk))
    assert sorted(notices.values_list("person_id", flat=True)) == sorted(families)
    assert Message.objects.get(pk=message.pk).state == "sent"


def test_what_is_recalled_between_two_deaths_arrives_nowhere_else(
    planted: dict[str, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    head, message, families = _mass(planted["college"], monkeypatch)
    leaving.expand(message.pk)
    # Killed while it arrives: some have it, others do not.
    assert lived(message, 100) == [-signal.SIGKILL]
    rows = Delivery.objects.received().filter(message=message)
    had = set(rows.filter(arrived_at=NOW).values_list("person_id", flat=True))
    assert had and had < families
    assert sending.recall(head, message)
    assert lived(message, WHOLE) == [0]
    assert set(rows.values_list("person_id", flat=True)) == had
    assert not Item.objects.filter(kind="messaging.received", key=str(message.pk), read_at=None).exists()
