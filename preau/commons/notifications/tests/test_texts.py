"""Text messages: asked for, offered by a school, paid by it; each once, at decent hours, never beyond a day's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from conftest import NOW, SchoolClient
from preau.commons.delivery.models import SchoolPolicy
from preau.commons.delivery.rules import TEXTS_A_DAY
from preau.commons.notifications import queries, tasks
from preau.commons.notifications.actions import sending
from preau.commons.notifications.models import Dispatch, Envelope, Item, TextSubscription
from preau.commons.notifications.tests.post import deliver
from preau.commons.outbox.models import Letter
from preau.commons.outbox.sms import OutboxGateway
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.foundation import boards, notices, sms
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.notices import News
from preau.foundation.sms import GatewayAnswer, Message
from preau.foundation.sms.words import length_of

SOON, LATER, URGENT = "essai.tout_de_suite", "essai.plus_tard", "essai.urgente"
NUMBER = "+33612345678"
PARIS = ZoneInfo("Europe/Paris")


class Refusing(OutboxGateway):
    """Will never take anything."""

    def send(self, messages: Sequence[Message]) -> list[GatewayAnswer]:
        return [GatewayAnswer(message.ref, refused="number") for message in messages]


class Away(OutboxGateway):
    """Does not answer."""

    def send(self, messages: Sequence[Message]) -> list[GatewayAnswer]:
        raise sms.Unreachable


def kind(key: str, pace: Pace, **more: Any) -> NotificationKind:
    words = dict(label=key, category="Essai", subject="Un mot de l’école", why="Parce que.", action="Voir")
    return NotificationKind(
        key, body="%(about)s\u202f: %(what)s", for_whom=lambda viewer: True, pace=pace, **words, **more
    )


@pytest.fixture(autouse=True)
def essai(monkeypatch: pytest.MonkeyPatch, settings: Any, clock: Any) -> None:
    kinds = [
        kind(SOON, Pace.AT_ONCE),
        kind(LATER, Pace.DAILY),
        kind(URGENT, Pace.AT_ONCE, urgent=True, urgency="Parce que."),
    ]
    monkeypatch.setattr(boards.notification_kinds, "_entries", [*kinds, *boards.notification_kinds])
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    clock.move_to(datetime(2026, 11, 24, 10, tzinfo=PARIS))


@pytest.fixture
def mother(college: World) -> Person:
    """She has a mobile, no address of mail, and asked for text messages; her school pays them."""
    Item.objects.all().delete()
    person = college.people["guardian"]
    person.phone, person.email = "06 12 34 56 78", ""
    person.save()
    SchoolPolicy.objects.update_or_create(school=college.school, defaults={"offers_texts": True})
    TextSubscription.objects.create(person=person, chosen_at=NOW, number=sms.digest_of(NUMBER))
    return person


def tell(
    college: World, person: Person, key: str = "1", what: str = SOON, said: str = "sortie jeudi"
) -> None:
    notices.publish(
        News(what, person.pk, key, "/absences/", school_id=college.school.pk, facts={"what": said})
    )
    deliver()


def texts() -> list[Letter]:
    return list(Letter.objects.filter(to=NUMBER).order_by("pk"))


def test_one_who_asked_is_texted_where_to_read(college: World, mother: Person) -> None:
    tell(college, mother)
    (letter,) = texts()
    item = Item.objects.get(person=mother)
    assert "sortie jeudi" in letter.body
    assert letter.body.endswith(f"/notifications/{item.public_id}/")
    assert length_of(letter.body).parts <= queries.PARTS
    # Whatever the worker does again, it is the same message.
    assert tasks.send_envelope.call(Envelope.objects.get(person=mother, channel="sms").pk) is False
    assert len(texts()) == 1


def test_what_can_wait_is_not_texted(college: World, mother: Person) -> None:
    tell(college, mother, what=LATER)
    assert not texts()


def test_nobody_is_texted_who_did_not_ask(college: World, mother: Person) -> None:
    TextSubscription.objects.all().delete()
    tell(college, mother)
    assert not texts()


def test_a_school_that_pays_nothing_sends_nothing(college: World, mother: Person) -> None:
    SchoolPolicy.objects.update(offers_texts=False)
    tell(college, mother)
    assert not texts()


def test_another_number_than_the_one_asked_for_receives_nothing(
    college: World, mother: Person, client: SchoolClient
) -> None:
    mother.phone = "06 99 99 99 99"
    mother.save()
    tell(college, mother)
    assert not Letter.objects.filter(subject="SMS").exists()
    client.sit(mother)
    assert "a de vous a changé" in client.get("/notifications/preferences/").content.decode()
    client.post("/notifications/preferences/sms/", {"sms": "oui"})
    tell(college, mother, "2")
    assert Letter.objects.filter(to="+33699999999").count() == 1


def test_a_school_that_stops_paying_sends_nothing_that_waited(
    college: World, mother: Person, clock: Any
) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, mother)
    SchoolPolicy.objects.update(offers_texts=False)
    clock.move_to(datetime(2026, 11, 25, 7, 30, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert not texts()


def test_what_is_urgent_leaves_whatever_the_day_held(college: World, mother: Person) -> None:
    for number in range(TEXTS_A_DAY):
        tell(college, mother, str(number))
    tell(college, mother, "urgent", what=URGENT)
    assert len(texts()) == TEXTS_A_DAY + 1


def test_a_landline_receives_no_text(college: World, mother: Person) -> None:
    mother.phone = "01 42 34 56 78"
    mother.save()
    tell(college, mother)
    assert not Letter.objects.exists()


def test_at_night_it_waits_and_several_are_one(college: World, mother: Person, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, mother, "1")
    tell(college, mother, "2")
    assert not texts()
    clock.move_to(datetime(2026, 11, 25, 7, 30, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    (letter,) = texts()
    assert "2 nouvelles" in letter.body


def test_what_was_read_meanwhile_is_not_texted(college: World, mother: Person, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, mother)
    Item.objects.update(read_at=NOW)
    clock.move_to(datetime(2026, 11, 25, 7, 30, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert not texts()


def test_a_day_has_so_many_and_no_more(college: World, mother: Person, clock: Any) -> None:
    for number in range(TEXTS_A_DAY + 2):
        tell(college, mother, str(number))
    assert len(texts()) == TEXTS_A_DAY
    assert Item.objects.filter(person=mother).count() == TEXTS_A_DAY + 2
    clock.move_to(datetime(2026, 11, 25, 11, tzinfo=PARIS))
    tell(college, mother, "tomorrow")
    assert len(texts()) == TEXTS_A_DAY + 1


def test_a_school_pays_so_many_a_day(college: World, mother: Person, settings: Any) -> None:
    settings.SMS_PER_DAY = 2
    for number in range(4):
        tell(college, mother, str(number))
    assert len(texts()) == 2


def test_a_number_refused_is_given_up(college: World, mother: Person, settings: Any) -> None:
    settings.SMS_GATEWAY = f"{__name__}.Refusing"
    tell(college, mother)
    envelope = Envelope.objects.get(person=mother, channel="sms")
    assert envelope.dropped_at and not envelope.sent_at
    assert tasks.send_envelope.call(envelope.pk) is False


def test_a_gateway_that_is_away_is_tried_again(
    college: World, mother: Person, settings: Any, clock: Any
) -> None:
    settings.SMS_GATEWAY = f"{__name__}.Away"
    with pytest.raises(sms.Unreachable):
        tell(college, mother)
    envelope = Envelope.objects.get(person=mother, channel="sms")
    assert envelope.tries == 1 and not envelope.sent_at and not envelope.dropped_at
    assert queries.text_load(envelope.made_at + timedelta(hours=1)).failing == 1
    assert queries.mail_load(envelope.made_at + timedelta(hours=1)).failing == 0
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    clock.move_to(datetime(2026, 11, 24, 11, tzinfo=PARIS))
    assert sending.resend() == 1
    deliver()
    assert len(texts()) == 1


def test_a_long_sentence_is_cut_at_two_parts(college: World, mother: Person) -> None:
    tell(college, mother, said="une phrase de plus, " * 40)
    (letter,) = texts()
    assert length_of(letter.body).parts == queries.PARTS
    assert "..." in letter.body


def test_asking_and_stopping(college: World, mother: Person, client: SchoolClient) -> None:
    client.sit(mother)
    page = client.get("/notifications/preferences/").content.decode()
    assert "Ne plus recevoir de SMS" in page and "06 12 34 56 78" in page
    client.post("/notifications/preferences/sms/", {"sms": "non"})
    assert not TextSubscription.objects.filter(person=mother).exists()
    client.post("/notifications/preferences/sms/", {"sms": "oui"})
    client.post("/notifications/preferences/sms/", {"sms": "oui"})
    assert TextSubscription.objects.filter(person=mother).count() == 1


def test_what_waits_does_not_leave_once_stopped(
    college: World, mother: Person, client: SchoolClient, clock: Any
) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, mother)
    client.sit(mother)
    client.post("/notifications/preferences/sms/", {"sms": "non"})
    assert Dispatch.objects.get(item__person=mother, channel="sms").dropped_at


def test_not_offered_nothing_is_asked(college: World, mother: Person, client: SchoolClient) -> None:
    TextSubscription.objects.all().delete()
    SchoolPolicy.objects.update(offers_texts=False)
    client.sit(mother)
    assert "Par SMS" not in client.get("/notifications/preferences/").content.decode()
    client.post("/notifications/preferences/sms/", {"sms": "oui"})
    assert not TextSubscription.objects.exists()
