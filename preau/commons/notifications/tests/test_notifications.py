"""What a person is told: once, by the ways they chose, at decent hours, as long as it is theirs to read."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.delivery.rules import ANY_HOUR, SchoolHours, departure
from preau.commons.journal.models import Line
from preau.commons.notifications import forms, queries, tasks
from preau.commons.notifications.actions import keeping, sending
from preau.commons.notifications.models import Dispatch, Envelope, Item, Preference, Rhythm, StopLink
from preau.commons.notifications.tests.post import deliver
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards, notices
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.notices import News

PARIS = ZoneInfo("Europe/Paris")
CHOSEN, URGENT, FIXED = "essai.choisie", "essai.urgente", "essai.fixe"


def kind(key: str, **more: Any) -> NotificationKind:
    words = dict(
        label=f"Nature {key}", category="Essai", subject=f"Sujet {key}", why="Parce que.", action="Voir"
    )
    return NotificationKind(
        key, body="%(about)s\u202f: fait %(number)s", for_whom=lambda viewer: True, **words, **more
    )


@pytest.fixture(autouse=True)
def essai(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three kinds of our own: one to be chosen, an urgent one, one that cannot be muted."""
    kinds = [
        kind(CHOSEN, pace=Pace.AT_ONCE),
        kind(URGENT, pace=Pace.AT_ONCE, urgent=True, urgency="Parce que ça brûle.", may_wait=True),
        kind(FIXED, pace=Pace.AT_ONCE, urgent=True, can_be_muted=False),
    ]
    monkeypatch.setattr(boards.notification_kinds, "_entries", [*kinds, *boards.notification_kinds])


@pytest.fixture
def mother(college: World) -> Person:
    Item.objects.all().delete()
    return college.people["guardian"]


def news(person: Person, key: str = "1", what: str = CHOSEN, **more: Any) -> News:
    return News(what, person.pk, key, "/absences/", facts={"number": key}, **more)


def wish(person: Person, pace: Pace, *, in_app: bool = True, what: str = CHOSEN) -> None:
    Preference.objects.create(person=person, kind=what, pace=pace, in_app=in_app)


# Once


def test_what_is_published_twice_is_told_once(mother: Person) -> None:
    notices.publish(news(mother), news(mother))
    notices.publish(news(mother))
    deliver()
    deliver()
    assert Item.objects.filter(person=mother).count() == len(mail.outbox) == 1


def test_what_does_not_happen_is_not_told(mother: Person) -> None:
    class Undone(Exception):
        pass

    @transaction.atomic
    def act() -> None:
        notices.publish(news(mother))
        raise Undone

    with pytest.raises(Undone):
        act()
    deliver()
    assert not Item.objects.exists() and mail.outbox == []


def test_an_unknown_kind_is_a_mistake_to_see(mother: Person) -> None:
    with pytest.raises(KeyError):
        notices.publish(news(mother, what="essai.inconnue"))


def test_the_mail_says_why_it_came_and_its_subject_names_nobody(mother: Person, college: World) -> None:
    pupil = college.people["pupil"]
    notices.publish(news(mother, about_id=pupil.pk, school_id=college.school.pk))
    deliver()
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == (f"Sujet {CHOSEN}", [mother.email])
    assert (
        f"{pupil.given_name}\u202f: fait 1" in letter.body
        and "Pourquoi ai-je reçu ceci\u202f? Parce que." in letter.body
    )
    link = StopLink.objects.get(person=mother, kind=CHOSEN)
    address = f"http://localhost:8000/notifications/arret/{link.token}/"
    assert address in letter.body
    headers = letter.extra_headers
    assert headers["List-Unsubscribe"] == f"<{address}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Message-ID"] == f"<{Envelope.objects.get().ref}@localhost>"


def test_a_mail_server_that_is_down_is_tried_again(mother: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    notices.publish(news(mother))
    (envelope,) = sending.pack(mother.pk)

    def down(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(tasks.mail, "send", down)
        with pytest.raises(ConnectionRefusedError):
            tasks.send_envelope.call(envelope.pk)
    assert tasks.send_envelope.call(envelope.pk) is True
    assert tasks.send_envelope.call(envelope.pk) is False
    assert len(mail.outbox) == 1


def test_an_envelope_in_another_workers_hands_waits(mother: Person, clock: Any) -> None:
    notices.publish(news(mother))
    (envelope,) = sending.pack(mother.pk)
    assert sending.hold(envelope.pk)
    with pytest.raises(sending.BeingSent):
        tasks.send_envelope.call(envelope.pk)
    clock.shift(timedelta(minutes=3))
    assert tasks.send_envelope.call(envelope.pk) is True


# As they chose


def test_a_muted_kind_leaves_no_trace(mother: Person) -> None:
    wish(mother, Pace.NEVER, in_app=False)
    notices.publish(news(mother))
    assert not Item.objects.exists()


def test_a_kind_that_cannot_be_muted_comes_all_the_same(mother: Person) -> None:
    wish(mother, Pace.NEVER, in_app=False, what=FIXED)
    notices.publish(news(mother, what=FIXED))
    deliver()
    assert len(mail.outbox) == 1 and Item.objects.shown().count() == 1
    assert not StopLink.objects.exists() and "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert "toujours envoyé" in mail.outbox[0].body


def test_by_mail_only_is_not_in_the_list(mother: Person, client: SchoolClient) -> None:
    wish(mother, Pace.AT_ONCE, in_app=False)
    notices.publish(news(mother))
    deliver()
    assert len(mail.outbox) == 1
    assert "Sujet" not in client.sit(mother).get("/notifications/").content.decode()


def test_a_person_without_an_address_finds_it_in_preau(mother: Person) -> None:
    Person.objects.filter(pk=mother.pk).update(email="")
    notices.publish(news(mother))
    assert Item.objects.get().dispatches.count() == 0


@pytest.mark.parametrize(
    ("pace", "due"),
    [
        (Pace.DAILY, datetime(2026, 11, 24, 18, tzinfo=PARIS)),
        (Pace.WEEKLY, datetime(2026, 11, 27, 18, tzinfo=PARIS)),
    ],
)
def test_a_summary_leaves_once_at_its_hour_without_what_was_read(
    mother: Person, clock: Any, pace: Pace, due: datetime
) -> None:
    wish(mother, pace)
    notices.publish(*[news(mother, str(number)) for number in range(4)])
    tasks.pack_due.call()
    deliver()
    assert mail.outbox == []
    keeping.mark(Item.objects.get(key="3"), read=True)
    clock.move_to(due)
    for _again in range(2):
        tasks.pack_due.call()
        deliver()
    (letter,) = mail.outbox
    assert "3 nouvelles" in letter.subject
    assert [f"fait {number}" in letter.body for number in range(4)] == [True, True, True, False]


def test_the_hour_chosen_is_the_hour_of_the_summary(mother: Person) -> None:
    Rhythm.objects.create(person=mother, hour=8, weekday=0)
    wish(mother, Pace.DAILY)
    notices.publish(news(mother))
    assert Dispatch.objects.get().due_at == datetime(2026, 11, 25, 8, tzinfo=PARIS)


def test_many_kinds_come_in_pages_that_are_saved_one_by_one(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_KINDS", 6)
    client.sit(college.people["head"])
    first = client.get("/notifications/preferences/").content.decode()
    second = client.get("/notifications/preferences/?partie=2").content.decode()
    here, there = (set(re.findall(r'name="([^"]+)-pace"', page)) for page in (first, second))
    assert here
    assert there
    assert here.isdisjoint(there)
    assert set(re.findall(r"partie=(\d+)", first)) == set(re.findall(r"partie=(\d+)", second)) >= {"1", "2"}
    # What is not said of a page is the first one.
    assert client.get("/notifications/preferences/?partie=99").content.decode().count("-pace") == first.count(
        "-pace"
    )
    sent = {f"{name}-pace": "never" for name in there} | {"hour": "18", "weekday": "4"}
    answer = client.post("/notifications/preferences/?partie=2", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/notifications/preferences/?partie=2")
    assert set(Preference.objects.values_list("kind", flat=True)) <= there
    assert Preference.objects.filter(pace="never").exists()


def test_the_preferences_page_keeps_what_is_chosen(mother: Person, client: SchoolClient) -> None:
    client.sit(mother)
    page = client.get("/notifications/preferences/")
    sent = {name: field.initial for name, field in fields_of(page) if field.initial not in (False, None)}
    sent |= {f"{CHOSEN}-pace": "weekly", "hour": 7, "weekday": 2}
    sent.pop(f"{CHOSEN}-in_app")
    assert client.post("/notifications/preferences/", sent).status_code == 302
    kept = Preference.objects.get(person=mother)
    assert (kept.kind, kept.pace, kept.in_app) == (CHOSEN, "weekly", False)
    assert Rhythm.objects.get(person=mother).hour == 7
    assert Line.objects.filter(verb="notifications.chosen", subject=mother).count() == 1
    sent |= {"hour": 23}
    refused = client.post("/notifications/preferences/", sent)
    assert refused.status_code == 422 and "Il reste une chose à corriger" in refused.content.decode()


def fields_of(page: Any) -> Iterator[tuple[str, Any]]:
    """The fields of the form that the page was made from."""
    viewer = page.wsgi_request.viewer
    from preau.commons.notifications.forms import PreferencesForm  # noqa: PLC0415

    wishes = queries.wishes_of(viewer.person.pk)
    form = PreferencesForm(None, queries.kinds_for(viewer), wishes, queries.rhythm_of(viewer.person.pk))
    yield from ((name, field) for name, field in form.fields.items())


# At decent hours


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24 06:59", "2026-11-24 07:00"),
        ("2026-11-24 07:00", "2026-11-24 07:00"),
        ("2026-11-24 19:59", "2026-11-24 19:59"),
        ("2026-11-24 20:00", "2026-11-25 07:00"),
        ("2026-11-27 20:00", "2026-11-30 07:00"),
        ("2026-11-28 12:00", "2026-11-30 07:00"),
        ("2026-11-30 05:00", "2026-11-30 07:00"),
        # The night of the change of hour.
        ("2026-10-25 02:30", "2026-10-26 07:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe"])
def test_nothing_leaves_at_night_nor_at_the_weekend(at: str, opens: str, zone: str) -> None:
    moment, expected = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (at, opens))
    assert departure(SchoolHours(zone), ANY_HOUR, moment) == expected


def test_the_night_delays_what_is_not_urgent(mother: Person, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 27, 21, 0, tzinfo=PARIS))
    notices.publish(news(mother), news(mother, what=URGENT))
    deliver()
    assert [letter.subject for letter in mail.outbox] == [f"Sujet {URGENT}"]
    clock.move_to(datetime(2026, 11, 30, 6, 59, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert len(mail.outbox) == 1
    clock.move_to(datetime(2026, 11, 30, 7, 10, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert [letter.subject for letter in mail.outbox] == [f"Sujet {URGENT}", f"Sujet {CHOSEN}"]


# As long as it is theirs to read


def test_a_guardian_whose_authority_ended_reads_and_receives_nothing(
    mother: Person, college: World, client: SchoolClient, clock: Any
) -> None:
    pupil = college.people["pupil"]
    wish(mother, Pace.DAILY)
    notices.publish(news(mother, about_id=pupil.pk), news(mother, "2", what=FIXED, about_id=pupil.pk))
    deliver()
    assert len(mail.outbox) == 1
    client.sit(mother)
    item = Item.objects.get(key="1")
    address = f"/notifications/{item.public_id}/"
    assert client.get(address).status_code == 200
    # She keeps another child, so that her seat stays.
    other = Person.objects.create(family_name="Abadie", given_name="Zoé")
    Holding.objects.create(person=other, role=Role.PUPIL, school=college.school)
    Guardianship.objects.create(pupil=other, guardian=mother, authority="legal", kinship="mother")
    Guardianship.objects.filter(guardian=mother, pupil=pupil).update(ends=NOW.date())
    assert client.get(address).status_code == 404
    assert client.post(f"{address}ouvrir/").status_code == 404
    assert "Sujet" not in client.get("/notifications/").content.decode()
    clock.move_to(datetime(2026, 11, 24, 18, 0, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    assert len(mail.outbox) == 1
    assert Envelope.objects.get(channel="daily").dropped_at is not None


def test_who_left_a_school_reads_nothing_of_it(college: World, client: SchoolClient) -> None:
    cpe, school = college.people["cpe"], college.school
    Holding.objects.create(person=cpe, role="teacher", school=school)
    notices.publish(news(cpe, school_id=school.pk, seat=f"staff-{school.pk}"))
    address = f"/notifications/{Item.objects.get(person=cpe, kind=CHOSEN).public_id}/"
    client.sit(cpe)
    assert client.get(address).status_code == 200
    Holding.objects.filter(person=cpe).update(ends=NOW.date())
    Guardianship.objects.create(
        pupil=college.people["pupil"], guardian=cpe, authority="legal", kinship="father"
    )
    assert client.get(address).status_code == 404


def test_nobody_reads_what_another_was_told(mother: Person, college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    notices.publish(news(mother, about_id=pupil.pk))
    public_id = Item.objects.get().public_id
    for key in ("other_guardian", "pupil", "teacher", "head", "cpe"):
        client.sit(college.people[key])
        assert client.get(f"/notifications/{public_id}/").status_code == 404, key
        assert client.post(f"/notifications/{public_id}/lue/", {"lue": "oui"}).status_code == 404, key
    assert Item.objects.unread().count() == 1


def test_the_twin_school_is_told_apart(
    mother: Person, twin: World, client: SchoolClient, college: World
) -> None:
    for person in twin.people.values():
        notices.publish(
            News(CHOSEN, person.pk, "1", "/", {"number": twin.school.name}, school_id=twin.school.pk)
        )
    for key in ("guardian", "head", "cpe", "teacher"):
        assert client.sit(college.people[key]).get("/notifications/").status_code == 200
    assert "Zwinjumeau" in client.sit(twin.people["head"]).get("/notifications/").content.decode()


# The centre


def test_unread_first_then_read_by_hand(mother: Person, client: SchoolClient, clock: Any) -> None:
    for number in ("ancienne", "récente"):
        notices.publish(news(mother, number))
        clock.shift(timedelta(minutes=1))
    client.sit(mother)
    page = client.get("/notifications/").content.decode()
    assert page.index("récente") < page.index("ancienne")
    assert 'class="bell-count" aria-hidden="true">2<' in page and ", 2 non lues" in page
    recent = Item.objects.get(key="récente").public_id
    opened = client.post(f"/notifications/{recent}/ouvrir/")
    assert (opened.status_code, opened.url) == (302, "/absences/")
    page = client.get("/notifications/").content.decode()
    assert page.index("ancienne") < page.index("récente")
    back = client.post(f"/notifications/{recent}/lue/", {"lue": "non", "suite": "/notifications/?page=1"})
    assert back.url == "/notifications/?page=1"
    assert Item.objects.unread().count() == 2
    last = max(Item.objects.values_list("pk", flat=True))
    notices.publish(news(mother, "venue après"))
    client.post("/notifications/tout-lire/", {"jusqu-a": last})
    assert [item.key for item in Item.objects.unread()] == ["venue après"]


@pytest.mark.parametrize("key", ["guardian", "cpe", "teacher", "pupil"])
def test_what_is_counted_is_what_the_list_gives(college: World, seat_of: Any, key: str) -> None:
    viewer = seat_of(key)
    received = queries.received_by(viewer)
    assert queries.unread_count(viewer) == queries.news_of(viewer, unread=True).count()
    assert received.count() == queries.news_of(viewer).count()
    assert received.count(unread=True) == queries.news_of(viewer, unread=True).count()
    for kind in received.kinds:
        assert received.count(kind.key) == queries.news_of(viewer, kind.key).count() > 0


def test_the_filters_show_one_kind_or_the_unread(mother: Person, client: SchoolClient) -> None:
    notices.publish(news(mother, "choix"), news(mother, "urgence", what=URGENT))
    keeping.mark(Item.objects.get(key="choix"), read=True)
    client.sit(mother)
    only = client.get("/notifications/", {"sujet": URGENT}).content.decode()
    assert "fait urgence" in only and "fait choix" not in only
    unread = client.get("/notifications/", {"etat": "non-lues"}).content.decode()
    assert "fait urgence" in unread and "fait choix" not in unread
    nothing = client.get("/notifications/", {"sujet": CHOSEN, "etat": "non-lues"}).content.decode()
    assert "Rien ne correspond" in nothing
    Item.objects.all().delete()
    assert "Rien pour l’instant" in client.get("/notifications/").content.decode()


def test_a_fact_that_is_missing_leaves_a_gap(mother: Person, client: SchoolClient) -> None:
    notices.publish(News(CHOSEN, mother.pk, "1", "/"))
    assert "…\u202f: fait …" in client.sit(mother).get("/notifications/").content.decode()


def test_a_kind_whose_domain_left_is_not_shown(mother: Person, client: SchoolClient) -> None:
    notices.publish(news(mother))
    Item.objects.update(kind="partie.ailleurs")
    client.sit(mother)
    assert "bell-count" not in client.get("/notifications/").content.decode()
    assert client.get(f"/notifications/{Item.objects.get().public_id}/").status_code == 302


# To the profile to which it was told


@pytest.fixture
def both(college: World) -> Person:
    """A teacher who is also the parent of a pupil, told one thing as each, and one of their account."""
    teacher = college.people["teacher"]
    Item.objects.all().delete()
    Guardianship.objects.create(
        pupil=college.people["pupil"], guardian=teacher, authority="legal", kinship="mother"
    )
    Person.objects.filter(pk=teacher.pk).update(email="les.deux@ecole.example")
    return Person.objects.get(pk=teacher.pk)


def told_as_each(both: Person, college: World) -> None:
    pupil, school = college.people["pupil"], college.school.pk
    notices.publish(
        news(both, "famille", about_id=pupil.pk, school_id=school),
        news(both, "travail", seat=f"staff-{school}", school_id=school),
        news(both, "compte"),
    )


def test_what_a_parent_is_told_is_not_read_from_the_seat_of_a_teacher(
    both: Person, college: World, client: SchoolClient, seat_of: Any
) -> None:
    told_as_each(both, college)
    for seat, here, elsewhere in (("", "travail", "famille"), ("guardian", "famille", "travail")):
        viewer = seat_of("teacher", seat)
        assert {item.key for item in queries.news_of(viewer)} == {here, "compte"}, seat
        assert queries.unread_count(viewer) == queries.received_by(viewer).count() == 2
        client.sit(both, seat)
        page = client.get("/notifications/").content.decode()
        assert (f"fait {here}" in page, f"fait {elsewhere}" in page) == (True, False), seat
        assert 'class="bell-count" aria-hidden="true">2<' in page
        assert "Vos autres profils ont les leurs" in page
        # The home too.
        home = client.get("/").content.decode()
        assert (f"fait {elsewhere}" in home, 'class="bell-count" aria-hidden="true">2<' in home) == (
            False,
            True,
        )


def test_reading_everything_reads_what_this_profile_was_told(
    both: Person, college: World, client: SchoolClient
) -> None:
    told_as_each(both, college)
    client.sit(both)
    client.post("/notifications/tout-lire/", {"jusqu-a": max(Item.objects.values_list("pk", flat=True))})
    assert [item.key for item in Item.objects.unread()] == ["famille"]


def test_the_link_of_a_mail_opens_it_in_its_own_profile(
    both: Person, college: World, client: SchoolClient
) -> None:
    """Whatever the profile of the browser: a device said « une absence à expliquer »."""
    told_as_each(both, college)
    client.sit(both)
    page = client.get(f"/notifications/{Item.objects.get(key='famille').public_id}/")
    assert page.status_code == 200
    assert page.wsgi_request.viewer.key == "guardian"


def test_a_summary_is_of_one_profile(both: Person, college: World, clock: Any) -> None:
    wish(both, Pace.DAILY)
    told_as_each(both, college)
    clock.move_to(datetime(2026, 11, 24, 18, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    summaries = [
        {key for key in ("famille", "travail", "compte") if f"fait {key}" in one.body} for one in mail.outbox
    ]
    # What is of the account alone asks for no mail more.
    assert sorted(map(sorted, summaries)) in (
        [["compte", "famille"], ["travail"]],
        [["compte", "travail"], ["famille"]],
    )


# The link of a mail


def stopped(person: Person) -> StopLink:
    notices.publish(news(person))
    deliver()
    return StopLink.objects.get(person=person)


def test_a_link_stops_its_kind_without_signing_in(mother: Person, client: SchoolClient) -> None:
    link = stopped(mother)
    address = f"/notifications/arret/{link.token}/"
    page = client.get(address)
    assert page.status_code == 200 and f"Nature {CHOSEN}" in page.content.decode()
    assert not Preference.objects.exists(), "opening the page stops nothing: mail filters open links too"
    # What the mailbox sends by itself: no cookie, no page, no token of ours but the address (RFC 8058).
    machine = SchoolClient(enforce_csrf_checks=True)
    assert machine.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (Preference.objects.get().kind, Preference.objects.get().pace) == (CHOSEN, Pace.NEVER)
    assert Line.objects.filter(verb="notifications.stopped", subject=mother, actor=None).count() == 1
    machine.post(address)
    assert Line.objects.filter(verb="notifications.stopped").count() == 1
    notices.publish(news(mother, "2"), news(mother, "3", what=URGENT))
    deliver()
    assert [letter.subject for letter in mail.outbox] == [f"Sujet {CHOSEN}", f"Sujet {URGENT}"]
    assert Item.objects.shown().filter(key="2").exists(), "the news stays in Préau"


def test_the_link_of_a_summary_stops_the_summary(mother: Person, clock: Any, client: SchoolClient) -> None:
    wish(mother, Pace.DAILY)
    notices.publish(news(mother))
    clock.move_to(datetime(2026, 11, 24, 18, 0, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    link = StopLink.objects.get(person=mother)
    assert link.kind == "daily"
    client.post(f"/notifications/arret/{link.token}/")
    paces = {key: wish.pace for key, wish in queries.wishes_of(mother.pk).items()}
    assert Pace.DAILY not in paces.values() and paces[URGENT] == Pace.AT_ONCE


def test_a_revoked_link_stops_nothing(mother: Person, client: SchoolClient) -> None:
    link = stopped(mother)
    client.sit(mother).post("/notifications/preferences/liens/")
    assert SchoolClient().post(f"/notifications/arret/{link.token}/").status_code == 404
    assert not Preference.objects.exists()
    assert client.get("/notifications/arret/inconnu/").status_code == 404


# The end


def test_news_go_after_six_months(mother: Person, clock: Any) -> None:
    notices.publish(news(mother))
    deliver()
    clock.shift(timedelta(days=182))
    assert tasks.purge.call() == 0
    clock.shift(timedelta(days=2))
    tasks.purge.call()
    assert not Item.objects.exists() and not Envelope.objects.exists()


def test_erasing_a_person_erases_what_they_and_others_were_told_of_them(
    mother: Person, college: World
) -> None:
    pupil = college.people["pupil"]
    father = college.people["other_guardian"]
    notices.publish(news(mother), news(father, about_id=pupil.pk), news(father, "2"))
    deliver()
    wish(mother, Pace.DAILY)
    entries = [
        entry for entry in boards.personal_data if entry.model.startswith("notifications.") and entry.forget
    ]
    for entry in entries:
        for person in (mother, pupil):
            entry.forget(person.pk)
    assert [item.key for item in Item.objects.all()] == ["2"]
    left = [
        model.objects.filter(person=mother).exists() for model in (Envelope, Preference, Rhythm, StopLink)
    ]
    assert not any(left)


def test_nobody_keeping_notifications_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_keepers", [])
    with pytest.raises(LookupError, match="Nobody keeps notifications"):
        notices.publish()


def test_whoever_chooses_the_evening_reads_the_hour_chosen(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    page = "/notifications/preferences/"
    assert "n’est pas urgent part" in client.get(page).content.decode()
    shown = client.post(
        reverse("notifications:take_preset"), {"preset": "soir"}, follow=True
    ).content.decode()
    assert "un seul courriel par jour, à 18\xa0h" in shown and "n’est pas urgent part" not in shown


def test_what_is_settled_keeps_no_gesture_and_is_folded(mother: Person, client: SchoolClient) -> None:
    client.sit(mother)
    notices.publish(news(mother, "1"), news(mother, "2"))
    gesture = f'aria-label="Voir\u202f: Sujet {CHOSEN}"'
    # One was read already: that nothing is left to do of it is another matter.
    keeping.mark(Item.objects.get(key="1"), read=True)
    before = client.get("/notifications/").content.decode()
    assert before.count(f"<h2>Sujet {CHOSEN}</h2>") == 2 and "plus rien à faire" not in before
    assert notices.settle(CHOSEN, "1", "2")
    after = client.get("/notifications/").content.decode()
    assert f"<h2>Sujet {CHOSEN}</h2>" not in after and gesture not in after
    assert after.count("plus rien à faire") == 2
    assert set(Item.objects.values_list("read_at", "settled_at")) == {(NOW, NOW)}
    page = client.get(f"/notifications/{Item.objects.get(key='2').public_id}/").content.decode()
    assert "Il n’y a plus rien à faire." in page


def test_each_news_names_the_child_it_is_about(mother: Person, college: World, client: SchoolClient) -> None:
    client.sit(mother)
    notices.publish(news(mother, about_id=college.people["pupil"].pk))
    assert f"<h2>Sujet {CHOSEN} · Nina</h2>" in client.get("/notifications/").content.decode()
