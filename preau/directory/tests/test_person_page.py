"""A person's page: who reads what of whom."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Guardianship, Holding, Person, School
from preau.directory.seeds.world import World
from preau.directory.words import Role


def page(person: Person) -> str:
    return f"/annuaire/personnes/{person.public_id}/"


@pytest.fixture
def mother(college: World) -> Person:
    mother = college.people["guardian"]
    mother.phone = "06 39 98 00 01"
    mother.save()
    return mother


def read(client: SchoolClient, college: World, key: str, person: Person) -> str:
    client.sit(college.people[key])
    response = client.get(page(person))
    assert response.status_code == 200
    # Telephone numbers are never cut in two.
    return response.content.decode().replace("\u00a0", " ")


def test_school_life_reads_whom_to_call(college: World, client: SchoolClient, mother: Person) -> None:
    pupil = college.people["pupil"]
    Guardianship.objects.filter(pupil=pupil, guardian=college.people["other_guardian"]).update(
        may_not_be_informed=True
    )
    for key in ("head", "cpe", "secretary"):
        html = read(client, college, key, pupil)
        for text in (
            "ABADIE Nina",
            "5<sup>e</sup> B",
            mother.phone,
            "Vit avec l’élève",
            "Ne doit pas être informée",
            "Mme Moreau",
            "Professeur principal",
            str(pupil.birth_date.year),
        ):
            assert text in html, (key, text)
        assert mother.phone in read(client, college, key, mother)
        assert "ABADIE Nina" in read(client, college, key, mother)


def test_an_ecole_has_teachers_and_no_professeur_principal(college: World, client: SchoolClient) -> None:
    """To families and to the staff."""
    pupil = college.people["pupil"]
    assert "rofesseur principal" in read(client, college, "guardian", pupil)
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    for key in ("guardian", "head"):
        html = read(client, college, key, pupil)
        assert "rofesseur principal" not in html and "Mme Moreau" in html, key
        assert "enseignante\u202f: Mme Moreau" in html, key
    for address in ("/annuaire/classes/", "/absences/"):
        client.sit(college.people["guardian" if address == "/absences/" else "head"])
        html = client.get(address).content.decode()
        assert "rofesseur principal" not in html and "nseignant" in html, address


def test_a_teacher_reads_neither_the_family_nor_the_date_of_birth(
    college: World, client: SchoolClient, mother: Person
) -> None:
    pupil = college.people["pupil"]
    pupil.email, pupil.phone = "nina@famille.example", "06 39 98 00 09"
    pupil.save()
    html = read(client, college, "teacher", pupil)
    assert "ABADIE Nina" in html and "Mme Moreau" in html
    for text in (
        "Julie",
        "Marc",
        mother.phone,
        pupil.email,
        pupil.phone,
        "Vit avec",
        str(pupil.birth_date.year),
    ):
        assert text not in html, text
    assert client.get(page(mother)).status_code == 403


def test_a_family_reads_its_child_and_not_the_other_parent(
    college: World, client: SchoolClient, mother: Person
) -> None:
    pupil = college.people["pupil"]
    for key, other in (("guardian", "Marc"), ("other_guardian", "Julie")):
        html = read(client, college, key, pupil)
        assert "ABADIE Nina" in html and "Mme Moreau" in html
        assert other not in html and "Responsables" not in html
    assert client.get(page(mother)).status_code == 404
    assert client.get(page(college.people["teacher"])).status_code == 404
    html = read(client, college, "guardian", mother)
    assert mother.phone in html


def test_a_pupil_reads_their_own_page(college: World, client: SchoolClient) -> None:
    assert "ABADIE Nina" in read(client, college, "pupil", college.people["pupil"])
    classmate = Person.objects.filter(enrolments__group__name="5e B").exclude(pk=college.people["pupil"].pk)[
        0
    ]
    assert client.get(page(classmate)).status_code == 404


def test_a_colleague_has_functions_and_classes_and_no_contact(college: World, client: SchoolClient) -> None:
    colleague = college.people["teacher_1"]
    html = read(client, college, "teacher", colleague)
    assert "Enseignant · français" in html and "Français" in html
    assert colleague.email and colleague.email not in html
    assert colleague.email in read(client, college, "head", colleague)


def test_reading_a_pupils_file_leaves_a_line(college: World, client: SchoolClient) -> None:
    pupil, mother = college.people["pupil"], college.people["guardian"]
    for key, person in (("cpe", pupil), ("teacher", pupil), ("secretary", mother)):
        read(client, college, key, person)
        line = Line.objects.order_by("pk").last()
        assert (line.verb, line.actor, line.subject, line.is_read) == (
            "directory.person_read",
            college.people[key],
            person,
            True,
        )
    before = Line.objects.count()
    read(client, college, "teacher", college.people["head"])
    read(client, college, "guardian", pupil)
    assert Line.objects.count() == before


def test_who_has_left_has_no_page(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    Holding.objects.filter(person=pupil).update(ends=NOW.date())
    for key in ("head", "teacher"):
        client.sit(college.people[key])
        assert client.get(page(pupil)).status_code == 404
    Guardianship.objects.filter(pupil=pupil).update(ends=NOW.date() - timedelta(days=1))
    client.sit(college.people["guardian"])
    assert client.get(page(pupil)).status_code in {302, 404}


def test_the_school_beside_is_not_there(college: World, twin: World, client: SchoolClient) -> None:
    for key in ("head", "secretary", "teacher", "guardian", "pupil"):
        client.sit(college.people[key])
        for person in ("pupil", "guardian", "teacher"):
            assert client.get(page(twin.people[person])).status_code == 404


def test_another_school_of_the_same_child_is_not_told(
    college: World, twin: World, client: SchoolClient
) -> None:
    """A pupil of two schools: each reads its own classes."""
    pupil = college.people["pupil"]
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=twin.school)
    group = Enrolment.objects.filter(school=twin.school)[0].group
    Enrolment.objects.create(school=twin.school, group=group, pupil=pupil)
    for key in ("head", "teacher"):
        read(client, college, key, pupil)


def test_a_large_family_costs_what_a_small_one_does(
    college: World, client: SchoolClient, django_assert_max_num_queries: Any
) -> None:
    pupil = college.people["pupil"]
    for number in range(12):
        guardian = Person.objects.create(family_name=f"Tante {number}", given_name="Zoé")
        Guardianship.objects.create(pupil=pupil, guardian=guardian, authority="contact")
    client.sit(college.people["cpe"])
    client.get(page(pupil))
    with django_assert_max_num_queries(14):  # transaction statements counted here
        assert "TANTE 11" in client.get(page(pupil)).content.decode()
