"""One's own groups of work among those to whom one writes: as the table says, and for their writer alone."""

import secrets
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.actions import work_groups
from preau.directory.models import Enrolment, Group, Guardianship, Person, WorkGroup
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.messaging.actions import sending
from preau.domains.messaging.models import Delivery, Message, Policy, Thread
from preau.domains.messaging.queries import addressing
from preau.domains.messaging.queries.reach import Reach
from preau.domains.messaging.tests.props import deliver, got, key_to, sent, written

pytestmark = pytest.mark.django_db
WRITE = "/messages/ecrire/"
NAME = "Calcul, reprise"


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()
    Message.objects.all().delete()
    Item.objects.filter(kind__startswith="messaging.").delete()


@pytest.fixture
def some(college: World) -> list[Person]:
    """Two pupils of the class of the cast's pupil, who is one of them."""
    others = Person.objects.filter(enrolments__group=own_class(college)).exclude(
        pk=college.people["pupil"].pk
    )
    return [college.people["pupil"], others.order_by("pk")[0]]


@pytest.fixture
def kept(college: World, seat_of: Any, some: list[Person]) -> WorkGroup:
    work_groups.keep(seat_of("teacher"), own_class(college), NAME, some)
    return WorkGroup.objects.get(name=NAME)


def reached(viewer: Any, college: World, key: str) -> set[int]:
    return {one.person for one in Reach(viewer, college.school.pk).people(key)}


def keys_offered(viewer: Any, college: World) -> list[str]:
    return [one.key for one in addressing.own_lists_of(Reach(viewer, college.school.pk))]


def form(*keys: str, **fields: Any) -> dict[str, Any]:
    return {
        "sent_as": secrets.token_hex(16),
        "to": list(keys),
        "subject": "Objet",
        "body": "Apportez la fiche.",
        "envoyer": "oui",
    } | fields


def test_it_is_a_list_of_its_pupils_and_one_of_their_guardians(
    college: World, seat_of: Any, kept: WorkGroup, some: list[Person]
) -> None:
    teacher = seat_of("teacher")
    families = Guardianship.objects.filter(pupil__in=some, guardian__is_institution=False)
    assert keys_offered(teacher, college) == [f"gw{kept.pk}", f"ew{kept.pk}"]
    assert reached(teacher, college, f"ew{kept.pk}") == {one.pk for one in some}
    assert reached(teacher, college, f"gw{kept.pk}") == set(families.values_list("guardian_id", flat=True))
    found = [one.label for one in addressing.found(Reach(teacher, college.school.pk), "reprise")]
    assert [label.partition(" de ")[0] for label in found] == ["Parents", "Élèves"]


def test_it_is_nothing_for_anybody_else(college: World, twin: World, seat_of: Any, kept: WorkGroup) -> None:
    keys = [f"gw{kept.pk}", f"ew{kept.pk}"]
    others = [seat_of(key) for key in ("teacher_1", "head", "cpe", "secretary", "guardian", "pupil")]
    for viewer in [*others, seat_of("teacher", world=twin)]:
        school = viewer.school_id or college.school.pk
        reach = Reach(viewer, school)
        assert addressing.own_lists_of(reach) == [] and reach.words_of(keys) == {}
        assert not any(list(reach.people(key)) for key in keys) and reach.are_gone(keys)


def test_the_table_of_the_school_stays_the_rule(college: World, seat_of: Any, kept: WorkGroup) -> None:
    policy = Policy.objects.create(school=college.school, scopes={"teacher.pupil": "none"})
    assert keys_offered(seat_of("teacher"), college) == [f"gw{kept.pk}"]
    assert reached(seat_of("teacher"), college, f"ew{kept.pk}") == set()
    policy.scopes = {"teacher.guardian": "none"}
    policy.save()
    assert keys_offered(seat_of("teacher"), college) == [f"ew{kept.pk}"]
    policy.scopes = {"teacher.guardian": "none", "teacher.pupil": "none"}
    policy.save()
    assert keys_offered(seat_of("teacher"), college) == []


def test_a_class_that_one_teaches_no_more_is_written_to_no_more(
    college: World, seat_of: Any, kept: WorkGroup
) -> None:
    college.people["teacher"].assignments.filter(group=own_class(college)).delete()
    assert keys_offered(seat_of("teacher"), college) == []
    assert reached(seat_of("teacher"), college, f"gw{kept.pk}") == set()


def test_a_pupil_who_left_the_class_is_left_out_and_an_empty_group_is_not_offered(
    college: World, seat_of: Any, kept: WorkGroup, some: list[Person]
) -> None:
    gone, stays = some
    learning = Enrolment.objects.filter(group=own_class(college))
    elsewhere = Group.objects.classes().filter(year=college.year).exclude(pk=kept.group_id)[0]
    learning.filter(pupil=gone).update(group=elsewhere)
    assert reached(seat_of("teacher"), college, f"ew{kept.pk}") == {stays.pk}
    learning.filter(pupil=stays).update(ends=NOW.date())
    assert keys_offered(seat_of("teacher"), college) == []


def test_those_who_receive_it_read_neither_its_name_nor_each_other(
    college: World, seat_of: Any, client: SchoolClient, kept: WorkGroup, some: list[Person]
) -> None:
    keys = [f"ew{kept.pk}", f"gw{kept.pk}"]
    message = sent(seat_of("teacher"), *keys)
    group = own_class(college).name
    assert message.shown["to"] == [f"Quelques élèves de {group}", f"Parents de quelques élèves de {group}"]
    received = Delivery.objects.received().filter(message=message)
    assert received.filter(listed=False).count() == 0 and message.people == received.count() > len(some)
    thread = reverse("messaging:thread", kwargs={"pk": message.thread_id})
    for key in ("pupil", "guardian"):
        assert got(college.people[key]) == [message]
        client.sit(college.people[key])
        page = client.get(thread).content.decode()
        assert NAME not in page and some[1].family_name not in page
    client.sit(college.people["teacher"])
    assert f"Élèves de «\u202f{NAME}\u202f» ({group})" in client.get(f"{WRITE}?a={keys[0]}").content.decode()


def test_two_groups_of_one_class_are_one_word_for_those_who_read(
    college: World, seat_of: Any, kept: WorkGroup, some: list[Person]
) -> None:
    work_groups.keep(seat_of("teacher"), own_class(college), "Autre", some[:1])
    other = WorkGroup.objects.get(name="Autre")
    message = sent(seat_of("teacher"), f"ew{kept.pk}", f"ew{other.pk}")
    assert message.shown["to"] == [f"Quelques élèves de {own_class(college).name}"]
    assert message.people == len(some)


def test_a_group_taken_away_while_one_writes_is_said_and_nothing_is_lost(
    college: World, client: SchoolClient, kept: WorkGroup
) -> None:
    client.sit(college.people["teacher"])
    typed = form(f"ew{kept.pk}", key_to(college, "guardian"))
    kept.delete()
    page = client.post(WRITE, typed)
    assert page.status_code == 409 and "n’existe plus" in page.content.decode()
    draft = Message.objects.get()
    assert draft.is_draft and "Apportez la fiche." in draft.body and not Delivery.objects.exists()
    again = client.get(reverse("messaging:draft", kwargs={"pk": draft.pk})).content.decode()
    assert "Un groupe de travail choisi n’existe plus" in again
    assert 'value="ew' not in again and f'value="{key_to(college, "guardian")}"' in again
    client.post(WRITE, typed | {"to": [key_to(college, "guardian")], "revision": draft.revision})
    draft.refresh_from_db()
    assert not draft.is_draft and draft.people == 1


def test_a_group_taken_away_before_its_hour_brings_the_message_back(
    college: World, seat_of: Any, kept: WorkGroup
) -> None:
    teacher = seat_of("teacher")
    message = sending.send(
        teacher, written(teacher, f"ew{kept.pk}", key_to(college, "guardian"), body="<p>À jeudi.</p>")
    )
    kept.delete()
    assert deliver(message) == 0
    message.refresh_from_db()
    assert message.is_draft and "À jeudi." in message.body
    assert not Delivery.objects.filter(message=message).exists()
    assert Item.objects.filter(kind="messaging.returned", person=teacher.person).count() == 1


def test_what_has_begun_to_leave_goes_on_when_its_group_goes_away(
    college: World, seat_of: Any, kept: WorkGroup
) -> None:
    message = sent(seat_of("teacher"), f"ew{kept.pk}")
    Message.objects.filter(pk=message.pk).update(state="leaving")
    kept.delete()
    deliver(message, NOW + timedelta(minutes=1))
    message.refresh_from_db()
    assert message.state == "sent" and got(college.people["pupil"]) == [message]


def test_the_page_offers_them_and_says_how_to_make_some(
    college: World, seat_of: Any, client: SchoolClient, some: list[Person]
) -> None:
    hint = "Pour écrire à quelques élèves d’une classe"
    client.sit(college.people["teacher"])
    assert hint in client.get(WRITE).content.decode()
    work_groups.keep(seat_of("teacher"), own_class(college), NAME, some)
    page = client.get(WRITE).content.decode()
    key = f"ew{WorkGroup.objects.get().pk}"
    assert NAME in page and f'value="to:{key}"' in page and hint not in page
    for other in ("teacher_1", "head", "guardian", "pupil"):
        client.sit(college.people[other])
        page = client.get(f"{WRITE}?a={key}").content.decode()
        assert NAME not in page and f'name="to" value="{key}"' not in page
        assert (hint in page) == (other in {"teacher_1", "head"})
