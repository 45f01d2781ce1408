"""A parent who reads nothing but text messages and paper; a reminder to many who have read nothing."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.notifications.models import Dispatch, Envelope
from preau.commons.notifications.tests.post import come_due, deliver
from preau.commons.outbox.models import Letter
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.liaison import tasks
from preau.domains.liaison.actions import answering, telling, writing
from preau.domains.liaison.models import Recipient, Word
from preau.domains.liaison.queries import words as queries
from preau.domains.liaison.tests.props import a_draft, a_word, copy_of
from preau.identity.models import Account
from tests.pages import counted

PARIS = ZoneInfo("Europe/Paris")
NUMBER = "+33612345678"
AT_ONCE = 500


@pytest.fixture(autouse=True)
def texts_offered(settings: Any, college: World) -> None:
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    SchoolPolicy.objects.update_or_create(school=college.school, defaults={"offers_texts": True})


@pytest.fixture
def father(college: World) -> Person:
    """No account, no address of mail: a mobile."""
    person = college.people["other_guardian"]
    Person.objects.filter(pk=person.pk).update(phone="06 12 34 56 78", email="")
    Account.objects.filter(person=person).update(password="")
    person.refresh_from_db()
    return person


def sent(college: World, seat_of: Any, **fields: Any) -> Word:
    """A word that leaves, told by its task, which runs twice."""
    word = a_draft(college, "L’infirmière voudrait vous voir", **fields)
    writing.send(seat_of("teacher"), word)
    everybody = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    for _twice in range(2):
        tasks.tell.call(word.pk, everybody, 0, word.author_id)
    deliver()
    word.refresh_from_db()
    return word


def texts() -> list[str]:
    return list(Letter.objects.filter(to=NUMBER).order_by("pk").values_list("body", flat=True))


def test_what_waits_is_texted_and_nothing_private(college: World, father: Person, seat_of: Any) -> None:
    word = sent(college, seat_of, closes_at=NOW + timedelta(days=6))
    assert copy_of(word, father).channel == "text"
    (text,) = texts()
    pupil = college.people["pupil"]
    assert f"{pupil.given_name} : un mot à signer jusqu'au" in text and "coupon papier" in text
    assert "infirmière" not in text and pupil.family_name not in text


def of_age(pupil: Person, *, is_adult: bool = True) -> Person:
    """The cast's pupil, who has a mobile, no account and no address of mail."""
    born = date(2008, 11, 24) if is_adult else date(2008, 11, 25)
    Person.objects.filter(pk=pupil.pk).update(birth_date=born, phone="06 12 34 56 78", email="")
    Account.objects.filter(person=pupil).update(password="")
    pupil.refresh_from_db()
    return pupil


@pytest.mark.parametrize("is_adult", [True, False])
def test_a_pupil_of_age_is_texted_and_has_a_coupon_and_a_minor_has_neither(
    college: World, seat_of: Any, client: SchoolClient, is_adult: bool
) -> None:
    pupil = of_age(college.people["pupil"], is_adult=is_adult)
    word = sent(college, seat_of)
    own = word.recipients.get(pupil=pupil, part="own")
    assert own.channel == ("text" if is_adult else "paper")
    assert ["mot à signer" in text for text in texts()] == [True] * is_adult
    writing.remind(seat_of("teacher"), word)
    own.refresh_from_db()
    assert own.channel == ("text" if is_adult else "paper")
    named = [row.person for row in queries.coupons_of(queries.following(word, NOW.date()), NOW.date())]
    assert (pupil in named) is is_adult


def test_who_is_told_only_is_texted_nothing(college: World, father: Person, seat_of: Any) -> None:
    Guardianship.objects.filter(guardian=father).update(authority="contact")
    sent(college, seat_of)
    assert not texts()


def test_an_information_is_to_be_read(college: World, father: Person, seat_of: Any) -> None:
    sent(college, seat_of, kind="information", nature="information", each_reads=True)
    assert "un mot à lire" in texts()[0]


def test_a_reminder_is_texted_once_and_not_to_who_has_answered(
    college: World, father: Person, seat_of: Any, clock: Any
) -> None:
    word, teacher = sent(college, seat_of, nature="non usuel"), seat_of("teacher")
    for day in (25, 26):
        clock.move_to(datetime(2026, 11, day, 21, tzinfo=PARIS))
        reminder = writing.remind(seat_of("teacher", at=datetime(2026, 11, day, 21, tzinfo=PARIS)), word)
        for _twice in range(2):
            tasks.tell.call(word.pk, [copy_of(word, father).pk], reminder.pk, word.author_id)
        deliver()
        # At night nothing leaves.
        assert len(texts()) == day - 24
        if day == 26:
            answering.enter(teacher, copy_of(word, father), answering.Said(is_yes=True))
        clock.move_to(datetime(2026, 11, day + 1, 7, 30, tzinfo=PARIS))
        for _twice in range(2):
            come_due()
    assert len(texts()) == 2


def test_the_sender_sees_who_is_reached_how_and_whose_coupon_to_print_and_why(
    college: World, father: Person, client: SchoolClient
) -> None:
    draft = a_draft(college)
    client.sit(college.people["teacher"])
    page = client.get(reverse("liaison:word", args=[draft.pk])).content.decode()
    content = page.replace("\u202f", " ").replace("\xa0", " ")
    assert "Responsables prévenus" in content and "par SMS, réponse sur papier" in content
    word = a_word(college, "Piscine")
    Person.objects.filter(pk=college.people["guardian"].pk).update(phone="", email="")
    Account.objects.filter(person=college.people["guardian"]).update(password="")
    word.recipients.filter(person=college.people["guardian"]).update(channel="paper")
    page, statements = counted(client, reverse("liaison:word", args=[word.pk]))
    text = page.content.decode()
    assert "prévenu par SMS, répond sur papier" in text and "ni compte ouvert, ni numéro de mobile" in text
    assert "SMS, puis papier" in text
    assert statements <= 14
    sheet = b"".join(client.get(reverse("liaison:export", args=[word.pk])).streaming_content).decode()
    assert "Pourquoi sur papier" in sheet and "ni numéro de mobile" in sheet


def test_a_text_that_could_not_leave_in_time_is_said_to_the_sender(
    college: World, father: Person, seat_of: Any, client: SchoolClient, settings: Any, clock: Any
) -> None:
    settings.SMS_PER_DAY = 0
    word = sent(college, seat_of, closes_at=datetime(2026, 11, 25, 6, tzinfo=PARIS))
    # The hours of the school are over before there is room: tomorrow morning is too late.
    clock.move_to(datetime(2026, 11, 24, 19, 45, tzinfo=PARIS))
    come_due()
    assert not texts()
    client.sit(college.people["teacher"])
    page, statements = counted(client, reverse("liaison:word", args=[word.pk]))
    text = page.content.decode()
    assert "le SMS n’a pas pu partir à temps" in text and "prévenu par SMS, répond" not in text
    assert statements <= 14
    # With more time they are told, and it is said no more.
    settings.SMS_PER_DAY = 100
    writing.prolong(seat_of("teacher"), word, datetime(2026, 11, 26, 18, tzinfo=PARIS))
    word.refresh_from_db()
    until = telling.mark_of(word.closes_at)
    tasks.tell.call(word.pk, [copy_of(word, father).pk], 0, word.author_id, until)
    deliver()
    assert len(texts()) == 1
    text = client.get(reverse("liaison:word", args=[word.pk])).content.decode()
    assert "le SMS n’a pas pu partir" not in text and "prévenu par SMS, répond" in text


def test_a_mobile_noted_since_is_texted_by_the_reminder(college: World, father: Person, seat_of: Any) -> None:
    Person.objects.filter(pk=father.pk).update(phone="")
    word = sent(college, seat_of)
    assert copy_of(word, father).channel == "paper" and not texts()
    Person.objects.filter(pk=father.pk).update(phone="06 12 34 56 78")
    made = writing.remind(seat_of("teacher"), word)
    assert copy_of(word, father).channel == "text"
    tasks.tell.call(word.pk, [copy_of(word, father).pk], made.pk, word.author_id)
    deliver()
    assert len(texts()) == 1


def non_readers(college: World, number: int, word: Word) -> None:
    """So many guardians who have read nothing: of three, one has an account, one a mobile, one neither; a copy of the word each."""
    pupils = Person.objects.bulk_create(
        Person(
            family_name=f"Noël {rank}",
            given_name="Ana",
            search_name=f"noel {rank:05}",
            birth_date=date(2014, 2, 1),
        )
        for rank in range(number)
    )
    adults = Person.objects.bulk_create(
        Person(
            family_name=f"Noël {rank}",
            given_name="Luc",
            search_name=f"noel luc {rank:05}",
            phone=f"06{rank:08}" if rank % 3 == 1 else "",
        )
        for rank in range(number)
    )
    Account.objects.bulk_create(
        Account(login=f"luc.noel{rank}", person=adult, password="pbkdf2$x")
        for rank, adult in enumerate(adults)
        if rank % 3 == 0
    )
    starts = college.year.starts
    Holding.objects.bulk_create(
        Holding(person=pupil, role=Role.PUPIL, school=college.school, starts=starts) for pupil in pupils
    )
    Guardianship.objects.bulk_create(
        Guardianship(pupil=pupil, guardian=adult, authority="legal", kinship="father", starts=starts)
        for pupil, adult in zip(pupils, adults, strict=True)
    )
    ways = ["here", "text", "paper"]
    Recipient.objects.bulk_create(
        Recipient(word=word, pupil=pupil, person=adult, part="guardian", channel=ways[rank % 3])
        for rank, (pupil, adult) in enumerate(zip(pupils, adults, strict=True))
    )


@pytest.mark.parametrize("number", [9, pytest.param(900, marks=pytest.mark.long)])
def test_each_of_many_who_have_read_nothing_is_reminded_once_at_a_decent_hour(
    college: World, seat_of: Any, clock: Any, settings: Any, number: int
) -> None:
    settings.SMS_PER_DAY = max(number // 4, 1)
    word = a_word(college, "Sortie", closes_at=NOW + timedelta(days=20))
    word.recipients.all().delete()
    non_readers(college, number, word)
    quiet = word.recipients.filter(channel="text").order_by("pk")[0].person
    PersonPolicy.objects.create(person=quiet, quiet=[[7 * 60, 12 * 60]])
    Letter.objects.all().delete()
    at = datetime(2026, 11, 24, 21, tzinfo=PARIS)
    clock.move_to(at)
    made = writing.remind(seat_of("teacher", at=at), word)
    # Whom nothing but paper reaches is not told, and the page says so.
    assert made.number == number - number // 3
    keys = list(word.recipients.exclude(channel="paper").order_by("pk").values_list("pk", flat=True))
    for _twice in range(2):
        tasks.tell.call(word.pk, keys, made.pk, word.author_id)
    deliver()
    assert not Letter.objects.exists()
    # Two days, hour by hour, the worker twice each time.
    hours: list[int] = []
    for hour in range(60):
        clock.move_to(at + timedelta(hours=hour, minutes=15))
        for _twice in range(2):
            come_due()
        new = Letter.objects.filter(subject="SMS").count() - len(hours)
        hours += [(at + timedelta(hours=hour, minutes=15)).hour] * new
    letters = Counter(Letter.objects.filter(subject="SMS").values_list("to", flat=True))
    assert len(letters) == number // 3 and set(letters.values()) == {1}
    assert all(7 <= hour < 20 for hour in hours)
    assert not Dispatch.objects.filter(channel="sms", dropped_at__isnull=False).exists()
    first = Envelope.objects.filter(person=quiet, channel="sms").get()
    assert first.made_at.astimezone(PARIS).hour >= 12
    assert queries.following(word, at.date()).to_remind
