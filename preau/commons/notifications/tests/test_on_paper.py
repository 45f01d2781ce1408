"""A parent who has opened no account: a text message says of which child what waits and how to answer on paper, once, at decent hours."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from conftest import NOW
from preau.commons.delivery import queries as delivery
from preau.commons.delivery.boards import TextSender, text_senders
from preau.commons.delivery.models import SchoolPolicy
from preau.commons.delivery.queries import Reach, Way
from preau.commons.notifications import queries, tasks
from preau.commons.notifications.models import Dispatch, Envelope, Item
from preau.commons.notifications.tests.post import come_due, deliver
from preau.commons.notifications.tests.test_texts import kind
from preau.commons.outbox.models import Letter
from preau.commons.outbox.sms import OutboxGateway
from preau.directory.models import Closure, Guardianship, Person
from preau.directory.seeds.world import World
from preau.foundation import boards, notices, sms
from preau.foundation.boards import Pace
from preau.foundation.notices import News
from preau.foundation.sms import Fate
from preau.foundation.sms.words import length_of
from preau.identity.models import Account

ASKED, TOLD = "essai.attendu", "essai.su"
NUMBER = "+33612345678"
PARIS = ZoneInfo("Europe/Paris")
# A house above to which everybody has said that they want none.
REFUSED = TextSender(
    "essai",
    lambda people: Person.objects.none().values_list("pk", "phone"),
    lambda schools, since: {},
    lambda people: Person.objects.filter(pk__in=people).values_list("pk"),
)


class Losing(OutboxGateway):
    """Takes everything; nothing arrives."""

    def reports(self, numbers: Sequence[str]) -> Mapping[str, Fate]:
        return dict.fromkeys(numbers, Fate.FAILED)


@pytest.fixture(autouse=True)
def essai(monkeypatch: pytest.MonkeyPatch, settings: Any, clock: Any) -> None:
    kinds = [
        kind(ASKED, Pace.AT_ONCE, paper_answer="Répondez sur le coupon papier."),
        kind(TOLD, Pace.AT_ONCE),
    ]
    monkeypatch.setattr(boards.notification_kinds, "_entries", [*kinds, *boards.notification_kinds])
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    clock.move_to(datetime(2026, 11, 24, 10, tzinfo=PARIS))


@pytest.fixture
def father(college: World) -> Person:
    """He has a mobile, no address of mail, and has never opened an account; his school pays for text messages."""
    Item.objects.all().delete()
    person = college.people["other_guardian"]
    person.phone, person.email = "06 12 34 56 78", ""
    person.save()
    Account.objects.filter(person=person).update(password="")
    SchoolPolicy.objects.update_or_create(school=college.school, defaults={"offers_texts": True})
    return person


def tell(college: World, person: Person, key: str = "1", what: str = ASKED, **more: Any) -> None:
    given: dict[str, Any] = {
        "school_id": college.school.pk,
        "about_id": college.people["pupil"].pk,
        "facts": {"what": "l’infirmerie", "waits": "un mot à signer"},
    } | more
    notices.publish(News(what, person.pk, key, "/carnet/", **given))
    deliver()


def missed(*of: Any) -> set[tuple[int, str]]:
    """(person, key)."""
    house, people, until = of
    return set(queries.texts_missed(people, house, until))


def texts() -> list[str]:
    return list(Letter.objects.filter(to=NUMBER).order_by("pk").values_list("body", flat=True))


def test_whoever_has_no_account_reads_what_waits_and_how_to_answer(college: World, father: Person) -> None:
    tell(college, father)
    tell(college, father)
    (text,) = texts()
    child = college.people["pupil"]
    assert f"{child.given_name} : un mot à signer. Répondez sur le coupon papier." in text
    assert text.startswith(college.school.name.replace("’", "'"))
    # Neither the title, nor the name, nor an address that they could not open.
    assert "infirmerie" not in text and child.family_name not in text and "http" not in text
    envelope = Envelope.objects.get(person=father)
    assert tasks.send_envelope.call(envelope.pk) is False and len(texts()) == 1


@pytest.mark.parametrize(
    "why", ["opened", "refused", "landline", "not offered", "no gateway", "nothing waits", "another kind"]
)
def test_nobody_else_is_texted(
    college: World, father: Person, settings: Any, why: str, monkeypatch: Any
) -> None:
    more: dict[str, Any] = {}
    if why == "opened":
        Account.objects.filter(person=father).update(password="x", is_active=True)
    elif why == "refused":
        monkeypatch.setattr(text_senders, "_entries", [*text_senders, REFUSED])
    elif why == "landline":
        Person.objects.filter(pk=father.pk).update(phone="01 42 34 56 78")
    elif why == "not offered":
        SchoolPolicy.objects.update(offers_texts=False)
    elif why == "no gateway":
        settings.SMS_GATEWAY = ""
    elif why == "nothing waits":
        more["facts"] = {"what": "x", "waits": ""}
    else:
        more["what"] = TOLD
    tell(college, father, **more)
    assert not texts()


def test_at_night_it_waits_and_what_was_answered_meanwhile_does_not_leave(
    college: World, father: Person, clock: Any
) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, father, "1")
    tell(college, father, "2", facts={"what": "", "waits": "des documents à donner"})
    assert not texts()
    notices.settle(ASKED, "1")
    clock.move_to(datetime(2026, 11, 25, 7, 30, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    (text,) = texts()
    assert "des documents à donner" in text and "un mot à signer" not in text


def test_two_children_are_one_text_that_fits(college: World, father: Person, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, father, "1")
    for number in range(12):
        child = Person.objects.create(family_name="Petit", given_name=f"Françoise-Élisabeth {number}")
        Guardianship.objects.create(
            pupil=child, guardian=father, authority="legal", kinship="father", starts=college.year.starts
        )
        tell(college, father, f"c{number}", about_id=child.pk)
    clock.move_to(datetime(2026, 11, 25, 7, 30, tzinfo=PARIS))
    tasks.pack_due.call()
    deliver()
    (text,) = texts()
    assert college.people["pupil"].given_name in text and "autres." in text
    assert text.endswith("Répondez sur le coupon papier.") and length_of(text).parts <= queries.PARTS


def test_beyond_a_day_of_the_school_it_waits_where_nothing_else_is_read(
    college: World, father: Person, settings: Any, clock: Any
) -> None:
    settings.SMS_PER_DAY = 1
    tell(college, father, "1")
    tell(college, father, "2", facts={"what": "", "waits": "des documents à donner"})
    assert len(texts()) == 1
    waits = Dispatch.objects.get(item__key="2", channel="sms")
    assert waits.dropped_at is None and waits.due_at > NOW
    clock.move_to(datetime(2026, 11, 25, 10, 30, tzinfo=PARIS))
    for _twice in range(2):
        tasks.pack_due.call()
        deliver()
    assert len(texts()) == 2 and "documents" in texts()[1]


@pytest.mark.engine
@pytest.mark.parametrize("written", ["06\u202f12\u00a034 56 78", "+33\u00a06\u200912 34 56 78"])
def test_a_number_written_with_fine_spaces_is_one(college: World, father: Person, written: str) -> None:
    father.phone = written
    father.save()
    assert Guardianship.objects.filter(
        delivery.is_texted(college.school.pk, "guardian"), guardian=father
    ).exists()
    tell(college, father)
    assert len(texts()) == 1


@pytest.mark.parametrize("when", ["published", "put off", "beyond a day", "refused meanwhile"])
def test_a_text_never_leaves_after_the_last_moment(
    college: World, father: Person, settings: Any, clock: Any, when: str
) -> None:
    evening = datetime(2026, 11, 24, 19, 40, tzinfo=PARIS)
    until = datetime(2026, 11, 25, 7, tzinfo=PARIS)
    clock.move_to(evening)
    if when == "published":
        clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    elif when == "put off":
        # It is for tomorrow at seven, and a day off is declared meanwhile.
        until = datetime(2026, 11, 25, 20, tzinfo=PARIS)
        clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    elif when == "beyond a day":
        settings.SMS_PER_DAY = 0
    else:
        settings.SMS_GATEWAY = "preau.commons.notifications.tests.test_texts.Away"
    if when == "refused meanwhile":
        with pytest.raises(sms.Unreachable):
            tell(college, father, until=until)
        settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
        clock.move_to(datetime(2026, 11, 24, 20, 5, tzinfo=PARIS))
        tasks.send_envelope.call(Envelope.objects.get(person=father).pk)
    else:
        tell(college, father, until=until)
    if when == "put off":
        assert not missed("essai", [father.pk], until)
        Closure.objects.create(school=college.school, name="Grève", starts=until.date(), ends=until.date())
        clock.move_to(datetime(2026, 11, 25, 9, tzinfo=PARIS))
        tasks.pack_due.call()
        deliver()
    assert missed("essai", [father.pk], until) == {(father.pk, "1")}
    assert not missed("liaison", [father.pk], until) and not missed("essai", [0], until)
    # With more time it is another telling.
    assert not missed("essai", [father.pk], until + timedelta(days=1))
    for hour in (7, 8, 12, 19):
        clock.move_to(datetime(2026, 11, 26, hour, 30, tzinfo=PARIS))
        come_due()
    assert not texts()
    (way,) = queries.leavings_of(Item.objects.get(person=father))
    assert way.said == "pas parti" and "avant la première heure" in way.why


def test_what_still_has_time_leaves_beside_what_has_none(college: World, father: Person, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 24, 22, tzinfo=PARIS))
    tell(college, father, "1", until=datetime(2026, 11, 25, 7, tzinfo=PARIS))
    more = {"facts": {"what": "", "waits": "des documents à donner"}}
    tell(college, father, "2", until=datetime(2026, 11, 25, 12, tzinfo=PARIS), **more)
    clock.move_to(datetime(2026, 11, 25, 7, 30, tzinfo=PARIS))
    come_due()
    (text,) = texts()
    assert "documents" in text and "un mot" not in text


def test_a_day_of_the_school_begins_at_midnight_and_is_counted_in_messages_paid(
    college: World, father: Person, settings: Any, clock: Any
) -> None:
    settings.SMS_PER_DAY = 2
    zones = {college.school.pk: "Europe/Paris"}
    clock.move_to(datetime(2026, 11, 24, 19, 30, tzinfo=PARIS))
    tell(college, father, "1", facts={"what": "", "waits": "un mot à signer, " + "et à relire, " * 9})
    envelope = Envelope.objects.get(person=father)
    assert envelope.parts == 2 and length_of(texts()[0]).parts == 2
    assert delivery.texts_left(zones, datetime(2026, 11, 24, 23, 59, tzinfo=PARIS)) == {college.school.pk: 0}
    # Twelve hours later it is another day.
    morning = datetime(2026, 11, 25, 7, 30, tzinfo=PARIS)
    assert delivery.texts_left(zones, morning) == {college.school.pk: 2}
    # What a gateway that fails has kept since yesterday takes nothing of it.
    Envelope.objects.filter(pk=envelope.pk).update(sent_at=None)
    assert delivery.texts_left(zones, morning) == {college.school.pk: 2}
    Envelope.objects.filter(pk=envelope.pk).update(sent_at=envelope.made_at)
    clock.move_to(morning)
    tell(college, father, "2")
    assert len(texts()) == 2


def test_what_did_not_arrive_is_known_and_said_until_another_does(
    college: World, father: Person, settings: Any
) -> None:
    settings.SMS_GATEWAY = f"{__name__}.Losing"
    tell(college, father, "1")
    assert delivery.reach_of(college.school, [father])[father.pk].way == Way.TEXT
    assert tasks.ask_fates.call() == 1 and tasks.ask_fates.call() == 0
    reach = delivery.reach_of(college.school, [father])[father.pk]
    assert reach.way == Way.PAPER and "n’est pas arrivé" in reach.why
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    tell(college, father, "2")
    assert tasks.ask_fates.call() == 1
    assert delivery.reach_of(college.school, [father])[father.pk].way == Way.TEXT


def test_a_number_corrected_since_is_tried_again(college: World, father: Person, settings: Any) -> None:
    settings.SMS_GATEWAY = f"{__name__}.Losing"
    tell(college, father, "1")
    tasks.ask_fates.call()
    assert delivery.reach_of(college.school, [father])[father.pk].way == Way.PAPER
    father.phone = "07 12 34 56 78"
    father.save()
    assert delivery.reach_of(college.school, [father])[father.pk].way == Way.TEXT
    # Written back as it was, it is the number that is lost; in another way too.
    father.phone = "+33 6.12.34.56.78"
    father.save()
    assert delivery.reach_of(college.school, [father])[father.pk].way == Way.PAPER


@pytest.mark.parametrize(("born", "is_texted"), [(date(2008, 11, 24), True), (date(2008, 11, 25), False)])
def test_a_pupil_is_texted_what_waits_of_them_from_eighteen(
    college: World, father: Person, born: date, is_texted: bool
) -> None:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=father.pk).update(phone="")
    Person.objects.filter(pk=pupil.pk).update(birth_date=born, phone="06 12 34 56 78", email="")
    Account.objects.filter(person=pupil).update(password="")
    tell(college, pupil)
    assert [f"{pupil.given_name} : un mot à signer. Répondez" in text for text in texts()] == [
        True
    ] * is_texted


def test_a_number_that_is_refused_counts_as_lost(college: World, father: Person, settings: Any) -> None:
    settings.SMS_GATEWAY = "preau.commons.notifications.tests.test_texts.Refusing"
    tell(college, father)
    assert list(queries.texts_lost([father.pk])) == [(father.pk, sms.digest_of(NUMBER))]
    assert tasks.ask_fates.call() == 0


def test_fates_are_asked_for_three_days(college: World, father: Person, clock: Any) -> None:
    tell(college, father)
    clock.move_to(NOW + timedelta(days=4))
    assert tasks.ask_fates.call() == 0


def test_why_each_answers_on_paper(
    college: World, father: Person, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    mother, school = college.people["guardian"], college.school

    def reach(person: Person = father) -> Reach:
        person = Person.objects.get(pk=person.pk)
        return delivery.reach_of(school, [person, mother])[person.pk]

    assert reach(mother) == Reach(Way.HERE)
    with django_assert_max_num_queries(3):
        assert reach().way == Way.TEXT
    assert delivery.said_of_reach(school, [father.pk, mother.pk]) == (
        "1 sur Préau · 1 par SMS, réponse sur papier"
    )
    monkeypatch.setattr(text_senders, "_entries", [*text_senders, REFUSED])
    assert reach().way == Way.PAPER and "ne veut pas de SMS" in reach().why
    Person.objects.filter(pk=father.pk).update(phone="")
    assert "ni numéro de mobile" in reach().why
    SchoolPolicy.objects.update(offers_texts=False)
    school = type(school).objects.get(pk=school.pk)
    assert reach() == Reach(Way.PAPER, "pas de compte ouvert")
    Person.objects.filter(pk=father.pk).update(email="pere@famille.example")
    assert reach().way == Way.MAIL
    Person.objects.filter(pk=father.pk).update(is_institution=True)
    assert reach().way == Way.PAPER


def test_a_gateway_that_does_not_answer_is_asked_again(settings: Any, monkeypatch: Any) -> None:
    def away(self: Any, numbers: Sequence[str]) -> Mapping[str, Fate]:
        raise sms.Unreachable

    assert sms.fates_of(["1"]) == {"1": Fate.DELIVERED}
    assert len(sms.fates_of([str(number) for number in range(250)])) == 250
    monkeypatch.setattr(OutboxGateway, "reports", away)
    assert sms.fates_of(["1"]) == {}
    settings.SMS_GATEWAY = ""
    assert sms.fates_of(["1"]) == {}
