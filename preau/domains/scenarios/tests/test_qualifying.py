"""A resource is recommended by several people: never two moves in a row by the same one, and not before it was tried."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios import rules, seeds
from preau.domains.scenarios.actions import qualifying
from preau.domains.scenarios.models import QUALIFIES, Qualification, QualificationStep
from preau.domains.scenarios.tests.scene import an_operator
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

PAGE = "/ressources/maths-au-college/le-theoreme-de-thales/"
State = Qualification.State


@pytest.fixture
def resource(college: World) -> Resource:
    return Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")


@pytest.fixture
def operator(college: World) -> SchoolClient:
    return an_operator()


def give(person: Person, college: World, until: Any = None) -> None:
    """What a head gives on « Administrateurs »."""
    day = until or NOW.date() + timedelta(days=30)
    held = Holding.objects.get(person=person, school=college.school, role=Role.TEACHER)
    held.scope = {QUALIFIES: {"until": day.isoformat(), "by": college.people["head"].pk}}
    held.save()


@pytest.fixture
def qualifier(college: World, client: SchoolClient) -> SchoolClient:
    give(college.people["teacher"], college)
    return client.sit(college.people["teacher"])


def at(known: Qualification) -> str:
    return reverse("scenarios:qualification", kwargs={"pk": known.pk})


def opened(client: SchoolClient) -> Qualification:
    for _ in range(2):
        assert client.post("/qualification/ouvrir/", {"adresse": PAGE}).status_code == 302
    return Qualification.objects.get()


def lead(client: SchoolClient, known: Qualification, to: str, **more: str) -> Any:
    known.refresh_from_db()
    body = {"geste": "mener", "to": to, "words": "", "seen": known.state} | more
    return client.post(at(known), body)


def test_who_qualifies(college: World, holder: Any, qualifier: SchoolClient) -> None:
    assert {role for role in Role if rules.qualifies(holder(role))} == {Role.OPERATOR}
    assert qualifier.get("/qualification/").status_code == 200
    assert "Qualifier cette ressource" in qualifier.get(PAGE).content.decode()
    for key in ("teacher_1", "head", "pupil", "guardian"):
        other = SchoolClient().sit(college.people[key])
        assert other.get("/qualification/").status_code == 403, key
        assert "Qualifier cette" not in other.get(PAGE).content.decode(), key
    give(college.people["teacher"], college, NOW.date() - timedelta(days=1))
    assert SchoolClient().sit(college.people["teacher"]).get("/qualification/").status_code == 403


def test_two_people_lead_it_to_recommended_and_the_page_says_so(
    qualifier: SchoolClient, operator: SchoolClient, resource: Resource, college: World
) -> None:
    known = opened(qualifier)
    # Who noticed it does not clear its rights.
    answer = lead(qualifier, known, State.CLEARED)
    assert answer.status_code == 422 and "une autre personne" in answer.content.decode()
    assert lead(operator, known, State.CLEARED).status_code == 302
    answer = lead(qualifier, known, State.TRIED)
    assert answer.status_code == 422 and "un retour de classe" in answer.content.decode()
    for _ in range(2):
        qualifier.post(at(known), {"geste": "essayer", "words": "Très bien en 4e."})
    assert lead(qualifier, known, State.TRIED).status_code == 302
    known.refresh_from_db()
    assert known.trials == 1
    assert lead(qualifier, known, State.RECOMMENDED).status_code == 422
    before = Client().get(PAGE).content.decode()
    assert lead(operator, known, State.RECOMMENDED).status_code == 302
    after = Client().get(PAGE)
    assert "Recommandée" in after.content.decode() and "Recommandée" not in before and not after.cookies
    shown = qualifier.get(at(known)).content.decode()
    assert "Exploitant de la plateforme" in shown and "Ada" not in shown


def test_a_second_click_and_a_page_left_open_change_nothing(
    qualifier: SchoolClient, operator: SchoolClient
) -> None:
    known = opened(qualifier)
    seen = {"seen": State.NOTICED}
    for _ in range(2):
        assert lead(operator, known, State.CLEARED, **seen).status_code == 302
    assert QualificationStep.objects.filter(kind="move").count() == 2
    answer = lead(qualifier, known, State.AGAIN, words="Trop vite", **seen)
    assert answer.status_code == 422 and "entre-temps" in answer.content.decode()
    assert lead(qualifier, known, State.RECOMMENDED).status_code == 422
    assert lead(qualifier, known, State.AGAIN).status_code == 422
    assert lead(qualifier, known, State.AGAIN, words="Une source manque.").status_code == 302
    known.refresh_from_db()
    assert known.state == State.AGAIN


def test_somebody_looks_after_it(qualifier: SchoolClient, operator: SchoolClient, college: World) -> None:
    known = opened(qualifier)
    for _ in range(2):
        qualifier.post(at(known), {"geste": "prendre"})
    operator.post(at(known), {"geste": "prendre"})
    known.refresh_from_db()
    assert known.assigned_to == college.people["teacher"]
    assert "Quelqu’un d’autre s’en charge" in operator.get(at(known)).content.decode()
    assert known.resource.title in qualifier.get("/qualification/?qui=moi").content.decode()
    assert known.resource.title not in operator.get("/qualification/?qui=moi").content.decode()
    qualifier.post(at(known), {"geste": "laisser"})
    known.refresh_from_db()
    assert known.assigned_to is None
    assert qualifier.post(at(known), {"geste": "dire", "words": ""}).status_code == 422
    assert qualifier.post(at(known), {"geste": "?"}).status_code == 200


def test_only_resources_are_qualified(qualifier: SchoolClient) -> None:
    for address in ("/scenarios/", "//ailleurs.example", "/absences/", "/ressources/rien/du-tout/"):
        assert qualifier.post("/qualification/ouvrir/", {"adresse": address}).status_code == 404
    assert not Qualification.objects.exists()


def test_who_left_is_in_no_history(qualifier: SchoolClient, college: World) -> None:
    known = opened(qualifier)
    assert qualifying.forget_qualifying(college.people["teacher"].pk) == 1
    known.refresh_from_db()
    assert known.moved_by is None and known.steps.get().by is None


def test_thirty_of_them_cost_what_one_does(operator: SchoolClient, resource: Resource) -> None:
    known = Qualification.objects.create(resource=resource, opened_at=NOW, changed_at=NOW)
    step = {"qualification": known, "kind": "comment", "state": "noticed", "signed": "Enseignante", "at": NOW}
    QualificationStep.objects.create(words="x", **step)
    pages = ["/qualification/", at(known)]
    few = [counted(operator, page) for page in pages]
    for one in Resource.objects.published().exclude(pk=resource.pk)[:30]:
        Qualification.objects.create(resource=one, opened_at=NOW, changed_at=NOW)
        QualificationStep.objects.create(words="Bien.", **step)
    for (before, queries_before), address in zip(few, pages, strict=True):
        answer, after = counted(operator, address)
        assert after == queries_before <= MOST_QUERIES
        assert len(before.content) < len(answer.content) <= MOST_BYTES
        assert list(faults(answer.content.decode())) == []


def test_the_demonstration_has_one_on_its_way(college: World) -> None:
    people = [college.people["teacher"], college.people["teacher_1"]]
    for _ in range(2):
        seeds.begin_to_qualify(people)
    known = Qualification.objects.get()
    movers = [step.by for step in known.steps.filter(kind="move").order_by("pk")]
    assert (
        all(one != other for one, other in pairwise(movers))
        and known.trials == known.steps.filter(kind="trial").count()
    )
