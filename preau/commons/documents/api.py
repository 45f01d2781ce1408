"""Documents written together, for the programs of those who read them."""

from collections.abc import Mapping
from typing import Annotated, Any

from ninja import Query, Router, Schema

from preau.commons.documents.boards import PlaceFace
from preau.commons.documents.models import Document
from preau.commons.documents.queries import people, places, texts
from preau.foundation import webapi
from preau.foundation.richtext import showing
from preau.foundation.templating import url

router = Router(tags=["documents"])
One = Annotated[
    int | None,
    Query(ge=1, description="Un seul document, avec son texte. Sans lui\u202f: tous, sans leur texte."),
]


class DocumentDit(Schema):
    identifiant: int
    titre: str
    lieu: str
    commence_par: str
    commence_le: str
    change_le: str
    ecrit: bool
    commente: bool
    html: str
    mots: str
    adresse: str


class PageDocuments(webapi.Page):
    elements: list[DocumentDit]


@router.get(
    "",
    response=PageDocuments,
    url_name="api_documents",
    operation_id="documents",
    summary="Les documents écrits à plusieurs",
)
def documents(request: Any, identifiant: One = None, page: webapi.Number = 1) -> dict[str, Any]:
    """Les siens et ceux des lieux où l’on entre, les derniers changés d’abord, sans ceux de la corbeille. De celui que l’on demande, `html`
    est le texte (une image y est nommée par `data-file` et dite par `alt`) et `mots` ses mots seuls ; des autres, ils sont vides."""
    viewer = request.viewer
    read = Document.objects.visible_to(viewer).present()
    read = read.light() if identifiant is None else read.filter(pk=identifiant)
    found = read.powered(viewer).select_related("school", "begun_by").order_by("-changed_at", "-pk")
    rows, pagination = webapi.cut(found, page, read.count())
    known = list(rows)
    faces = places.faces_of(viewer, known)
    return pagination | {"elements": [_told(row, faces, with_text=identifiant is not None) for row in known]}


def _told(row: Any, faces: Mapping[tuple[str, int], PlaceFace], *, with_text: bool) -> dict[str, Any]:
    face = faces.get((row.kind, row.place))
    html = texts.html_now(row) if with_text else ""
    return {
        "identifiant": row.pk,
        "titre": row.title,
        "lieu": face.name if face else "",
        "commence_par": people.name_in(row, row.begun_by),
        "commence_le": webapi.moment(row.begun_at, row.school.timezone),
        "change_le": webapi.moment(row.changed_at, row.school.timezone),
        "ecrit": row.may_write,
        "commente": row.may_comment,
        "html": html,
        "mots": showing.plain(html, pictures=True),
        "adresse": url("documents:document", pk=row.pk),
    }
