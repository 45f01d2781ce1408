"""Classes and groups: who reads them, what they say, who has no class."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conftest import NOW, TWIN, SchoolClient
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.rules import groups as rules
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role, level_rank, level_said
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
        html = page(client, college, key, ALL)
        assert "6<sup>e</sup> A" in html and "5<sup>e</sup> B" in html and "Mme Moreau" in html, key
        # The youngest first, as in a school; a teacher's own are above.
        everyone = html.partition("Les miennes")[2].partition("</dl>")[2] or html
        places = [everyone.index(f"{level}<sup>e</sup>") for level in "653"]
        assert places == sorted(places)
        assert '<span class="time">6</span>' in html and '<span class="time">0</span>' in html
        assert "aucune classe" not in html


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
    assert level_rank(younger) <= level_rank(older)
    assert younger == "PS" or level_rank(younger) < level_rank(older)


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
    html = page(client, college, "cpe", f"{ALL}?montrer=groupes")
    assert "Latin" in html and "M. Lefèvre" in html and "5<sup>e</sup> B" in html
    assert '<span class="time">1</span>' in html
    html = page(client, college, "cpe", address_of(group))
    assert "ABADIE Nina" in html and "Classes de ce groupe" in html
    assert "Groupes de cette classe" in page(client, college, "cpe", address_of(own_class))


def test_who_has_no_class_is_told(college: World, client: SchoolClient, own_class: Group) -> None:
    assert "Chaque élève est dans une classe" in page(client, college, "secretary", f"{ALL}sans-classe/")
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    html = page(client, college, "secretary", ALL)
    assert "1 élève n’est dans aucune classe" in html
    assert "ABADIE Nina" in page(client, college, "secretary", f"{ALL}sans-classe/")
    assert "ABADIE Nina" not in page(client, college, "secretary", address_of(own_class))
    # Whoever has left the school is no pupil without a class.
    Holding.objects.filter(person=college.people["pupil"], role=Role.PUPIL).update(ends=NOW.date())
    assert "aucune classe" not in page(client, college, "secretary", ALL)


def test_a_class_says_its_pupils_in_order_and_its_team(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    html = page(client, college, "teacher", address_of(own_class))
    names = [person.list_name for person in Person.objects.filter(enrolments__group=own_class)]
    places = [html.index(name) for name in names]
    assert len(names) == 6 and places == sorted(places)
    for person in (college.people["pupil"], college.people["teacher"]):
        assert f"/annuaire/personnes/{person.public_id}/" in html
    assert html.index("Professeur principal") < html.index("Mathématiques", html.index("Équipe</h2>"))
    # No birthday, whoever reads.
    assert str(college.people["pupil"].birth_date.year) not in page(
        client, college, "head", address_of(own_class)
    )
    for text in ("Emploi du temps", "Comptes", "Imprimer une liste", "Trombinoscope"):
        assert text in html, text


def test_whoever_has_left_or_comes_later_is_not_in_the_class(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    others = Person.objects.filter(enrolments__group=own_class).exclude(pk=college.people["pupil"].pk)
    gone, later = others[0], others[1]
    Enrolment.objects.filter(pupil=gone).update(ends=NOW.date())
    Enrolment.objects.filter(pupil=later).update(starts=NOW.date() + timedelta(days=1))
    html = page(client, college, "cpe", address_of(own_class))
    assert gone.list_name not in html and later.list_name not in html and "4 élèves" in html


def test_a_family_reads_its_class_and_no_classmate(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    mates = Person.objects.filter(enrolments__group=own_class).exclude(pk=college.people["pupil"].pk)
    other = Group.objects.filter(year=college.year).exclude(pk=own_class.pk)[0]
    for key in ("guardian", "other_guardian", "pupil"):
        html = page(client, college, key, address_of(own_class))
        assert "Mme Moreau" in html and "Mathématiques" in html
        assert not any(mate.list_name in html or mate.family_name in html for mate in mates), key
        assert "liste/" not in html and "trombinoscope/" not in html
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
    html = page(client, college, "guardian", ALL)
    assert "5<sup>e</sup> B" in html and "6<sup>e</sup> A" in html and sibling.given_name in html
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
    html = client.post("/recherche/", {"texte": "5b"}, follow=True).content.decode()
    assert address_of(own_class) in html


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
            html = client.get(address_of(own_class)).content.decode()
        assert made.count <= MOST_QUERIES, (key, made.made)
        shown = {one for one, title in titles.items() if title in html}
        assert shown - {"homework.load"} == keys, key
        assert "homework.load" not in shown or key in {"head", "cpe"}, key


def test_classes_stand_in_the_order_of_school(college: World, client: SchoolClient) -> None:
    """In every list to choose from; a level that changes takes its class along."""
    for name, level in [("A Terminale", "TLE"), ("Z Petits", "PS"), ("B Sixième", "6EME"), ("Y", "")]:
        Group.objects.create(
            school=college.school, year=college.year, kind=Group.Kind.CLASS, name=name, level=level
        )
    mine = Group.objects.filter(name__in=["A Terminale", "Z Petits", "B Sixième", "Y"])
    assert [group.name for group in mine] == ["Z Petits", "B Sixième", "A Terminale", "Y"]
    last = mine.get(name="A Terminale")
    last.level = "CP"
    last.save()
    assert [group.name for group in mine.all()] == ["Z Petits", "A Terminale", "B Sixième", "Y"]
    text = page(client, college, "cpe", "/vie-scolaire/registre/")
    assert text.index("Z Petits") < text.index("A Terminale") < text.index("B Sixième")
