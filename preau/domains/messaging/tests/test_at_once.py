"""At the same moment: two clicks on « Envoyer », two workers on one message, a recall or a freeze while it is delivered."""

from types import SimpleNamespace
from typing import Any

import pytest

from conftest import NOW
from preau.commons.notifications.models import Item
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.domains.messaging.actions import drafts, leaving, safety, sending
from preau.domains.messaging.models import Delivery, Message
from preau.domains.messaging.tests.props import written
from preau.domains.messaging.tests.test_reach import own_class
from tests.test_races import seat, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


@pytest.fixture
def college(planted: dict[str, World], monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    monkeypatch.setattr(leaving, "CHUNK", 3)
    monkeypatch.setattr(leaving, "ARRIVALS", 2)
    return planted["college"]


def to_the_class(college: World) -> tuple[Any, Message]:
    teacher = seat(college, "teacher")
    return teacher, written(teacher, f"gs{own_class(college).pk}")


def families(college: World) -> set[int]:
    ties = Guardianship.objects.filter(pupil__enrolments__group=own_class(college))
    return set(ties.values_list("guardian_id", flat=True))


def test_two_clicks_send_once(college: World) -> None:
    teacher, draft = to_the_class(college)
    given = together(*[lambda: sending.send(teacher, draft)] * 4)
    assert sorted(type(one).__name__ for one in given) == ["Message"] + ["NotADraft"] * 3
    assert Delivery.objects.filter(message=draft, kind="from").count() == 1
    assert drafts.NotADraft in {type(one) for one in given}


def test_two_workers_bring_each_once(college: World) -> None:
    teacher, draft = to_the_class(college)
    message = sending.send(teacher, draft)

    def work() -> int:
        leaving.expand(message.pk)
        return leaving.arrive(NOW, message.pk)

    given = together(work, work, work)
    assert not [one for one in given if isinstance(one, Exception)] and sum(given) == len(families(college))
    rows = Delivery.objects.received().filter(message=message)
    assert sorted(rows.values_list("person_id", flat=True)) == sorted(families(college))
    assert Item.objects.filter(kind="messaging.received", key=str(message.pk)).count() == rows.count()


@pytest.mark.parametrize("stop", ["recall", "freeze"])
def test_what_is_stopped_while_it_is_delivered_is_read_by_nobody(college: World, stop: str) -> None:
    """Whoever comes first: what had arrived says that it was recalled, what had not never arrives."""
    teacher, draft = to_the_class(college)
    message = sending.send(teacher, draft)
    head = seat(college, "head")

    def work() -> None:
        leaving.expand(message.pk)
        leaving.arrive(NOW, message.pk)

    ways = {
        "recall": lambda: sending.recall(teacher, message),
        "freeze": lambda: safety.freeze(head, teacher.person, "Compte volé"),
    }
    given = together(work, ways[stop])
    assert not [one for one in given if isinstance(one, Exception)] and given[1]
    work()
    message.refresh_from_db()
    assert message.state == "recalled"
    rows = Delivery.objects.received().filter(message=message)
    assert not rows.filter(arrived_at=None).exists()
    assert set(rows.values_list("person_id", flat=True)) <= families(college)
    assert not Item.objects.filter(kind="messaging.received", key=str(message.pk), read_at=None).exists()
