"""However many people: the request writes one row, the worker reads and writes by chunks, and a box costs the same."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from conftest import SchoolClient
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.messaging.actions import sending
from preau.domains.messaging.models import Delivery, Message, Thread
from preau.domains.messaging.tests.props import deliver, many_threads, written
from tests.statements import Statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()


def _families(college: World, count: int) -> None:
    """`count` pupils more, each with a guardian."""
    people = Person.objects.bulk_create(
        Person(
            family_name=f"Nombre {number}",
            given_name="Ana",
            search_name=f"nombre {number} ana",
            public_id=f"nombre{count}-{number}",
        )
        for number in range(2 * count)
    )
    Holding.objects.bulk_create(
        Holding(person=person, role=Role.PUPIL, school=college.school) for person in people[:count]
    )
    Guardianship.objects.bulk_create(
        Guardianship(pupil=pupil, guardian=guardian, authority="legal", kinship="mother")
        for pupil, guardian in zip(people[:count], people[count:], strict=True)
    )


def test_the_request_costs_the_same_for_three_thousand(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    counts = []
    for more in (40, 3_000):
        _families(college, more)
        draft = written(head, "l-guardians")
        with Statements(connection) as asked:
            message = sending.send(head, draft)
        counts.append(asked.count)
        assert Delivery.objects.filter(message=message).count() == 1
    assert counts[0] == counts[1]
    assert message.people > 3_000
    assert deliver(message) == message.people
    assert (
        Delivery.objects.received().filter(message=message, arrived_at__isnull=False).count()
        == message.people
    )
    assert Message.objects.get(pk=message.pk).state == "sent"


def test_a_long_box_takes_as_many_statements_as_a_short_one(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    counts = []
    for more in (3, 60):
        many_threads(college, more)
        with Statements(connection) as asked:
            assert client.get("/messages/").status_code == 200
        counts.append(asked.count)
    assert counts[0] == counts[1] <= 14
