"""The agenda, for programs: what a telephone's calendar may have, and no more (`in_feed`)."""

from typing import Any

from ninja import Router, Schema

from preau.commons.agenda.queries import gathered
from preau.foundation import webapi
from preau.foundation.boards import AgendaEntry

router = Router(tags=["agenda"])


class Entree(Schema):
    uid: str
    titre: str
    debut: str
    fin: str
    journee: bool
    pour_qui: str
    detail: str
    lieu: str
    etat: str
    annule: bool
    adresse: str


class PageAgenda(webapi.Page):
    elements: list[Entree]


@router.get(
    "", response=PageAgenda, url_name="api_agenda", operation_id="agenda", summary="L’agenda entre deux jours"
)
def agenda(
    request: Any, du: webapi.FirstDay = None, au: webapi.LastDay = None, page: webapi.Number = 1
) -> dict[str, Any]:
    """Cours, vacances, événements et travail à faire, dans l’ordre. Ni absences ni punitions : elles restent sur le site."""
    viewer = request.viewer
    first, last = webapi.period(du, au, viewer.today)
    rows, pagination = webapi.cut(gathered(viewer, first, last, for_feed=True), page)
    return pagination | {"elements": [_entry(row) for row in rows]}


def _entry(entry: AgendaEntry) -> dict[str, Any]:
    return {
        "uid": entry.uid,
        "titre": str(entry.title),
        "debut": webapi.moment(entry.starts, entry.zone),
        "fin": webapi.moment(entry.ends, entry.zone),
        "journee": entry.lasts_days,
        "pour_qui": entry.whose,
        "detail": str(entry.detail),
        "lieu": entry.place,
        "etat": str(entry.word),
        "annule": entry.cancelled,
        "adresse": entry.url,
    }
