"""SVG that only draws: a list of what may be in it, anything else is refused by name."""

import re
from xml.etree.ElementTree import Element  # nosec B405 - the type; parsed by defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

HEAVIEST = 200_000
NAMESPACE = "{http://www.w3.org/2000/svg}"
TAGS = {
    "svg",
    "g",
    "defs",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "use",
    "symbol",
    "style",
    "animate",
    "animateTransform",
    "animateMotion",
    "set",
    "mpath",
}
# `url(#…)` is a part of the same drawing; anything else in brackets, an import or an address leads out of it.
OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:|data:|https?:|//", re.IGNORECASE)


class NotADrawing(ValueError):
    """Why an SVG is refused."""


def checked(content: str) -> str:
    """The same, when it only draws. Raises NotADrawing."""
    if len(content) > HEAVIEST:
        raise NotADrawing(f"more than {HEAVIEST} signs")
    try:
        root = fromstring(content.encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise NotADrawing(str(error) or type(error).__name__) from error
    if root.tag != f"{NAMESPACE}svg":
        raise NotADrawing("not an SVG")
    for element in root.iter():
        _check(element)
    return content


def _check(element: Element) -> None:
    tag = str(element.tag)
    if not tag.startswith(NAMESPACE) or tag.removeprefix(NAMESPACE) not in TAGS:
        raise NotADrawing(f"<{tag.rpartition('}')[2]}>")
    for name, value in element.attrib.items():
        bare = name.rpartition("}")[2].lower()
        leads_out = bare == "href" and not value.startswith("#")
        if bare.startswith("on") or leads_out or OUTSIDE.search(value):
            raise NotADrawing(f"{bare} of <{tag.rpartition('}')[2]}>")
        # An animation may not write what an attribute may not say.
        if bare == "attributename" and value.lower() in {"href", "xlink:href", "style"}:
            raise NotADrawing(f"an animation of {value}")
    if tag.endswith("}style") and OUTSIDE.search("".join(element.itertext())):
        raise NotADrawing("a style that leads out")
