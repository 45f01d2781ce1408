"""A stolen account does little, is held, frozen and recalled; the head brakes a profile; somebody asks for help."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.actions import seal_all
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Enrolment, Person
from preau.directory.seeds.world import World
from preau.domains.messaging import rules
from preau.domains.messaging.actions import leaving, safety, sending
from preau.domains.messaging.forms import cell_of, cells_of
from preau.domains.messaging.models import Brake, Delivery, Freeze, Message, Policy, Report, Thread
from preau.domains.messaging.queries import conversation, reach, watching
from preau.domains.messaging.tests.props import deliver, got, key_to, sent, written
from preau.domains.messaging.tests.test_messages import WRITE, form
from preau.domains.messaging.tests.test_reach import other_class, own_class
from preau.foundation import notices
from tests.statements import Statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()
    Message.objects.all().delete()
    Item.objects.filter(kind__startswith="messaging.").delete()


def test_a_stolen_pupil_account_reaches_its_class_at_most_and_is_stopped_in_one_gesture(
    college: World, client: SchoolClient, seat_of: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The red team: everybody is tried, every box is looked at, and the head reads the sealed trace."""
    monkeypatch.setattr(rules, "MANY", 4)
    Policy.objects.create(school=college.school, scopes={"pupil.pupil": "own"})
    pupil = seat_of("pupil")
    keys = [
        key_to(college, name)
        for name in ("head", "secretary", "guardian", "other_guardian", "teacher", "cpe")
    ]
    keys += [
        f"gs{own_class(college).pk}",
        f"es{other_class(college).pk}",
        "l-pupils",
        "l-guardians",
        "l-staff",
    ]
    keys += [
        f"e{pk}"
        for pk in Enrolment.objects.filter(group=other_class(college)).values_list("pupil_id", flat=True)
    ]
    small = sent(pupil, *keys[:5], body="<p>Menace</p>")
    # Of all these, the class's teacher alone.
    assert small.state == "sent" and got(college.people["teacher"]) == [small]
    wide = sending.send(pupil, written(pupil, f"es{own_class(college).pk}", *keys, body="<p>Menace</p>"))
    assert wide.state == "held" and deliver(wide) == 0
    mates = set(Enrolment.objects.filter(group=own_class(college)).values_list("pupil_id", flat=True))
    reached = set(
        Delivery.objects.received().filter(message__author=pupil.person).values_list("person_id", flat=True)
    )
    assert reached == {college.people["teacher"].pk} and mates.isdisjoint(reached)

    thief = SchoolClient().sit(college.people["pupil"])
    assert thief.get("/messages/").status_code == 200
    client.sit(college.people["cpe"])
    frozen = client.post(
        reverse("messaging:freeze"), {"person": college.people["pupil"].public_id, "why": "Compte volé"}
    )
    freeze = Freeze.objects.get()
    assert frozen.url == reverse("messaging:inquiry", kwargs={"pk": freeze.pk}) and freeze.recalled == 2
    assert {message.state for message in Message.objects.filter(author=pupil.person)} == {"recalled"}
    assert thief.get("/messages/").status_code == 302
    assert not Session.objects.filter(accountsession__account=college.people["pupil"].account).exists()
    again = SchoolClient().sit(college.people["pupil"])
    assert again.get("/messages/").status_code == 403
    assert again.post(WRITE, form(key_to(college, "teacher"))).status_code == 403
    with pytest.raises(sending.Refusal):
        sending.send(pupil, written(pupil, key_to(college, "teacher")))

    # Every box of the school: nobody reads a word of it.
    for person in (
        Person.objects.filter(message_deliveries__message__author=pupil.person)
        .exclude(pk=pupil.person.pk)
        .distinct()
    ):
        seat = "staff" if person == college.people["teacher"] else "pupil"
        viewer = seat_of("teacher") if seat == "staff" else None
        if viewer:
            shown = conversation.shown(viewer, conversation.messages_of(viewer, small.thread), NOW)
            assert [one.body for one in shown] == [""]

    clock.shift(timedelta(minutes=10))
    seal_all()
    client.sit(college.people["head"])
    page = client.get(reverse("messaging:inquiry", kwargs={"pk": freeze.pk})).content.decode()
    assert "Compte gelé dans la messagerie" in page and page.count("Message rappelé par le gel") == 2
    assert all(one.seal for one in watching.trace_of(freeze))


def test_freezing_twice_freezes_once_and_is_given_back(college: World, seat_of: Any) -> None:
    head, pupil = seat_of("head"), seat_of("pupil")
    sent(pupil, key_to(college, "teacher"))
    (first, recalled), (second, more) = (safety.freeze(head, pupil.person, "Compte volé") for _ in range(2))
    assert first == second and first.recalled == recalled == 1 and more == 0
    assert safety.thaw(head, first) and not safety.thaw(head, first)
    assert sent(pupil, key_to(college, "teacher")).state == "sent"
    assert Line.objects.filter(verb="messaging.frozen").count() == 1


def test_a_freeze_takes_back_the_period_that_one_chooses(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """A day when nothing is said; else a week, a month or since a date, each with its number before anything is done."""
    pupil = seat_of("pupil")
    sent_all = [sent(pupil, key_to(college, "teacher"), body=f"<p>{days}</p>") for days in (0, 3, 20, 60)]
    for message, days in zip(sent_all, (0, 3, 20, 60), strict=True):
        Message.objects.filter(pk=message.pk).update(sent_at=NOW - timedelta(days=days, hours=1))
    client.sit(college.people["head"])
    page = reverse("messaging:freeze")
    shown = client.get(page, {"personne": pupil.person.public_id}).content.decode()
    for words in (r"un jour\s: 1\smessage<", r"semaine\s: 2\smessages", r"trente jours\s: 3\smessages"):
        assert re.search(words, shown), words
    body = {"person": pupil.person.public_id, "why": "Compte volé", "depuis": "date", "compte": ""}
    late = client.post(page, body | {"jour": str(NOW.date() + timedelta(days=1))})
    assert late.status_code == 422 and "aujourd’hui au plus tard" in late.content.decode()
    early = client.post(page, body | {"jour": str(NOW.date() - timedelta(days=91)), "compte": "4"})
    assert early.status_code == 422 and not Freeze.objects.exists()
    day = str(NOW.date() - timedelta(days=30))
    counted = client.post(page, body | {"jour": day})
    assert counted.status_code == 422 and not Freeze.objects.exists()
    assert re.search(r"3\smessages sont partis depuis ce jour", counted.content.decode())
    assert re.search(r'name="compte" value="3"', counted.content.decode())
    today = str(NOW.date())
    Message.objects.filter(pk=sent_all[0].pk).update(sent_at=NOW - timedelta(days=1))
    none = client.post(page, body | {"jour": today})
    assert none.status_code == 422 and re.search(r'name="compte" value="0"', none.content.decode())
    assert "Aucun message n’est parti depuis ce jour. Envoyez de nouveau pour geler" in none.content.decode()
    # A day that is typed counts, whatever is ticked: the page comes back with it ticked.
    left = client.post(page, body | {"depuis": "jour", "jour": day})
    assert left.status_code == 422 and not Freeze.objects.exists()
    assert re.search(r'name="depuis" value="date"[^>]*checked', left.content.decode())
    assert client.post(page, body | {"jour": day, "compte": "3"}).status_code == 302
    assert Freeze.objects.get().recalled == 3
    states = [Message.objects.get(pk=message.pk).state for message in sent_all]
    assert states == ["recalled"] * 3 + ["sent"]


def test_the_page_of_a_freeze_shows_the_newest_of_what_it_took_back(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, pupil = seat_of("head"), seat_of("pupil")
    empty, _none = safety.freeze(head, seat_of("teacher").person, "Compte volé")
    client.sit(college.people["head"])
    page = client.get(reverse("messaging:inquiry", kwargs={"pk": empty.pk})).content.decode()
    assert "Aucun message rappelé." in page
    texts = [sent(pupil, key_to(college, "cpe"), body=f"<p>{days}</p>") for days in (40, 20, 3)]
    for message, days in zip(texts, (40, 20, 3), strict=True):
        Message.objects.filter(pk=message.pk).update(sent_at=NOW - timedelta(days=days))
    monkeypatch.setattr(watching, "MOST_TAKEN_BACK", 2)
    monkeypatch.setattr(watching, "MOST_LINES", 2)
    freeze, recalled = safety.freeze(head, pupil.person, "Compte volé", NOW - timedelta(days=60))
    assert recalled == 3
    assert [one.message.pk for one in watching.sent_by_frozen(freeze)] == [one.pk for one in texts[1:]]
    assert {one.said for one in watching.trace_of(freeze)} == {"Message rappelé par le gel du compte"}


def many_sent(college: World, seat_of: Any, number: int) -> list[Message]:
    """So many, of which one waits for an adult and one has not arrived everywhere; each was told to whom it reached."""
    pupil, people = seat_of("pupil"), [college.people[key] for key in ("teacher", "cpe")]
    known = sent(pupil, key_to(college, "teacher"), body="<p>Le modèle</p>")
    facts = {
        "author": pupil.person,
        "seat": pupil.key,
        "thread": known.thread,
        "changed_at": NOW,
        "sent_at": NOW,
    }
    messages = Message.objects.bulk_create(
        Message(school=college.school, state=Message.State.SENT, people=2, subject=f"n° {one}", **facts)
        for one in range(number - 1)
    )
    Message.objects.filter(pk=messages[0].pk).update(state=Message.State.HELD)
    Message.objects.filter(pk=messages[1].pk).update(people=rules.MANY + 1)
    Delivery.objects.bulk_create(
        Delivery(
            school=college.school,
            message=message,
            thread=known.thread,
            person=person,
            seat=f"staff-{college.school.pk}",
            kind="to",
            due_at=NOW,
            arrived_at=arrived,
        )
        for message in messages
        for person, arrived in zip(people, (NOW, None if message == messages[1] else NOW), strict=True)
    )
    notices.publish(
        *(
            notices.News(
                kind="messaging.received",
                person_id=person.pk,
                key=str(message.pk),
                url="/messages/",
                school_id=college.school.pk,
                seat=f"staff-{college.school.pk}",
            )
            for message in messages
            for person in people
        )
    )
    return [known, *messages]


def test_a_freeze_takes_as_many_statements_for_sixty_messages_as_for_three(
    college: World, seat_of: Any
) -> None:
    """And does the same of each: recalled, nothing more arrives, nothing is left to read, a line of the journal."""
    head, asked = seat_of("head"), {}
    for number in (60, 3):
        messages = many_sent(college, seat_of, number)
        keys = [message.pk for message in messages]
        with Statements(connection) as made:
            freeze, recalled = safety.freeze(head, seat_of("pupil").person, "Compte volé")
        asked[number] = made.count
        assert recalled == number == freeze.recalled
        states = Message.objects.filter(pk__in=keys).values_list("state", "recalled_at").distinct()
        assert list(states.order_by()) == [("recalled", NOW)]
        rows = Delivery.objects.received().filter(message__in=keys)
        assert not rows.filter(arrived_at=None).exists()
        assert rows.count() == 2 * number - 2 and freeze.reached == 2
        items = Item.objects.filter(kind="messaging.received", key__in=map(str, keys))
        assert items.exists() and not items.unread().exists()
        lines = Line.objects.filter(verb="messaging.recalled_by_freeze", details__freeze=freeze.pk)
        assert sorted(lines.values_list("target_id", flat=True)) == sorted(keys)
        assert set(lines.values_list("subject_id", flat=True)) == {seat_of("pupil").person.pk}
        assert {one.message.pk for one in watching.sent_by_frozen(freeze)} == set(keys)
        assert safety.thaw(head, freeze)
        Thread.objects.all().delete()
    assert asked[60] == asked[3] <= 40


def test_an_account_is_stopped_even_when_nothing_can_be_recalled(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recall waits, or fails: the account is frozen and its sessions are over; freezing anew recalls what was not."""
    head, pupil = seat_of("head"), seat_of("pupil")
    message = sent(pupil, key_to(college, "teacher"))
    client.sit(pupil.person)
    opened = Session.objects.count()

    def never(*_messages: Message) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(safety, "take_away", never)
        with pytest.raises(RuntimeError):
            safety.freeze(head, pupil.person, "Compte volé")
    freeze = Freeze.objects.get(lifted_at=None)
    assert (freeze.recalled, Session.objects.count()) == (0, opened - 1)
    message.refresh_from_db()
    assert message.state == "sent"
    again, recalled = safety.freeze(head, pupil.person, "Compte volé")
    assert (again, recalled, again.recalled) == (freeze, 1, 1)


def test_a_frozen_account_is_recalled_further_back(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """A day first; of the same freeze a week then, which says what it adds."""
    pupil = seat_of("pupil")
    for days, name in ((0, "teacher"), (3, "teacher"), (4, "cpe")):
        message = sent(pupil, key_to(college, name), body=f"<p>{days}</p>")
        Message.objects.filter(pk=message.pk).update(sent_at=NOW - timedelta(days=days, hours=1))
    client.sit(college.people["head"])
    page = reverse("messaging:freeze")
    body = {"person": pupil.person.public_id, "why": "Compte volé"}
    client.post(page, body)
    assert Freeze.objects.get().recalled == 1
    further = client.post(page, body | {"depuis": "semaine"}, follow=True).content.decode()
    freeze = Freeze.objects.get()
    assert re.search(r"et 2\smessages sont rappelés", further) and freeze.recalled == 3
    messages = Message.objects.filter(author=pupil.person)
    assert {message.state for message in messages} == {"recalled"}
    reached = Delivery.objects.received().filter(message__in=messages).values("person_id").distinct()
    assert freeze.reached == reached.count() and len(watching.sent_by_frozen(freeze)) == 3
    assert Line.objects.filter(verb="messaging.frozen").count() == 1
    assert re.search(r"et 0\smessage est rappelé", client.post(page, body, follow=True).content.decode())


def test_school_life_does_not_freeze_the_head(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    refused = client.post(
        reverse("messaging:freeze"), {"person": college.people["head"].public_id, "why": "?"}
    )
    assert refused.status_code == 422 and not Freeze.objects.exists()


def test_the_brake_holds_at_the_next_request_and_keeps_what_is_typed(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = seat_of("pupil")
    on_its_way = sending.send(pupil, written(pupil, key_to(college, "teacher")))
    writer = SchoolClient().sit(college.people["pupil"])
    client.sit(college.people["head"])
    client.post(reverse("messaging:brake"), {"profil": "pupil"})
    client.post(reverse("messaging:brake"), {"profil": "pupil"})
    brake = Brake.objects.get()
    refused = writer.post(WRITE, form(key_to(college, "teacher"), body="Mon texte"))
    assert refused.status_code == 409 and "Mon texte" in refused.content.decode()
    assert deliver(on_its_way) == 0 and got(college.people["teacher"]) == []
    assert sent(seat_of("teacher"), key_to(college, "guardian")).state == "sent"
    client.post(reverse("messaging:lift", kwargs={"pk": brake.pk}))
    assert leaving.arrive(NOW) == 1 and got(college.people["teacher"]) == [on_its_way]


def test_the_head_writes_under_the_brake_of_the_staff(college: World, seat_of: Any) -> None:
    safety.brake(seat_of("head"), "staff")
    assert sent(seat_of("head"), key_to(college, "guardian")).state == "sent"
    assert len(got(college.people["guardian"])) == 1
    with pytest.raises(sending.Refusal):
        sending.send(seat_of("teacher"), written(seat_of("teacher"), key_to(college, "guardian")))


def test_so_many_messages_in_an_hour(college: World, seat_of: Any, clock: Any) -> None:
    pupil = seat_of("pupil")
    for _ in range(10):
        sent(pupil, key_to(college, "teacher"))
    with pytest.raises(sending.Refusal, match="Pas plus de 10 messages"):
        sending.send(pupil, written(pupil, key_to(college, "teacher")))
    clock.shift(timedelta(minutes=61))
    assert sent(pupil, key_to(college, "teacher")).people == 1


@pytest.mark.parametrize(("lets", "state"), [(True, "leaving"), (False, "refused")])
def test_an_adult_decides_once(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch, lets: bool, state: str
) -> None:
    monkeypatch.setattr(rules, "MANY", 1)
    pupil = seat_of("pupil")
    message = sending.send(pupil, written(pupil, key_to(college, "teacher"), key_to(college, "cpe")))
    assert message.state == "held" and Item.objects.filter(kind="messaging.held").count() > 0
    assert [one.pk for one in watching.held_in(seat_of("head"))] == [message.pk]
    assert safety.decide(seat_of("cpe"), message, lets=lets) and not safety.decide(
        seat_of("head"), message, lets=not lets
    )
    message.refresh_from_db()
    assert message.state == state
    assert deliver(message) == (2 if lets else 0)
    assert Item.objects.filter(kind="messaging.decided", person=pupil.person).count() == 1


def test_a_report_goes_to_the_chosen_adults_and_shows_them_the_message(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    Policy.objects.create(school=college.school).referents.set([college.people["cpe"]])
    message = sent(seat_of("teacher"), key_to(college, "pupil"), body="<p>Blessant</p>")
    assert not Message.objects.visible_to(seat_of("cpe")).filter(pk=message.pk).exists()
    client.sit(college.people["pupil"])
    address = reverse("messaging:report_message", kwargs={"pk": message.pk})
    page = client.get(address).content.decode()
    assert "3018" in page and "119" in page
    for _ in range(2):
        client.post(address, {"kind": "insult", "words": "Il se moque."})
    report = Report.objects.get()
    assert set(Item.objects.filter(kind="messaging.reported").values_list("person", flat=True)) == {
        college.people["cpe"].pk
    }
    client.sit(college.people["cpe"])
    assert (
        "Blessant" in client.get(reverse("messaging:report_page", kwargs={"pk": report.pk})).content.decode()
    )
    client.post(
        reverse("messaging:report_page", kwargs={"pk": report.pk}),
        {"outcome": "Entretien avec les deux familles."},
    )
    report.refresh_from_db()
    assert report.closed_by == college.people["cpe"]


def test_a_report_is_first_on_the_home_of_whoever_watches_until_it_is_closed(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    home = reverse("portal:home")
    for key in ("cpe", "head"):
        assert "attend un adulte" not in client.sit(college.people[key]).get(home).content.decode()
    report = Report.objects.create(school=college.school, by=college.people["pupil"], kind="threat", at=NOW)
    Report.objects.create(school=twin.school, by=twin.people["pupil"], kind="harassment", at=NOW)
    for key in ("cpe", "head"):
        page = client.sit(college.people[key]).get(home).content.decode()
        main = page[page.index("<main") :]
        # The first title of the page is its own.
        assert "1 signalement attend un adulte" in main.split("<h2")[1]
        assert reverse("messaging:report_page", kwargs={"pk": report.pk}) in main and "Menace" in main
        assert "Harcèlement" not in main
    for key in ("teacher", "secretary", "guardian", "pupil"):
        assert "attend un adulte" not in client.sit(college.people[key]).get(home).content.decode()
    safety.close_report(seat_of("cpe"), report, "Entretien.")
    assert "attend un adulte" not in client.sit(college.people["cpe"]).get(home).content.decode()


def test_help_is_asked_without_a_message_and_without_words(college: World, client: SchoolClient) -> None:
    for key in ("pupil", "guardian", "teacher"):
        client.sit(college.people[key])
        client.post(reverse("messaging:ask_help"), {"kind": "harassment"})
    assert Report.objects.filter(message=None, school=college.school).count() == 3


def test_a_report_is_of_what_one_received(college: World, client: SchoolClient, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    address = reverse("messaging:report_message", kwargs={"pk": message.pk})
    for key, status in (("teacher", 403), ("other_guardian", 404), ("guardian", 200)):
        client.sit(college.people[key])
        assert client.get(address).status_code == status, key


def test_the_head_changes_the_table_within_its_limits(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["head"])
    session = client.session
    session["proved"] = int(NOW.timestamp())
    session.save()
    first = {
        cell_of(writer, reader): rules.scope_of({}, writer, reader).value for writer, reader in cells_of()
    }
    data = first | {"pupil_pupil": "own", "read_state": "hidden", "adult_roles": ["nurse"]}
    assert client.post(reverse("messaging:policy"), data).status_code == 302
    policy = Policy.objects.get(school=college.school)
    assert policy.scopes["pupil.pupil"] == "own" and policy.adult_roles == ["nurse"]
    assert client.post(reverse("messaging:policy"), data | {"pupil_pupil": "all"}).status_code == 422
    assert (
        not reach.Reach(seat_of("pupil"), college.school.pk)
        .staff()
        .filter(person=college.people["cpe"])
        .exists()
    )


def test_an_adult_reads_words_for_adults_and_a_pupil_theirs(college: World, client: SchoolClient) -> None:
    pages = {}
    for key in ("pupil", "guardian", "teacher"):
        client.sit(college.people[key])
        pages[key] = client.get(reverse("messaging:ask_help")).content.decode()
    assert "Ce n’est jamais de votre faute" in pages["pupil"] and "Prévenir les adultes" in pages["pupil"]
    for key in ("guardian", "teacher"):
        assert "votre faute" not in pages[key] and "Prévenir les adultes" not in pages[key]
        assert "Avec vos mots" not in pages[key]
        assert "3018" in pages[key] and "119" in pages[key] and "Transmettre" in pages[key]
    done = client.post(reverse("messaging:ask_help"), {"kind": "other", "words": "Vu hier."}, follow=True)
    assert "C’est transmis" in done.content.decode()


def test_the_page_of_a_report_says_to_whom_the_message_went_and_what_was_said_around_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    people = college.people
    first = sent(seat_of("teacher"), key_to(college, "pupil"), body="<p>Bonjour, votre exercice.</p>")
    threat = sent(seat_of("pupil"), key_to(college, "teacher"), body="<p>Vous allez voir.</p>", answers=first)
    # Of the same conversation, but not for whoever reports.
    aside = sent(seat_of("pupil"), key_to(college, "cpe"), body="<p>Entre nous.</p>", answers=first)
    assert {first.thread_id} == {threat.thread_id, aside.thread_id}
    report = safety.report(seat_of("teacher"), college.school.pk, "threat", "", threat, "")
    client.sit(people["head"])
    page = client.get(reverse("messaging:report_page", kwargs={"pk": report.pk})).content.decode()
    assert f"{people['teacher'].full_name}, pas encore lu" in page and "1 personne" in page
    assert "Mardi 24 novembre" in page and "Vous allez voir." in page
    assert "Bonjour, votre exercice." in page and "Entre nous." not in page
    assert reverse("directory:person", kwargs={"public_id": people["pupil"].public_id}) in page
    read = Line.objects.filter(actor=people["head"], is_read=True, school=college.school)
    assert set(read.values_list("verb", "subject")) == {
        ("messaging.report_read", people["teacher"].pk),
        ("messaging.message_read", people["pupil"].pk),
    }


def test_whoever_wrote_what_is_reported_never_learns_who_reported_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    people = college.people
    harsh = sent(seat_of("cpe"), key_to(college, "pupil"), body="<p>Un mot dur.</p>")
    report = safety.report(seat_of("pupil"), college.school.pk, "other", "", harsh, "")
    notices = Item.objects.filter(key=f"report-{report.pk}")
    assert notices.exists() and not notices.filter(person=people["cpe"]).exists()
    address = reverse("messaging:report_page", kwargs={"pk": report.pk})
    assert client.sit(people["cpe"]).get(address).status_code in {403, 404}
    assert not watching.newest_reports(seat_of("cpe")) and not watching.reports_in(seat_of("cpe"))
    assert client.sit(people["head"]).get(address).status_code == 200
    assert [one.pk for one in watching.newest_reports(seat_of("head"))] == [report.pk]


def test_a_report_shows_what_had_left_when_it_was_made(college: World, seat_of: Any) -> None:
    first = sent(seat_of("teacher"), key_to(college, "pupil"), body="<p>Bonjour.</p>")
    threat = sent(seat_of("pupil"), key_to(college, "teacher"), body="<p>Vous allez voir.</p>", answers=first)
    report = safety.report(seat_of("teacher"), college.school.pk, "threat", "", threat, "")
    later = sent(seat_of("teacher"), key_to(college, "pupil"), body="<p>Plus tard.</p>", answers=first)
    Message.objects.filter(pk=later.pk).update(sent_at=report.at + timedelta(minutes=1))
    assert [one.pk for one in watching.reported(report, threat).around] == [first.pk]
    Message.objects.filter(pk=first.pk).update(state=Message.State.SCHEDULED)
    assert watching.reported(report, threat).around == []


def test_the_way_to_the_lines_of_danger_bears_their_name(college: World, client: SchoolClient) -> None:
    # « Demander de l’aide » was read by a child as help with a lesson.
    for key in ("pupil", "guardian", "teacher"):
        page = client.sit(college.people[key]).get(reverse("messaging:box")).content.decode()
        way = page.split(f'href="{reverse("messaging:ask_help")}"')[1].split("</a>")[0]
        assert "Harcèlement, danger" in way and "Demander de l’aide" not in page, key
        assert "<h1>Harcèlement, danger" in re.sub(
            r"<h1[^>]*>\s*", "<h1>", client.get(reverse("messaging:ask_help")).content.decode()
        ), key
