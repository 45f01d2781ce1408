"""What open pages of messages hear: what reaches oneself, and that one may write no more; each of it by whoever may know it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import SchoolClient
from preau.commons.live.tests.test_rights import heard
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.messaging.actions import safety, sending
from preau.domains.messaging.models import Message, Thread
from preau.domains.messaging.tests.props import deliver, key_to, sent, written
from preau.foundation import live

pytestmark = pytest.mark.django_db
STOPPED = "suspendu l’envoi"


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()
    Message.objects.all().delete()


@pytest.fixture
def told(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Callable[[Callable[[], object]], list[str]]:
    """What the bus carries of an action."""
    settings.LIVE = True
    carried: list[str] = []
    monkeypatch.setattr(live, "_carry", carried.append)

    def of(act: Callable[[], object]) -> list[str]:
        carried.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return " ".join(carried).split()

    return of


def mail_of(person: Person) -> str:
    return live.channel(f"mail:{person.pk}")


def test_a_message_that_arrives_is_heard_by_its_reader_alone(college: World, seat_of: Any, told: Any) -> None:
    message = sending.send(seat_of("teacher"), written(seat_of("teacher"), key_to(college, "guardian")))
    words = told(lambda: deliver(message))
    assert mail_of(college.people["guardian"]) in words
    assert not {mail_of(college.people[name]) for name in ("other_guardian", "pupil", "cpe")} & set(words)


def test_a_brake_is_heard_by_its_profile_in_its_school(
    college: World, twin: World, seat_of: Any, told: Any
) -> None:
    topic = f"writing:{college.school.pk}"
    channel = live.channel(f"{topic}:guardian")
    assert channel in told(lambda: safety.brake(seat_of("head"), "guardian"))
    assert heard(seat_of("guardian"), topic) == {topic}
    assert heard(seat_of("guardian"), f"writing:{twin.school.pk}", "mail:1") == set()


def test_an_open_page_says_that_one_may_write_no_more(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    client.sit(college.people["guardian"])
    part = {"HX-Request": "true", "HX-Target": "arret"}
    assert STOPPED not in client.get("/messages/ecrire/", headers=part).content.decode()
    safety.brake(seat_of("head"), "guardian")
    shown = client.get("/messages/ecrire/", headers=part).content.decode()
    assert STOPPED in shown and "<textarea" not in shown
    assert STOPPED in client.get("/messages/ecrire/").content.decode()
    client.sit(college.people["teacher"])
    assert STOPPED not in client.get("/messages/ecrire/", headers=part).content.decode()


def test_an_open_conversation_asks_for_its_messages_alone(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"), body="<p>Le premier.</p>")
    sent(seat_of("teacher"), key_to(college, "guardian"), body="<p>Le second.</p>", answers=message)
    client.sit(college.people["guardian"])
    part = {"HX-Request": "true", "HX-Target": "conversation"}
    shown = client.get(f"/messages/conversations/{message.thread_id}/", headers=part).content.decode()
    assert "Le premier." in shown and "Le second." in shown and "<textarea" not in shown
