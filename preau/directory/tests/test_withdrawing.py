"""An enrolment made by mistake is taken back whole, unless somebody has written about the pupil since."""

from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import withdrawing
from preau.directory.models import Address, Correction, Enrolment, Holding, Person, PupilPhoto
from preau.directory.rules import office as rules
from preau.directory.seeds.world import World
from preau.directory.tests.test_office import ENROL, LIST, body, pupil_of

pytestmark = pytest.mark.django_db


def test_an_enrolment_made_by_mistake_is_taken_back(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["secretary"])
    assert client.post(ENROL, body(college)).status_code == 302
    pupil, mother = pupil_of(college), Person.objects.get(given_name="Soizic")
    row = Correction.objects.get(person=pupil, field="enrolment")
    assert "Retirer l’inscription" in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{row.pk}/retirer/").status_code == 302
    for person in (pupil, mother):
        person.refresh_from_db()
        assert person.erased_at and "Le Gall" not in person.full_name
        assert not hasattr(person, "account") or not person.account.is_active
    assert not Holding.objects.filter(person=pupil).exists()
    assert not Enrolment.objects.filter(pupil=pupil).exists()
    assert not Address.objects.filter(person__in=[pupil, mother]).exists()
    assert Line.objects.filter(verb="directory.enrolment_withdrawn", subject_id=pupil.pk).count() == 1
    # The second of two clicks.
    assert not withdrawing.withdraw_enrolment(seat_of("secretary"), row)


def test_what_is_written_about_a_pupil_keeps_the_enrolment(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    assert client.post(ENROL, body(college)).status_code == 302
    pupil = pupil_of(college)
    assert withdrawing.written_about(pupil) == []
    row = Correction.objects.get(person=pupil, field="enrolment")
    PupilPhoto.objects.create(pupil=pupil, school=college.school, picture="p.png", taken_at=NOW)
    page = client.post(f"{LIST}{row.pk}/retirer/", follow=True)
    text = page.content.decode()
    assert "Rien n’est retiré" in text and "Photos d’élèves" in text
    assert page.redirect_chain[0][0] == f"/annuaire/personnes/{pupil.public_id}/depart/"
    pupil.refresh_from_db()
    assert pupil.erased_at is None


def test_a_pupil_of_the_files_is_not_withdrawn(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    row = Correction.objects.create(
        school=college.school, person=pupil, field="enrolment", by=college.people["secretary"], at=NOW
    )
    Holding.objects.filter(person=pupil).update(source="siecle")
    assert not rules.withdraws(seat_of("secretary"), row)
    assert not withdrawing.withdraw_enrolment(seat_of("secretary"), row)
