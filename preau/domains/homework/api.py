"""Homework, for the programs of pupils and families."""

from typing import Any

from ninja import Router, Schema

from preau.domains.homework.queries.family import WorkRow, lines_of_work
from preau.foundation import webapi

router = Router(tags=["devoirs"])


class Devoir(Schema):
    matiere: str
    titre: str
    pour_le: str
    eleve: str
    minutes: int | None
    remise: str
    fait: bool
    rendu: bool


class PageDevoirs(webapi.Page):
    elements: list[Devoir]


@router.get(
    "",
    response=PageDevoirs,
    url_name="api_devoirs",
    operation_id="devoirs",
    summary="Le travail à faire entre deux jours",
)
def devoirs(
    request: Any, du: webapi.FirstDay = None, au: webapi.LastDay = None, page: webapi.Number = 1
) -> dict[str, Any]:
    """Pour un élève, le sien ; pour un responsable, celui de ses enfants."""
    viewer = request.viewer
    first, last = webapi.period(du, au, viewer.today)
    rows, paging = webapi.cut(lines_of_work(viewer, first, last), page)
    return paging | {"elements": [_work(row) for row in rows]}


def _work(row: WorkRow) -> dict[str, Any]:
    return {
        "matiere": row.subject,
        "titre": row.title,
        "pour_le": row.due_day.isoformat(),
        "eleve": row.pupil,
        "minutes": row.minutes,
        "remise": row.hands_in,
        "fait": row.done,
        "rendu": row.handed,
    }
