"""What the record of a pupil says of incidents and measures, to whom; and a report that begins there."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.conduct.models import Incident, Involvement, Punition, Sanction
from preau.domains.conduct.queries import record
from preau.domains.conduct.tests.props import own_incident

pytestmark = pytest.mark.django_db


def titles(viewer: Any, pupil: Person) -> list[tuple[str, str]]:
    shown = record.facts_shown(viewer, pupil)
    return [(row.title, row.detail) for row in shown["rows"]] if shown else []


def newcomer(college: World) -> Person:
    """A pupil of the class of the cast's, of whom nothing was noted."""
    clean = Person.objects.filter(
        enrolments__group__name="5e B", involvements=None, punitions=None, sanctions=None
    )
    return clean.exclude(pk=college.people["pupil"].pk)[0]


def test_a_family_reads_the_sentence_written_for_it_and_staff_the_kind(college: World, seat_of: Any) -> None:
    own_incident(college)
    pupil = college.people["pupil"]
    for key in ("cpe", "head", "teacher"):
        assert ("Autre", "Parmi les personnes concernées") in titles(seat_of(key), pupil), key
    for key in ("guardian", "other_guardian", "pupil"):
        assert ("Incident", "Le ballon est perdu.") in titles(seat_of(key), pupil), key
        assert not any("ballon perdu" in detail for _title, detail in titles(seat_of(key), pupil))


def test_what_a_family_was_not_told_is_not_there(college: World, seat_of: Any) -> None:
    incident = own_incident(college)
    Involvement.objects.filter(incident=incident).update(told_at=None)
    assert ("Incident", "Le ballon est perdu.") not in titles(seat_of("guardian"), college.people["pupil"])


def test_a_colleague_who_reported_nothing_reads_nothing(college: World, seat_of: Any) -> None:
    own_incident(college)
    pupil = college.people["pupil"]
    Punition.objects.filter(pupil=pupil).update(given_by=college.people["cpe"])
    Incident.objects.exclude(reported_by=college.people["cpe"]).update(reported_by=college.people["cpe"])
    assert titles(seat_of("teacher_1"), pupil) == []


def test_a_sanction_is_read_by_head_school_life_and_the_family_alone(college: World, seat_of: Any) -> None:
    pupil = newcomer(college)
    Sanction.objects.create(
        school=college.school,
        pupil=pupil,
        authority="head",
        facts="…",
        opened_by=college.people["head"],
        told_on=NOW.date(),
        defend_until=NOW.date() + timedelta(days=3),
    )
    for key, read in {
        "head": True,
        "cpe": True,
        "teacher": False,
        "secretary": False,
        "guardian": False,
    }.items():
        assert (("Procédure disciplinaire", "") in titles(seat_of(key), pupil)) is read, key


def test_nothing_noted_is_no_block(college: World, twin: World, seat_of: Any) -> None:
    pupil = newcomer(college)
    own_incident(college)
    assert record.facts_shown(seat_of("cpe"), pupil) is None
    for key in ("cpe", "head", "guardian"):
        assert record.facts_shown(seat_of(key, world=twin), college.people["pupil"]) is None, key


@pytest.mark.parametrize("address", ["/vie-scolaire/incidents/signaler/", "/vie-scolaire/punitions/donner/"])
def test_a_report_from_the_record_has_the_pupil_chosen(
    address: str, college: World, twin: World, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    client.sit(college.people["cpe"])
    page = client.get(f"{address}?eleve={pupil.public_id}").content.decode()
    assert f"/annuaire/personnes/{pupil.public_id}/" in page
    chosen = [line for line in page.split("<input") if f'value="{pupil.pk}"' in line and "checked" in line]
    assert len(chosen) == 1
    # Nobody of another school, nor who is not there, and no odd sign.
    for asked in (twin.people["pupil"].public_id, "inconnu", "%00", ""):
        response = client.get(f"{address}?eleve={asked}")
        assert response.status_code == 200
        assert "Fiche de" not in response.content.decode()


def test_a_report_from_the_record_comes_back_to_it(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    client.sit(college.people["cpe"])
    typed = {
        "sent_as": "0" * 32,
        "concerned": [pupil.pk],
        "kind": "other",
        "place": "yard",
        "day": "2026-11-24",
        "facts": "Un ballon sur le toit.",
        "classe": pupil.enrolments.filter(group__kind="class")[0].group_id,
    }
    response = client.post(f"/vie-scolaire/incidents/signaler/?eleve={pupil.public_id}", typed)
    assert response.status_code == 302, response.content.decode()[:400]
    assert response.headers["Location"] == f"/annuaire/personnes/{pupil.public_id}/"
    assert Incident.objects.filter(facts="Un ballon sur le toit.").count() == 1
