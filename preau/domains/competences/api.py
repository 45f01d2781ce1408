"""Levels, for the programs of pupils and families."""

from typing import Any

from ninja import Router, Schema

from preau.domains.competences.queries.latest import LatestLevel, levels_between
from preau.foundation import webapi

router = Router(tags=["compétences"])


class Niveau(Schema):
    eleve: str
    code: str
    competence: str
    evaluation: str
    jour: str
    niveau: int | None
    mot: str
    raison: str


class PageNiveaux(webapi.Page):
    elements: list[Niveau]


@router.get(
    "",
    response=PageNiveaux,
    url_name="api_competences",
    operation_id="competences",
    summary="Les niveaux publiés entre deux jours",
)
def competences(
    request: Any, du: webapi.FirstDay = None, au: webapi.LastDay = None, page: webapi.Number = 1
) -> dict[str, Any]:
    """Pour un élève, les siens ; pour un responsable, ceux de ses enfants, après le délai de l’établissement."""
    viewer = request.viewer
    first, last = webapi.period(du, au, viewer.today)
    rows, pagination = webapi.cut(levels_between(viewer, first, last), page)
    return pagination | {"elements": [_level(row) for row in rows]}


def _level(row: LatestLevel) -> dict[str, Any]:
    return {
        "eleve": row.public_id,
        "code": row.competence,
        "competence": row.name,
        "evaluation": row.title,
        "jour": row.day.isoformat(),
        "niveau": row.value,
        "mot": row.word,
        "raison": row.code,
    }
