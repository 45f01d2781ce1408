"""Exactly once, whenever the worker dies: in the fan-out, and while messages arrive."""

import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from conftest import NOW
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests.test_killed import Killed, Mortal
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.domains.messaging.actions import leaving, sending
from preau.domains.messaging.models import Delivery, Message, Thread
from preau.domains.messaging.tests.props import written
from preau.domains.messaging.tests.test_reach import own_class

pytestmark = [pytest.mark.django_db, pytest.mark.engine]
DEATHS = 20


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
