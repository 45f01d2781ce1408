"""What the office may not do: accounts of other schools, other schools' children, what a judge decided, its own family."""

from datetime import date, timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.directory.actions import enrolling
from preau.directory.models import ContactRequest, Enrolment, Guardianship, Holding, Person, School
from preau.directory.rules import office as rules
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.tests.test_office import ENGAGE, ENROL, body
from preau.directory.words import Authority, Role
from preau.foundation.text import french

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


# Whose e-mail it may change


def test_the_account_of_whoever_works_elsewhere_is_no_business_of_this_school(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    stranger = twin.people["teacher"]
    Guardianship.objects.create(pupil=college.people["pupil"], guardian=stranger, authority=Authority.LEGAL)
    asked = ContactRequest.objects.create(
        school=college.school, person=stranger, field="email", value="pris@example.org", asked_at=NOW
    )
    for who in ("secretary", "head"):
        client.sit(college.people[who])
        address = f"/annuaire/personnes/{stranger.public_id}/corriger/"
        assert client.get(address).status_code == 403
        assert client.post(f"/annuaire/demandes/{asked.pk}/", {"choix": "accepter"}).status_code in {403, 404}
    stranger.refresh_from_db()
    assert stranger.email != "pris@example.org"
    # Whoever works here too is of this school as well, until they hold what opens doors in the other one.
    Holding.objects.create(person=stranger, school=college.school, role=Role.TEACHER)
    assert rules.corrects(seat_of("secretary"), stranger)
    Holding.objects.create(person=stranger, school=twin.school, role=Role.SECRETARY)
    assert not rules.corrects(seat_of("head"), stranger)


def test_whoever_will_work_here_is_still_of_the_school_where_they_work_today(
    college: World, twin: World, seat_of: Any
) -> None:
    stranger, later = twin.people["teacher"], TODAY + timedelta(days=30)
    Holding.objects.create(person=stranger, school=college.school, role=Role.TEACHER, starts=later)
    assert not rules.corrects(seat_of("head"), stranger)
    assert rules.corrects(seat_of("secretary"), college.people["guardian"])


def test_whoever_was_given_something_is_corrected_by_the_head_who_gave_it(
    college: World, twin: World, seat_of: Any
) -> None:
    teacher = college.people["teacher"]
    assert rules.corrects(seat_of("secretary"), teacher)
    given = {"directory": {"until": str(TODAY + timedelta(days=9)), "by": college.people["head"].pk}}
    Holding.objects.filter(person=teacher, school=college.school).update(scope=given)
    assert not rules.corrects(seat_of("secretary"), teacher)
    assert rules.corrects(seat_of("head"), teacher)
    Holding.objects.create(person=teacher, school=twin.school, role=Role.TEACHER, scope=given)
    assert not rules.corrects(seat_of("head"), teacher)


# Whom it may enrol


def gone(college: World) -> Person:
    """A pupil who has left the school."""
    pupil = college.people["pupil"]
    Holding.objects.filter(person=pupil).update(ends=TODAY - timedelta(days=5))
    Enrolment.objects.filter(pupil=pupil).update(ends=TODAY - timedelta(days=5))
    return pupil


def again(college: World, pupil: Person, **more: str) -> dict[str, str]:
    names = {"family_name": pupil.family_name, "given_name": pupil.given_name, "same": pupil.public_id}
    return body(college, **names, birth_date=str(pupil.birth_date), **more)


def test_a_leaver_who_learns_elsewhere_is_not_taken_back_by_hand(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = gone(college)
    Holding.objects.create(person=pupil, school=twin.school, role=Role.PUPIL)
    links = Guardianship.objects.filter(pupil=pupil).count()
    client.sit(college.people["secretary"])
    response = client.post(ENROL, again(college, pupil))
    assert response.status_code == 422
    assert french("dans un autre établissement : l’inscription se fait") in response.content.decode()
    sent = enrolling.WrittenPupil(enrolling.Written("", "", known=pupil), own_class(college), TODAY)
    with pytest.raises(enrolling.NotOurs):
        enrolling.enrol(seat_of("secretary"), sent)
    assert Guardianship.objects.filter(pupil=pupil).count() == links
    assert not Holding.objects.pupils_here(seat_of("secretary")).filter(person=pupil).exists()


def test_the_office_writes_neither_its_own_child_nor_itself(college: World, client: SchoolClient) -> None:
    secretary, before = college.people["secretary"], Guardianship.objects.count()
    client.sit(secretary)
    typed = body(
        college,
        r1_given_name=secretary.given_name,
        r1_family_name=secretary.family_name,
        r1_same=secretary.public_id,
    )
    response = client.post(ENROL, typed)
    assert response.status_code == 422 and "C’est vous" in response.content.decode()
    assert Guardianship.objects.count() == before
    pupil = gone(college)
    Guardianship.objects.create(pupil=pupil, guardian=secretary, authority=Authority.LEGAL)
    response = client.post(ENROL, again(college, pupil))
    assert response.status_code == 422 and "de votre famille" in response.content.decode()
    assert not Holding.objects.filter(person=pupil, ends=None).exists()


@pytest.mark.parametrize("judged", [{"ruled_on": date(2026, 3, 2)}, {"may_not_be_informed": True}])
def test_a_ruling_outlives_a_departure(college: World, client: SchoolClient, judged: dict[str, Any]) -> None:
    pupil, father = gone(college), college.people["guardian"]
    links = Guardianship.objects.filter(pupil=pupil, guardian=father)
    links.update(ends=TODAY - timedelta(days=40), **judged)
    # Another child here, so that the form knows the father.
    other = Person.objects.create(family_name="Le Bris", given_name="Yann")
    Holding.objects.create(person=other, school=college.school, role=Role.PUPIL)
    Guardianship.objects.create(pupil=other, guardian=father, authority=Authority.LEGAL)
    client.sit(college.people["secretary"])
    typed = again(
        college,
        pupil,
        r1_given_name=father.given_name,
        r1_family_name=father.family_name,
        r1_same=father.public_id,
    )
    assert client.post(ENROL, typed).status_code == 302
    assert Holding.objects.filter(person=pupil, school=college.school, ends=None).exists()
    assert links.count() == 1 and not links.active(TODAY).exists()


# What it may read


def test_a_request_of_the_other_guardian_is_not_for_the_parent_who_works_in_the_office(
    college: World, client: SchoolClient
) -> None:
    mother, pupil, secretary = (college.people[key] for key in ("guardian", "pupil", "secretary"))
    asked = ContactRequest.objects.create(
        school=college.school, person=mother, field="lines", value="7 rue Secrète", asked_at=NOW
    )
    client.sit(secretary)
    assert "7 rue Secrète" in client.get("/annuaire/demandes/").content.decode()
    Guardianship.objects.create(pupil=pupil, guardian=secretary, authority=Authority.LEGAL, ends=TODAY)
    assert "7 rue Secrète" not in client.get("/annuaire/demandes/").content.decode()
    assert client.get(f"/annuaire/demandes/{asked.pk}/").status_code == 404
    client.sit(college.people["head"])
    assert "7 rue Secrète" in client.get("/annuaire/demandes/").content.decode()


# The question always has an answer


def test_whoever_once_was_here_is_offered_not_refused_for_ever(college: World, client: SchoolClient) -> None:
    """A teacher who works nowhere any more, a pupil who learns in another school, written « Le » « Bris Yann » there."""
    client.sit(college.people["secretary"])
    teacher, past = (
        Person.objects.create(family_name="Prigent", given_name="Nadège"),
        TODAY - timedelta(days=400),
    )
    Holding.objects.create(person=teacher, school=college.school, role=Role.TEACHER, starts=past, ends=TODAY)
    typed = {"role": "teacher", "family_name": "Prigent", "given_name": "Nadège"}
    response = client.post(ENGAGE, typed)
    assert response.status_code == 422 and teacher.public_id in response.content.decode()
    assert client.post(ENGAGE, typed | {"same": teacher.public_id}).status_code == 302
    assert Holding.objects.active(TODAY).filter(person=teacher).count() == 1
    pupil = Person.objects.create(family_name="Le Gall", given_name="Maïwenn", birth_date=date(2014, 3, 2))
    Holding.objects.create(person=pupil, school=college.school, role=Role.PUPIL, starts=past, ends=TODAY)
    Holding.objects.create(
        person=pupil, school=School.objects.create(uai="0350999Z", name="Autre"), role=Role.PUPIL
    )
    names = {"family_name": "Le", "given_name": "Gall Maïwenn"}
    response = client.post(ENROL, body(college, **names))
    assert response.status_code == 422 and pupil.public_id in response.content.decode()
    assert client.post(ENROL, body(college, **names, same="autre")).status_code == 302


def test_a_pupil_of_today_is_not_enrolled_again(college: World, client: SchoolClient) -> None:
    pupil, before = college.people["pupil"], Person.objects.count()
    client.sit(college.people["secretary"])
    response = client.post(ENROL, again(college, pupil))
    assert response.status_code == 422
    assert french("Cet élève est déjà inscrit ici : ouvrez sa fiche.") in response.content.decode()
    assert Person.objects.count() == before
