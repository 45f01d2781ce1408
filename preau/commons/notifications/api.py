"""The news of a person, for their programs."""

from typing import Any

from ninja import Router, Schema

from preau.commons.notifications.queries import ItemText, news_of, told
from preau.foundation import webapi

router = Router(tags=["notifications"])


class Nouvelle(Schema):
    nature: str
    titre: str
    texte: str
    etablissement: str
    publiee_le: str
    lue: bool
    urgente: bool
    adresse: str


class PageNouvelles(webapi.Page):
    elements: list[Nouvelle]


@router.get(
    "",
    response=PageNouvelles,
    url_name="api_notifications",
    operation_id="notifications",
    summary="Les notifications",
)
def notifications(request: Any, page: webapi.Number = 1) -> dict[str, Any]:
    """Les non lues d’abord, puis les plus récentes. Les lire ici ne les marque pas comme lues."""
    found = news_of(request.viewer)
    rows, said = webapi.cut(found, page, found.count())
    return said | {"elements": [_news(one) for one in told(rows)]}


def _news(told: ItemText) -> dict[str, Any]:
    return {
        "nature": told.kind,
        "titre": told.subject,
        "texte": told.body,
        "etablissement": told.school,
        "publiee_le": told.published_at.isoformat(),
        "lue": told.is_read,
        "urgente": told.urgent,
        "adresse": told.url,
    }
