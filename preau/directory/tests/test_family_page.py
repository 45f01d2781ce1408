"""The family of a pupil: for named roles of the school alone, each reading on record."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.rules import groups as rules
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship, Role

pytestmark = pytest.mark.django_db


def family(client: SchoolClient, college: World, key: str, person: Person, status: int = 200) -> str:
    client.sit(college.people[key])
    response = client.get(f"/annuaire/familles/{person.public_id}/")
    assert response.status_code == status
    return response.content.decode()


def links_of(college: World, key: str) -> Any:
    return Guardianship.objects.filter(pupil=college.people["pupil"], guardian=college.people[key])


def test_whom_to_call_in_order_and_what_each_role_reads(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    links_of(college, "guardian").update(pays=True, receives_aid=True)
    for key in ("head", "cpe", "secretary"):
        html = family(client, college, key, pupil)
        assert html.index("ABADIE Julie") < html.index("ABADIE Marc") and "Vit avec l’élève" in html
        # Money is for those who keep the file.
        assert ("Paie les frais" in html) == ("Perçoit les aides" in html) == (key != "cpe")
        assert "Aucun autre dans l’établissement" in html and "À ne pas appeler" not in html
        assert (
            f"/annuaire/familles/{pupil.public_id}/"
            in client.get(f"/annuaire/personnes/{pupil.public_id}/").content.decode()
        )
    lines = Line.objects.filter(verb="directory.family_read", is_read=True, subject=pupil)
    assert {line.actor_id for line in lines} == {
        college.people[key].pk for key in ("head", "cpe", "secretary")
    }


def test_nobody_else_opens_it_and_no_parent_reads_the_other(
    college: World, twin: World, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    for key in ("teacher", "guardian", "other_guardian", "pupil"):
        family(client, college, key, pupil, 403)
    family(client, college, "head", college.people["guardian"], 403)
    family(client, college, "head", college.people["teacher"], 403)
    family(client, college, "head", twin.people["pupil"], 404)
    assert not Line.objects.filter(verb="directory.family_read").exists()


def test_who_may_not_be_informed_and_who_is_no_guardian_any_more_are_apart(
    college: World, client: SchoolClient
) -> None:
    links_of(college, "other_guardian").update(may_not_be_informed=True)
    html = family(client, college, "cpe", college.people["pupil"])
    assert html.index("À ne pas appeler") < html.index("ABADIE Marc") and "Ne doit pas être informée" in html
    assert college.people["other_guardian"].email not in html
    links_of(college, "other_guardian").update(
        may_not_be_informed=False, ruled_on=NOW.date(), ends=NOW.date()
    )
    html = family(client, college, "secretary", college.people["pupil"])
    assert html.index("À ne pas appeler") < html.index("ABADIE Marc") and "dernier jour" in html
    assert "Décision de justice" in html and "Noter une décision" not in html
    # Without a judge, a link that has ended says nothing more.
    links_of(college, "other_guardian").update(ruled_on=None)
    assert "ABADIE Marc" not in family(client, college, "secretary", college.people["pupil"])


def test_the_other_children_of_the_same_adults(college: World, twin: World, client: SchoolClient) -> None:
    pupil, mother = college.people["pupil"], college.people["guardian"]
    others = list(Person.objects.filter(enrolments__group__year=college.year).exclude(pk=pupil.pk)[:4])
    sibling, contact, ended, ward = others
    asked = {"guardian": mother, "kinship": Kinship.MOTHER, "starts": college.year.starts}
    Guardianship.objects.create(pupil=sibling, authority=Authority.LEGAL, **asked)
    Guardianship.objects.create(pupil=contact, authority=Authority.CONTACT, **asked)
    Guardianship.objects.create(
        pupil=ended, authority=Authority.LEGAL, ends=NOW.date() - timedelta(days=1), **asked
    )
    Guardianship.objects.create(pupil=twin.people["pupil"], authority=Authority.LEGAL, **asked)
    service = Person.objects.create(family_name="Aide sociale à l’enfance", is_institution=True)
    for child in (pupil, ward):
        Guardianship.objects.create(pupil=child, guardian=service, authority=Authority.LEGAL)
    html = family(client, college, "cpe", pupil)
    assert sibling.list_name in html and "Julie Abadie" in html
    for child in (contact, ended, ward):
        assert child.list_name not in html


def test_a_pupil_without_a_guardian(college: World, client: SchoolClient) -> None:
    Guardianship.objects.filter(pupil=college.people["pupil"]).delete()
    assert "Personne à appeler, d’après l’annuaire" in family(client, college, "cpe", college.people["pupil"])


def test_who_may(college: World, holder: Any) -> None:
    pupil = college.people["pupil"]
    assert {role for role in Role if rules.reads_family(holder(role), pupil)} == {
        Role.HEAD,
        Role.SCHOOL_LIFE,
        Role.SECRETARY,
    }
    Holding.objects.filter(person=pupil).update(ends=NOW.date())
    assert not rules.reads_family(holder(Role.HEAD), pupil)
