"""The news of a person, for their programs."""

from typing import Any

from ninja import Router, Schema

from preau.commons.notifications.queries import ItemText, news_of, texts_of
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
    rows, pagination = webapi.cut(found, page, found.count())
    return pagination | {"elements": [_news(one) for one in texts_of(rows)]}


def _news(notice: ItemText) -> dict[str, Any]:
    return {
        "nature": notice.kind,
        "titre": notice.subject,
        "texte": notice.body,
        "etablissement": notice.school,
        "publiee_le": notice.published_at.isoformat(),
        "lue": notice.is_read,
        "urgente": notice.urgent,
        "adresse": notice.url,
    }
