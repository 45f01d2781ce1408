"""A resource on the page of another site: a card of its own, and what oEmbed says of it."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from lxml import etree

from preau.domains.catalogue.exports.records import permalink
from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.queries import pages
from preau.foundation.xmltext import sayable

WIDEST, NARROWEST, HIGHEST = 600, 240, 260
A_DAY = 24 * 60 * 60
# The only style of the card: its policy names it by its digest, and lets nothing else in.
STYLE = (
    "body{margin:0;font:16px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff}"
    "article{box-sizing:border-box;min-height:100vh;padding:12px 14px;border:1px solid #8a8a8a;border-radius:8px;overflow-wrap:anywhere}"
    "h1{margin:0 0 6px;font-size:18px;line-height:1.3}p{margin:0 0 6px;font-size:14px}a{color:#0b4f9e}"
    "@media (prefers-color-scheme:dark){body{color:#f2f2f2;background:#1b1b1b}a{color:#9cc9ff}}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)


def card_of(resource: Resource) -> str:
    """The address of its card."""
    return f"{settings.PUBLIC_URL}{reverse('catalogue:card', kwargs=resource.place)}"


def described_at(resource: Resource) -> list[tuple[str, str]]:
    """What a page of a resource says to other sites: the type and the address of each oEmbed."""
    there = f"{settings.PUBLIC_URL}{reverse('catalogue:oembed')}"
    return [
        (kind, f"{there}?{urlencode({'url': permalink(resource), 'format': name})}")
        for name, kind in (("json", "application/json+oembed"), ("xml", "text/xml+oembed"))
    ]


def resource_at(address: str) -> Resource | None:
    """The resource whose page is at this address of ours."""
    try:
        there, here = urlsplit(address), urlsplit(settings.PUBLIC_URL)
        same = (there.scheme in {"http", "https"}) and there.netloc.lower() == here.netloc.lower()
    except ValueError:
        return None
    steps = there.path.removeprefix(here.path).strip("/").split("/")
    if (
        not same
        or len(steps) != len(("ressources", "collection", "nom"))
        or steps[0] != "ressources"
        or "\0" in address
    ):
        return None
    return pages.resource_at(steps[1], steps[2])


def oembed(resource: Resource, widest: int = WIDEST, highest: int = HIGHEST) -> dict[str, Any]:
    """What oEmbed 1.0 says of it: a card, never larger than the place there is."""
    width, height = max(1, min(widest, WIDEST)), max(1, min(highest, HIGHEST))
    frame = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0;max-width:100%" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>',
        card_of(resource),
        resource.title,
        width,
        height,
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": resource.title,
        "author_name": ", ".join(resource.authors),
        "provider_name": "Préau",
        "provider_url": settings.PUBLIC_URL,
        "cache_age": A_DAY,
        "html": str(frame),
        "width": width,
        "height": height,
    }


def as_xml(payload: Mapping[str, Any]) -> bytes:
    root = etree.Element("oembed")
    for name, value in payload.items():
        etree.SubElement(root, name).text = sayable(str(value))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", standalone=True))
