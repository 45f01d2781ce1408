"""Told on a device: only where one chose it, once, without a name, until one signs out."""

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.delivery.rules import ANY_HOUR
from preau.commons.journal.models import Line
from preau.commons.notifications import queries, tasks
from preau.commons.notifications.actions import choosing, keeping, pushing, sending
from preau.commons.notifications.models import Device, Item, Preference, Push
from preau.commons.notifications.tests.post import deliver
from preau.commons.notifications.tests.service import HOST, Browser, Service, serving, signer_of
from preau.commons.notifications.tests.test_notifications import CHOSEN, FIXED, URGENT, essai, mother, news
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.foundation import boards, notices, webpush
from preau.foundation.boards import Pace
from preau.identity.actions import accounts

__all__ = ["essai", "mother"]
PARIS = ZoneInfo("Europe/Paris")
ADDRESS = "/notifications/appareils/"
PREFERENCES = "/notifications/preferences/"


@pytest.fixture
def key(settings: Any) -> str:
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()
    settings.VAPID_SUBJECT = "https://ent.example.org"
    return webpush.public_key()


@pytest.fixture
def service(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Instead of the names and of the authorities of the world: this machine, and its own certificate."""
    with serving(tmp_path) as running:
        context = ssl.create_default_context(cafile=str(running.certificate))
        monkeypatch.setattr(webpush, "tls", lambda: context)
        monkeypatch.setattr(webpush, "addresses_of", lambda host: [("127.0.0.1", running.port)])
        yield running


def device(person: Person, browser: Browser, session: str = "x") -> Device:
    facts = browser.subscription() | {"label": "Firefox sur Android", "opened_in": session}
    return Device.objects.create(person=person, added_at=datetime(2026, 11, 20, tzinfo=PARIS), **facts)


def wants_push(person: Person, what: str = CHOSEN, *, push: bool = True, in_app: bool = True) -> None:
    Preference.objects.create(person=person, kind=what, pace=Pace.NEVER, in_app=in_app, push=push)


# What arrives


def test_a_device_is_told_without_a_name_by_a_message_that_only_it_reads(
    mother: Person, college: World, service: Service, key: str
) -> None:
    phone, pupil = Browser("phone"), college.people["pupil"]
    device(mother, phone)
    notices.publish(news(mother, what=URGENT, about_id=pupil.pk, school_id=college.school.pk))
    deliver()
    item = Item.objects.get(person=mother)
    (payload,) = service.arrived(phone)
    assert payload == {
        "body": f"Nature {URGENT}",
        "url": reverse("notifications:item", kwargs={"public_id": item.public_id}),
        "tag": item.public_id,
    }
    for word in (pupil.given_name, pupil.family_name, mother.given_name, college.school.name):
        assert word not in str(payload)
    ((_, headers, body),) = service.got
    signer, claims = signer_of(headers["Authorization"])
    assert (signer, claims["aud"], claims["sub"]) == (key, f"https://{HOST}", "https://ent.example.org")
    assert (headers["Content-Encoding"], headers["Urgency"], headers["Topic"]) == (
        "aes128gcm",
        "high",
        item.public_id,
    )
    assert len(body) == 86 + webpush.LENGTH + 17, "whatever it says, a notice has one length"


def test_each_device_is_told_once(mother: Person, service: Service) -> None:
    phone, laptop = Browser("phone"), Browser("laptop")
    for browser in (phone, laptop):
        device(mother, browser)
    for _again in range(2):
        notices.publish(news(mother, what=URGENT))
        tasks.pack_due.call()
        deliver()
    for push in Push.objects.all():
        assert tasks.send_push.call(push.pk) is False
    assert len(service.arrived(phone)) == len(service.arrived(laptop)) == 1


def test_another_is_told_nothing(mother: Person, college: World, twin: World, service: Service) -> None:
    theirs = [Browser(f"n{number}") for number in range(2)]
    device(college.people["other_guardian"], theirs[0])
    device(twin.people["guardian"], theirs[1])
    notices.publish(news(mother, what=URGENT))
    deliver()
    assert service.got == [] and not Push.objects.exists()


# As they chose


def test_the_choice_is_made_for_each_kind(mother: Person, service: Service) -> None:
    phone = Browser("phone")
    device(mother, phone)
    notices.publish(news(mother, "1"))
    wants_push(mother, in_app=False)
    notices.publish(news(mother, "2"))
    wants_push(mother, URGENT, push=False)
    notices.publish(news(mother, "3", what=URGENT), news(mother, "4", what=FIXED))
    deliver()
    assert [payload["body"] for payload in service.arrived(phone)] == [f"Nature {CHOSEN}", f"Nature {FIXED}"]
    assert set(Item.objects.values_list("key", flat=True)) == {"1", "2", "3", "4"}


def test_the_night_delays_what_is_not_urgent(mother: Person, service: Service, clock: Any) -> None:
    phone = Browser("phone")
    device(mother, phone)
    wants_push(mother)
    clock.move_to(datetime(2026, 11, 27, 21, 0, tzinfo=PARIS))
    notices.publish(news(mother), news(mother, what=URGENT))
    tasks.pack_due.call()
    deliver()
    assert [payload["body"] for payload in service.arrived(phone)] == [f"Nature {URGENT}"]
    clock.move_to(datetime(2026, 11, 30, 7, 10, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert [payload["body"] for payload in service.arrived(phone)] == [f"Nature {URGENT}", f"Nature {CHOSEN}"]


@pytest.mark.parametrize("how", ["read", "settled", "unwanted"])
def test_what_has_no_use_any_more_does_not_leave(
    mother: Person, service: Service, clock: Any, seat_of: Any, how: str
) -> None:
    device(mother, Browser("phone"))
    wants_push(mother)
    clock.move_to(datetime(2026, 11, 24, 21, 0, tzinfo=PARIS))
    notices.publish(news(mother))
    if how == "read":
        keeping.mark(Item.objects.get(), read=True)
    elif how == "settled":
        notices.settle(CHOSEN, "1")
    else:
        wish = queries.Wish(in_app=True, pace=Pace.NEVER, push=False)
        choosing.choose(seat_of("guardian"), {CHOSEN: wish}, hour=18, weekday=4, hours=ANY_HOUR)
    clock.move_to(datetime(2026, 11, 25, 7, 10, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert service.got == [] and Push.objects.get().dropped_at is not None


# What the service answers


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_leaves_the_list(mother: Person, service: Service, status: int) -> None:
    phone, laptop = Browser("phone"), Browser("laptop")
    device(mother, phone)
    device(mother, laptop)
    service.answers = [(status, {})]
    notices.publish(news(mother, what=URGENT))
    deliver()
    assert [device.endpoint for device in Device.objects.all()] == [laptop.subscription()["endpoint"]]
    assert len(service.arrived(laptop)) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_is_busy_is_tried_again_when_it_says(
    mother: Person, service: Service, clock: Any, status: int
) -> None:
    device(mother, Browser("phone"))
    service.answers = [(status, {"Retry-After": "900"})]
    notices.publish(news(mother, what=URGENT))
    (push_id,) = pushing.queue_pushes(mother.pk)
    with pytest.raises(pushing.Unavailable):
        tasks.send_push.call(push_id)
    clock.shift(timedelta(minutes=14))
    with pytest.raises(sending.BeingSent):
        tasks.send_push.call(push_id)
    assert len(service.got) == 1
    clock.shift(timedelta(minutes=2))
    assert tasks.send_push.call(push_id) is True
    assert len(service.got) == 2 and Push.objects.get().sent_at is not None


def test_a_service_that_cannot_be_reached_is_tried_again(
    mother: Person, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    device(mother, Browser("phone"))
    notices.publish(news(mother, what=URGENT))
    (push_id,) = pushing.queue_pushes(mother.pk)
    with monkeypatch.context() as broken:
        broken.setattr(webpush, "addresses_of", lambda host: [("127.0.0.1", 1)])
        with pytest.raises(ConnectionRefusedError):
            tasks.send_push.call(push_id)
    assert tasks.send_push.call(push_id) is True


def test_a_redirection_is_not_followed_and_a_refusal_is_not_tried_again(
    mother: Person, service: Service
) -> None:
    device(mother, Browser("phone"))
    service.answers = [(302, {"Location": "http://127.0.0.1/"}), (403, {})]
    notices.publish(news(mother, "1", what=URGENT), news(mother, "2", what=URGENT))
    deliver()
    assert len(service.got) == 2
    assert all(push.dropped_at and not push.sent_at for push in Push.objects.all())


def test_a_device_that_is_refused_again_and_again_is_set_aside_and_says_so(
    mother: Person, client: SchoolClient, service: Service
) -> None:
    phone, laptop = Browser("phone"), Browser("laptop")
    old = device(mother, phone)
    for number in range(pushing.MOST_FAILURES):
        service.answers = [(403, {})]
        notices.publish(news(mother, f"refus-{number}", what=URGENT))
        deliver()
    device(mother, laptop)
    notices.publish(news(mother, "ensuite", what=URGENT))
    deliver()
    assert len(service.arrived(phone)) == pushing.MOST_FAILURES and len(service.arrived(laptop)) == 1
    client.sit(mother)
    assert "Mis de côté" in client.get(PREFERENCES).content.decode()
    client.post(f"{ADDRESS}{old.public_id}/essai/")
    deliver()
    assert "Mis de côté" not in client.get(PREFERENCES).content.decode()
    notices.publish(news(mother, "enfin", what=URGENT))
    deliver()
    assert len(service.arrived(phone)) == pushing.MOST_FAILURES + 2


def test_a_worker_killed_while_it_sends_leaves_it_to_another(
    mother: Person, service: Service, clock: Any
) -> None:
    phone = Browser("phone")
    device(mother, phone)
    notices.publish(news(mother, what=URGENT))
    (push_id,) = pushing.queue_pushes(mother.pk)
    assert pushing.hold_push(push_id)
    with pytest.raises(sending.BeingSent):
        tasks.send_push.call(push_id)
    clock.shift(timedelta(minutes=3))
    assert tasks.send_push.call(push_id) is True
    assert len(service.arrived(phone)) == 1


# The page


def test_nothing_is_offered_without_a_key(mother: Person, client: SchoolClient) -> None:
    device(mother, Browser("phone"))
    client.sit(mother)
    page = client.get(PREFERENCES).content.decode()
    assert "Mes appareils qui reçoivent" not in page and "Sur mes appareils" not in page
    assert client.post(ADDRESS, Browser("other").subscription()).status_code == 404
    notices.publish(news(mother, what=URGENT))
    assert not Push.objects.exists()


def test_a_browser_is_added_tried_and_removed(mother: Person, client: SchoolClient, service: Service) -> None:
    phone = Browser("phone")
    client.sit(mother)
    assert "Sur mes appareils" not in client.get(PREFERENCES).content.decode()
    agent = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    answer = client.post(ADDRESS, phone.subscription(), headers={"User-Agent": agent})
    assert (answer.status_code, answer.url) == (302, PREFERENCES)
    page = client.get(PREFERENCES).content.decode()
    assert "Firefox sur Android" in page and "Cet appareil" in page and "Sur mes appareils" in page
    kept = Device.objects.get(person=mother)
    client.post(f"{ADDRESS}{kept.public_id}/essai/")
    deliver()
    assert [payload["url"] for payload in service.arrived(phone)] == [PREFERENCES]
    client.post(f"{ADDRESS}{kept.public_id}/retirer/")
    assert not Device.objects.exists()
    verbs = Line.objects.filter(subject=mother, verb__startswith="notifications.device")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "notifications.device_added",
        "notifications.device_removed",
    ]


def test_trials_are_few(mother: Person, client: SchoolClient, service: Service) -> None:
    kept = device(mother, Browser("phone"))
    client.sit(mother)
    for _number in range(12):
        client.post(f"{ADDRESS}{kept.public_id}/essai/")
    deliver()
    assert len(service.got) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://127.0.0.1/abc"},
        {"endpoint": "http://fcm.googleapis.com/abc"},
        {"endpoint": f"https://{HOST}/" + "a" * 1000},
        {"p256dh": webpush.encode(b"\x04" + b"x" * 64)},
        {"p256dh": "é"},
        {"auth": webpush.encode(b"short")},
        {"auth": ""},
    ],
)
def test_what_is_not_a_subscription_is_refused(
    mother: Person, client: SchoolClient, key: str, wrong: dict[str, str]
) -> None:
    client.sit(mother)
    answer = client.post(ADDRESS, Browser("phone").subscription() | wrong)
    assert answer.status_code == 422 and "Préau ne sait pas prévenir ce navigateur" in answer.content.decode()
    assert not Device.objects.exists()


def test_nobody_touches_the_device_of_another(
    mother: Person, college: World, client: SchoolClient, key: str
) -> None:
    kept = device(mother, Browser("phone"))
    client.sit(college.people["other_guardian"])
    assert "Firefox sur Android" not in client.get(PREFERENCES).content.decode()
    for verb in ("essai", "retirer"):
        assert client.post(f"{ADDRESS}{kept.public_id}/{verb}/").status_code == 404
    assert Device.objects.exists()


def test_a_browser_belongs_to_whoever_subscribed_last(
    mother: Person, college: World, client: SchoolClient, key: str
) -> None:
    phone, other = Browser("phone"), college.people["other_guardian"]
    device(mother, phone)
    client.sit(other)
    client.post(ADDRESS, phone.subscription())
    assert [device.person for device in Device.objects.all()] == [other]


RENEWED = f"{ADDRESS}adresse/"


def test_a_device_whose_address_has_changed_is_told_at_the_new_one(
    mother: Person, client: SchoolClient, key: str
) -> None:
    kept, other = device(mother, Browser("phone")), device(mother, Browser("tablet"))
    new = Browser("elsewhere").subscription()
    client.sit(mother)
    for _again in range(2):
        answer = client.post(RENEWED, new | {"old": kept.endpoint})
        assert (answer.status_code, answer.content) == (200, b"")
    after = Device.objects.get(pk=kept.pk)
    assert (after.endpoint, after.p256dh, after.auth) == (new["endpoint"], new["p256dh"], new["auth"])
    assert (after.public_id, after.label, after.opened_in) == (kept.public_id, kept.label, kept.opened_in)
    assert Device.objects.get(pk=other.pk).endpoint == other.endpoint
    assert Line.objects.filter(verb="notifications.device_renewed", subject=mother).count() == 1


def test_an_address_is_changed_by_its_person_alone(
    mother: Person, college: World, client: SchoolClient, key: str
) -> None:
    kept = device(mother, Browser("phone"))
    sent = Browser("elsewhere").subscription() | {"old": kept.endpoint}
    # After signing out, and under another account, the answer tells nothing and nothing changes.
    assert client.post(RENEWED, sent).url.startswith("/connexion/")
    client.sit(college.people["other_guardian"])
    assert client.post(RENEWED, sent).status_code == 200
    client.sit(mother)
    assert client.post(RENEWED, sent | {"old": f"https://{HOST}/never"}).status_code == 200
    assert client.post(RENEWED, sent | {"endpoint": "https://127.0.0.1/"}).status_code == 422
    assert Device.objects.get().endpoint == kept.endpoint


def test_the_oldest_devices_leave(mother: Person, client: SchoolClient, key: str, clock: Any) -> None:
    client.sit(mother)
    for number in range(12):
        client.post(ADDRESS, Browser(f"n{number}").subscription())
        clock.shift(timedelta(minutes=1))
    assert {device.endpoint[-3:] for device in Device.objects.all()} == {
        f"https://{HOST}/n{number}"[-3:] for number in range(2, 12)
    }


def test_the_choice_for_devices_is_kept(mother: Person, client: SchoolClient, key: str) -> None:
    device(mother, Browser("phone"))
    client.sit(mother)
    kinds = [kind.key for kind in boards.notification_kinds if kind.can_be_muted]
    sent = {"hour": 8, "weekday": 2} | {f"{what}-pace": "never" for what in kinds}
    client.post(PREFERENCES, sent | {f"{CHOSEN}-push": "on", f"{CHOSEN}-in_app": "on"})
    assert Preference.objects.get(person=mother, kind=CHOSEN).push is True
    assert Preference.objects.get(person=mother, kind=URGENT).push is False
    # Without a device the question is not asked, and its answer stays.
    Device.objects.all().delete()
    client.post(PREFERENCES, sent)
    assert Preference.objects.get(person=mother, kind=CHOSEN).push is True


# Until one signs out


def test_signing_out_takes_the_device_of_that_browser_only(
    mother: Person, client: SchoolClient, key: str
) -> None:
    elsewhere = device(mother, Browser("laptop"))
    client.sit(mother)
    client.post(ADDRESS, Browser("phone").subscription())
    client.post("/deconnexion/")
    assert list(Device.objects.all()) == [elsewhere]


def test_a_session_that_ends_by_itself_keeps_its_device_until_its_person_signs_out(
    mother: Person, college: World, client: SchoolClient, key: str
) -> None:
    client.sit(mother)
    client.post(ADDRESS, Browser("phone").subscription())
    cookie = client.cookies[pushing.COOKIE].value
    client.logout()  # the session alone
    assert Device.objects.exists()
    client.cookies[pushing.COOKIE] = cookie
    sign_in_here(client, mother)
    client.post("/deconnexion/")
    assert not Device.objects.exists()


def test_another_person_in_the_same_browser_takes_it_away(
    mother: Person, college: World, client: SchoolClient, key: str
) -> None:
    client.sit(mother)
    client.post(ADDRESS, Browser("phone").subscription())
    cookie = client.cookies[pushing.COOKIE].value
    client.logout()
    client.cookies[pushing.COOKIE] = cookie
    sign_in_here(client, college.people["other_guardian"])
    assert not Device.objects.exists()


def sign_in_here(client: SchoolClient, person: Person) -> None:
    account = person.account
    account.set_password("sous le préau, ici")
    account.save()
    client.post("/connexion/", {"login": account.login, "password": "sous le préau, ici"})
    assert "_auth_user_id" in client.session


def test_closing_the_account_and_erasing_take_every_device(mother: Person, college: World, key: str) -> None:
    device(mother, Browser("phone"))
    kept = device(college.people["other_guardian"], Browser("laptop"))
    accounts.close_account(mother.pk)
    assert list(Device.objects.all()) == [kept]
    assert pushing.forget_devices(kept.person_id) == 1
