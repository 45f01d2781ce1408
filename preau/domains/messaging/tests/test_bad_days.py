"""Bad days: who has left, a list that became empty, a file too heavy, a mail server that is away, other time zones.

Elsewhere: two clicks and two tabs in `test_messages.py`, a worker that dies in `test_killed.py`, a network that falls in
`tests/journeys/test_messages.py`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conftest import NOW, PARIS, SchoolClient
from preau.commons.delivery.models import PersonPolicy
from preau.commons.delivery.rules import SchoolHours, is_open
from preau.commons.files.rules import DOCUMENTS
from preau.commons.notifications.actions import sending as letters
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests import post
from preau.directory.models import Enrolment, Holding, School
from preau.directory.seeds.world import World
from preau.domains.messaging import forms
from preau.domains.messaging.actions import leaving, sending
from preau.domains.messaging.models import Delivery, Message, Thread
from preau.domains.messaging.tests.props import deliver, got, key_to, written
from preau.domains.messaging.tests.test_messages import WRITE, form
from preau.domains.messaging.tests.test_reach import own_class
from preau.foundation import mail as foundation_mail
from preau.foundation.tasks import RETRIES, delay_before

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 11, 24, 8, 30, tzinfo=PARIS)
SENDING = "preau.commons.notifications.tasks.send_envelope"
SIX_HOURS = timedelta(hours=6)


@pytest.fixture(autouse=True)
def _nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()
    Message.objects.all().delete()
    Item.objects.filter(kind__startswith="messaging.").delete()
    mail.outbox.clear()


def test_whoever_left_meanwhile_gets_nothing_and_the_others_do(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    message = sending.send(teacher, written(teacher, key_to(college, "teacher_1"), key_to(college, "cpe")))
    assert message.people == 2
    Holding.objects.filter(person=college.people["teacher_1"]).update(ends=NOW.date() - timedelta(days=1))
    deliver(message)
    message.refresh_from_db()
    assert (message.state, message.people) == ("sent", 1)
    assert got(college.people["cpe"]) == [message] and got(college.people["teacher_1"]) == []


def test_a_list_that_became_empty_gives_the_message_back(college: World, seat_of: Any) -> None:
    teacher, group = seat_of("teacher"), own_class(college)
    message = sending.send(teacher, written(teacher, f"gs{group.pk}", body="<p>À demain.</p>"))
    Enrolment.objects.filter(group=group).update(ends=NOW.date() - timedelta(days=1))
    deliver(message)
    message.refresh_from_db()
    assert message.state == "draft" and "À demain." in message.body
    assert not Delivery.objects.filter(message=message).exists()
    assert Item.objects.filter(kind="messaging.returned", person=teacher.person).count() == 1


def test_a_file_too_heavy_is_refused_beside_it_and_what_is_typed_stays(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "DOCUMENTS", replace(DOCUMENTS, size=200))
    client.sit(college.people["teacher"])
    film = SimpleUploadedFile("sortie.txt", b"une ligne de texte\n" * 200, content_type="text/plain")
    page = client.post(WRITE, form(key_to(college, "guardian"), body="Voici le film.", papers=film))
    shown = page.content.decode()
    assert page.status_code == 422 and "trop lourd" in shown and "Voici le film." in shown
    assert f'value="{key_to(college, "guardian")}"' in shown
    assert not Message.objects.exclude(state="draft").exists()


def test_a_mail_server_that_is_away_for_six_hours_keeps_nothing_from_its_reader(
    college: World, seat_of: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is in its box at once; its mail leaves once, when the server is back."""
    guardian = college.people["guardian"]
    guardian.email = "julie@ecole.example"
    guardian.save(update_fields=["email"])
    clock.move_to(EARLY)
    message = sending.send(
        seat_of("teacher", at=EARLY), written(seat_of("teacher"), key_to(college, "guardian"))
    )
    deliver(message, timezone.now() + timedelta(minutes=10))
    assert got(guardian) == [message]
    clock.shift(timedelta(minutes=10))
    (envelope,) = letters.pack(guardian.pk)
    began, real = timezone.now(), foundation_mail.send

    def away(*words: Any) -> None:
        if timezone.now() < began + SIX_HOURS:
            raise ConnectionRefusedError
        real(*words)

    monkeypatch.setattr(foundation_mail, "send", away)
    tries = 0
    while tries < RETRIES[SENDING]:
        tries += 1
        try:
            post.send(envelope.pk)
            break
        except ConnectionRefusedError:
            clock.shift(delay_before(tries + 1))
    assert tries > 1 and timezone.now() >= began + SIX_HOURS
    envelope.refresh_from_db()
    if not mail.outbox:
        # The evening came meanwhile: it waits for the hour at which the school writes.
        clock.move_to(envelope.due_at)
        assert letters.wake(timezone.now()) == 1
        assert post.send(envelope.pk)
    assert post.send(envelope.pk) is False
    assert len(mail.outbox) == 1 and is_open(SchoolHours(), timezone.now())


@pytest.mark.parametrize(
    "zone", ["Pacific/Tahiti", "America/Guadeloupe", "Indian/Reunion", "Pacific/Noumea", "Europe/Paris"]
)
def test_none_arrives_in_a_closed_hour_wherever_the_school_is(
    college: World, seat_of: Any, clock: Any, zone: str
) -> None:
    """Every quarter of an hour of four days and nights, from a Friday: on the clock of those who receive it."""
    School.objects.filter(pk=college.school.pk).update(timezone=zone)
    PersonPolicy.objects.create(person=college.people["other_guardian"], quiet=[[12 * 60, 14 * 60]])
    friday = datetime(2026, 11, 27, 0, 0, tzinfo=ZoneInfo(zone))
    teacher = seat_of("teacher", at=friday)
    for number in range(4 * 96):
        now = friday + timedelta(minutes=15 * number)
        clock.move_to(now)
        if not number % 8 and number < 2 * 96:
            message = sending.send(
                teacher, written(teacher, key_to(college, "guardian"), key_to(college, "other_guardian"))
            )
            leaving.expand(message.pk)
        leaving.arrive(now)
    rows = Delivery.objects.received().filter(message__author=teacher.person)
    assert rows.count() == 2 * 24 and not rows.filter(arrived_at=None).exists()
    for row in rows:
        local = row.arrived_at.astimezone(ZoneInfo(zone))
        assert local.weekday() < 5 and 7 <= local.hour < 20, local
        if row.person == college.people["other_guardian"]:
            assert not 12 <= local.hour < 14, local
