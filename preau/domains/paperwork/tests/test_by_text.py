"""Families without an account: a text message says that documents are awaited, a letter says which, the counter takes them."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.delivery.models import SchoolPolicy
from preau.commons.journal.models import Line
from preau.commons.notifications.tests.post import come_due, deliver
from preau.commons.outbox.models import Letter
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.domains.paperwork import tasks
from preau.domains.paperwork.actions import collecting, sending, telling
from preau.domains.paperwork.models import Collection
from preau.domains.paperwork.queries import collections
from preau.domains.paperwork.tests.props import TODAY, Kind, a_collection, a_draft, dossier_of, piece_of
from preau.foundation import pdf
from preau.identity.models import Account
from tests.pages import counted

PARIS = ZoneInfo("Europe/Paris")
NUMBER = "+33612345678"


@pytest.fixture(autouse=True)
def texts_offered(settings: Any, college: World) -> None:
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    SchoolPolicy.objects.update_or_create(school=college.school, defaults={"offers_texts": True})


@pytest.fixture
def father(college: World) -> Person:
    """The only guardian of the cast's pupil: no account, no address of mail, a mobile."""
    person = college.people["other_guardian"]
    Guardianship.objects.filter(pupil=college.people["pupil"]).exclude(guardian=person).update(ends=TODAY)
    Person.objects.filter(pk=person.pk).update(phone="06 12 34 56 78", email="")
    Account.objects.filter(person=person).update(password="")
    person.refresh_from_db()
    return person


def texts() -> list[str]:
    return list(Letter.objects.filter(to=NUMBER).order_by("pk").values_list("body", flat=True))


def tell(made: Collection, college: World, why: str = telling.TOLD, mark: str = "") -> None:
    dossier = dossier_of(made, college.people["pupil"])
    for _twice in range(2):
        tasks.tell.call(made.pk, [dossier.pk], why, mark)
    deliver()


def test_what_waits_is_texted_once_without_a_title(college: World, father: Person) -> None:
    made = a_collection(college, "Suivi de santé")
    tell(made, college)
    (text,) = texts()
    given = college.people["pupil"].given_name
    assert f"{given} : des documents à donner jusqu'au" in text and "secrétariat" in text
    assert "santé" not in text and "urgence" not in text


def test_a_pupil_of_age_is_texted_and_reminded(college: World) -> None:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2008, 11, 24), phone="06 12 34 56 78", email="")
    Account.objects.filter(person=pupil).update(password="")
    made = a_collection(college)
    tell(made, college)
    assert len(texts()) == 1
    dossier = dossier_of(made, pupil)
    assert dossier.pk in collections.reminder_of(made, TODAY).told
    why = {(row.dossier, row.person.pk): row.why for row in collections.on_paper(made, TODAY)}
    assert why[dossier.pk, pupil.pk] == "prévenu par SMS, répond sur papier"
    Person.objects.filter(pk=pupil.pk).update(phone="")
    assert dossier.pk not in collections.reminder_of(made, TODAY).told


def test_who_has_a_mobile_is_reminded_and_who_brought_all_is_not(
    college: World, father: Person, seat_of: Any, clock: Any
) -> None:
    made, secretary = a_collection(college), seat_of("secretary")
    dossier = dossier_of(made, college.people["pupil"])
    assert dossier.pk in collections.reminder_of(made, TODAY).told
    reminder = collecting.remind(secretary, made)
    clock.move_to(datetime(2026, 11, 24, 21, tzinfo=PARIS))
    tell(made, college, telling.REMINDED, str(reminder.pk))
    assert not texts()
    for kind in (Kind.INSURANCE, Kind.HEALTH):
        sending.note_paper(secretary, dossier, piece_of(made, kind))
    clock.move_to(datetime(2026, 11, 25, 8, tzinfo=PARIS))
    come_due()
    assert not texts()
    other = a_collection(college, "Sortie")
    for phone in ("", "01 42 34 56 78"):
        Person.objects.filter(pk=father.pk).update(phone=phone)
        dossiers = collections.reminder_of(other, TODAY).told
        assert dossier_of(other, college.people["pupil"]).pk not in dossiers


def test_the_page_of_a_collection_costs_the_same_where_texts_are_offered(
    college: World, father: Person, client: SchoolClient
) -> None:
    made = a_collection(college)
    client.sit(college.people["secretary"])
    page, statements = counted(client, reverse("paperwork:collection", args=[made.pk]))
    assert page.status_code == 200 and statements <= 14


def test_the_office_sees_who_is_on_paper_and_why_and_prints_what_misses(
    college: World, father: Person, client: SchoolClient
) -> None:
    draft, made = a_draft(college, "Brouillon"), a_collection(college)
    client.sit(college.people["secretary"])
    page, statements = counted(client, reverse("paperwork:collection", args=[draft.pk]))
    assert "par SMS, réponse sur papier" in page.content.decode() and statements <= 14
    page, statements = counted(client, reverse("paperwork:on_paper", args=[made.pk]))
    content = page.content.decode()
    assert (
        father.full_name in content and "prévenu par SMS, répond sur papier" in content and statements <= 14
    )
    address = reverse("paperwork:sheets", args=[made.pk])
    answer = client.post(address)
    assert answer.status_code == 200
    if not pdf.is_possible():
        sheet = answer.content.decode()
        assert "Assurance" in sheet and "Brevet de natation" not in sheet
    assert Line.objects.filter(verb="paperwork.sheets_printed").count() == 1
    Collection.objects.filter(pk=made.pk).update(state="closed", closed_at=NOW)
    assert client.post(address).status_code == 302
