"""Spaces and documents, read by the programs of those who enter: no more than their pages show."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW
from preau.commons.documents.tests.props import TEXT, a_document, many_own
from preau.directory.models import Assignment
from preau.directory.seeds.world import World
from preau.domains.spaces.models import Space
from preau.domains.spaces.tests.props import many_spaces, own_teaching
from preau.domains.spaces.tests.test_papers import of_space
from preau.identity import keys
from preau.identity.actions.keys import make_key
from preau.identity.models import AccessKey

pytestmark = pytest.mark.django_db


def program_of(viewer: Any, *scopes: str) -> Any:
    """`ask(path)`: what a program of this person is told."""
    last = AccessKey.objects.filter(account_id=viewer.account_id).order_by("-pk").first()
    wanted = scopes or ("api.espaces", "api.documents")
    _key, drawn = make_key(viewer, "token", "Programme", wanted, days=30, seen=last.pk if last else 0)
    client = Client(headers={"Authorization": f"Bearer {keys.as_token(drawn)}"})
    return lambda path, **query: client.get(f"/api/v1/{path}", query)


def named(response: Any, field: str) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    return {one[field]: one for one in response.json()["elements"]}


def colleague_of(college: World, space: Space) -> None:
    """Who leads the class and does not teach there reads, and comments."""
    teacher = college.people["teacher_1"]
    Assignment.objects.filter(teacher=teacher).delete()
    Assignment.objects.create(
        school=college.school, group=space.group, teacher=teacher, kind=Assignment.Kind.HEAD_TEACHER
    )


def test_a_program_is_told_of_the_spaces_that_its_person_enters(
    college: World, twin: World, seat_of: Any
) -> None:
    space, elsewhere = own_teaching(college), own_teaching(twin)
    colleague_of(college, space)
    team = Space.objects.create(
        school=college.school, kind="team", title="Équipe", search_title="equipe", made_at=NOW
    )
    rows_by_key = {
        key: named(program_of(seat_of(key))("espaces"), "identifiant")
        for key in ("teacher", "teacher_1", "head")
    }
    for key, rows in rows_by_key.items():
        assert space.pk in rows and not {elsewhere.pk, team.pk} & set(rows), key
        assert set(rows) == set(Space.objects.visible_to(seat_of(key)).values_list("pk", flat=True)), key
    powers = {key: (rows[space.pk]["ecrit"], rows[space.pk]["anime"]) for key, rows in rows_by_key.items()}
    assert powers == {"teacher": (True, True), "teacher_1": (False, False), "head": (True, True)}
    mine = rows_by_key["teacher"][space.pk]
    assert (mine["nom"], mine["nature"]) == (space.title, "teaching")
    assert mine["adresse"] == reverse("spaces:space", kwargs={"pk": space.pk})


def test_a_program_is_told_of_the_documents_that_its_person_reads(
    college: World, twin: World, seat_of: Any
) -> None:
    space, teacher = own_teaching(college), college.people["teacher"]
    colleague_of(college, space)
    shared = of_space(space, college.people["pupil"])
    own = a_document(college.school, "Brouillon", teacher)
    thrown = a_document(college.school, "Jeté", teacher, trashed_at=NOW, trashed_by=teacher)
    pupils = a_document(college.school, "De l’élève", college.people["pupil"])
    there = of_space(own_teaching(twin), twin.people["pupil"])
    asks = {key: program_of(seat_of(key), "api.documents") for key in ("teacher", "teacher_1", "guardian")}
    rows_by_key = {key: named(ask("documents"), "identifiant") for key, ask in asks.items()}
    assert {shared.pk, own.pk} <= set(rows_by_key["teacher"]) and shared.pk in rows_by_key["teacher_1"]
    assert own.pk not in rows_by_key["teacher_1"] and shared.pk not in rows_by_key["guardian"]
    for key, rows in rows_by_key.items():
        assert not {thrown.pk, pupils.pk, there.pk} & set(rows), key
    mine = rows_by_key["teacher"]
    assert (mine[shared.pk]["lieu"], mine[shared.pk]["html"], mine[shared.pk]["mots"]) == (
        space.title,
        "",
        "",
    )
    assert mine[own.pk]["commence_par"] == teacher.full_name
    powers = {
        key: (rows_by_key[key][shared.pk]["ecrit"], rows_by_key[key][shared.pk]["commente"])
        for key in ("teacher", "teacher_1")
    }
    assert powers == {"teacher": (True, True), "teacher_1": (False, True)}
    # One by one, the same.
    (text,) = asks["teacher_1"]("documents", identifiant=shared.pk).json()["elements"]
    assert text["html"] == TEXT and text["mots"].startswith("Le premier paragraphe.")
    for key, document in [
        ("teacher_1", own),
        ("guardian", shared),
        *[("teacher", one) for one in (thrown, pupils, there)],
    ]:
        assert asks[key]("documents", identifiant=document.pk).json()["elements"] == [], key


def test_whoever_left_the_class_is_told_nothing_more(college: World, seat_of: Any) -> None:
    space = own_teaching(college)
    colleague_of(college, space)
    document = of_space(space, college.people["pupil"])
    ask = program_of(seat_of("teacher_1"))
    assert document.pk in named(ask("documents"), "identifiant")
    Assignment.objects.filter(teacher=college.people["teacher_1"]).update(ends=NOW.date())
    assert document.pk not in named(ask("documents"), "identifiant")
    assert space.pk not in named(ask("espaces"), "identifiant")
    assert ask("documents", identifiant=document.pk).json()["total"] == 0


def test_each_needs_its_own_scope_and_families_enter_no_space(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    assert program_of(teacher, "api.documents")("espaces").status_code == 403
    assert program_of(teacher, "api.espaces")("documents").status_code == 403
    assert program_of(seat_of("guardian"))("espaces").status_code == 403
    assert Client().get("/api/v1/documents").status_code == 401


def test_many_are_pages_and_cost_the_same(college: World, seat_of: Any) -> None:
    own_teaching(college)
    ask = program_of(seat_of("teacher"))

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask(path).status_code == 200
        return len(found)

    many_own(college, 2)
    few = {path: (cost(path), cost(path))[1] for path in ("documents", "espaces")}
    many_own(college, 110)
    many_spaces(college, 20)
    assert {path: cost(path) for path in few} == few and max(few.values()) <= 14
    payload = ask("documents").json()
    assert payload["pages"] == 2 and len(payload["elements"]) == 100
    assert ask("documents", page=2).json()["elements"]
    assert ask("documents", page="x").status_code == 422
