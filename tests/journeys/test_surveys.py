"""A mother answers a survey on her phone; a class elects its delegates, from the candidates to the minutes. With and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from preau.commons.questions.models import Response
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.surveys.actions.voting import SIGNS
from preau.domains.surveys.models import Delegate, Election, Elector, Urn
from preau.domains.surveys.queries.elections import digest_of_code
from preau.domains.surveys.tests.props import a_survey, pupils
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

    page.reload()
    page.get_by_role("button", name=re.compile("^Accepter")).click()
    page.get_by_role("button", name="Ouvrir le vote").click()
    expect(page.get_by_text("0 a voté")).to_be_visible()
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

    page.reload()
    page.get_by_role("button", name="Clore et dépouiller").click()
    expect(page.get_by_text("Compté deux fois")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("procès-verbal"))).to_be_visible()
    cpe.check("vote-depouille")
    assert len(Urn.objects.get(round__election=election).ballots) == 2
    assert set(Delegate.objects.filter(group=group).values_list("kind", flat=True)) == {
        "delegate",
        "substitute",
    }
    for visitor in (cpe, pupil, newcomer):
        visitor.done()


def _a_code(election: Election, voter: Person) -> str:
    """What the slip of a classmate says: it is printed, and not kept."""
    code = SIGNS[:8]
    elector = Elector.objects.filter(round__election=election).exclude(pupil=voter).order_by("pk")[0]
    Elector.objects.filter(pk=elector.pk).update(code=digest_of_code(code))
    return code
