"""Marks, for the programs of pupils and families."""

from typing import Any

from ninja import Router, Schema

from preau.domains.gradebook.queries.latest import LatestMark, marks_between
from preau.foundation import webapi

router = Router(tags=["notes"])


class Note(Schema):
    eleve: str
    matiere: str
    evaluation: str
    jour: str
    note: str | None
    code: str
    bareme: str
    coefficient: str
    compte: str


class PageNotes(webapi.Page):
    elements: list[Note]


@router.get(
    "",
    response=PageNotes,
    url_name="api_notes",
    operation_id="notes",
    summary="Les notes publiées entre deux jours",
)
def notes(
    request: Any, du: webapi.FirstDay = None, au: webapi.LastDay = None, page: webapi.Number = 1
) -> dict[str, Any]:
    """Pour un élève, les siennes ; pour un responsable, celles de ses enfants, après le délai de l’établissement."""
    viewer = request.viewer
    first, last = webapi.period(du, au, viewer.today)
    rows, paging = webapi.cut(marks_between(viewer, first, last), page)
    return paging | {"elements": [_note(row) for row in rows]}


def _note(row: LatestMark) -> dict[str, Any]:
    return {
        "eleve": row.pupil,
        "matiere": row.subject,
        "evaluation": row.title,
        "jour": row.day.isoformat(),
        "note": None if row.value is None else f"{row.value:f}",
        "code": row.code,
        "bareme": f"{row.scale:f}",
        "coefficient": f"{row.coefficient:f}",
        "compte": row.mode,
    }
