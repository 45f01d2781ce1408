"""A mother answers a survey on her phone; a class elects its delegates, from the candidates to the minutes. With and without JavaScript."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from preau.commons.questions import actions as questions
from preau.commons.questions.models import Response
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.surveys.actions import voting
from preau.domains.surveys.actions.voting import SIGNS
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Urn
from preau.domains.surveys.queries.elections import digest_of_code
from preau.domains.surveys.tests.props import a_survey, line_of, pupils
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_mother_answers_on_her_phone(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    survey = a_survey(college, "Le repas de midi")
    mother = visit("guardian")
    page = mother.page
    mother.open("/a-repondre/")
    page.get_by_role("link", name=re.compile("Le repas de midi")).first.click()
    expect(page.get_by_role("heading", level=1, name="Le repas de midi")).to_be_visible()
    mother.check("sondage-a-repondre")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Répondez à cette question.").first).to_be_visible()
    page.get_by_label("Oui", exact=True).check()
    page.get_by_label("Jeudi", exact=True).check()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Vous avez répondu")).to_be_visible()
    mother.check("sondage-repondu")
    found = Response.objects.get(questionnaire=survey.questionnaire, respondent=college.people["guardian"])
    assert found.answers == {"q1": True, "q2": "Jeudi"}
    mother.complaints[:] = [complaint for complaint in mother.complaints if "422" not in complaint]
    mother.done()


def test_a_question_that_another_opens_is_asked_with_it(
    visit: Any, schools: dict[str, World], scripts: bool
) -> None:
    survey = a_survey(schools["college"], "Le goûter")
    assert survey.questionnaire is not None
    first = survey.questionnaire.questions.order_by("place")[0]
    degrees = QuestionFacts(
        "scale",
        "Est-ce bon\u202f?",
        choices=("pas du tout", "tout à fait"),
        only_if=first.pk,
        only_if_answer="yes",
    )
    questions.add(survey.questionnaire, degrees)
    mother = visit("guardian")
    page = mother.page
    mother.open(f"/sondages/repondre/{line_of(survey, schools['college'].people['guardian']).pk}/")
    opened = page.get_by_label("5\u202f: tout à fait", exact=True)
    expect(page.get_by_text("Seulement si vous avez répondu")).to_be_visible(visible=not scripts)
    page.get_by_label("Oui", exact=True).check()
    expect(opened).to_be_visible()
    page.get_by_label("Non", exact=True).check()
    expect(opened).to_be_visible(visible=not scripts)
    page.get_by_label("Oui", exact=True).check()
    opened.check()
    mother.check("sondage-suite")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Vous avez répondu", exact=True)).to_be_visible()
    expect(opened).to_be_hidden()
    page.get_by_text("Changer ma réponse").click()
    expect(opened).to_be_checked()
    mother.done()


def test_a_class_elects_its_delegates(visit: Any, newcomer: Visitor, schools: dict[str, World]) -> None:
    college = schools["college"]
    group = own_class(college)
    Election.objects.filter(group=group).delete()
    Delegate.objects.filter(group=group).delete()
    cpe = visit("cpe", wide=True)
    page = cpe.page
    cpe.open("/elections/nouvelle/")
    page.get_by_label("Classe", exact=True).select_option(label=group.name)
    page.get_by_role("button", name="Ouvrir les candidatures").click()
    expect(page.get_by_role("heading", level=1, name="Délégués de")).to_be_visible()
    election = Election.objects.get(group=group)
    other = next(one for one in pupils(election) if one != college.people["pupil"])

    pupil = visit("pupil")
    mine = pupil.page
    pupil.open(f"/elections/{election.pk}/")
    mine.get_by_role("link", name="Me présenter").click()
    mine.get_by_label("Suppléant", exact=True).select_option(label=other.list_name)
    mine.get_by_label(re.compile("Profession de foi")).fill("Une boîte à idées.")
    mine.get_by_role("button", name="Envoyer la candidature").click()
    expect(mine.get_by_text("À valider")).to_be_visible()
    pupil.check("candidature")

    candidate = Candidate.objects.get(election=election)
    voting.agree(_viewer(other), candidate)
    page.reload()
    page.get_by_role("button", name=re.compile("^Accepter")).click()
    page.get_by_role("button", name="Ouvrir le vote").click()
    expect(page.get_by_text("Moins de cinq ont voté")).to_be_visible()
    cpe.check("vote-ouvert")

    pupil.open(f"/elections/{election.pk}/")
    mine.get_by_role("link", name="Voter", exact=True).click()
    mine.get_by_label(re.compile(re.escape(college.people["pupil"].full_name))).check()
    pupil.check("bulletin")
    mine.get_by_role("button", name="Mettre dans l’urne").click()
    expect(mine.get_by_text("Vous avez voté")).to_be_visible()

    code = _a_code(election, college.people["pupil"])
    booth = newcomer.page
    newcomer.open("/elections/isoloir/")
    newcomer.check("isoloir")
    booth.get_by_label("Votre code", exact=True).fill(code)
    booth.get_by_role("button", name="Prendre un bulletin").click()
    booth.get_by_label(re.compile(re.escape(college.people["pupil"].full_name))).check()
    newcomer.check("bulletin-de-l-isoloir")
    booth.get_by_role("button", name="Mettre dans l’urne").click()
    expect(booth.get_by_text("Au suivant")).to_be_visible()

    # Two ballots would say whose they are.
    cpe.open(f"/elections/{election.pk}/depouiller/")
    expect(page.get_by_text("Moins de cinq élèves ont voté").first).to_be_visible()
    for elector in Elector.objects.filter(round__election=election, has_voted=False).order_by("pk")[:3]:
        voting.vote(_viewer(elector.pupil), elector, str(candidate.pk))
    cpe.open(f"/elections/{election.pk}/")
    page.get_by_role("link", name="Clore et dépouiller").click()
    page.get_by_role("button", name="Clore et dépouiller").click()
    expect(page.get_by_text("Compté deux fois")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("procès-verbal"))).to_be_visible()
    cpe.check("vote-depouille")
    assert len(Urn.objects.get(round__election=election).ballots) == 5
    assert set(Delegate.objects.filter(group=group).values_list("kind", flat=True)) == {
        "delegate",
        "substitute",
    }
    for visitor in (cpe, pupil, newcomer):
        visitor.done()


def _viewer(person: Person) -> Viewer:
    viewer = viewer_for(person, 0, timezone.now())
    assert viewer is not None
    return viewer


def _a_code(election: Election, voter: Person) -> str:
    """What the slip of a classmate says: it is printed, and not kept."""
    code = SIGNS[:8]
    elector = Elector.objects.filter(round__election=election).exclude(pupil=voter).order_by("pk")[0]
    Elector.objects.filter(pk=elector.pk).update(code=digest_of_code(code))
    return code
