"""A survey answered on paper: a text message says that it waits, a sheet asks, the author types it in; never of a ballot."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.delivery.models import SchoolPolicy
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests.post import deliver
from preau.commons.outbox.models import Letter
from preau.commons.questions.models import Response
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.domains.surveys import tasks
from preau.domains.surveys.actions import answering, voting
from preau.domains.surveys.models import Candidate, Survey
from preau.domains.surveys.queries import elections, paper
from preau.domains.surveys.tests.props import (
    TODAY,
    a_draft,
    a_survey,
    an_election,
    line_of,
    pupils,
    stands,
)
from preau.foundation import pdf
from preau.identity.models import Account
from tests.pages import counted

NUMBER = "+33612345678"
YES = {"q1": True, "q2": "Lundi"}


@pytest.fixture(autouse=True)
def texts_offered(settings: Any, college: World) -> None:
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    SchoolPolicy.objects.update_or_create(school=college.school, defaults={"offers_texts": True})


@pytest.fixture
def father(college: World) -> Person:
    """No account, no address of mail: a mobile."""
    person = college.people["other_guardian"]
    Person.objects.filter(pk=person.pk).update(phone="06 12 34 56 78", email="")
    Account.objects.filter(person=person).update(password="")
    person.refresh_from_db()
    return person


def tell(survey: Survey) -> list[str]:
    keys = list(survey.voters.order_by("pk").values_list("pk", flat=True))
    for _twice in range(2):
        tasks.tell.call(survey.pk, keys, 0)
    deliver()
    return list(Letter.objects.filter(to=NUMBER).order_by("pk").values_list("body", flat=True))


def test_it_is_texted_once_without_its_title(college: World, father: Person) -> None:
    (text,) = tell(a_survey(college, "Divorces", each_guardian=True))
    assert f"{college.people['pupil'].given_name} : un questionnaire à remplir avant le" in text
    assert "questionnaire papier" in text and "Divorces" not in text


def of_age(pupil: Person) -> Person:
    """The cast's pupil, who has a mobile, no account and no address of mail."""
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2008, 11, 24), phone="06 12 34 56 78", email="")
    Account.objects.filter(person=pupil).update(password="")
    pupil.refresh_from_db()
    return pupil


def test_a_pupil_of_age_is_texted_and_answers_on_paper(college: World, seat_of: Any) -> None:
    pupil = of_age(college.people["pupil"])
    survey = a_survey(college)
    (text,) = tell(survey)
    assert "un questionnaire à remplir" in text
    line = line_of(survey, pupil)
    rows = {row.voter.pk: row.why for row in paper.on_paper(survey, TODAY)}
    assert rows[line.pk] == "prévenu par SMS, répond sur papier"
    assert answering.enter(seat_of("teacher"), line, YES)
    assert line.pk not in {row.voter.pk for row in paper.on_paper(survey, TODAY)}
    # Of what is asked of pupils, whatever their age, nothing is on paper.
    asked = a_survey(college, "Le bal", audience="pupils")
    assert len(tell(asked)) == 1
    with pytest.raises(answering.NotAwaited):
        answering.enter(seat_of("teacher"), line_of(asked, pupil), YES)


def test_a_ballot_is_on_no_paper(college: World, father: Person, seat_of: Any) -> None:
    survey = a_survey(college, is_anonymous=True)
    assert not tell(survey) and not paper.is_on_paper(survey, NOW)
    with pytest.raises(answering.NotAwaited):
        answering.enter(seat_of("teacher"), line_of(survey, father), YES)
    assert not paper.is_on_paper(a_survey(college, "Élèves", audience="pupils"), NOW)


def test_the_author_sees_who_is_on_paper_prints_and_types_in(
    college: World, father: Person, client: SchoolClient
) -> None:
    draft, survey = a_draft(college, "Brouillon"), a_survey(college)
    client.sit(college.people["teacher"])
    page, statements = counted(client, reverse("surveys:survey", args=[draft.pk]))
    assert "par SMS, réponse sur papier" in page.content.decode() and statements <= 14
    listed = reverse("surveys:on_paper", args=[survey.pk])
    page, statements = counted(client, listed)
    content = page.content.decode()
    assert (
        father.full_name in content and "prévenu par SMS, répond sur papier" in content and statements <= 14
    )
    sheets = client.post(reverse("surveys:sheets", args=[survey.pk]))
    assert sheets.status_code == 200
    if not pdf.is_possible():
        assert "Quel jour" in sheets.content.decode()
    line, address = line_of(survey, father), reverse("surveys:enter", args=[survey.pk])
    page, statements = counted(client, f"{address}?ligne={line.pk}")
    assert father.full_name in page.content.decode() and statements <= 14
    assert client.post(address, {"ligne": line.pk, "q2": "Mardi"}).status_code == 422
    assert client.post(address, {"ligne": "99999999"}).status_code == 302
    for _twice in range(2):
        client.post(address, {"ligne": line.pk, "q1": "yes", "q2": "Lundi"})
    response = Response.objects.get(questionnaire=survey.questionnaire, state="sent")
    assert (response.respondent, response.noted_by) == (father, college.people["teacher"])
    assert Line.objects.filter(verb="surveys.entered").count() == 1
    line.refresh_from_db()
    assert line.answered
    assert father.full_name not in client.get(listed).content.decode()


def test_the_other_guardian_has_answered_already(college: World, father: Person, seat_of: Any) -> None:
    survey, mother = a_survey(college), seat_of("guardian")
    answering.answer(mother, line_of(survey, mother.person), YES)
    assert father.pk not in {row.voter.person_id for row in paper.on_paper(survey, TODAY)}
    with pytest.raises(answering.AnsweredAlready):
        answering.enter(seat_of("teacher"), line_of(survey, father), YES)


def test_each_guardian_answers_once_whatever_children(college: World, father: Person) -> None:
    other = next(one for one in pupils(an_election(college)) if one != college.people["pupil"])
    Guardianship.objects.get_or_create(
        pupil=other,
        guardian=father,
        defaults={"authority": "legal", "kinship": "father", "starts": college.year.starts},
    )
    survey = a_survey(college, each_guardian=True)
    assert [row.voter.person for row in paper.on_paper(survey, TODAY)].count(father) == 1
    survey = a_survey(college, "Par élève")
    assert [row.voter.person for row in paper.on_paper(survey, TODAY)].count(father) == 2


def test_a_sheet_does_not_replace_what_its_guardian_has_answered_here(
    college: World, father: Person, seat_of: Any
) -> None:
    survey = a_survey(college, each_guardian=True)
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    with pytest.raises(answering.AnsweredAlready):
        answering.enter(seat_of("teacher"), line_of(survey, college.people["guardian"]), {**YES, "q1": False})
    (kept,) = Response.objects.sent().filter(respondent=college.people["guardian"])
    assert kept.answers["q1"] is True
    # A sheet that was typed in wrongly is typed in again.
    assert answering.enter(seat_of("teacher"), line_of(survey, father), YES)
    assert answering.enter(seat_of("teacher"), line_of(survey, father), {**YES, "q1": False})


def test_nobody_types_in_their_own_sheet(college: World, seat_of: Any) -> None:
    survey, teacher = a_survey(college), seat_of("teacher")
    Guardianship.objects.create(
        pupil=college.people["pupil"],
        guardian=teacher.person,
        authority="legal",
        kinship="mother",
        starts=college.year.starts,
    )
    survey.voters.create(pupil=college.people["pupil"], person=teacher.person, part="guardian")
    with pytest.raises(answering.NotAwaited):
        answering.enter(teacher, line_of(survey, teacher.person), YES)


# Why a candidacy is to be written anew


def test_a_candidacy_is_sent_back_with_a_sentence_that_its_pupil_alone_reads(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    election, pupil = an_election(college), college.people["pupil"]
    other = next(one for one in pupils(election) if one != pupil)
    mine = stands(election, pupil, other, state="waiting", words="Du bruit.")
    read, address = elections.reading_of(mine), reverse("surveys:decide", args=[mine.pk])
    page = reverse("surveys:election", args=[election.pk])
    with pytest.raises(voting.NoReason):
        voting.decide(seat_of("cpe"), mine, accepted=False, read=read)
    client.sit(college.people["cpe"])
    empty = client.post(address, {"decision": "refuser", "lu": read, "why": " "})
    assert empty.status_code == 422 and "quoi changer" in empty.content.decode()
    mine.refresh_from_db()
    assert mine.state == "waiting"
    client.post(address, {"decision": "refuser", "lu": read, "why": "Dis plutôt ce que tu proposes."})
    mine.refresh_from_db()
    assert (mine.state, mine.refusal) == ("refused", "Dis plutôt ce que tu proposes.")
    assert "ce que tu proposes" not in client.get(page).content.decode()
    news = Item.objects.get(kind="surveys.revise", person=pupil)
    assert "proposes" not in str(news.facts)
    assert "proposes" not in str(list(Line.objects.values_list("details", flat=True)))
    client.sit(pupil)
    assert "ce que tu proposes" in client.get(page).content.decode()
    assert "ce que tu proposes" in client.get(reverse("surveys:stand", args=[election.pk])).content.decode()
    # Their substitute sees the candidacy, and not why.
    Account.objects.get_or_create(person=other, defaults={"login": "un.suppleant", "password": "x"})
    client.sit(other)
    assert "ce que tu proposes" not in client.get(page).content.decode()
    voting.stand(seat_of("pupil"), election, voting.Candidacy(pupil, other, "Du calme."))
    mine.refresh_from_db()
    assert (mine.state, mine.refusal) == ("waiting", "")
    voting.decide(seat_of("cpe"), mine, accepted=False, read=elections.reading_of(mine), why="Plus court.")
    voting.decide(seat_of("cpe"), mine, accepted=True, read=elections.reading_of(mine))
    assert Candidate.objects.get(pk=mine.pk).refusal == ""
    Candidate.objects.filter(pk=mine.pk).update(refusal="Plus court.")
    voting.forget_words(pupil.pk)
    assert Candidate.objects.get(pk=mine.pk).refusal == ""
