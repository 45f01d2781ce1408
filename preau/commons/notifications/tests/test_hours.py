"""When news leave: the hours of the school, those of each person, a day declared closed, a server that comes back at night."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from conftest import SchoolClient
from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.notifications import queries, tasks
from preau.commons.notifications.actions import choosing, sending
from preau.commons.notifications.models import Dispatch, Envelope, Item, Preference, Rhythm
from preau.commons.notifications.tests.post import deliver
from preau.commons.notifications.tests.test_notifications import CHOSEN, URGENT, essai, news  # noqa: F401 - its kinds
from preau.directory.models import Closure, Person
from preau.directory.seeds.world import World
from preau.foundation import notices

PARIS = ZoneInfo("Europe/Paris")
TUESDAY_NIGHT = datetime(2026, 11, 24, 21, 0, tzinfo=PARIS)
PAGE = "/notifications/preferences/"


@pytest.fixture
def mother(college: World) -> Person:
    Item.objects.all().delete()
    return college.people["guardian"]


def send(college: World, mother: Person, key: str = "1", **more: Any) -> Item:
    notices.publish(news(mother, key, school_id=college.school.pk, **more))
    return Item.objects.get(person=mother, key=key)


def test_the_hours_of_the_school_decide(college: World, mother: Person, clock: Any) -> None:
    SchoolPolicy.objects.create(school=college.school, opens=12 * 60, closes=14 * 60, days=[2, 4])
    due = send(college, mother).dispatches.get().due_at
    noon = datetime(2026, 11, 24, 12, tzinfo=PARIS)
    assert noon <= due < noon + timedelta(minutes=10)
    clock.move_to(datetime(2026, 11, 24, 14, 0, tzinfo=PARIS))
    later = send(college, mother, "2").dispatches.get().due_at
    assert later.date() == date(2026, 11, 26)


def test_a_person_takes_hours_away_and_urgent_news_pass(college: World, mother: Person) -> None:
    PersonPolicy.objects.create(person=mother, quiet=[[8 * 60, 18 * 60]])
    due = send(college, mother).dispatches.get().due_at
    assert due >= datetime(2026, 11, 24, 18, tzinfo=PARIS)
    urgent = send(college, mother, "2", what=URGENT).dispatches.get().due_at
    assert urgent == datetime(2026, 11, 24, 10, 30, tzinfo=PARIS)


def test_a_school_may_have_an_urgent_kind_wait(college: World, mother: Person, clock: Any) -> None:
    clock.move_to(TUESDAY_NIGHT)
    SchoolPolicy.objects.create(school=college.school, waits=[URGENT])
    assert send(college, mother, what=URGENT).dispatches.get().due_at > TUESDAY_NIGHT + timedelta(hours=9)


def test_what_is_held_beyond_every_hour_is_in_the_list_and_says_so(
    college: World, mother: Person, client: SchoolClient
) -> None:
    PersonPolicy.objects.create(person=mother, days=[])
    item = send(college, mother)
    assert not item.dispatches.exists()
    assert (
        "rien n’est parti ailleurs"
        in client.sit(mother).get(f"/notifications/{item.public_id}/").content.decode()
    )


def test_a_day_declared_closed_at_noon_holds_what_has_not_left(
    college: World, mother: Person, clock: Any
) -> None:
    send(college, mother)
    Closure.objects.create(
        school=college.school, name="Neige", starts=date(2026, 11, 24), ends=date(2026, 11, 24)
    )
    deliver()
    assert mail.outbox == []
    clock.move_to(datetime(2026, 11, 25, 7, 10, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_comes_back_at_night_is_given_the_same_mail_in_the_morning(
    college: World, mother: Person, clock: Any
) -> None:
    send(college, mother)
    (envelope,) = sending.pack(mother.pk)
    held = sending.hold(envelope.pk)
    assert held is not None
    sending.let_go(held, sent=False)
    clock.move_to(TUESDAY_NIGHT)
    assert tasks.send_envelope.call(envelope.pk) is False
    assert mail.outbox == []
    clock.move_to(datetime(2026, 11, 25, 7, 10, tzinfo=PARIS))
    for _again in range(2):
        tasks.pack_due.call()
        deliver()
    (letter,) = mail.outbox
    assert letter.extra_headers["Message-ID"] == f"<{envelope.ref}@localhost>"


def test_a_summary_that_would_leave_on_a_closed_day_leaves_the_next_at_its_hour(
    college: World, mother: Person
) -> None:
    Preference.objects.create(person=mother, kind=CHOSEN, pace="daily")
    Closure.objects.create(
        school=college.school, name="Neige", starts=date(2026, 11, 24), ends=date(2026, 11, 24)
    )
    send(college, mother)
    assert Dispatch.objects.get().due_at == datetime(2026, 11, 25, 18, tzinfo=PARIS)


def test_a_summary_says_of_which_child_it_speaks(college: World, mother: Person, clock: Any) -> None:
    Preference.objects.create(person=mother, kind=CHOSEN, pace="daily")
    pupil = college.people["pupil"]
    for number, about in enumerate([None, pupil.pk, None, pupil.pk]):
        send(college, mother, str(number), about_id=about)
    clock.move_to(datetime(2026, 11, 24, 18, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    (letter,) = mail.outbox
    assert letter.body.count(f"— {pupil.given_name} —") == 1
    assert letter.body.count("http://localhost:8000/absences/") == 4


@pytest.mark.parametrize(
    ("at", "more", "said"),
    [
        (None, {}, "rien à attendre"),
        (TUESDAY_NIGHT, {}, "en dehors des heures d’envoi, de 7 h à 20 h, du lundi au vendredi"),
        (TUESDAY_NIGHT, {"what": URGENT}, "Parce que ça brûle."),
    ],
)
def test_each_says_why_it_leaves_when_it_does(
    college: World,
    mother: Person,
    client: SchoolClient,
    clock: Any,
    at: datetime | None,
    more: Any,
    said: str,
) -> None:
    if at:
        clock.move_to(at)
    item = send(college, mother, **more)
    page = (
        client.sit(mother)
        .get(f"/notifications/{item.public_id}/")
        .content.decode()
        .replace("\u202f", " ")
        .replace("\xa0", " ")
    )
    assert "Pourquoi maintenant ?" in page and said in page


# How a person chooses


def test_one_gesture_takes_the_evening(mother: Person, client: SchoolClient) -> None:
    client.sit(mother)
    Rhythm.objects.create(person=mother, hour=8)
    assert client.post(f"{PAGE}choix/", {"preset": "soir"}).status_code == 302
    wishes = queries.wishes_of(mother.pk)
    assert {wishes[key].pace for key in (CHOSEN, "attendance.refused")} == {"daily"}
    assert wishes[URGENT].pace == "daily" and Rhythm.objects.get(person=mother).hour == 18
    assert client.get(PAGE).content.decode().count("Votre choix") == 1
    assert client.post(f"{PAGE}choix/", {"preset": "jamais"}).status_code == 404


def test_each_of_the_three_is_found_again(mother: Person, seat_of: Any) -> None:
    viewer = seat_of("guardian")
    for preset in queries.Preset:
        choosing.take_preset(viewer, preset)
        kinds, wishes = queries.kinds_for(viewer), queries.wishes_of(mother.pk)
        assert queries.preset_of(kinds, wishes, queries.rhythm_of(mother.pk)) == preset


def saved(client: SchoolClient, **more: Any) -> Any:
    page = client.get(PAGE)
    kinds = [
        key.removesuffix("-pace") for key in page.content.decode().split('name="') if "-pace" in key[:60]
    ]
    sent = {f"{key.split('-pace')[0]}-pace": "never" for key in kinds} | {"hour": "18", "weekday": "4"}
    return client.post(PAGE, sent | more)


def test_ones_own_hours_are_kept_and_given_back(mother: Person, client: SchoolClient) -> None:
    client.sit(mother)
    assert saved(client, quiet_from="18:00", quiet_to="08:30", off=["3"]).status_code == 302
    kept = PersonPolicy.objects.get(person=mother)
    assert (kept.quiet, kept.days) == ([[1080, 510]], [1, 2, 4, 5, 6, 7])
    page = client.get(PAGE).content.decode()
    assert 'value="18:00"' in page and 'value="08:30"' in page
    assert saved(client).status_code == 302 and not PersonPolicy.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"quiet_from": "18:00"},
        {"quiet_to": "08:00"},
        {"quiet_from": "08:00", "quiet_to": "08:00"},
        {"quiet_from": "19:00", "quiet_to": "18:59", "off": ["1", "2", "3", "4", "5"]},
        {"off": ["1", "2", "3", "4", "5"]},
        {"quiet_from": "25:00", "quiet_to": "08:00"},
    ],
)
def test_hours_that_say_nothing_or_leave_nothing_are_refused(
    mother: Person, client: SchoolClient, typed: dict[str, Any]
) -> None:
    client.sit(mother)
    assert saved(client, **typed).status_code == 422 and not PersonPolicy.objects.exists()


def test_what_failed_is_sent_again_on_demand(college: World, mother: Person) -> None:
    send(college, mother)
    (envelope,) = sending.pack(mother.pk)
    held = sending.hold(envelope.pk)
    assert held is not None
    sending.let_go(held, sent=False)
    load = queries.mail_load(held.made_at)
    assert (load.waiting, load.failing) == (0, 1)
    assert sending.resend() == 1
    deliver()
    assert len(mail.outbox) == 1 and Envelope.objects.get().sent_at
    assert sending.resend() == 0
