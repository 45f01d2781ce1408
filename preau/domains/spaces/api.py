"""The spaces that somebody enters, for their programs."""

from typing import Any

from django.urls import reverse
from ninja import Router, Schema

from preau.domains.spaces import rules
from preau.domains.spaces.models import Space
from preau.foundation import webapi

router = Router(tags=["espaces"])


class Espace(Schema):
    identifiant: int
    nom: str
    nature: str
    a_quoi_il_sert: str
    groupe: str
    matiere: str
    ouvre_le: str
    ferme_le: str
    archive: bool
    ecrit: bool
    anime: bool
    adresse: str


class PageEspaces(webapi.Page):
    elements: list[Espace]


@router.get(
    "",
    response=PageEspaces,
    url_name="api_espaces",
    operation_id="espaces",
    summary="Les espaces où l’on entre",
)
def espaces(request: Any, page: webapi.Number = 1) -> dict[str, Any]:
    """Ceux de ses classes, de ses enseignements, de ses projets et de ses équipes, le sien, et ceux des années passées que l’on lit encore.
    Leurs documents sont dans `/documents`."""
    viewer = request.viewer
    found = Space.objects.with_powers(viewer).order_by("archived_at", "kind", "search_title", "pk")
    rows, paging = webapi.cut(found, page, Space.objects.visible_to(viewer).count())
    return paging | {"elements": [_told(viewer, space) for space in rows]}


def _told(viewer: Any, space: Any) -> dict[str, Any]:
    return {
        "identifiant": space.pk,
        "nom": space.title,
        "nature": space.kind,
        "a_quoi_il_sert": space.purpose,
        "groupe": space.group.name if space.group else "",
        "matiere": space.subject.name if space.subject else "",
        "ouvre_le": space.opens.isoformat() if space.opens else "",
        "ferme_le": space.closes.isoformat() if space.closes else "",
        "archive": space.archived_at is not None,
        "ecrit": rules.writes(viewer, space),
        "anime": rules.runs_now(viewer, space),
        "adresse": reverse("spaces:space", kwargs={"pk": space.pk}),
    }
