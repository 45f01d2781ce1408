"""The news of a person, for their programs."""

from typing import Any

from ninja import Router, Schema

from preau.commons.notifications.queries import Told, news_of, told
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
    "", response=PageNouvelles, url_name="api_notifications", operation_id="notifications", summary="Les notifications"
)  # fmt: skip
def notifications(request: Any, page: webapi.Number = 1) -> dict[str, Any]:
    """Les non lues d’abord, puis les plus récentes. Les lire ici ne les marque pas comme lues."""
    found = news_of(request.viewer)
    rows, said = webapi.cut(found, page, found.count())
    return said | {"elements": [_news(one) for one in told(rows)]}


def _news(one: Told) -> dict[str, Any]:
    return {
        "nature": one.kind, "titre": one.subject, "texte": one.body, "etablissement": one.school,
        "publiee_le": one.published_at.isoformat(), "lue": one.is_read, "urgente": one.urgent, "adresse": one.url,
    }  # fmt: skip
