"""The file itself: UTF-8, one element a line, in the order that its version asks for."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from preau.domains.report_cards.livret.tree import Element, element_of
from preau.domains.report_cards.livret.versions import Version
from preau.foundation.xmltext import UNSAYABLE

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Unsayable(ValueError):
    """A text holds a sign that has no way to be written in XML: `check` says which, and where."""


def written(livret: Any, version: Version) -> bytes:
    """The file of a livret. Raises Unsayable; what else the ministry would refuse is for `check` to say first."""
    return written_element(element_of(livret, version.root, version), version)


def written_element(root: Element, version: Version) -> bytes:
    """The same of elements that are at hand."""
    prefix = version.prefix
    spaces = {f"xmlns:{prefix}" if prefix else "xmlns": version.namespace}
    if any(name.startswith("xsi:") for name in root.attributes):
        spaces["xmlns:xsi"] = XSI
    tag = f"{prefix}:{root.tag}" if prefix else root.tag
    top = Element(tag, {**spaces, **root.attributes}, root.text, root.children)
    text = HEAD + "".join(_lines(top, ""))
    if UNSAYABLE.search(text):
        raise Unsayable
    return text.encode()


def _lines(element: Element, margin: str) -> Iterator[str]:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    opening = f"{margin}<{element.tag}{attributes}"
    if element.children:
        yield f"{opening}>\n"
        for child in element.children:
            yield from _lines(child, f"{margin}  ")
        yield f"{margin}</{element.tag}>\n"
    elif element.text:
        # A return that is alone would be read as a new line.
        text = escape(element.text, {"\r": "&#13;"})
        yield f"{opening}>{text}</{element.tag}>\n"
    else:
        yield f"{opening}/>\n"
