"""Names, ages, calendars, erasure."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from preau.directory.actions.erasure import blank_person
from preau.directory.calendar import closures_of
from preau.directory.models import Assignment, ExternalId, Guardianship, Holding, Person
from preau.directory.seeds.world import World, school_year_around
from preau.directory.viewer import Seat
from preau.directory.words import Profile, Role

pytestmark = pytest.mark.engine


def test_names_are_written_as_schools_write_them() -> None:
    person = Person(civility="mme", given_name="Élise", family_name="Guérin")
    assert (person.full_name, person.list_name, person.formal_name) == (
        "Élise Guérin",
        "GUÉRIN Élise",
        "Mme Guérin",
    )
    assert person.initials == "ÉG"


@pytest.mark.django_db
def test_names_are_found_and_sorted_without_accents() -> None:
    for family in ("Zidi", "Évrard", "Faure"):
        Person.objects.create(family_name=family, given_name="Œdipe", civil_given_names="x")
    found = Person.objects.filter(civil_given_names="x")
    assert [person.family_name for person in found] == ["Évrard", "Faure", "Zidi"]
    assert found.get(search_name__contains="evrard oedipe")


def test_age_turns_on_the_birthday() -> None:
    person = Person(birth_date=date(2008, 11, 24))
    assert person.age_on(date(2026, 11, 23)) == 17
    assert person.age_on(date(2026, 11, 24)) == 18
    assert Person().age_on(date(2026, 11, 24)) is None


def test_closures_follow_the_official_calendar(college: World) -> None:
    found = {(c.name, c.starts, c.ends) for c in closures_of(college.year)}
    names = {name for name, _, _ in found}
    assert {"Vacances de la Toussaint", "Vacances de Noël"} <= names
    assert any(starts == date(2026, 11, 11) for _, starts, _ in found)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 24), 2026),
        (date(2027, 6, 30), 2026),
        (date(2027, 8, 15), 2026),
        (date(2027, 9, 15), 2027),
    ],
)
def test_the_year_a_demonstration_lives_in(today: date, first: int) -> None:
    assert school_year_around(today) == (date(first, 9, 1), date(first + 1, 7, 4))


def test_an_erased_person_keeps_a_row_without_a_name(college: World) -> None:
    person = college.people["guardian"]
    ExternalId.objects.create(source="aaf", authority="x", kind="id", value="1", person=person)
    blank_person(person.pk)
    person.refresh_from_db()
    assert (person.family_name, person.given_name, person.email, person.birth_date) == (
        "Personne effacée",
        "",
        "",
        None,
    )
    assert person.search_name == "personne effacee"
    assert person.erased_at is not None
    assert not ExternalId.objects.filter(person=person).exists()


def test_the_database_refuses_what_cannot_be(college: World) -> None:
    pupil, guardian = college.people["pupil"], college.people["guardian"]
    impossible = [
        lambda: Guardianship.objects.create(pupil=pupil, guardian=guardian, authority="legal"),
        lambda: Holding.objects.create(person=guardian, role=Role.TEACHER),
        lambda: Holding.objects.create(
            person=guardian,
            role=Role.TEACHER,
            school=college.school,
            starts=date(2026, 9, 2),
            ends=date(2026, 9, 1),
        ),
        lambda: ExternalId.objects.create(source="aaf", authority="x", kind="id", value="2"),
        lambda: Assignment.objects.create(
            school=college.school, teacher=college.people["teacher"], group=college.year.groups.first()
        ),
    ]
    for attempt in impossible:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_only_the_first_function_of_a_person_has_a_capital() -> None:
    seat = Seat(Profile.STAFF, roles=frozenset({Role.TEACHER, Role.HEAD, Role.LIBRARIAN}), civility="mme")
    assert seat.role_label == "Direction et enseignante et documentation (CDI)"
    assert Seat(Profile.STAFF, roles=frozenset({Role.ASSISTANT})).role_label == "Accompagnement (AESH)"
