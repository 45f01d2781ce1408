"""Surveys read by a program of whoever is asked: theirs alone, no answer of anybody, and results where their page shows them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.domains.surveys import rules
from preau.domains.surveys.actions import answering, urns
from preau.domains.surveys.models import Survey, Urn, Voter
from preau.domains.surveys.queries import surveys as queries
from preau.domains.surveys.tests.props import a_draft, a_survey, line_of, many_surveys
from preau.identity import keys
from preau.identity.actions.keys import make_key
from preau.identity.models import AccessKey

pytestmark = pytest.mark.django_db


def program_of(viewer: Any, *scopes: str) -> Any:
    """`ask(page)`: what a program of this person is told."""
    last = AccessKey.objects.filter(account_id=viewer.account_id).order_by("-pk").first()
    seen = last.pk if last else 0
    _key, drawn = make_key(viewer, "token", "Programme", scopes or ("api.sondages",), days=30, seen=seen)
    client = Client(headers={"Authorization": f"Bearer {keys.as_token(drawn)}"})
    return lambda page=1: client.get("/api/v1/sondages", {"page": page})


def row_of(response: Any, title: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in response.json()["elements"] if one["titre"] == title)
    return found


def titles(response: Any) -> set[str]:
    return {one["titre"] for one in response.json()["elements"]}


def over(survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(
        state="closed", opens_at=NOW - timedelta(days=9), closes_at=NOW - timedelta(days=1)
    )


def test_a_family_reads_what_it_is_asked_and_what_waits_comes_first(
    college: World, twin: World, seat_of: Any
) -> None:
    mother = seat_of("guardian")
    survey = a_survey(college, "La cantine", text="Pour mieux faire.")
    done = a_survey(college, "Déjà dit")
    answering.answer(mother, line_of(done, mother.person), {"q1": True})
    a_draft(college, "Brouillon")
    a_survey(college, "Plus tard", opens_at=NOW + timedelta(days=1))
    a_survey(twin, "Ailleurs")
    others = a_survey(college, "Pour les autres")
    others.voters.filter(pupil=college.people["pupil"]).delete()
    response = program_of(mother)()
    first = row_of(response, "La cantine")
    assert (first["texte"], first["eleve"]) == ("Pour mieux faire.", college.people["pupil"].given_name)
    assert (first["a_repondre"], first["repondu"], first["anonyme"]) == (True, False, False)
    assert first["adresse"] == reverse("surveys:answer", args=[line_of(survey, mother.person).pk])
    assert first["ferme_le"][:10] == "2026-12-01" and first["resultats"] == []
    flags = [one["a_repondre"] for one in response.json()["elements"]]
    assert flags == sorted(flags, reverse=True)
    assert (row_of(response, "Déjà dit")["a_repondre"], row_of(response, "Déjà dit")["repondu"]) == (
        False,
        True,
    )
    assert not {"Brouillon", "Plus tard", "Ailleurs", "Pour les autres"} & titles(response)


def test_results_come_as_on_the_page_and_no_answer_ever_does(college: World, seat_of: Any) -> None:
    mother, father = seat_of("guardian"), seat_of("other_guardian")
    secret = a_survey(college, "En secret", is_anonymous=True, shows_results=True, each_guardian=True)
    answering.answer(mother, line_of(secret, mother.person), {"q1": True, "q2": "zzalpha"})
    ask = program_of(mother)
    assert row_of(ask(), "En secret")["resultats"] == []
    over(secret)
    few = ask()
    assert all(one["caches"] and not one["choix"] for one in row_of(few, "En secret")["resultats"])
    urn = Urn.objects.get(survey=secret)
    for _ in range(rules.THRESHOLD - 1):
        urns.put(urn, {"q1": False, "q2": "Lundi"})
    enough = ask()
    mine = row_of(enough, "En secret")["resultats"]
    assert mine[0]["choix"] == [{"texte": "Oui", "nombre": 1}, {"texte": "Non", "nombre": 4}]
    assert [one.label for one in queries.shared_results(Survey.objects.get(pk=secret.pk))] == [
        one["question"] for one in mine
    ]
    for response in (few, enough):
        assert "zzalpha" not in response.content.decode() and "answers" not in response.content.decode()
    # Whoever has not answered reads no result.
    assert row_of(program_of(father)(), "En secret")["resultats"] == []
    Survey.objects.filter(pk=secret.pk).update(shows_results=False)
    assert row_of(ask(), "En secret")["resultats"] == []


def test_a_signed_answer_is_not_told_to_the_other_guardian(college: World, seat_of: Any) -> None:
    mother, father = seat_of("guardian"), seat_of("other_guardian")
    survey = a_survey(college, "Signé", each_guardian=True, shows_results=True)
    for viewer, day in ((mother, "Lundi"), (father, "Jeudi")):
        answering.answer(viewer, line_of(survey, viewer.person), {"q1": True, "q2": day})
    over(survey)
    shown = row_of(program_of(father)(), "Signé")["resultats"]
    assert shown and all(one["caches"] for one in shown)


def test_whoever_follows_the_pupil_no_more_reads_nothing(college: World, seat_of: Any) -> None:
    a_survey(college, "La cantine")
    father = seat_of("other_guardian")
    ask = program_of(father)
    assert "La cantine" in titles(ask())
    Guardianship.objects.filter(guardian=father.person, pupil=college.people["pupil"]).update(
        may_not_be_informed=True
    )
    response = ask()
    assert response.status_code in {401, 403} or "La cantine" not in titles(response)


def test_the_staff_reads_what_it_is_asked_and_not_what_it_follows(college: World, seat_of: Any) -> None:
    a_survey(college, "Aux familles")
    teacher = seat_of("teacher")
    mine = a_survey(college, "Aux collègues", "head", audience="staff")
    assert mine.voters.filter(person=teacher.person).exists()
    response = program_of(teacher)()
    assert "Aux collègues" in titles(response) and "Aux familles" not in titles(response)
    assert program_of(teacher, "api")().status_code == 403


def test_many_surveys_are_pages_and_cost_the_same(college: World, seat_of: Any) -> None:
    mother = seat_of("guardian")
    ask = program_of(mother)
    ask()

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask().status_code == 200
        return len(found)

    def ended(count: int) -> None:
        many_surveys(college, count)
        Survey.objects.filter(title__startswith="Sondage ").update(
            state="closed",
            shows_results=True,
            opens_at=NOW - timedelta(days=9),
            closes_at=NOW - timedelta(days=1),
        )
        Voter.objects.filter(person=mother.person).update(answered=True)

    ended(3)
    few = cost()
    ended(110)
    assert cost() <= few <= 14
    assert ask().json()["pages"] == 2 and titles(ask(2))
