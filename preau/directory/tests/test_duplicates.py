"""Two people who may be one: how much they look alike, who is found, who is shown whom."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import merging
from preau.directory.models import Distinction, Guardianship, Holding, Merge, Person
from preau.directory.queries import duplicates as queries
from preau.directory.rules.duplicates import (
    SHOWN_FROM,
    AccountUse,
    Dossier,
    HeldRole,
    likeness,
    proposed,
    why_not_merge,
)
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.identity.models import Account

DAY = date(2012, 3, 2)


def dossier(family: str = "Durand", given: str = "Léa", pk: int = 1, **more: Any) -> Dossier:
    fields = {
        name: more.pop(name) for name in list(more) if name in {field.name for field in Person._meta.fields}
    }
    return Dossier(Person(pk=pk, family_name=family, given_name=given, **fields), **more)


def other(family: str = "Durand", given: str = "Léa", **more: Any) -> Dossier:
    return dossier(family, given, pk=2, **more)


@pytest.mark.parametrize(
    ("one", "two", "says", "score"),
    [
        (dossier(), other("DURAND", "Lea"), "Même nom et même prénom", 50),
        (dossier(), other("Léa", "Durand"), "inversés", 40),
        (dossier("Petit", birth_name="Durand"), other(), "d’usage ou de naissance", 40),
        (
            dossier("Petit", birth_name="Durand"),
            other("Roux", birth_name="Durand"),
            "d’usage ou de naissance",
            40,
        ),
        (dossier("Carpentier"), other("Carpantier"), "faute de frappe", 35),
        (dossier(given="Ninon"), other(given="Nnion"), "faute de frappe", 35),
        (dossier(birth_date=DAY), other(birth_date=DAY), "Même date de naissance", 80),
        (dossier(email="a@b.example"), other(email="A@b.example"), "Même courriel", 70),
        (dossier(phone="06 12 34 56 78"), other(phone="+33 6 12 34 56 78"), "Même téléphone", 65),
        (dossier(wards={9: "Nina"}), other(wards={9: "Nina"}), "du même élève", 75),
        (dossier(guardians={9: "Ida"}), other(guardians={9: "Ida"}), "le même responsable", 65),
        (dossier(classes={3: "5e B"}), other(classes={3: "5e B"}), "la même classe", 60),
        (dossier(ines={"1A"}), other(ines={"1A"}), "Même INE", 100),
    ],
)
def test_each_reason_is_said_and_counts(one: Dossier, two: Dossier, says: str, score: int) -> None:
    for found in (likeness(one, two), likeness(two, one)):
        assert any(says in reason for reason in found.reasons), found
        assert (found.score, found.against) == (score, ())


@pytest.mark.parametrize(
    ("one", "two", "says"),
    [
        (dossier(birth_date=DAY), other(birth_date=date(2012, 3, 3)), "Dates de naissance différentes"),
        (dossier(civility="m"), other(civility="mme"), "Civilités différentes"),
        (dossier(ines={"1A"}), other(ines={"1B"}), "Deux INE"),
        (
            dossier(held=[HeldRole(Role.PUPIL, 1)]),
            other(held=[HeldRole(Role.TEACHER, 1)]),
            "L’une est élève, l’autre travaille",
        ),
        (dossier(ever={2}), other(ever={1}), "répond de l’autre"),
    ],
)
def test_what_speaks_against_is_said_and_takes_away(one: Dossier, two: Dossier, says: str) -> None:
    for found in (likeness(one, two), likeness(two, one)):
        assert any(says in reason for reason in found.against), found
        assert found.score < SHOWN_FROM


@pytest.mark.parametrize(
    "two",
    [
        other(given="Tom", birth_date=DAY, phone="06 12 34 56 78", email="f@f.example", classes={3: "5e B"}),
        other(given="Luc", guardians={9: "Ida"}, birth_date=DAY),
        other("Martin", "Léa", birth_date=DAY),
        other(given="Léo"),
    ],
)
def test_twins_brothers_and_others_are_not_alike(two: Dossier) -> None:
    """Without likeness of names all the rest is a family; in three letters a slip is another name."""
    one = dossier(
        birth_date=DAY, phone="06 12 34 56 78", email="f@f.example", classes={3: "5e B"}, guardians={9: "Ida"}
    )
    assert likeness(one, two).score == 0


def test_unknown_is_not_different() -> None:
    assert likeness(dossier(birth_date=DAY, civility="m", ines={"1A"}), other()).against == ()


@pytest.mark.parametrize(
    ("one", "two", "keeps", "why"),
    [
        (dossier(), other(held=[HeldRole(Role.NURSE, 1)]), 2, "ouvre des accès"),
        (dossier(), other(account=AccountUse("x", True, NOW)), 2, "déjà servi"),
        (dossier(), other(sources=["AAF"]), 2, "fichier officiel"),
        (dossier(), other(account=AccountUse("x", True)), 2, "a un compte"),
        (dossier(), other(), 1, "plus ancienne"),
    ],
)
def test_the_row_that_would_be_missed_most_is_proposed(
    one: Dossier, two: Dossier, keeps: int, why: str
) -> None:
    kept, reason = proposed(one, two)
    assert kept.person.pk == keeps and why in reason


# Who is found


def parent(college: World, family: str, given: str, **fields: Any) -> Person:
    """Somebody who answers for the cast's pupil."""
    person = Person.objects.create(family_name=family, given_name=given, **fields)
    Guardianship.objects.create(pupil=college.people["pupil"], guardian=person, authority="contact")
    return person


def teacher(college: World, family: str, given: str, **fields: Any) -> Person:
    person = Person.objects.create(family_name=family, given_name=given, **fields)
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    return person


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("Quesnel", "Ada", {}), ("QUESNEL", "Âda", {})),
        (("Quesnel", "Ada", {"birth_date": DAY}), ("Quesnell", "Ada", {"birth_date": DAY})),
        (("Quesnel", "Ada", {"email": "q@q.example"}), ("Ada", "Quesnel", {"email": "Q@q.example"})),
        (("Quesnel", "Ada", {"phone": "0612345678"}), ("Quenel", "Ada", {"phone": "0612345678"})),
    ],
)
def test_rows_that_share_something_are_found(college: World, seat_of: Any, one: Any, two: Any) -> None:
    people = {teacher(college, family, given, **more) for family, given, more in (one, two)}
    assert [{row.one, row.other} for row in queries.pairs_of(seat_of("secretary"))] == [people]


@pytest.mark.django_db
def test_a_guardian_typed_twice_with_a_slip_is_found_by_the_child(college: World, seat_of: Any) -> None:
    one, two = parent(college, "Quesnel", "Adèle"), parent(college, "Quenel", "Adèle")
    (row,) = queries.pairs_of(seat_of("head"))
    assert {row.one, row.other} == {one, two}
    assert "Répondent du même élève" in row.likeness.reasons


@pytest.mark.django_db
def test_the_likest_come_first_and_the_unlike_not_at_all(college: World, seat_of: Any) -> None:
    teacher(college, "Quesnel", "Ada", phone="0612345678")
    teacher(college, "Autre", "Bob", phone="0612345678")
    teacher(college, "Roux", "Zoé"), teacher(college, "Roux", "Zoé")
    teacher(college, "Vidal", "Ida", birth_date=DAY), teacher(college, "Vidal", "Ida", birth_date=DAY)
    rows = queries.pairs_of(seat_of("head"))
    assert [(row.one.family_name, row.likeness.score) for row in rows] == [("Vidal", 80), ("Roux", 50)]


@pytest.mark.django_db
def test_a_telephone_of_the_whole_school_is_nobodys(college: World, seat_of: Any) -> None:
    for number in range(queries.MOST_ALIKE + 1):
        teacher(college, f"Nom{number}x", "Ada", phone="0612345678")
    assert queries.pairs_of(seat_of("head")) == []


@pytest.mark.django_db
def test_nobody_of_the_school_beside_is_compared(college: World, twin: World, seat_of: Any) -> None:
    teacher(college, "Quesnel", "Ada", birth_date=DAY)
    teacher(twin, "Quesnel", "Ada", birth_date=DAY)
    assert queries.pairs_of(seat_of("head")) == queries.pairs_of(seat_of("head", world=twin)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["cpe", "teacher", "pupil", "guardian"])
def test_only_those_who_keep_the_directory_compare(college: World, client: SchoolClient, key: str) -> None:
    one, two = teacher(college, "Quesnel", "Ada"), teacher(college, "Quesnel", "Ada")
    client.sit(college.people[key])
    assert client.get(reverse("directory:duplicates")).status_code == 403
    assert client.get(reverse("directory:merges")).status_code == 403
    assert client.get(pair(one, two)).status_code in {403, 404}
    assert client.post(action("merge", one, two), merging_fields(one, two)).status_code in {403, 404}
    assert client.post(action("tell_apart", one, two)).status_code in {403, 404}
    assert not Merge.objects.exists() and not Distinction.objects.exists()


# The pages


def pair(person: Person, two: Person) -> str:
    return reverse("directory:pair", kwargs={"public_id": person.public_id, "other": two.public_id})


def action(name: str, person: Person, two: Person) -> str:
    first = "one" if name == "merge" else "public_id"
    return reverse(f"directory:{name}", kwargs={first: person.public_id, "other": two.public_id})


def merging_fields(kept: Person, lost: Person) -> dict[str, str]:
    return {"garder": kept.public_id, "avant": merging.mark_of(kept, lost)}


@pytest.fixture
def two(college: World) -> tuple[Person, Person]:
    return teacher(college, "Quesnel", "Ada"), teacher(college, "Quesnel", "Ada", birth_date=DAY)


@pytest.mark.django_db
def test_a_pair_of_the_school_beside_does_not_exist(
    college: World, twin: World, client: SchoolClient
) -> None:
    here = teacher(college, "Quesnel", "Ada")
    there = [teacher(twin, twin.named("Quesnel"), "Ada") for _ in range(2)]
    client.sit(college.people["head"])
    for one, other in ((here, there[0]), (there[0], here), tuple(there)):
        assert client.get(pair(one, other)).status_code == 404
        assert client.post(action("merge", one, other), merging_fields(one, other)).status_code == 404
        assert client.post(action("tell_apart", one, other)).status_code == 404
    assert client.get(pair(here, here)).status_code == 404
    assert not Merge.objects.exists() and not Distinction.objects.exists()


@pytest.mark.django_db
def test_a_merge_of_the_school_beside_is_neither_seen_nor_undone(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    one, other = (teacher(twin, twin.named("Quesnel"), "Ada") for _ in range(2))
    done = merging.merge(seat_of("head", world=twin), one, other, merging.mark_of(one, other))
    client.sit(college.people["head"])
    assert "Aucune fusion" in client.get(reverse("directory:merges")).content.decode()
    assert client.post(reverse("directory:undo_merge", kwargs={"pk": done.pk})).status_code == 404


@pytest.mark.django_db
def test_from_the_list_to_a_merge_and_back(
    college: World, client: SchoolClient, two: tuple[Person, Person]
) -> None:
    client.sit(college.people["secretary"])
    assert reverse("directory:duplicates") in client.get(reverse("directory:deliveries")).content.decode()
    assert pair(*two) in client.get(reverse("directory:duplicates")).content.decode()
    page = client.get(pair(*two)).content.decode()
    assert "Même nom et même prénom" in page and "checked" in page
    # Two clicks.
    for _click in range(2):
        response = client.post(action("merge", *two), merging_fields(*two))
        assert response.status_code == 302 and response.url == reverse("directory:merges")
    html = client.get(response.url).content.decode()
    done = Merge.objects.get()
    assert "QUESNEL Ada" in html and reverse("directory:undo_merge", kwargs={"pk": done.pk}) in html
    for _click in range(2):
        response = client.post(reverse("directory:undo_merge", kwargs={"pk": done.pk}))
        assert response.status_code == 302
    html = client.get(response.url).content.decode()
    assert "Séparées" in html
    assert pair(*two) in client.get(reverse("directory:duplicates")).content.decode()


@pytest.mark.django_db
def test_a_choice_that_is_not_made_is_asked_for(
    college: World, client: SchoolClient, two: tuple[Person, Person]
) -> None:
    client.sit(college.people["secretary"])
    response = client.post(action("merge", *two), merging_fields(*two) | {"garder": ""})
    assert response.status_code == 422 and "quelle fiche garder" in response.content.decode()


@pytest.mark.django_db
def test_a_row_that_changed_meanwhile_is_shown_again(
    college: World, client: SchoolClient, two: tuple[Person, Person]
) -> None:
    client.sit(college.people["secretary"])
    sent = merging_fields(*two)
    Person.objects.filter(pk=two[1].pk).update(given_name="Zoé")
    response = client.post(action("merge", *two), sent, follow=True)
    assert "vient de changer" in response.content.decode() and not Merge.objects.exists()


@pytest.mark.django_db
def test_what_is_refused_is_said_before_and_after(
    college: World, client: SchoolClient, two: tuple[Person, Person]
) -> None:
    client.sit(college.people["secretary"])
    Holding.objects.filter(person=two[0]).update(role=Role.NURSE)
    page = client.get(pair(*two)).content.decode()
    assert "revient à la direction" in page and "Fusionner" not in page
    response = client.post(action("merge", *two), merging_fields(*two))
    assert response.status_code == 409 and "revient à la direction" in response.content.decode()


@pytest.mark.django_db
def test_two_people_are_not_proposed_again_unless_asked(
    college: World, client: SchoolClient, two: tuple[Person, Person]
) -> None:
    client.sit(college.people["secretary"])
    for _click in range(2):
        assert client.post(action("tell_apart", *two)).status_code == 302
    assert Distinction.objects.count() == 1
    assert pair(*two) not in client.get(reverse("directory:duplicates")).content.decode()
    assert pair(*two) in client.get(reverse("directory:duplicates") + "?montrer=ecartes").content.decode()
    for _click in range(2):
        assert client.post(action("tell_apart", *two), {"comparer": "oui"}).status_code == 302
    assert pair(*two) in client.get(reverse("directory:duplicates")).content.decode()


@pytest.mark.django_db
def test_reading_two_files_leaves_their_lines(college: World, client: SchoolClient, seat_of: Any) -> None:
    one, two = parent(college, "Quesnel", "Ada"), parent(college, "Quesnel", "Ada")
    client.sit(college.people["secretary"])
    client.get(pair(one, two))
    client.get(pair(teacher(college, "Roux", "Zoé"), teacher(college, "Roux", "Zoé")))
    assert {line.subject_id for line in Line.objects.filter(verb="directory.person_read")} == {one.pk, two.pk}


@pytest.mark.django_db
def test_three_hundred_rows_cost_the_queries_of_two(college: World, seat_of: Any) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            queries.pairs_of(seat_of("head"))
        return len(done)

    fill: Callable[[int], Any] = lambda number: [teacher(college, f"Nom{number:03}", "Ada") for _ in range(2)]  # noqa: E731
    fill(0)
    few = count()
    for number in range(1, 150):
        fill(number)
    assert count() == few
    assert len(queries.pairs_of(seat_of("head"))) == 150


@pytest.mark.django_db
def test_one_row_is_not_merged_with_itself(seat_of: Any) -> None:
    one = dossier(pk=10_000_001)
    assert why_not_merge(seat_of("head"), one, one, set()) == "C’est la même fiche."


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["own", "family"])
def test_nobody_parts_two_rows_of_themselves_or_of_their_family(
    college: World, client: SchoolClient, seat_of: Any, two: tuple[Person, Person], whose: str
) -> None:
    done = merging.merge(seat_of("head"), *two, merging.mark_of(*two))
    kept = done.kept
    if whose == "family":
        Guardianship.objects.create(pupil=college.people["pupil"], guardian=kept)
        Guardianship.objects.create(pupil=college.people["pupil"], guardian=college.people["head"])
        client.sit(college.people["head"], f"staff-{college.school.pk}")
    else:
        Holding.objects.create(person=kept, role=Role.SECRETARY, school=college.school)
        Account.objects.create(person=kept, login="ada.quesnel", password="!")
        client.sit(kept)
    response = client.post(reverse("directory:undo_merge", kwargs={"pk": done.pk}), follow=True)
    assert "Vous ou votre famille" in response.content.decode()
    done.refresh_from_db()
    assert done.undone_at is None
