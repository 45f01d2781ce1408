"""Surveys and votes, for the programs of whoever is asked: what is asked of them, and the results that they may read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from ninja import Router, Schema

from preau.commons.questions.queries.answers import QuestionResult
from preau.domains.surveys.models import Voter
from preau.domains.surveys.queries import surveys as queries
from preau.foundation import webapi

router = Router(tags=["sondages"])


class Choix(Schema):
    texte: str
    nombre: int


class Resultat(Schema):
    question: str
    caches: bool
    choix: list[Choix]


class Sondage(Schema):
    titre: str
    texte: str
    eleve: str
    auteur: str
    anonyme: bool
    a_repondre: bool
    repondu: bool
    ouvre_le: str
    ferme_le: str
    adresse: str
    resultats: list[Resultat]


class PageSondages(webapi.Page):
    elements: list[Sondage]


@router.get(
    "",
    response=PageSondages,
    url_name="api_sondages",
    operation_id="sondages",
    summary="Les sondages et votes auxquels on est invité",
)
def sondages(request: Any, page: webapi.Number = 1) -> dict[str, Any]:
    """Ceux qui attendent une réponse d’abord. On n’y répond pas : cela se fait à leur adresse. Les résultats, en nombres, viennent quand la
    page du sondage les montre : une fois terminé, à qui a répondu, si l’auteur l’a choisi. Une réponse n’est jamais donnée, ni la sienne."""
    found, now = queries.received(request.viewer), timezone.now()
    rows, paging = webapi.cut(found, page, found.count())
    shown = [voter.survey for voter in rows if queries.may_see_results(voter.survey, voter, now)]
    results = queries.shared_results_of(shown)
    return paging | {"elements": [_survey(voter, results, now) for voter in rows]}


def _survey(voter: Voter, results: Mapping[int, Sequence[QuestionResult]], now: datetime) -> dict[str, Any]:
    survey, zone = voter.survey, voter.survey.school.timezone
    shown = queries.may_see_results(survey, voter, now)
    return {
        "titre": survey.title,
        "texte": survey.text,
        "eleve": voter.pupil.given_name if voter.part == Voter.Part.GUARDIAN and voter.pupil else "",
        "auteur": survey.author.full_name,
        "anonyme": survey.is_anonymous,
        "a_repondre": survey.takes_answers(now) and not voter.answered,
        "repondu": voter.answered,
        "ouvre_le": webapi.moment(survey.opens_at, zone),
        "ferme_le": webapi.moment(survey.closes_at, zone),
        "adresse": reverse("surveys:answer", kwargs={"pk": voter.pk}),
        "resultats": [_result(one) for one in results.get(survey.pk, ())] if shown else [],
    }


def _result(result: QuestionResult) -> dict[str, Any]:
    return {
        "question": result.label,
        "caches": result.is_hidden,
        "choix": [{"texte": choice, "nombre": number} for choice, number in result.points],
    }
