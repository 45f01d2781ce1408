"""The words of the notebook, for the programs of pupils and families."""

from typing import Any

from django.urls import reverse
from ninja import Router, Schema

from preau.domains.liaison.queries.book import Entry, entries_of, every_word
from preau.foundation import webapi

router = Router(tags=["carnet"])


class Mot(Schema):
    titre: str
    nature: str
    texte: str
    texte_facile: str
    phrases: list[str]
    precisions: list[str]
    eleve: str
    auteur: str
    envoye_le: str
    a_repondre: bool
    avant_le: str
    adresse: str


class PageMots(webapi.Page):
    elements: list[Mot]


@router.get(
    "",
    response=PageMots,
    url_name="api_carnet",
    operation_id="carnet",
    summary="Les mots du carnet de liaison",
)
def carnet(request: Any, page: webapi.Number = 1) -> dict[str, Any]:
    """Pour un élève, les siens ; pour un responsable, ceux de ses enfants ; les derniers d’abord. Les lire ici ne les marque pas comme lus,
    et ne les signe pas : cela se fait à leur adresse."""
    found = every_word(request.viewer)
    rows, paging = webapi.cut(found, page, found.count())
    return paging | {"elements": [_word(entry) for entry in entries_of(rows, request.viewer)]}


def _word(entry: Entry) -> dict[str, Any]:
    word, zone = entry.word, entry.word.school.timezone
    return {
        "titre": word.title,
        "nature": word.kind,
        "texte": word.text,
        "texte_facile": word.easy,
        "phrases": [one["text"] for one in word.phrases],
        "precisions": [one.text for one in entry.precisions],
        "eleve": entry.recipient.pupil.given_name if entry.recipient.pupil else "",
        "auteur": word.author.full_name,
        "envoye_le": webapi.moment(word.sent_at, zone),
        "a_repondre": entry.to_answer,
        "avant_le": webapi.moment(word.closes_at, zone) if word.closes_at else "",
        "adresse": reverse("liaison:read", kwargs={"pk": entry.recipient.pk}),
    }
