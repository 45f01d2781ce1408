"""The body of a resource: HTML in which some sections are questions, cut into the parts that a page shows."""

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import html as lxml_html
from lxml.html import HtmlElement

from preau.domains.catalogue.queries.questions import CHOICE, KINDS, NUMBER, ORDER, TEXT, number_of
from preau.foundation.richtext import documents
from preau.foundation.text import french

Part = dict[str, Any]


class BadBody(ValueError):
    """What is wrong in it, in a sentence for whoever wrote it."""


def parts_of(body: str) -> list[Part]:
    """The pieces of HTML and the questions, in order, each cleaned. Raises BadBody."""
    found: list[Part] = []
    loose: list[str] = []
    root = lxml_html.fragment_fromstring(body, create_parent="div")
    if root.text and root.text.strip():
        raise BadBody("Words outside of any paragraph.")
    for element in root:
        if element.tag == "section":
            found += _html("".join(loose))
            found.append(_question(element))
            loose = []
        else:
            loose.append(_outer(element))
    return found + list(_html("".join(loose)))


def text_of(parts: Sequence[Part]) -> str:
    """All their words, for the search; answers are not among them, or a search would give them away."""
    texts = []
    for part in parts:
        texts.append(documents.words(part["html"]))
        texts += [documents.words(html) for html, _right in part.get("options", ())]
        texts += [documents.words(html) for html in part.get("items", ())]
    return "\n".join(filter(None, texts))


def pictures_of(parts: Sequence[Part]) -> list[str]:
    """The names of the drawings that they show."""
    return [name for part in parts for name in documents.pictures_of(part["html"])]


def _html(html: str) -> Iterator[Part]:
    cleaned = documents.document(html)
    if cleaned:
        yield {"kind": "html", "html": cleaned}


def _outer(element: HtmlElement) -> str:
    return str(lxml_html.tostring(element, encoding="unicode", with_tail=False))


def _inner(element: HtmlElement) -> str:
    inside = (element.text or "") + "".join(
        str(lxml_html.tostring(child, encoding="unicode")) for child in element
    )
    return documents.line(inside)


def _question(section: HtmlElement) -> Part:
    kind = section.get("data-question", "")
    if kind not in KINDS:
        raise BadBody(f"{kind!r} is no kind of question.")
    whys = [child for child in section if child.get("data-why") is not None]
    lists = [child for child in section if child.tag == {CHOICE: "ul", ORDER: "ol"}.get(kind)]
    stem = "".join(_outer(child) for child in section if child not in whys and child not in lists)
    part: Part = {
        "kind": kind,
        "html": documents.document(stem),
        "why": " ".join(_inner(why) for why in whys),
    }
    if not part["html"]:
        raise BadBody("A question that asks nothing.")
    items = [child for child in lists[0] if child.tag == "li"] if lists else []
    return part | _expected(kind, section.get("data-answer", ""), items)


def _expected(kind: str, answer: str, items: Sequence[HtmlElement]) -> Part:
    if kind == NUMBER:
        if number_of(answer) is None:
            raise BadBody(f"{answer!r} is no number.")
        return {"answer": answer.strip()}
    if kind == TEXT:
        answers = [french(one.strip()) for one in answer.split("|") if one.strip()]
        if not answers:
            raise BadBody("A question without its answer.")
        return {"answers": answers}
    if len(items) < 2:
        raise BadBody("Fewer than two things to choose from, or to put in order.")
    if kind == ORDER:
        return {"items": [_inner(html_element) for html_element in items]}
    options = [[_inner(html_element), html_element.get("data-right") is not None] for html_element in items]
    if not any(right for _html, right in options):
        raise BadBody("No answer is right.")
    return {"options": options}
