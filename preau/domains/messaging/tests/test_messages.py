"""What is written leaves once, at its hour, for those whom it is for; and what they do with it."""

import re
import secrets
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications import queries
from preau.commons.notifications.models import Item
from preau.directory.models import Guardianship, Holding
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.messaging import rules
from preau.domains.messaging.actions import erasing, leaving, reading, sending
from preau.domains.messaging.models import Delivery, Message, Preference, Thread
from preau.domains.messaging.queries import boxes, conversation
from preau.domains.messaging.tests.props import deliver, got, key_to, many_threads, own_thread, sent, written
from preau.domains.messaging.tests.test_reach import own_class
from preau.foundation import dates
from preau.identity.models import AccountSession
from tests.statements import Statements

pytestmark = pytest.mark.django_db
BOX, WRITE = "/messages/", "/messages/ecrire/"
EVENING = datetime(2026, 11, 27, 22, 0, tzinfo=PARIS)
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the seeds planted would answer in the place of what a test does; the worker runs when a test says so."""
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()
    Message.objects.all().delete()
    Item.objects.filter(kind__startswith="messaging.").delete()


def form(*keys: str, **fields: Any) -> dict[str, Any]:
    return {
        "sent_as": secrets.token_hex(16),
        "to": list(keys),
        "subject": "Objet",
        "body": "Bonjour.",
        "envoyer": "oui",
    } | fields


def test_a_message_reaches_each_of_a_class_once_and_names_no_other(college: World, seat_of: Any) -> None:
    group = own_class(college)
    message = sent(seat_of("teacher"), f"gs{group.pk}", key_to(college, "guardian"))
    families = (
        Guardianship.objects.filter(pupil__enrolments__group=group).values("guardian").distinct().count()
    )
    assert message.state == "sent" and message.people == families
    assert got(college.people["guardian"]) == [message]
    assert message.shown["to"][0] == f"Parents de {group.name}"
    assert Item.objects.filter(kind="messaging.received", key=str(message.pk)).count() == families


def test_what_was_told_of_a_message_says_nothing_of_it(college: World, seat_of: Any) -> None:
    message = sent(
        seat_of("teacher"), key_to(college, "guardian"), subject="Rendez-vous", body="<p>Secret</p>"
    )
    item = Item.objects.get(kind="messaging.received", key=str(message.pk))
    assert item.facts == {} and item.about == college.people["pupil"]
    assert not Line.objects.filter(details__icontains="Secret").exists()


def test_a_message_of_the_evening_arrives_at_seven_on_monday(
    college: World, seat_of: Any, clock: Any
) -> None:
    clock.move_to(EVENING)
    teacher = seat_of("teacher", at=EVENING)
    message = sending.send(teacher, written(teacher, key_to(college, "guardian")))
    deliver(message, EVENING)
    for moment in (EVENING, EVENING + timedelta(days=1), MONDAY - timedelta(seconds=1)):
        leaving.arrive(moment)
        assert got(college.people["guardian"]) == []
    leaving.arrive(MONDAY + timedelta(minutes=11))
    assert got(college.people["guardian"]) == [message]
    message.refresh_from_db()
    assert MONDAY <= message.departs_at < MONDAY + timedelta(minutes=11)


def test_an_urgent_message_leaves_at_once_and_says_why(college: World, seat_of: Any, clock: Any) -> None:
    clock.move_to(EVENING)
    teacher = seat_of("teacher", at=EVENING)
    message = sending.send(
        teacher, written(teacher, key_to(college, "guardian"), urgent="Le car est en retard.")
    )
    deliver(message, EVENING)
    assert got(college.people["guardian"]) == [message]


def test_a_second_click_sends_nothing_twice(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    data = form(key_to(college, "guardian"))
    first, second = client.post(WRITE, data), client.post(WRITE, data)
    assert first.status_code == second.status_code == 302
    assert Message.objects.count() == 1 and Message.objects.get().state == "leaving"
    assert client.get(second.url).status_code == 200


def test_two_tabs_on_one_draft_lose_nothing(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    number = secrets.token_hex(16)
    base = {"sent_as": number, "subject": "Objet", "to": [key_to(college, "guardian")], "garder": "oui"}
    client.post(WRITE, base | {"body": "Un", "tab": "a" * 32, "revision": 0})
    seen = Message.objects.get().revision
    client.post(WRITE, base | {"body": "Deux", "tab": "b" * 32, "revision": seen})
    late = client.post(WRITE, base | {"body": "Trois", "tab": "a" * 32, "revision": seen})
    page = late.content.decode()
    assert late.status_code == 409 and "Trois" in page
    assert Message.objects.get().excerpt == "Deux"
    client.post(WRITE, base | {"body": "Trois", "tab": "a" * 32, "revision": seen, "garder-ici": "oui"})
    assert Message.objects.get().excerpt == "Trois"


def test_a_recipient_is_searched_added_and_taken_away_without_losing_what_is_typed(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    number, key = secrets.token_hex(16), key_to(college, "guardian")
    base = {"sent_as": number, "subject": "Objet", "body": "Bonjour."}
    page = client.post(WRITE, base | {"chercher": "abadie", "trouver": "oui"}, follow=True).content.decode()
    assert f'value="to:{key}"' in page and "Bonjour." in page
    client.post(WRITE, base | {"ajouter": f"bcc:{key}"})
    assert Message.objects.get().addressed == {"bcc": [key]}
    client.post(WRITE, base | {"bcc": [key], "retirer": f"bcc:{key}"})
    assert Message.objects.get().addressed == {}


def test_the_page_says_how_many_the_chosen_lists_mean(college: World, client: SchoolClient) -> None:
    group, number = own_class(college), secrets.token_hex(16)
    families = Guardianship.objects.filter(pupil__enrolments__group=group).values("guardian").distinct()
    client.sit(college.people["teacher"])
    base = {"sent_as": number, "to": [f"gs{group.pk}"], "cc": [f"gs{group.pk}", key_to(college, "cpe")]}
    page = client.post(WRITE, base | {"garder": "oui"}, follow=True).content.decode()
    # Each once, in a list or in two; whoever is named is not counted again.
    assert f"Par vos listes\u202f: {families.count()} personnes aujourd’hui." in page
    client.post(WRITE, base | {"retirer": f"to:gs{group.pk}"})
    assert "Par vos listes" not in client.get(WRITE).content.decode()


def test_a_message_for_nobody_any_more_comes_back(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    draft = written(teacher, key_to(college, "teacher_1"))
    message = sending.send(teacher, draft)
    Holding.objects.filter(person=college.people["teacher_1"]).update(ends=NOW.date())
    deliver(message)
    message.refresh_from_db()
    assert message.state == "draft"
    assert Item.objects.filter(kind="messaging.returned", person=teacher.person).count() == 1
    with pytest.raises(sending.Refusal, match="Personne ne recevrait"):
        sending.send(teacher, message)


def test_fifty_thousand_signs_are_refused_with_all_that_was_typed(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    long = "mot " * 12_500
    page = client.post(WRITE, form(key_to(college, "guardian"), body=long))
    assert (
        page.status_code == 422
        and "trop long" in page.content.decode()
        and page.content.decode().count("mot ") > 12_000
    )
    assert not Message.objects.exists()


def test_whoever_received_by_a_list_answers_the_author_alone(college: World, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), f"gs{own_class(college).pk}")
    guardian = seat_of("guardian")
    answer = sent(
        guardian,
        key_to(college, "teacher"),
        answers=message,
        school_id=college.school.pk,
        about=college.people["pupil"],
    )
    assert answer.thread != message.thread
    assert got(college.people["teacher"]) == [answer]
    assert conversation.quoted(guardian, answer) == message


def test_one_answers_an_adult_whom_the_table_would_not_reach(college: World, seat_of: Any) -> None:
    message = sent(seat_of("head"), key_to(college, "pupil"))
    answer = sent(seat_of("pupil"), key_to(college, "head"), answers=message)
    assert got(college.people["head"]) == [answer] and answer.thread == message.thread
    with pytest.raises(sending.Refusal):
        sending.send(seat_of("pupil"), written(seat_of("pupil"), key_to(college, "head")))


def test_a_recall_takes_away_what_arrived_and_what_was_to(college: World, seat_of: Any) -> None:
    teacher, guardian = seat_of("teacher"), seat_of("guardian")
    message = sent(
        teacher, key_to(college, "guardian"), key_to(college, "other_guardian"), body="<p>Erreur</p>"
    )
    Delivery.objects.filter(message=message, person=college.people["other_guardian"]).update(arrived_at=None)
    assert sending.recall(teacher, message) and not sending.recall(teacher, message)
    assert leaving.arrive(NOW) == 0
    assert got(college.people["other_guardian"]) == []
    shown = conversation.shown(guardian, conversation.messages_of(guardian, message.thread), NOW)
    assert shown[0].recalled and shown[0].body == ""
    assert not Item.objects.filter(kind="messaging.received", read_at=None).exists()


def test_a_recall_meanwhile_stops_the_fan_out(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.domains.messaging.actions.leaving.CHUNK", 2)
    teacher = seat_of("teacher")
    message = sending.send(teacher, written(teacher, f"gs{own_class(college).pk}"))
    calls: list[int] = []

    def recall_then(*_: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            assert sending.recall(teacher, message)

    monkeypatch.setattr("preau.foundation.works.tell", recall_then)
    leaving.expand(message.pk)
    leaving.arrive(NOW)
    assert Delivery.objects.received().filter(message=message).count() == 0


def test_too_late_to_recall(college: World, seat_of: Any, clock: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    clock.shift(timedelta(hours=1))
    assert not sending.recall(seat_of("teacher"), message)


def test_what_is_scheduled_waits_and_can_be_taken_up_again(college: World, seat_of: Any, clock: Any) -> None:
    teacher = seat_of("teacher")
    at = NOW + timedelta(hours=2)
    message = sending.send(teacher, written(teacher, key_to(college, "guardian"), asked_for=at))
    assert message.state == "scheduled" and leaving.release_due(NOW) == 0
    assert [one.pk for one in boxes.scheduled_between(teacher, NOW.date(), NOW.date())] == [message.pk]
    assert sending.call_back(teacher, message) and not sending.call_back(teacher, message)
    message.refresh_from_db()
    again = sending.send(teacher, message)
    clock.move_to(at)
    assert leaving.release_due(at) == 1 and deliver(again, at) == 1
    assert got(college.people["guardian"]) == [again]


def test_an_hour_at_which_nothing_leaves_says_so_while_one_writes(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    assert (
        "Un message demandé pour une autre heure" in client.get(reverse("messaging:write")).content.decode()
    )
    asked = {"day": NOW.date().isoformat(), "hour": "22:00", "garder": "oui", "envoyer": ""}
    typed = {name: value for name, value in form(key_to(college, "guardian"), **asked).items() if value}
    page = client.post(reverse("messaging:write"), typed, follow=True).content.decode()
    assert re.search(
        r"Il partira mercredi 25 novembre à 7\s*h\s*00, pas mardi 24 novembre à 22\s*h\s*00", page
    )
    typed["hour"] = "15:00"
    again = client.post(reverse("messaging:write"), typed | {"sent_as": secrets.token_hex(16)}, follow=True)
    assert "Il partira" not in again.content.decode()


def test_an_empty_message_says_all_that_it_lacks(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    # The line that tells portfolios apart belongs to them alone: nothing is drawn under the title of an empty page.
    assert 'class="kept"' not in client.get(reverse("messaging:write")).content.decode()
    answer = client.post(reverse("messaging:write"), form(body="", subject=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Écrivez votre message." in page and "Choisissez au moins un destinataire." in page


def test_what_has_not_left_says_when_it_will_and_is_called_back_by_the_word_of_its_button(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    leaves = (NOW + timedelta(days=1)).replace(hour=7, minute=0)
    message = sent(teacher, key_to(college, "guardian"))
    Message.objects.filter(pk=message.pk).update(state="leaving", departs_at=leaves)
    message.refresh_from_db()
    (own,) = conversation.shown(teacher, [message], NOW)
    assert own.state == f"Partira demain à {dates.hour(leaves)}"
    assert own.may_recall and not own.may_call_back
    (own,) = conversation.shown(teacher, [message], leaves)
    assert own.state == "Envoyé", "the same word as what its author was told"
    at = NOW + timedelta(hours=2)
    scheduled = sending.send(teacher, written(teacher, key_to(college, "guardian"), asked_for=at))
    (own,) = conversation.shown(teacher, [scheduled], NOW)
    assert own.state == f"Partira à {dates.hour(at)}"
    assert own.may_call_back and not own.may_recall
    client.sit(college.people["teacher"])
    for address in (
        reverse("messaging:thread", kwargs={"pk": scheduled.thread_id}),
        f"{reverse('messaging:box')}?boite=partiront",
    ):
        page = client.get(address).content.decode()
        assert "Rappeler" in page and "Reprendre" not in page


def test_an_hour_that_the_school_closes_is_listed_as_when_it_really_leaves(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    late = dates.local(NOW).replace(hour=22, minute=0)
    sending.send(seat_of("teacher"), written(seat_of("teacher"), key_to(college, "guardian"), asked_for=late))
    client.sit(college.people["teacher"])
    page = client.get(f"{reverse('messaging:box')}?boite=partiront").content.decode()
    assert "à 7 h 00" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "22 h 00" not in page.replace("\u202f", " ").replace("\xa0", " ")


def test_whoever_is_away_answers_once(college: World, seat_of: Any) -> None:
    Preference.objects.create(
        person=college.people["teacher"],
        seat=f"staff-{college.school.pk}",
        away_text="Je réponds lundi.",
        away_from=NOW.date(),
        away_until=NOW.date(),
    )
    guardian = seat_of("guardian")
    more: dict[str, Any] = {"school_id": college.school.pk, "about": college.people["pupil"]}
    message = sent(guardian, key_to(college, "teacher"), **more)
    sent(guardian, key_to(college, "teacher"), answers=got(college.people["guardian"])[0], **more)
    answers = got(college.people["guardian"])
    assert [answer.is_automatic for answer in answers] == [True] and answers[0].thread == message.thread


def test_an_opened_conversation_is_read_and_says_so_to_its_author(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    assert boxes.unread_count(seat_of("guardian")) == 1
    client.sit(college.people["guardian"])
    assert client.get(reverse("messaging:thread", kwargs={"pk": message.thread_id})).status_code == 200
    assert boxes.unread_count(seat_of("guardian")) == 0
    own = conversation.shown(seat_of("teacher"), [message], NOW)
    assert own[0].read == "lu"
    Preference.objects.create(person=college.people["guardian"], seat="guardian", tells_read=False)
    assert conversation.shown(seat_of("teacher"), [message], NOW)[0].read == ""


def test_whoever_reads_a_message_has_read_the_news_of_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """The bell does not ask for it again; the news of the other readers stay."""
    message = sent(seat_of("teacher"), key_to(college, "guardian"), key_to(college, "other_guardian"))
    other = sent(seat_of("cpe"), key_to(college, "guardian"))
    news = Item.objects.filter(kind="messaging.received").unread()
    assert news.count() == 3
    client.sit(college.people["guardian"])
    client.get(reverse("messaging:thread", kwargs={"pk": message.thread_id}))
    left = {(one.person_id, one.key) for one in news.all()}
    assert left == {
        (college.people["other_guardian"].pk, str(message.pk)),
        (college.people["guardian"].pk, str(other.pk)),
    }


def _in_the_menu(client: SchoolClient) -> str:
    """What the menu says beside « Messages », to who hears it."""
    page = client.get("/notifications/").content.decode()
    found = re.search(r'data-counted="messaging:box">.*?class="visually-hidden">(.*?)<', page)
    return found[1] if found else ""


def test_the_menu_says_how_many_are_not_read_in_the_query_of_the_bell(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["guardian"])
    client.get("/notifications/")
    with Statements(connection) as before:
        assert _in_the_menu(client) == ""
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    sent(seat_of("teacher"), key_to(college, "guardian"))
    sent(seat_of("teacher"), key_to(college, "other_guardian"))
    with Statements(connection) as after:
        assert _in_the_menu(client) == "2 à lire"
    # One statement more: the school and the pupil of the news that the page now shows.
    assert after.count <= before.count + 1
    client.get(reverse("messaging:thread", kwargs={"pk": message.thread_id}))
    assert _in_the_menu(client) == "1 à lire"
    part = {"HX-Request": "true", "HX-Target": "cloche"}
    again = client.get("/notifications/cloche/", headers=part).content.decode()
    assert "[data-counted='messaging:box']" in again and "1 à lire" in again


def test_the_menu_counts_no_further_than_it_says(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queries.waiting_for(seat_of("pupil")).menu == {"messaging:box": 0}
    many_threads(college, boxes.MOST_UNREAD + 3)
    assert queries.waiting_for(seat_of("pupil")).menu == {"messaging:box": boxes.MOST_UNREAD}


def test_gestures_on_several(college: World, client: SchoolClient, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    client.sit(college.people["guardian"])
    row = Delivery.objects.get(message=message, person=college.people["guardian"])
    folder = reading.add_folder(seat_of("guardian"), "Rendez-vous")
    for gesture, field in [
        ("suivre", "flagged"),
        ("corbeille", "trashed_at"),
        ("restaurer", "trashed_at"),
        ("ranger", "folder"),
    ]:
        client.post(
            "/messages/gestes/",
            {"choix": [row.pk], "geste": gesture, "dossier": folder.pk if gesture == "ranger" else ""},
        )
        row.refresh_from_db()
        assert bool(getattr(row, field)) == (gesture != "restaurer"), gesture
    assert "Objet" in client.get(f"{BOX}?dossier={folder.pk}").content.decode()
    client.post("/messages/gestes/", {"choix": [row.pk], "geste": "corbeille"})
    assert "Objet" not in client.get(BOX).content.decode()
    assert "Objet" in client.get(f"{BOX}?boite=corbeille").content.decode()


def test_nobody_touches_the_row_of_another(college: World, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    row = Delivery.objects.get(message=message, person=college.people["guardian"])
    assert reading.mark(seat_of("other_guardian"), [row.pk], "corbeille") == 0
    assert reading.mark(seat_of("teacher"), [row.pk], "lire") == 0


def test_words_are_found_and_filters_hold(college: World, client: SchoolClient, seat_of: Any) -> None:
    sent(
        seat_of("teacher"),
        key_to(college, "guardian"),
        subject="Sortie au musée",
        body="<p>Prévoir un goûter</p>",
    )
    sent(seat_of("cpe"), key_to(college, "guardian"), subject="Cahier de brouillon")
    client.sit(college.people["guardian"])
    page = client.get(f"{BOX}?q=GOUTER").content.decode()
    assert "Sortie au musée" in page and "Cahier de brouillon" not in page
    assert "Cahier de brouillon" in client.get(f"{BOX}?dequi=equipe").content.decode()
    assert "Cahier de brouillon" not in client.get(f"{BOX}?dequi=eleves").content.decode()


def test_an_author_who_is_erased_leaves_the_conversations_of_others(college: World, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"), body="<p>À lundi.</p>")
    draft = written(seat_of("teacher"), key_to(college, "guardian"))
    erasing.forget_messages(college.people["teacher"].pk)
    erasing.forget_deliveries(college.people["teacher"].pk)
    guardian = seat_of("guardian")
    shown = conversation.shown(guardian, conversation.messages_of(guardian, message.thread), NOW)
    assert shown[0].who == "Personne effacée" and "À lundi." in shown[0].body
    assert not Message.objects.filter(pk=draft.pk).exists()


def test_a_guardian_who_may_no_longer_follow_reads_no_more_of_it(college: World, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "other_guardian"))
    assert Message.objects.visible_to(seat_of("other_guardian")).filter(pk=message.pk).exists()
    Guardianship.objects.filter(
        guardian=college.people["other_guardian"], pupil=college.people["pupil"]
    ).update(may_not_be_informed=True)
    later = viewer_for(college.people["other_guardian"], 0, timezone.now())
    assert later is None or not Message.objects.visible_to(later).filter(pk=message.pk).exists()


def test_the_school_beside_sees_nothing(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    for key in ("head", "cpe", "teacher", "pupil"):
        viewer = seat_of(key, world=twin)
        assert (
            not Message.objects.visible_to(viewer).exists() and not Thread.objects.visible_to(viewer).exists()
        )
    client.sit(twin.people["head"])
    client.may_see_twin = True
    assert client.get(reverse("messaging:thread", kwargs={"pk": message.thread_id})).status_code == 404


def test_other_readers_of_a_school_see_nothing_of_it(college: World, seat_of: Any) -> None:
    message = sent(seat_of("teacher"), key_to(college, "guardian"))
    for key in ("head", "cpe", "secretary", "teacher_1", "pupil", "other_guardian"):
        assert not Message.objects.visible_to(seat_of(key)).filter(pk=message.pk).exists(), key


def test_mass_at_an_unusual_hour_asks_who_writes(
    college: World, client: SchoolClient, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MANY", 3)
    data = form(f"gs{own_class(college).pk}")
    clock.move_to(EVENING)
    client.sit(college.people["teacher"])
    session = client.session
    session["proved"] = 0
    session.save()
    page = client.post(WRITE, data)
    assert "Confirmer l’envoi" in page.content.decode()
    message = Message.objects.get()
    assert message.state == "draft"
    asked = client.post(reverse("messaging:send", kwargs={"pk": message.pk}))
    assert asked.status_code == 302 and "confirm" in asked.url
    message.refresh_from_db()
    assert message.state == "draft"
    session = client.session
    session["proved"] = int(EVENING.timestamp())
    session.save()
    assert client.post(reverse("messaging:send", kwargs={"pk": message.pk})).status_code == 302
    message.refresh_from_db()
    assert message.state == "leaving"


@pytest.mark.parametrize(("device", "asked"), [("Safari sur iPhone", True), ("Firefox sur Linux", False)])
def test_mass_on_a_device_of_today_asks_who_writes(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch, device: str, asked: bool
) -> None:
    """At an hour when the school writes: what was opened before with the same browser says that it is known."""
    monkeypatch.setattr(rules, "MANY", 3)
    client.sit(college.people["teacher"])
    session = client.session
    session["proved"] = 0
    session.save()
    before = Session.objects.create(session_key="avant", session_data="", expire_date=NOW + timedelta(days=1))
    AccountSession.objects.create(
        session=before,
        account=college.people["teacher"].account,
        device=device,
        opened_at=NOW - timedelta(days=3),
        seen_at=NOW - timedelta(days=3),
    )
    page = client.post(WRITE, form(f"gs{own_class(college).pk}"))
    assert ("Confirmer l’envoi" in page.content.decode()) == asked
    assert Message.objects.get().state == ("draft" if asked else "leaving")


def test_a_thread_of_everybody_opens_for_each(college: World, client: SchoolClient) -> None:
    thread = own_thread(college)
    for key in ("head", "teacher", "pupil", "guardian"):
        client.sit(college.people[key])
        assert client.get(reverse("messaging:thread", kwargs={"pk": thread.pk})).status_code == 200, key


def test_files_are_kept_with_the_message_and_read_by_those_who_received_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    paper = SimpleUploadedFile("fiche.txt", b"Fiche de revision", content_type="text/plain")
    answer = client.post(WRITE, form(key_to(college, "guardian"), papers=paper))
    assert answer.status_code == 302
    message = Message.objects.get()
    deliver(message)
    address = reverse("files:file", kwargs={"public_id": message.attachments.get().file.public_id})
    for key, status in (("guardian", 200), ("teacher", 200), ("other_guardian", 404), ("cpe", 404)):
        client.sit(college.people[key])
        assert client.get(address).status_code == status, key
    sending.recall(seat_of("teacher"), Message.objects.get())
    client.sit(college.people["guardian"])
    assert client.get(address).status_code == 404


def test_the_search_of_the_site_finds_ones_own_and_nothing_recalled(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    kept = sent(seat_of("teacher"), key_to(college, "guardian"), subject="Bourse aux livres")
    gone = sent(seat_of("teacher"), key_to(college, "guardian"), subject="Bourse annulée")
    sending.recall(seat_of("teacher"), gone)

    def found(name: str, words: str) -> str:
        client.sit(college.people[name])
        return client.post("/recherche/", {"texte": words}, follow=True).content.decode()

    page = found("guardian", "bourse livres")
    assert "Bourse aux livres" in page and f"/messages/conversations/{kept.thread_id}/" in page
    assert "Bourse annulée" not in found("guardian", "bourse")
    assert "Bourse aux livres" not in found("cpe", "bourse") + found("other_guardian", "bourse")


@pytest.mark.parametrize("name", ["head", "pupil", "guardian"])
def test_each_seat_counts_and_finds_what_it_received(
    college: World, client: SchoolClient, seat_of: Any, name: str
) -> None:
    """A prepared query is of a seat, and the next one is another's."""
    for other in ("cpe", "other_guardian"):
        assert boxes.unread_count(seat_of(other)) == 0
    sent(seat_of("teacher"), key_to(college, name), subject="Bourse aux livres")
    assert boxes.unread_count(seat_of(name)) == 1
    client.sit(college.people[name])
    assert (
        "Bourse aux livres" in client.post("/recherche/", {"texte": "bourse"}, follow=True).content.decode()
    )


@pytest.mark.parametrize("whom", ["class", "two"])
def test_a_message_to_many_has_a_subject(whom: str, college: World, client: SchoolClient) -> None:
    keys = [key_to(college, "guardian"), key_to(college, "other_guardian")]
    keys = keys if whom == "two" else [f"gs{own_class(college).pk}"]
    client.sit(college.people["teacher"])
    refused = client.post(WRITE, form(*keys, subject=""))
    assert refused.status_code == 422 and "Écrivez un objet" in refused.content.decode()
    assert not Message.objects.exclude(state="draft").exists()
    assert client.post(WRITE, form(*keys)).status_code == 302


def test_one_person_is_written_to_without_a_subject_and_a_draft_needs_none(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    assert client.post(WRITE, form(key_to(college, "guardian"), subject="")).status_code == 302
    assert Message.objects.exclude(state="draft").count() == 1
    kept = form(f"gs{own_class(college).pk}", subject="") | {"garder": "oui"}
    del kept["envoyer"]
    assert client.post(WRITE, kept).status_code == 302
    assert Message.objects.filter(state="draft").count() == 1


def test_a_refused_sending_keeps_what_was_typed_and_what_is_typed_after(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["pupil"])
    typed = form(subject="Une question", body="Le texte.", tab=secrets.token_hex(16), revision="0")
    page = client.post(WRITE, typed)
    assert page.status_code == 422 and "Choisissez au moins un destinataire" in page.content.decode()
    kept = Message.objects.get()
    assert kept.is_draft and kept.subject == "Une question" and kept.excerpt == "Le texte."
    assert f'name="revision" value="{kept.revision}"' in page.content.decode()
    # Without its button, as the page sends it while one writes.
    more = {**typed, "body": "Le texte, plus long.", "revision": str(kept.revision)}
    del more["envoyer"]
    line = client.post(WRITE, more, headers={"HX-Request": "true", "HX-Target": "garde"}).content.decode()
    assert "Brouillon gardé à" in line
    assert Message.objects.get().excerpt == "Le texte, plus long."


def test_a_line_never_says_kept_over_what_is_not(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    typed = form(tab=secrets.token_hex(16), revision="0")
    del typed["envoyer"]
    client.post(WRITE, typed)
    asks = {"HX-Request": "true", "HX-Target": "garde"}
    long = client.post(WRITE, {**typed, "revision": "1", "body": "mot " * 6000}, headers=asks)
    assert "n’est pas gardé" in long.content.decode() and "Brouillon gardé" not in long.content.decode()
    stale = {**typed, "revision": "9", "tab": secrets.token_hex(16), "body": "Ailleurs."}
    other = client.post(WRITE, stale, headers=asks).content.decode()
    assert "autre fenêtre" in other and "Brouillon gardé" not in other
    assert Message.objects.get().excerpt == "Bonjour."
    # A day without its hour is a mistake of the form, not of the text: that one is kept.
    half = {**typed, "revision": "1", "body": "Encore.", "day": "2026-11-30"}
    assert "Brouillon gardé à" in client.post(WRITE, half, headers=asks).content.decode()
    assert Message.objects.get().excerpt == "Encore."


def test_an_empty_form_that_is_refused_leaves_no_draft(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    assert client.post(WRITE, {**form(), "subject": "", "body": ""}).status_code == 422
    assert not Message.objects.exists()
