"""The five steps in their pages, without JavaScript; papers and tables; what a family reads."""

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry
from preau.domains.campaigns import tasks
from preau.domains.campaigns.models import Campaign, PostalAddress, Sending, SmsRefusal

pytestmark = pytest.mark.django_db


def at(name: str, campaign: Campaign) -> str:
    return reverse(f"campaigns:{name}", kwargs={"pk": campaign.pk})


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


@pytest.fixture
def cpe(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["cpe"])


def test_from_a_list_to_what_was_sent(
    cpe: SchoolClient, absences: list[Entry], parents: list[Person]
) -> None:
    answer = cpe.post(reverse("campaigns:from_list"), {"entries": [absence.pk for absence in absences]})
    draft = Campaign.objects.drafts().get(kind="chosen")
    assert answer["Location"] == at("text", draft)
    words = {
        "by_letter": "on",
        "by_mail": "on",
        "by_sms": "on",
        "body": "Bonjour {prenom}",
        "sms": "Coucou {prenom}",
    }
    assert cpe.post(at("text", draft), words)["Location"] == at("check", draft)
    page = cpe.get(at("check", draft)).content.decode()
    assert parents[0].list_name in page
    line = page.split('value="ecarter-')[1].split('"')[0]
    assert cpe.post(at("check", draft) + "?page=1", {"geste": f"ecarter-{line}"}).status_code == 302
    page = cpe.get(at("confirm", draft)).content.decode()
    seen = seen_on(page)
    assert cpe.post(at("confirm", draft), {"seen": seen}).status_code == 422
    assert cpe.post(at("confirm", draft), {"seen": "0" * 32, "sure": "on"}).status_code == 409
    assert not Sending.objects.exists()
    assert cpe.post(at("confirm", draft), {"seen": seen, "sure": "on"})["Location"] == at("campaign", draft)
    assert cpe.post(at("confirm", draft), {"seen": seen, "sure": "on"})["Location"] == at("campaign", draft)
    assert Sending.objects.count() == 5
    tasks.send_campaign.call(draft.pk)
    assert "Parti" in cpe.get(at("campaign", draft)).content.decode()
    # Steps of before lead to what became of it.
    for name in ("text", "check", "confirm"):
        assert cpe.get(at(name, draft))["Location"] == at("campaign", draft)


def test_nothing_chosen_leads_to_the_first_step(cpe: SchoolClient) -> None:
    assert cpe.post(reverse("campaigns:from_list"))["Location"] == reverse("campaigns:start")


def test_nobody_found_is_said_and_what_was_typed_stays(cpe: SchoolClient, absences: list[Entry]) -> None:
    asked = {"kind": "lateness", "since": "2026-11-02", "until": "2026-11-24", "at_least": "3"}
    answer = cpe.post(reverse("campaigns:start"), asked)
    assert answer.status_code == 422
    assert "Aucun élève ne correspond" in answer.content.decode()
    assert "2026-11-02" in answer.content.decode()


def test_a_strange_field_or_no_channel_is_said(cpe: SchoolClient, draft: Campaign) -> None:
    page = cpe.post(at("text", draft), {"by_mail": "on", "body": "{mot_de_passe}", "sms": "x"})
    assert page.status_code == 422
    assert "{mot_de_passe}" in page.content.decode()
    page = cpe.post(at("text", draft), {"body": "Bonjour", "sms": "x"})
    assert page.status_code == 422
    assert "Choisissez au moins une voie" in page.content.decode()


def test_a_line_of_another_campaign_is_not_touched(cpe: SchoolClient, draft: Campaign, parents: Any) -> None:
    for geste in (
        "ecarter-1-1-mail",
        f"ecarter-{draft.targets.get().pk}-999999-mail",
        "x",
        "ecarter-1-1-pigeon",
    ):
        assert cpe.post(at("check", draft), {"geste": geste}).status_code == 302
    assert not draft.targets.get().choices.exists()


def test_only_who_follows_absences_opens_them(
    client: SchoolClient, college: World, twin: World, draft: Campaign
) -> None:
    for key in ("teacher", "secretary", "guardian", "pupil"):
        client.sit(college.people[key])
        assert client.get(reverse("campaigns:campaigns")).status_code == 403, key
        assert client.get(at("check", draft)).status_code == 404, key
        assert client.post(at("drop", draft)).status_code == 404, key
    client.sit(twin.people["cpe"])
    assert client.get(at("check", draft)).status_code == 404
    assert Campaign.objects.get(pk=draft.pk).is_draft


@pytest.mark.needs("pango")
def test_letters_are_a_pdf_and_printing_is_in_the_journal(cpe: SchoolClient, draft: Campaign) -> None:
    assert cpe.get(at("letters", draft)).content.startswith(b"%PDF")
    seen = seen_on(cpe.get(at("confirm", draft)).content.decode())
    cpe.post(at("confirm", draft), {"seen": seen, "sure": "on"})
    answer = cpe.get(at("letters", draft) + "?lot=1")
    assert answer.content.startswith(b"%PDF")
    assert cpe.get(at("letters", draft) + "?lot=2").status_code == 302
    assert cpe.get(at("letters", draft) + "?lot=x").status_code == 200
    assert Line.objects.filter(verb="campaigns.printed").count() >= 2


def test_a_table_holds_no_formula(cpe: SchoolClient, college: World, draft: Campaign, parents: Any) -> None:
    Person.objects.filter(pk=parents[0].pk).update(family_name="=1+1")
    seen = seen_on(cpe.get(at("confirm", draft)).content.decode())
    cpe.post(at("confirm", draft), {"seen": seen, "sure": "on"})
    text = b"".join(cpe.get(at("export", draft)).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 7
    assert any(cell.startswith("'=1+1") for row in rows for cell in row)
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


def test_an_address_is_noted_whole_and_changed_and_taken_away(
    cpe: SchoolClient, college: World, parents: Any
) -> None:
    person = parents[0]
    address = reverse("campaigns:reach", kwargs={"public_id": person.public_id})
    assert cpe.post(address, {"street": "4 rue du Moulin"}).status_code == 422
    lives = {"street": "4 rue du Moulin", "postcode": "35000", "city": "Rennes", "no_sms": "on"}
    assert cpe.post(address, lives).status_code == 302
    assert PostalAddress.objects.get(person=person, school=college.school).street == "4 rue du Moulin"
    assert SmsRefusal.objects.filter(person=person).exists()
    assert cpe.post(address, {"street": "", "postcode": "", "city": ""}).status_code == 302
    assert not PostalAddress.objects.filter(person=person, school=college.school).exists()
    assert not SmsRefusal.objects.filter(person=person).exists()


def test_a_guardian_refuses_texts_and_takes_it_back(
    client: SchoolClient, college: World, parents: Any
) -> None:
    client.sit(college.people["guardian"])
    address = reverse("campaigns:received")
    assert "Ne plus recevoir de SMS" in client.get(address).content.decode()
    client.post(address, {"geste": "refuser"})
    assert SmsRefusal.objects.get(person=parents[0]).said_by_id == parents[0].pk
    assert "Accepter les SMS" in client.get(address).content.decode()
    client.post(address, {"geste": "accepter"})
    assert not SmsRefusal.objects.filter(person=parents[0]).exists()


def test_the_file_of_a_pupil_leads_to_what_was_sent(
    cpe: SchoolClient, college: World, draft: Campaign
) -> None:
    pupil = college.people["pupil"]
    address = reverse("campaigns:sent", kwargs={"public_id": pupil.public_id})
    assert (
        address
        in cpe.get(reverse("directory:person", kwargs={"public_id": pupil.public_id})).content.decode()
    )
    seen = seen_on(cpe.get(at("confirm", draft)).content.decode())
    cpe.post(at("confirm", draft), {"seen": seen, "sure": "on"})
    assert "demi-journée" in cpe.get(address).content.decode()
    assert Line.objects.filter(verb="campaigns.sendings_read", subject_id=pupil.pk).exists()


def test_without_a_gateway_no_text_is_offered(cpe: SchoolClient, draft: Campaign, settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    page = cpe.get(at("text", draft)).content.decode()
    assert 'name="by_sms"' not in page
    assert "Les SMS ne sont pas ouverts" in page
