"""Nothing in the database ties a ballot to whoever cast it: the rows are dumped and looked at (docs/decisions/0161)."""

import json
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.questions.models import Response
from preau.directory.seeds.world import World
from preau.domains.surveys import rules
from preau.domains.surveys.actions import answering, urns, voting, writing
from preau.domains.surveys.models import Election, Elector, Round, Survey, Urn, Voter
from preau.domains.surveys.queries import surveys as queries
from preau.domains.surveys.tests.props import a_survey, an_election, line_of, pupils, stands
from preau.foundation import kept

pytestmark = [pytest.mark.django_db, pytest.mark.engine]
# What no other row may hold: words that only a ballot says.
SAID = ["zzalpha", "zzbeta", "zzgamma", "zzdelta"]


def dumped() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as it is stored."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            rows = serializers.serialize("python", model._base_manager.order_by("pk"))
            found[model._meta.label] = rows
    return found


def as_text(rows: Any) -> str:
    return json.dumps(rows, default=str)


def test_the_words_of_a_ballot_are_in_the_urn_and_in_no_other_row(college: World, seat_of: Any) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    answering.answer(
        seat_of("guardian"), line_of(survey, college.people["guardian"]), {"q1": True, "q2": SAID[0]}
    )
    for words in SAID[1:]:
        urns.put(Urn.objects.get(survey=survey), {"q1": True, "q2": words})
    tables = dumped()
    holding = {label for label, rows in tables.items() if any(words in as_text(rows) for words in SAID)}
    assert holding == {"surveys.Urn"}
    (row,) = [row for row in tables["surveys.Urn"] if row["fields"]["survey"] == survey.pk]
    # The whole row: a random key, the survey, the ballots; a ballot holds answers, and nothing else.
    assert set(row["fields"]) == {"survey", "round", "ballots"}
    assert len(str(row["pk"])) == 36
    assert {frozenset(ballot) for ballot in row["fields"]["ballots"]} == {frozenset({"q1", "q2"})}


def test_the_roll_says_that_somebody_answered_and_neither_when_nor_what(college: World, seat_of: Any) -> None:
    fields = {field.name for field in Voter._meta.get_fields() if field.concrete}
    assert fields == {"id", "survey", "pupil", "person", "part", "answered"}
    fields = {field.name for field in Elector._meta.get_fields() if field.concrete}
    assert fields == {"id", "round", "pupil", "has_voted", "code"}
    # No key leads from one to the other, by either end.
    for model in (Voter, Elector):
        assert not any(field.related_model is Urn for field in model._meta.get_fields() if field.is_relation)
    survey = a_survey(college, "En secret", is_anonymous=True)
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), {"q1": True})
    line = Line.objects.get(verb="surveys.answered")
    assert line.target_id == survey.pk and not line.details
    assert not Response.objects.filter(questionnaire=survey.questionnaire).exists()


def test_ballots_lie_in_one_row_in_an_order_that_is_not_that_of_voting(college: World) -> None:
    """Four ballots, forty times: were they kept as they came, the first would always be the first."""
    survey = a_survey(college, "En secret", is_anonymous=True)
    urn = Urn.objects.get(survey=survey)
    first: Counter[str] = Counter()
    for _time in range(40):
        Urn.objects.filter(pk=urn.pk).update(ballots=[])
        for words in SAID:
            urns.put(urn, words)
        urn.refresh_from_db()
        assert sorted(urn.ballots) == sorted(SAID)
        first[urn.ballots[0]] += 1
    # One chance in 4^39 that a fair draw puts the same one first each time.
    assert len(first) > 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM surveys_urn WHERE survey_id = %s", [survey.pk])
        assert cursor.fetchone()[0] == 1


def test_nobody_reads_an_urn(college: World, seat_of: Any) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    assert Urn.objects.filter(survey=survey).exists()
    for key in ("head", "teacher", "cpe", "guardian", "pupil"):
        assert not Urn.objects.visible_to(seat_of(key)).exists()


def test_a_ballot_is_cast_once_and_never_changed(college: World, seat_of: Any) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    line, mother = line_of(survey, college.people["guardian"]), seat_of("guardian")
    assert answering.answer(mother, line, {"q1": True})
    assert not answering.answer(mother, line, {"q1": False})
    assert not answering.answer(
        seat_of("other_guardian"), line_of(survey, college.people["other_guardian"]), {"q1": False}
    )
    assert Urn.objects.get(survey=survey).ballots == [{"q1": True}]
    with pytest.raises(answering.NotAwaited):
        answering.keep_draft(mother, line, {"q1": False})


def test_a_ballot_is_never_put_aside_in_a_session(college: World, client: SchoolClient) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    client.sit(college.people["guardian"])
    page = client.get(
        reverse("surveys:answer", args=[line_of(survey, college.people["guardian"]).pk])
    ).content.decode()
    assert 'name="secret"' in page and "data-draft" not in page and "plus-tard" not in page
    assert "secret" in kept.SECRETS


# Hidden cells


def test_an_anonymous_survey_shows_nothing_while_it_is_open_nor_below_five(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    urn = Urn.objects.filter(survey=survey)
    urn.update(ballots=[{"q1": True, "q2": "Lundi"}] * 5)
    client.sit(college.people["teacher"])
    address = reverse("surveys:results", args=[survey.pk])
    assert "à la fin" in client.get(address).content.decode()
    assert "Lundi" not in client.get(address).content.decode()
    assert client.get(reverse("surveys:results_file", args=[survey.pk])).status_code == 302
    writing.close(seat_of("teacher"), survey)
    assert "Lundi" in client.get(address).content.decode()
    urn.update(ballots=[{"q1": True, "q2": "Lundi"}] * 4)
    assert "Lundi" not in client.get(address).content.decode()
    # Seven ballots, of which three say a day: the question that three answered stays hidden.
    urn.update(ballots=[{"q1": True, "q2": "Lundi"}] * 3 + [{"q1": False}] * 4)
    first, second = queries.results(survey)
    assert first.number == 7 and second.is_hidden and not second.points and second.number == 0
    assert rules.THRESHOLD == 5


def test_the_following_of_an_anonymous_survey_says_who_and_never_what(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    answering.answer(
        seat_of("guardian"), line_of(survey, college.people["guardian"]), {"q1": True, "q2": SAID[0]}
    )
    client.sit(college.people["teacher"])
    page = client.get(reverse("surveys:survey", args=[survey.pk]) + "?reponses=faites").content.decode()
    assert college.people["pupil"].list_name in page and SAID[0] not in page


# Elections


def test_a_ballot_of_an_election_is_in_the_urn_alone(college: World, seat_of: Any) -> None:
    election = an_election(college)
    there = pupils(election)
    chosen = stands(election, there[0], there[1])
    voting.open_round(seat_of("cpe"), election)
    before = dumped()
    elector = Elector.objects.get(round__election=election, pupil=college.people["pupil"])
    assert voting.vote(seat_of("pupil"), elector, str(chosen.pk))
    after = dumped()
    changed = {
        label: [row for row in rows if row not in before.get(label, [])]
        for label, rows in after.items()
        if rows != before.get(label, [])
    }
    # What one vote writes: the roll, the urn, a line that says « a voté », and the news that it settles.
    assert {"surveys.Elector", "surveys.Urn"} <= set(changed)
    assert set(changed) <= {
        "surveys.Elector",
        "surveys.Urn",
        "journal.Line",
        "notifications.Item",
        "notifications.Dispatch",
    }
    for label, rows in changed.items():
        if label != "surveys.Urn":
            for row in rows:
                assert chosen.pk not in _numbers(row["fields"], {"election", "pupil", "person", "subject_id"})
    (urn,) = changed["surveys.Urn"]
    assert urn["fields"]["ballots"] == [str(chosen.pk)]
    (line,) = changed["journal.Line"]
    assert line["fields"]["verb"] == "surveys.voted" and not line["fields"]["details"]


def _numbers(fields: dict[str, Any], but: set[str]) -> list[Any]:
    """The values of a row that could be the key of a candidate, but those that name people."""
    return [value for name, value in fields.items() if name in {"candidate", "ballot", "details"} - but]


def test_the_models_of_votes_have_no_time_beside_a_person() -> None:
    for model in (Voter, Elector, Urn):
        assert not [field.name for field in model._meta.get_fields() if "Date" in type(field).__name__]
    assert (
        Survey._meta.get_field("title")
        and Round._meta.get_field("closed_at")
        and Election._meta.get_field("state")
    )
