"""A later date, what is looked at again when it is done, a word to a thousand people."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.asking import actions as asking
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.questions.models import Response
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.liaison import tasks
from preau.domains.liaison.actions import answering, telling, writing
from preau.domains.liaison.actions.answering import NotAwaited, Said, TooLate
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.tests.props import a_draft, a_word, asked_word, copy_of
from tests.pages import MOST_BYTES, counted

pytestmark = pytest.mark.django_db
YES, NO = Said(is_yes=True), Said(is_yes=False)
SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=9)


def copies(word: Word) -> list[int]:
    return list(word.recipients.order_by("pk").values_list("pk", flat=True))


# Prolonging


def test_a_later_date_is_kept_once_and_never_goes_back(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college, closes_at=SOON), seat_of("teacher")
    assert [writing.prolong(teacher, word, LATER) for _ in range(2)] == [True, False]
    assert not writing.prolong(teacher, word, SOON)
    word.refresh_from_db()
    assert word.closes_at == LATER
    assert Line.objects.filter(verb="liaison.prolonged").count() == 1


def test_a_date_that_has_passed_is_prolonged_and_answers_are_taken_again(
    college: World, seat_of: Any
) -> None:
    word, mother = a_word(college, closes_at=NOW - timedelta(hours=1)), seat_of("guardian")
    copy = copy_of(word, mother.person)
    with pytest.raises(TooLate):
        answering.answer(mother, copy, YES)
    assert writing.prolong(seat_of("teacher"), word, LATER)
    assert answering.answer(mother, copy, YES)


def test_only_those_who_have_not_answered_are_told_of_the_later_date(college: World, seat_of: Any) -> None:
    word, mother = a_word(college, closes_at=SOON, nature="non usuel"), seat_of("guardian")
    answering.answer(mother, copy_of(word, mother.person), YES)
    writing.prolong(seat_of("teacher"), word, LATER)
    mark = telling.mark_of(LATER)
    for _ in range(2):
        tasks.tell.call(word.pk, copies(word), 0, word.author_id, mark)
    notices = Item.objects.filter(kind=telling.PROLONGED)
    assert not notices.filter(person=mother.person).exists()
    assert notices.filter(person=college.people["other_guardian"]).count() == 1
    # A second date takes the place of the first in what is to be read.
    writing.prolong(seat_of("teacher"), word, LATER + timedelta(days=3))
    assert not notices.unread().filter(person=college.people["other_guardian"]).exists()
    # The task of the first one, run late, tells nothing.
    Item.objects.all().delete()
    assert tasks.tell.call(word.pk, copies(word), 0, word.author_id, mark) == 0
    assert not notices.exists()


def test_a_word_that_is_closed_or_without_a_date_is_not_prolonged(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    with pytest.raises(asking.Nobody):
        writing.prolong(teacher, a_word(college, "Sans date"), LATER)
    word = a_word(college, closes_at=SOON)
    writing.close(teacher, word)
    with pytest.raises(asking.Nobody):
        writing.prolong(teacher, word, LATER)


def test_the_page_prolongs_and_says_what_is_wrong(college: World, client: SchoolClient) -> None:
    word = a_word(college, closes_at=SOON)
    client.sit(college.people["teacher"])
    address = reverse("liaison:prolong", kwargs={"pk": word.pk})
    wrong = client.post(address, {"last_day": "2026-11-01"})
    assert wrong.status_code == 422 and "Choisissez un jour à venir." in wrong.content.decode()
    assert client.post(address, {"last_day": "2026-12-11"}).status_code == 302
    word.refresh_from_db()
    assert f"{word.closes_at:%Y-%m-%d}" == "2026-12-11"
    page = client.get(reverse("liaison:word", kwargs={"pk": word.pk})).content.decode()
    # Who reads it, said as it is: not the families that only paper reaches; and pupils, not families.
    assert page.count("joints que sur papier") == 2 and "Relancer pour" in page
    client.sit(college.people["guardian"])
    assert client.post(address, {"last_day": "2026-12-18"}).status_code == 403


# What is looked at again


def test_what_was_begun_is_not_kept_once_it_is_closed_late_or_not_asked(college: World, seat_of: Any) -> None:
    word, mother = asked_word(college), seat_of("guardian")
    copy = copy_of(word, mother.person)
    answering.keep_for_later(mother, copy, {"q1": True})
    assert Response.objects.filter(respondent=mother.person).count() == 1
    Word.objects.filter(pk=word.pk).update(closes_at=NOW - timedelta(minutes=1))
    with pytest.raises(TooLate):
        answering.keep_for_later(mother, copy, {"q1": False})
    Word.objects.filter(pk=word.pk).update(closes_at=None)
    Guardianship.objects.filter(guardian=mother.person).update(ends=NOW.date())
    with pytest.raises(NotAwaited):
        answering.keep_for_later(mother, copy, {"q1": False})
    assert Response.objects.get(respondent=mother.person).answers == {"q1": True}


def test_whoever_follows_the_pupil_no_more_is_not_told(college: World) -> None:
    word, father = a_word(college), college.people["other_guardian"]
    Guardianship.objects.filter(guardian=father).update(ends=NOW.date())
    tasks.tell.call(word.pk, copies(word), 0, word.author_id)
    assert Item.objects.filter(kind=telling.TOLD, person=college.people["guardian"]).count() == 1
    assert not Item.objects.filter(kind=telling.TOLD, person=father).exists()


def test_a_colleague_who_has_left_is_not_told(college: World, seat_of: Any) -> None:
    word = a_draft(college, by="head", audience="staff", kind="information", nature="information")
    writing.send(seat_of("head"), word)
    Holding.objects.filter(person=college.people["cpe"]).update(ends=NOW.date())
    tasks.tell.call(word.pk, copies(word), 0, word.author_id)
    recipients = set(Item.objects.filter(kind=telling.TOLD).values_list("person_id", flat=True))
    assert college.people["teacher"].pk in recipients and college.people["cpe"].pk not in recipients


def test_whose_coupon_is_typed_in_reads_it(college: World, seat_of: Any) -> None:
    word, mother = a_word(college), college.people["guardian"]
    copy = copy_of(word, mother)
    assert [answering.enter(seat_of("teacher"), copy, NO) for _ in range(2)] == [True, False]
    notices = Item.objects.filter(kind=telling.ENTERED)
    assert [item.person_id for item in notices] == [mother.pk]


# Large, and elsewhere


def a_crowd(college: World, word: Word, number: int) -> None:
    """So many pupils more with a guardian each, who received the word."""
    people = Person.objects.bulk_create(
        Person(family_name=f"Martin {rank}", given_name="Ana", search_name=f"martin {rank}")
        for rank in range(2 * number)
    )
    pupils, guardians = people[:number], people[number:]
    Holding.objects.bulk_create(
        Holding(person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts)
        for pupil in pupils
    )
    pairs = list(zip(pupils, guardians, strict=True))
    Guardianship.objects.bulk_create(
        Guardianship(
            pupil=pupil, guardian=guardian, authority="legal", kinship="mother", starts=college.year.starts
        )
        for pupil, guardian in pairs
    )
    Recipient.objects.bulk_create(
        Recipient(word=word, pupil=pupil, person=guardian, part="guardian", channel="here")
        for pupil, guardian in pairs
    )


def test_the_following_of_a_thousand_people_is_as_light_as_that_of_a_class(
    college: World, client: SchoolClient
) -> None:
    word = a_word(college, closes_at=SOON)
    client.sit(college.people["teacher"])
    address = reverse("liaison:word", kwargs={"pk": word.pk})
    client.get(address)
    _page, before = counted(client, address)
    a_crowd(college, word, 1000)
    for query in ("", "?reponses=tous", "?reponses=tous&page=20"):
        page, after = counted(client, f"{address}{query}")
        assert after <= min(before, 14), query
        assert len(page.content) < MOST_BYTES, query


def test_a_crowd_in_disagreement_fills_no_page(college: World, client: SchoolClient) -> None:
    word = a_word(college)
    a_crowd(college, word, 100)
    others = Person.objects.bulk_create(Person(family_name=f"Durand {rank}") for rank in range(100))
    pairs = list(zip(word.recipients.filter(person__family_name__startswith="Martin"), others, strict=True))
    Guardianship.objects.bulk_create(
        Guardianship(
            pupil_id=copy.pupil_id,
            guardian=other,
            authority="legal",
            kinship="father",
            starts=college.year.starts,
        )
        for copy, other in pairs
    )
    second = Recipient.objects.bulk_create(
        Recipient(word=word, pupil_id=copy.pupil_id, person=other, part="guardian", channel="here")
        for copy, other in pairs
    )
    for chosen, is_yes in (([copy for copy, _other in pairs], True), (second, False)):
        Answer.objects.bulk_create(
            Answer(recipient=copy, is_yes=is_yes, at=NOW, digest="0" * 64) for copy in chosen
        )
    client.sit(college.people["teacher"])
    page = client.get(reverse("liaison:word", kwargs={"pk": word.pk}))
    assert len(page.content) < MOST_BYTES and "autres désaccords" in page.content.decode()


def test_a_word_to_a_large_staff_turns_pages(college: World, client: SchoolClient) -> None:
    word = a_draft(
        college,
        by="head",
        audience="staff",
        kind="information",
        nature="information",
        state="sent",
        sent_at=NOW,
    )
    people = Person.objects.bulk_create(Person(family_name=f"Martin {rank}") for rank in range(300))
    Recipient.objects.bulk_create(
        Recipient(word=word, person=one, part="staff", channel="here") for one in people
    )
    client.sit(college.people["head"])
    page, statements = counted(client, reverse("liaison:word", kwargs={"pk": word.pk}))
    assert statements <= 14 and len(page.content) < MOST_BYTES
    assert "Page 1 sur 5" in page.content.decode()


def test_nine_hundred_who_read_nothing_are_reminded_once_each(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college, closes_at=LATER), seat_of("teacher")
    word.recipients.all().delete()
    a_crowd(college, word, 900)
    Person.objects.filter(family_name__startswith="Martin").update(email="famille@exemple.example")
    reminder = writing.remind(teacher, word)
    assert reminder.number == 900
    with pytest.raises(asking.TooSoon):
        writing.remind(teacher, word)
    keys = copies(word)
    # The task is run again, and again in part, as after a worker that died.
    for chosen in (keys, keys, keys[:300]):
        tasks.tell.call(word.pk, chosen, reminder.pk, word.author_id)
    notices = Item.objects.filter(kind=telling.REMINDED)
    assert notices.count() == 900 == notices.values("person_id").distinct().count()
