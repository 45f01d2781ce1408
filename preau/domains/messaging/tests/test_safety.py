"""A stolen account does little, is held, frozen and recalled; the head brakes a profile; somebody asks for help."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
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
    first, second = (safety.freeze(head, pupil.person, "Compte volé") for _ in range(2))
    assert first == second and first.recalled == 1
    assert safety.thaw(head, first) and not safety.thaw(head, first)
    assert sent(pupil, key_to(college, "teacher")).state == "sent"
    assert Line.objects.filter(verb="messaging.frozen").count() == 1


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
