"""One box: who finds whom, under which spelling, and what is never found."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.search import queries
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation.models import RateWindow
from tests.statements import MOST_QUERIES, Statements

pytestmark = pytest.mark.engine

PAGE = "/recherche/"
PANEL = {"HX-Request": "true", "HX-Target": "recherche-apercu"}


def found(viewer: Any, typed: str) -> dict[str, list[str]]:
    results = queries.results_for(viewer, typed, queries.MANY)
    return {str(kind.name): [hit.label for hit in kind.hits] for kind in results.found}


def opened(viewer: Any, typed: str) -> set[str]:
    """The public ids of the people found."""
    kinds = queries.results_for(viewer, typed, 100).found
    return {hit.url.split("/")[-2] for kind in kinds for hit in kind.hits if hit.url.startswith("/annuaire/")}


def test_staff_find_pupils_colleagues_and_classes(seat_of: Any, college: World) -> None:
    for key in ("head", "cpe", "secretary", "teacher"):
        assert college.people["pupil"].public_id in opened(seat_of(key), "nina abadie"), key
        assert found(seat_of(key), "carpentier")["Personnels"] == ["CARPENTIER Hélène"], key
        assert found(seat_of(key), "5b")["Classes et groupes"] == ["5e B"], key


@pytest.mark.parametrize("typed", ["Abadie", "abadie nina", "ABADI", "abaide", "Nnia Abadie", "abadiè"])
def test_accents_order_and_slips_are_forgiven(seat_of: Any, college: World, typed: str) -> None:
    assert college.people["pupil"].public_id in opened(seat_of("teacher"), typed)


@pytest.mark.parametrize("typed", ["CPE", "vie scolaire", "haddad cpe"])
def test_staff_are_found_by_what_they_do(seat_of: Any, college: World, typed: str) -> None:
    cpe = college.people["cpe"]
    shown = f"{cpe.family_name.upper()} {cpe.given_name}"
    assert shown in found(seat_of("teacher"), typed)["Personnels"]


def test_families_are_found_by_those_who_read_them(seat_of: Any) -> None:
    for key in ("head", "cpe", "secretary"):
        assert {"ABADIE Julie", "ABADIE Marc"} <= set(found(seat_of(key), "abadie")["Familles"]), key
    assert "Familles" not in found(seat_of("teacher"), "abadie")
    detail = queries.results_for(seat_of("cpe"), "julie abadie", 5).found[0].hits[0].detail
    assert detail == "Responsable de Nina Abadie"


def test_a_family_finds_its_own_children_and_lessons(seat_of: Any, college: World) -> None:
    viewer = seat_of("guardian")
    assert found(viewer, "abadie") == {"Élèves": ["ABADIE Nina"]}
    lessons = found(viewer, "mathematiques")
    # Besides what anyone may read.
    assert set(lessons) == {"Compétences", "Cours", "Ressources", "Évaluations"}
    assert lessons["Cours"] == ["Mathématiques"]
    other = Person.objects.filter(enrolments__group__name="5e B").exclude(pk=college.people["pupil"].pk)[0]
    assert found(viewer, other.full_name) == {}


def test_a_pupil_finds_lessons_and_nobody(seat_of: Any) -> None:
    viewer = seat_of("pupil")
    assert found(viewer, "abadie") == {}
    hit = queries.results_for(viewer, "moreau", 5).found[0].hits[0]
    assert (hit.label, "Mme Moreau" in hit.detail, "prochain cours" in hit.detail) == (
        "Mathématiques",
        True,
        True,
    )


def test_a_child_one_may_not_be_informed_of_is_not_found(seat_of: Any, college: World) -> None:
    pupil, father = college.people["pupil"], college.people["other_guardian"]
    assert found(seat_of("other_guardian"), "abadie") == {"Élèves": ["ABADIE Nina"]}
    # A second child keeps the seat open: only this one is barred.
    second = Person.objects.create(family_name="Abadie", given_name="Milo")
    Holding.objects.create(person=second, role=Role.PUPIL, school=college.school)
    Guardianship.objects.create(pupil=second, guardian=father, authority="legal")
    Guardianship.objects.filter(pupil=pupil, guardian=father).update(may_not_be_informed=True)
    assert found(seat_of("other_guardian"), "abadie") == {"Élèves": ["ABADIE Milo"]}


def test_who_has_left_is_found_no_more(seat_of: Any, college: World) -> None:
    pupil = college.people["pupil"]
    Holding.objects.filter(person=pupil).update(ends=NOW.date())
    viewer = seat_of("head")
    # The other class has a Nina Abadie too, whose mother is no Julie.
    assert not opened(viewer, "nina abadie") & {pupil.public_id}
    assert found(viewer, "julie abadie").get("Familles", []) == []
    Holding.objects.filter(person=college.people["teacher_1"]).update(ends=NOW.date())
    assert found(viewer, "lefèvre thomas") == {}


def test_staff_without_a_function_with_pupils_find_colleagues_alone(seat_of: Any, college: World) -> None:
    Holding.objects.filter(person=college.people["teacher"]).update(role=Role.OTHER)
    # And what was written to them, which is theirs.
    assert set(found(seat_of("teacher"), "abadie")) <= {"Messages"}
    people = found(seat_of("teacher"), "haddad")
    people.pop("Messages", None)
    assert people == {"Personnels": ["HADDAD Samia"]}


def test_the_school_beside_is_never_found(seat_of: Any, twin: World) -> None:
    assert Person.objects.filter(family_name__endswith=TWIN, given_name="Nina").exists()
    for key in ("head", "cpe", "secretary", "teacher", "guardian", "pupil"):
        for typed in (TWIN, f"abadie {TWIN}", f"5b {TWIN}", f"mathematiques {TWIN}"):
            assert found(seat_of(key), typed) == {}, (key, typed)
        assert not any(TWIN in label for labels in found(seat_of(key), "abadie").values() for label in labels)
    assert found(seat_of("head", world=twin), TWIN)


def test_what_is_found_is_what_is_visible(seat_of: Any) -> None:
    """Every hit about a person opens: the page answers through `Person.visible_to`, not through the search."""
    for key in ("head", "teacher", "guardian"):
        viewer = seat_of(key)
        seen = set(Person.objects.visible_to(viewer).values_list("public_id", flat=True))
        assert opened(viewer, "abadie") and opened(viewer, "abadie") <= seen


def test_every_hit_opens(college: World, client: SchoolClient, seat_of: Any) -> None:
    for key in ("head", "teacher", "guardian", "pupil"):
        client.sit(college.people[key])
        for typed in ("abadie", "moreau", "5e", "maths", "mathematiques"):
            for kind in queries.results_for(seat_of(key), typed, 5).found:
                for hit in kind.hits:
                    assert client.get(hit.url).status_code == 200, (key, hit)


def test_a_name_is_three_letters_at_least(seat_of: Any) -> None:
    results = queries.results_for(seat_of("head"), "ab", 5)
    assert (results.found, results.is_too_short) == ((), True)
    assert found(seat_of("head"), "aba")


def test_many_namesakes_are_counted_and_few_are_shown(
    seat_of: Any, college: World, client: SchoolClient
) -> None:
    group = Group.objects.get(year=college.year, name="5e B")
    for number in range(40):
        pupil = Person.objects.create(family_name="Quentin", given_name=f"Élève {number:02}")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    kind = queries.results_for(seat_of("head"), "quentin", 5).found[0]
    assert (len(kind.hits), kind.total, kind.more) == (5, 40, 35)
    client.sit(college.people["head"])
    page = client.post(PAGE, {"texte": "quentin"}, follow=True).content.decode()
    assert page.count("QUENTIN") == queries.MANY
    assert "15 autres" in page


def statements(client: SchoolClient, typed: str) -> int:
    sent = client.post(PAGE, {"texte": typed})
    with Statements(connection) as done:
        assert client.get(sent["Location"]).status_code == 200
    return done.count


@pytest.mark.parametrize("key", ["head", "cpe", "secretary", "teacher", "guardian", "pupil"])
def test_a_search_costs_the_same_whatever_it_finds(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """At one moment: now and then a process asks whether the catalogue has a new edition, whatever is searched."""
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    client.sit(college.people[key])
    statements(client, "zzzzz")
    few, many = statements(client, "abadie nina"), statements(client, "a e i")
    assert max(few, many) <= MOST_QUERIES
    for number in range(30):
        pupil = Person.objects.create(family_name="Abadie", given_name=f"Nina {number}")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
    assert statements(client, "abadie nina") == few


def test_a_head_who_teaches_stays_within_the_limit(college: World, client: SchoolClient) -> None:
    """The director of an école: every source is open to them."""
    Holding.objects.create(person=college.people["head"], role=Role.TEACHER, school=college.school)
    client.sit(college.people["head"])
    statements(client, "abadie")
    assert statements(client, "abadie") <= MOST_QUERIES


def test_the_page_works_as_a_plain_form(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    empty = client.get(PAGE).content.decode()
    assert 'method="post"' in empty and "Tapez le début" in empty
    assert "Tapez au moins 3 lettres" in client.post(PAGE, {"texte": "x"}, follow=True).content.decode()
    assert "Rien à ce nom" in client.post(PAGE, {"texte": "xxxxx"}, follow=True).content.decode()
    page = client.post(PAGE, {"texte": "nina abadie"}, follow=True)
    assert "ABADIE Nina" in page.content.decode()
    # What is typed comes back in the box, escaped.
    assert "&lt;b&gt;" in client.post(PAGE, {"texte": '"<b>'}, follow=True).content.decode()


def test_one_comes_back_to_what_was_found(college: World, client: SchoolClient, clock: Any) -> None:
    """By an address that holds no name, and leads nobody else there, nor the next day."""
    client.sit(college.people["teacher"])
    address = client.post(PAGE, {"texte": "nina abadie"})["Location"]
    assert "ABADIE Nina" in client.get(address).content.decode()
    assert "ABADIE Nina" in client.get(address).content.decode()
    client.sit(college.people["cpe"])
    assert "ABADIE" not in client.get(address).content.decode()
    client.sit(college.people["teacher"])
    assert "ABADIE" not in client.get(f"{address[:-8]}AAAAAAAA").content.decode()
    clock.shift(timedelta(hours=13))
    client.sit(college.people["teacher"])
    assert "ABADIE" not in client.get(address).content.decode()


def test_a_name_in_an_address_is_not_read(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    assert "ABADIE" not in client.get(PAGE, {"texte": "abadie"}).content.decode()


def test_the_panel_is_a_fragment_of_five_a_kind(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    panel = client.post(PAGE, {"texte": "abadie"}, headers=PANEL).content.decode()
    assert "<html" not in panel and "ABADIE Nina" in panel
    page = client.post(PAGE, {"texte": "abadie"}, headers={"HX-Request": "true", "HX-Target": "resultats"})
    assert "<html" not in page.content.decode() and "ABADIE Nina" in page.content.decode()


def test_searching_without_end_is_slowed_down(college: World, client: SchoolClient, clock: Any) -> None:
    """A hundred and twenty times in five minutes are answered; the next is not."""
    client.sit(college.people["teacher"])
    assert client.post(PAGE, {"texte": "abadie"}, follow=True).status_code == 200
    RateWindow.objects.update(count=119)
    assert client.post(PAGE, {"texte": "abadie"}, follow=True).status_code == 200
    refused = client.post(PAGE, {"texte": "abadie"}, headers=PANEL)
    assert (refused.status_code, refused["Retry-After"]) == (429, "300")
    assert "ABADIE" not in refused.content.decode() and "beaucoup cherché" in refused.content.decode()
    # Another account is another count, and time opens the box again.
    client.sit(college.people["cpe"])
    assert client.post(PAGE, {"texte": "abadie"}, follow=True).status_code == 200
    client.sit(college.people["teacher"])
    clock.shift(timedelta(minutes=6))
    assert client.post(PAGE, {"texte": "abadie"}, follow=True).status_code == 200


def test_a_visitor_has_no_box(client: SchoolClient, db: None) -> None:
    assert client.get(PAGE).url.startswith("/connexion/?suite=")
    answer = client.post(PAGE, {"texte": "abadie"}, headers=PANEL)
    assert answer.status_code == 401 and "abadie" not in answer["HX-Redirect"]


def test_looking_for_somebody_leaves_no_word_behind(college: World, client: SchoolClient) -> None:
    """Not in the journal, not in an address: nothing of what was typed is kept."""
    client.sit(college.people["cpe"])
    before = Line.objects.count()
    sent = client.post(PAGE, {"texte": "abadie"})
    assert "abadie" not in sent["Location"].lower()
    assert "ABADIE" in client.get(sent["Location"]).content.decode()
    assert Line.objects.count() == before
    assert reverse("search:search") == PAGE
