"""From a page that anyone reads to where a signed-in viewer may put what it shows to use."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from preau.foundation import boards


@dataclass(frozen=True)
class UseLink:
    """One entry of `boards.uses`, for what a page shows."""

    label: str
    icon: str
    href: str


def uses_for(viewer: Any, address: str, title: str) -> list[UseLink]:
    """Where this viewer may put it to use; nothing for a visitor, whose page is everybody's."""
    if viewer is None:
        return []
    query = urlencode({"adresse": address, "titre": title})
    return [
        UseLink(str(one.label), one.icon, f"{reverse(one.url_name)}?{query}")
        for one, seen in boards.offered(boards.uses, viewer)
        if one.open_to(seen)
    ]
