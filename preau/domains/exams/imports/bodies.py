"""The accessible version of a paper, or its correction: HTML in which each `<section data-exercise="…">` is an exercise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from preau.foundation.richtext import documents

# What does something, or asks for something elsewhere: cleaned away in any case, but whoever wrote it is told.
DANGEROUS = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|meta|link|base|svg)\b|<[^>]*\son\w+\s*=|<[^>]*javascript:",
    re.IGNORECASE,
)


class BadBody(ValueError):
    """What is wrong in it, in a sentence."""


@dataclass(frozen=True)
class Body:
    """What stands outside of the exercises, and each exercise by its number, all cleaned."""

    intro: str
    parts: Mapping[str, str]


def read(text: str) -> Body:
    """Raises BadBody."""
    if DANGEROUS.search(text):
        raise BadBody(_("la page contient un programme ou appelle ailleurs : elle est refusée"))
    try:
        root = lxml_html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, ValueError):
        raise BadBody(_("la page ne se lit pas")) from None
    loose, parts = [root.text or ""], {}
    for element in root:
        number = element.get("data-exercise", "") if element.tag == "section" else ""
        if not number:
            loose.append(_outer(element))
            continue
        cleaned = documents.document(_inner(element))
        if number in parts or not cleaned:
            raise BadBody(_("l’exercice %s est vide, ou deux fois dans la page") % number)
        parts[number] = cleaned
    return Body(documents.document("".join(loose)), parts)


def words(html: str) -> str:
    """Its words alone, for the search."""
    return documents.words(html)


def _outer(element: HtmlElement) -> str:
    return str(lxml_html.tostring(element, encoding="unicode"))


def _inner(element: HtmlElement) -> str:
    inside = "".join(str(lxml_html.tostring(child, encoding="unicode")) for child in element)
    return (element.text or "") + inside
