"""The record of a pupil: which block shows to whom, in how many statements, and what is left of one that does not."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from conftest import NOW, SchoolClient
from preau.directory import rules
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, PhotoConsent, PupilPhoto
from preau.directory.queries.record import alone_with, blocks_of, gestures_of, schooling_of
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards
from tests.statements import MOST_QUERIES, Statements

FAMILY = {
    "attendance.now",
    "timetable.day",
    "directory.identity",
    "directory.teachers",
    "homework.work",
    "gradebook.marks",
    "messaging.write",
}
LEVELS = {"competences.levels"}
# What the pupil keeps and opens to them.
SHOWN = {"spaces.portfolio"}
# Of the evening that the seeds have planted.
MET = {"appointments.meetings"}
# Head teacher, and those who read families.
SEEN = {"directory.seen"}
FOLLOWED = {"attendance.month", "attendance.recent", "attendance.needs", "conduct.facts"}
# What the cast's pupil of the planted school has, as each of the cast reads it.
READ = {
    "head": FAMILY | FOLLOWED | MET | SEEN | {"directory.callers", "identity.account"},
    "cpe": FAMILY | FOLLOWED | MET | SEEN | {"directory.callers"},
    "secretary": {
        "attendance.now",
        "timetable.day",
        "directory.identity",
        "directory.teachers",
        "directory.callers",
        "messaging.write",
    }
    | MET
    | SEEN
    | {"identity.account"},
    # The presence as head teacher; of facts, what they reported themselves.
    "teacher": FAMILY | FOLLOWED | LEVELS | SEEN,
    # What a family must answer is for its guardians.
    "guardian": FAMILY | FOLLOWED | LEVELS | SHOWN | MET | {"portal.awaited"},
    "other_guardian": FAMILY | FOLLOWED | LEVELS | SHOWN | {"portal.awaited"},
    "pupil": FAMILY | FOLLOWED | LEVELS,
}


def page(person: Person) -> str:
    return f"/annuaire/personnes/{person.public_id}/"


def keys_of(viewer: Any, pupil: Person) -> set[str]:
    return {block.fact.key for column in blocks_of(viewer, pupil).values() for block in column}


def newcomer(college: World, **names: str) -> Person:
    """A pupil of whom nothing is known yet, alone in a class."""
    fields = {"family_name": "Nouvelle", "given_name": "Zoé"} | names
    pupil = Person.objects.create(**fields)
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
    group = Group.objects.create(school=college.school, year=college.year, kind=Group.Kind.CLASS, name="5e Z")
    Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    return pupil


@pytest.mark.parametrize("key", READ)
def test_each_reads_the_blocks_that_are_theirs(key: str, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    assert keys_of(alone_with(seat_of(key), pupil), pupil) == READ[key]


def test_the_whole_record_is_read_in_few_statements(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    for key in READ:
        client.sit(college.people[key])
        with Statements(connection) as made:
            assert client.get(page(pupil)).status_code == 200
        assert made.count <= MOST_QUERIES, (key, made.made)


def in_class(college: World, name: str, group: Group) -> Person:
    pupil = Person.objects.create(family_name=name, given_name="Ana")
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
    Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    return pupil


def test_one_gesture_goes_to_the_next_pupil_of_the_class(college: World, client: SchoolClient) -> None:
    middle = newcomer(college, family_name="Bernard")
    group = Group.objects.get(name="5e Z", school=college.school)
    first, last = in_class(college, "Aubry", group), in_class(college, "Colin", group)
    gone = in_class(college, "Bertin", group)
    Holding.objects.filter(person=gone).update(ends=date(2026, 11, 1))
    for key in ("head", "cpe", "secretary", "teacher"):
        client.sit(college.people[key])
        html = client.get(page(middle)).content.decode()
        assert page(first) in html and page(last) in html and 'rel="prev"' in html, key
        assert page(gone) not in html, key
        assert 'rel="prev"' not in client.get(page(first)).content.decode(), key
    for key in ("guardian", "pupil"):
        client.sit(college.people[key])
        html = client.get(page(college.people["pupil"])).content.decode()
        assert 'rel="prev"' not in html and 'rel="next"' not in html, key


def test_the_photo_shows_where_all_who_must_agree_do(college: World, client: SchoolClient) -> None:
    pupil, year = college.people["pupil"], college.year
    PhotoConsent.objects.filter(pupil=pupil).delete()
    PupilPhoto.objects.filter(pupil=pupil).delete()
    PupilPhoto.objects.create(school=college.school, pupil=pupil, picture="photos/abcdef12.png", taken_at=NOW)
    address = f"/annuaire/personnes/{pupil.public_id}/photo.png?v="
    keys = {"head", "cpe", "teacher", "guardian", "pupil"}

    def readers() -> set[str]:
        shown = {key: client.sit(college.people[key]).get(page(pupil)).content.decode() for key in keys}
        return {key for key, html in shown.items() if address in html}

    assert readers() == set()
    for giver in ("pupil", "guardian"):
        PhotoConsent.objects.create(
            school=college.school,
            year=year,
            pupil=pupil,
            giver=college.people[giver],
            answer="yes",
            answered_at=NOW,
        )
    assert readers() == keys
    for key in READ:
        client.sit(college.people[key])
        with Statements(connection) as made:
            client.get(page(pupil))
        assert made.count <= MOST_QUERIES, (key, made.made)
    PhotoConsent.objects.filter(giver=college.people["guardian"]).update(answer="no")
    assert readers() == set()


def test_a_block_that_is_not_theirs_leaves_no_trace(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    for key in ("secretary", "teacher", "guardian"):
        client.sit(college.people[key])
        html = client.get(page(pupil)).content.decode()
        for fact in boards.pupil_facts:
            if fact.column == boards.Column.NOW:
                continue
            if fact.key in READ[key]:
                assert f'card-title">{fact.title}' in html, (key, fact.key)
            else:
                assert f'card-title">{fact.title}' not in html, (key, fact.key)
    # The secretary reads no presence: two columns, and no empty place for the third.
    client.sit(college.people["secretary"])
    assert 'data-columns="2"' in client.get(page(pupil)).content.decode()


def test_a_stranger_to_the_child_reads_nothing(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    for key in READ:
        stranger = alone_with(seat_of(key, world=twin), pupil)
        assert schooling_of(stranger, pupil) is None, key
        read = keys_of(stranger, pupil)
        assert read <= {"directory.identity", "identity.account"}, (key, read)
        client.sit(twin.people[key])
        assert client.get(page(pupil)).status_code == 404, key


def test_another_family_of_the_school_reads_nothing(college: World, client: SchoolClient) -> None:
    other = Person.objects.filter(enrolments__group__name="5e B").exclude(pk=college.people["pupil"].pk)[0]
    for key in ("guardian", "other_guardian", "pupil"):
        client.sit(college.people[key])
        assert client.get(page(other)).status_code == 404, key


def test_a_new_pupil_has_a_record(college: World, client: SchoolClient) -> None:
    """No guardian, no lesson, nothing noted, alone in a class: no block stays empty, and that nobody answers is said."""
    pupil = newcomer(college)
    for key in ("head", "cpe", "teacher", "secretary"):
        client.sit(college.people[key])
        html = client.get(page(pupil)).content.decode()
        assert "NOUVELLE Zoé" in html and "5<sup>e</sup> Z" in html, key
        for absent in (
            "Présence,",
            "Absences récentes",
            "Faits et mesures",
            "En ce moment",
            "Enseignements",
        ):
            assert absent not in html, (key, absent)
        assert ("ne dit pas qui répond de l’élève" in html) is (key != "teacher"), key
        assert ("Ajouter un responsable" in html) is (key in {"head", "secretary"}), key


def test_a_very_long_name_stands_whole(college: World, client: SchoolClient) -> None:
    long = "Saint-Barthélemy-des-Grandes-Orangeraies"
    pupil = newcomer(college, family_name=long, given_name="Maximilien-Alexandre")
    client.sit(college.people["cpe"])
    assert f"Maximilien-Alexandre {long}" in client.get(page(pupil)).content.decode()


def test_whom_not_to_call_has_no_button(college: World, client: SchoolClient) -> None:
    pupil, father = college.people["pupil"], college.people["other_guardian"]
    Person.objects.filter(pk=father.pk).update(phone="06 39 98 00 02")
    client.sit(college.people["cpe"])
    assert "tel:0639980002" in client.get(page(pupil)).content.decode()
    Guardianship.objects.filter(pupil=pupil, guardian=father).update(may_not_be_informed=True)
    html = client.get(page(pupil)).content.decode()
    assert "tel:0639980002" not in html
    assert "À ne pas appeler" in html and "Ne doit pas être informée" in html


def test_gestures_are_those_that_this_adult_makes(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    offered = {
        key: {str(link.label) for link, _address in gestures_of(alone_with(seat_of(key), pupil), pupil)}
        for key in ("cpe", "teacher", "guardian", "pupil", "secretary")
    }
    report, give, leave = "Signaler un incident", "Donner une punition", "Noter un départ"
    assert {report, give, leave} <= offered["cpe"]
    assert {report, give} <= offered["teacher"] and leave not in offered["teacher"]
    assert offered["guardian"] == {"Annoncer une absence", "Qui demander, qui prévenir"}
    assert offered["pupil"] == set()
    # Leaving for the day is school life's; leaving the school, the office's.
    assert leave not in offered["secretary"]
    office = {"Corriger", "Changer de classe", "Départ de l’établissement", "Certificats", "Codes d’accès"}
    assert office <= offered["secretary"] and not office & offered["cpe"]


def test_a_closed_service_shows_nothing(college: World, seat_of: Any) -> None:
    college.school.services = {"conduct": {"off": True}}
    college.school.save()
    pupil = college.people["pupil"]
    assert "conduct.facts" not in keys_of(seat_of("cpe"), pupil)


def test_a_guardian_of_several_children_reads_one(college: World, client: SchoolClient) -> None:
    """The other child of the same adult is nowhere in this record."""
    mother, pupil = college.people["guardian"], college.people["pupil"]
    brother = newcomer(college, family_name="Abadie", given_name="Théodule")
    Guardianship.objects.create(pupil=brother, guardian=mother, authority="legal", kinship="mother")
    client.sit(mother)
    html = client.get(page(pupil)).content.decode()
    assert "Nina" in html and "Théodule" not in html
    html = client.get(page(brother)).content.decode()
    assert "Théodule" in html and "Placée devant" not in html


def test_who_reads_a_record_and_whom_to_ask(holder: Any, seat_of: Any) -> None:
    works = {role for role in Role if holder(role).is_staff} - {Role.OTHER}
    assert {role for role in Role if rules.reads_record(holder(role))} == {*works, Role.PUPIL}
    asked = {role for role in Role if rules.reads_acts_of_own(holder(role))}
    assert asked - {Role.PUPIL} == {Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY}
    assert rules.reads_record(seat_of("guardian")) and rules.reads_acts_of_own(seat_of("guardian"))


@pytest.mark.parametrize(("born", "reads"), [(date(2008, 11, 24), True), (date(2008, 11, 25), False)])
def test_a_pupil_of_age_reads_whom_to_ask(born: date, reads: bool, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(birth_date=born)
    pupil.refresh_from_db()
    assert rules.reads_acts_of_own(seat_of("pupil")) is reads
