"""Documents: pages that an institution publishes, longer than what people type. Figures, tables with captions, definitions.

Same rule as for formatted text: cleaned when it comes in and once more when it is shown, whatever wrote it.
"""

import re
from collections.abc import Callable

import nh3
from django.utils.translation import gettext as _
from markupsafe import Markup

from preau.foundation.text import french

TAGS = {
    "p",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "caption",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "figure",
    "figcaption",
    "img",
    "sup",
    "sub",
    "br",
}
INLINE = {"strong", "em", "sup", "sub", "br"}
DROPPED = {"script", "style", "title", "template", "noscript", "iframe", "svg", "math", "object", "form"}
ATTRIBUTES = {"img": {"src", "alt"}, "th": {"scope"}}
PICTURE = re.compile(r"[a-z0-9][a-z0-9-]{0,70}\.svg")
WITHOUT_SOURCE = re.compile(r"<img (?![^>]*\bsrc=)[^>]*>")
WITHOUT_CAPTION = re.compile(r"<table>(?!\s*<caption)")


def document(html: str) -> str:
    """The canonical form of a document: what is not in the list loses its form and keeps its words."""
    return french(_cleaned(html, TAGS, _own_picture))


def line(html: str) -> str:
    """The canonical form of one line of it: marks alone."""
    return french(" ".join(_cleaned(html, INLINE, _own_picture).split()))


def shown(html: str, picture: Callable[[str], str]) -> Markup:
    """Cleaned once more; `picture` gives the address of an image by its name, and "" for one that is not there."""

    def addressed(tag: str, name: str, value: str) -> str | None:
        own = _own_picture(tag, name, value)
        return (picture(own) or None) if own and name == "src" else own

    markup = _cleaned(html, TAGS, addressed)
    # Nobody gave the table a name; a screen reader still says that one begins.
    named = f'<table><caption class="visually-hidden">{_("Tableau")}</caption>'
    markup = WITHOUT_CAPTION.sub(named, markup).replace("<img ", '<img loading="lazy" ')
    return Markup(markup)  # nosec B704  # noqa: S704 - cleaned just before


def words(html: str) -> str:
    """Its words alone, what its images show included."""
    alone = re.sub(r'<img [^>]*?alt="([^"]*)"[^>]*>', r" \1 ", html)
    alone = re.sub(r"</?(?:strong|em|sup|sub)>", "", alone)
    return " ".join(Markup(re.sub(r"<[^>]*>", " ", alone)).unescape().split())  # nosec B704  # noqa: S704 - taken back at once


def pictures_of(html: str) -> list[str]:
    """The names of the images that it shows."""
    return re.findall(r'<img [^>]*?src="([^"]*)"', html)


def _cleaned(html: str, tags: set[str], attribute: Callable[[str, str, str], str | None]) -> str:
    cleaned = nh3.clean(
        html.replace("\0", ""),
        tags=tags,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        link_rel=None,
        attribute_filter=attribute,
        url_schemes=set(),
    )
    return WITHOUT_SOURCE.sub("", cleaned).strip()


def _own_picture(tag: str, name: str, value: str) -> str | None:
    """An image of its own, by its name; never an address."""
    if (tag, name) == ("img", "src"):
        return value if PICTURE.fullmatch(value) else None
    if (tag, name) == ("th", "scope"):
        return value if value in {"row", "col", "rowgroup", "colgroup"} else None
    return value
