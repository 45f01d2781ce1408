"""Classes and groups: who reads them, what they say, who has no class."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conftest import NOW, TWIN, SchoolClient
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.queries.groups import rank_of
from preau.directory.rules import groups as rules
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role, level_said
from preau.foundation import boards
from tests.statements import MOST_QUERIES, Statements

pytestmark = pytest.mark.django_db
ALL = "/annuaire/classes/"


@pytest.fixture
def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def page(client: SchoolClient, college: World, key: str, address: str, status: int = 200) -> str:
    client.sit(college.people[key])
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def address_of(group: Group) -> str:
    return f"{ALL}{group.pk}/"


def test_staff_read_every_class_by_level_with_its_pupils(college: World, client: SchoolClient) -> None:
    Group.objects.create(
        school=college.school, year=college.year, kind=Group.Kind.CLASS, name="3e D", level="3e"
    )
    for key in ("head", "cpe", "secretary", "teacher"):
        said = page(client, college, key, ALL)
        assert "6<sup>e</sup> A" in said and "5<sup>e</sup> B" in said and "Mme Moreau" in said, key
        # The youngest first, as in a school; a teacher's own are above.
        everyone = said.partition("Les miennes")[2].partition("</dl>")[2] or said
        places = [everyone.index(f"{level}<sup>e</sup>") for level in "653"]
        assert places == sorted(places)
        assert '<span class="time">6</span>' in said and '<span class="time">0</span>' in said
        assert "aucune classe" not in said


@pytest.mark.parametrize(
    ("younger", "older"),
    [
        ("PS", "PS-MS"),
        ("GS", "CP"),
        ("CM2", "6e"),
        ("6EME", "5e"),
        ("3e", "2nde GT"),
        ("1re", "Tle"),
        ("Tle 2", ""),
        ("Tle", "ULIS"),
        ("2NDE GENERALE ET TEC", "PREMIERE GENERALE"),
        ("PREMIERE GENERALE", "TERMINALE GENERALE"),
    ],
)
def test_levels_are_in_the_order_of_school(younger: str, older: str) -> None:
    assert rank_of(younger) <= rank_of(older)
    assert younger == "PS" or rank_of(younger) < rank_of(older)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("6EME", "6e"),
        ("1ERE", "1re"),
        ("5e", "5e"),
        ("CM2", "CM2"),
        ("2NDE", "2NDE"),
        ("6EMES", "6EMES"),
        ("", ""),
    ],
)
def test_a_level_is_said_as_in_school(given: str, said: str) -> None:
    assert level_said(given) == said


def test_groups_are_apart_with_their_classes_and_their_teachers(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    assert "Aucun groupe cette année" in page(client, college, "cpe", f"{ALL}?montrer=groupes")
    group = Group.objects.create(
        school=college.school, year=college.year, kind=Group.Kind.GROUP, name="Latin"
    )
    group.classes.add(own_class)
    known = Assignment.objects.filter(group=own_class, teacher=college.people["teacher_1"]).exclude(
        subject=None
    )[0]
    Assignment.objects.create(
        school=college.school, group=group, teacher=known.teacher, subject=known.subject
    )
    Enrolment.objects.create(
        school=college.school, group=group, pupil=college.people["pupil"], starts=college.year.starts
    )
    said = page(client, college, "cpe", f"{ALL}?montrer=groupes")
    assert "Latin" in said and "M. Lefèvre" in said and "5<sup>e</sup> B" in said
    assert '<span class="time">1</span>' in said
    said = page(client, college, "cpe", address_of(group))
    assert "ABADIE Nina" in said and "Classes de ce groupe" in said
    assert "Groupes de cette classe" in page(client, college, "cpe", address_of(own_class))


def test_who_has_no_class_is_told(college: World, client: SchoolClient, own_class: Group) -> None:
    assert "Chaque élève est dans une classe" in page(client, college, "secretary", f"{ALL}sans-classe/")
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    said = page(client, college, "secretary", ALL)
    assert "1 élève n’est dans aucune classe" in said
    assert "ABADIE Nina" in page(client, college, "secretary", f"{ALL}sans-classe/")
    assert "ABADIE Nina" not in page(client, college, "secretary", address_of(own_class))
    # Whoever has left the school is no pupil without a class.
    Holding.objects.filter(person=college.people["pupil"], role=Role.PUPIL).update(ends=NOW.date())
    assert "aucune classe" not in page(client, college, "secretary", ALL)


def test_a_class_says_its_pupils_in_order_and_its_team(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    said = page(client, college, "teacher", address_of(own_class))
    names = [person.list_name for person in Person.objects.filter(enrolments__group=own_class)]
    places = [said.index(name) for name in names]
    assert len(names) == 6 and places == sorted(places)
    for person in (college.people["pupil"], college.people["teacher"]):
        assert f"/annuaire/personnes/{person.public_id}/" in said
    assert said.index("Professeur principal") < said.index("Mathématiques", said.index("Équipe</h2>"))
    # No birthday, whoever reads.
    assert str(college.people["pupil"].birth_date.year) not in page(
        client, college, "head", address_of(own_class)
    )
    for text in ("Emploi du temps", "Comptes", "Imprimer une liste", "Trombinoscope"):
        assert text in said, text


def test_whoever_has_left_or_comes_later_is_not_in_the_class(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    others = Person.objects.filter(enrolments__group=own_class).exclude(pk=college.people["pupil"].pk)
    gone, later = others[0], others[1]
    Enrolment.objects.filter(pupil=gone).update(ends=NOW.date())
    Enrolment.objects.filter(pupil=later).update(starts=NOW.date() + timedelta(days=1))
    said = page(client, college, "cpe", address_of(own_class))
    assert gone.list_name not in said and later.list_name not in said and "4 élèves" in said


def test_a_family_reads_its_class_and_no_classmate(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    mates = Person.objects.filter(enrolments__group=own_class).exclude(pk=college.people["pupil"].pk)
    other = Group.objects.filter(year=college.year).exclude(pk=own_class.pk)[0]
    for key in ("guardian", "other_guardian", "pupil"):
        said = page(client, college, key, address_of(own_class))
        assert "Mme Moreau" in said and "Mathématiques" in said
        assert not any(mate.list_name in said or mate.family_name in said for mate in mates), key
        assert "liste/" not in said and "trombinoscope/" not in said
        assert "5<sup>e</sup> B" in page(client, college, key, ALL)
        assert "6<sup>e</sup> A" not in page(client, college, key, ALL)
        for there in (address_of(other), f"{address_of(other)}liste/"):
            page(client, college, key, there, 404)
        page(client, college, key, f"{address_of(own_class)}liste/", 403)
        page(client, college, key, f"{ALL}sans-classe/", 403)
    assert "Ma classe" in page(client, college, "pupil", "/")
    assert "Ma classe" not in page(client, college, "guardian", "/")


def test_a_child_without_a_class_yet_is_told_kindly(college: World, client: SchoolClient) -> None:
    Enrolment.objects.filter(pupil=college.people["pupil"]).delete()
    assert "Pas encore de classe" in page(client, college, "guardian", ALL)


def test_a_guardian_of_two_children_reads_both(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    other = Group.objects.filter(year=college.year).exclude(pk=own_class.pk)[0]
    sibling = Person.objects.filter(enrolments__group=other)[0]
    Guardianship.objects.create(pupil=sibling, guardian=college.people["guardian"], authority=Authority.LEGAL)
    said = page(client, college, "guardian", ALL)
    assert "5<sup>e</sup> B" in said and "6<sup>e</sup> A" in said and sibling.given_name in said
    assert "6<sup>e</sup> A" not in page(client, college, "other_guardian", ALL)


def test_the_school_beside_has_classes_of_its_own(college: World, twin: World, client: SchoolClient) -> None:
    theirs = Group.objects.filter(year=twin.year)[0]
    for key in ("head", "teacher", "guardian", "pupil"):
        assert TWIN not in page(client, college, key, ALL)
        page(client, college, key, address_of(theirs), 404)


def test_a_school_without_a_year_says_what_to_do(college: World, client: SchoolClient) -> None:
    college.school.current_year = None
    college.school.save()
    for address in (ALL, f"{ALL}?montrer=groupes"):
        assert "viennent des fichiers officiels" in page(client, college, "head", address)


def test_a_class_is_found_by_search_on_its_page(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    client.sit(college.people["teacher"])
    said = client.post("/recherche/", {"texte": "5b"}, follow=True).content.decode()
    assert address_of(own_class) in said


def test_who_may(holder: Any, seat_of: Any) -> None:
    staff = {role for role in Role if rules.reads_pupils_of_groups(holder(role))}
    assert staff == {role for role in Role if role.profile == "staff"} - {Role.OTHER}
    assert {role for role in Role if rules.reads_groups(holder(role))} == staff | {Role.PUPIL}
    assert {role for role in Role if rules.reads_own_class(holder(role))} == {Role.PUPIL}
    assert {role for role in Role if rules.reads_several_groups(holder(role))} == staff - {Role.TEACHER}
    assert rules.reads_groups(seat_of("guardian")) and rules.reads_several_groups(seat_of("guardian"))
    assert not rules.reads_pupils_of_groups(seat_of("guardian"))


def test_a_class_is_read_in_few_statements_with_what_each_house_shows_to_whom_it_may(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    titles = {fact.key: f'card-title">{fact.title}' for fact in boards.group_facts}
    expected = {
        "head": {"timetable.day", "attendance.missing"},
        "cpe": {"timetable.day", "attendance.missing"},
        "teacher": {"timetable.day"},
        "secretary": {"timetable.day"},
        "guardian": set(),
        "pupil": set(),
    }
    for key, keys in expected.items():
        client.sit(college.people[key])
        with Statements(connection) as made:
            said = client.get(address_of(own_class)).content.decode()
        assert made.count <= MOST_QUERIES, (key, made.made)
        shown = {one for one, title in titles.items() if title in said}
        assert shown - {"homework.load"} == keys, key
        assert "homework.load" not in shown or key in {"head", "cpe"}, key
