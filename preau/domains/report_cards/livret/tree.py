"""Elements of a file, and what turns frozen dataclasses into them and back; each field says where it stands in the file."""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, cast

from preau.domains.report_cards.livret.versions import Version


@dataclass(slots=True)
class Element:
    """A tag with its attributes, its own text and what it holds; `line`: where a file says it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    line: int = 0

    def each(self, tag: str) -> Iterator["Element"]:
        return (child for child in self.children if child.tag == tag)

    def said(self, tag: str) -> str:
        """The text of the first child of this tag."""
        return next((child.text for child in self.each(tag)), "")


class Sort(StrEnum):
    """How a value of an attribute is held."""

    WORDS = "words"
    REFS = "refs"
    WHOLE = "whole"
    DAY = "day"
    FLAG = "flag"


NOTHING: dict[Sort, Any] = {
    Sort.WORDS: "",
    Sort.REFS: (),
    Sort.WHOLE: None,
    Sort.DAY: None,
    Sort.FLAG: None,
}


class Misread(Exception):
    """A value of a file is not of the sort that its field holds."""

    def __init__(self, element: Element, name: str, value: str) -> None:
        super().__init__(f"{element.tag} {name}={value!r}")
        self.element, self.name, self.value = element, name, value


# Fields of dataclasses


def attribute(name: str, sort: Sort = Sort.WORDS) -> Any:
    """An attribute of the element itself."""
    return field(default=NOTHING[sort], metadata={"attribute": name, "sort": sort})


def inside(path: str) -> Any:
    """The text of an element further inside; `"."`: its own text."""
    return field(default="", metadata={"text": path})


def part(path: str, kind: Any) -> Any:
    """At most one thing further inside. `kind`: its class, or a function that gives it."""
    return field(default=None, metadata={"part": path, "kind": kind})


def parts(path: str, kind: Any) -> Any:
    """Several of them."""
    return field(default=(), metadata={"parts": path, "kind": kind})


@cache
def _fields(kind: Any) -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple(
        (one.name, dict(one.metadata)) for one in fields(kind) if one.metadata and one.default is not MISSING
    )


# From things to elements


def element_of(thing: Any, tag: str, version: Version, parent: str = "") -> Element:
    """The element of a thing, its children in the order of the version; what the version does not know is left out."""
    made, kind = Element(tag), cast("Any", type(thing))
    for name, metadata in _fields(kind):
        value = getattr(thing, name)
        if "attribute" in metadata:
            if value not in ("", None, ()):
                made.attributes[metadata["attribute"]] = _said(value)
        elif metadata.get("text") == ".":
            made.text = value
        elif "text" in metadata:
            if value:
                _hold(made, metadata["text"], lambda last, value=value: Element(last, text=value))
        else:
            for one in _several(value):
                _hold(made, metadata.get("part") or metadata["parts"], _maker(one, version))
    return _ordered(made, version, parent)


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _maker(one: Any, version: Version) -> Any:
    return lambda last, above="": element_of(one, last, version, above)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _hold(root: Element, path: str, make: Any) -> None:
    """Put an element at the end of a path; what stands on the way is made once."""
    *way, last = path.split("/")
    here = root
    for tag in way:
        found = next(here.each(tag), None)
        if found is None:
            found = Element(tag)
            here.children.append(found)
        here = found
    here.children.append(make(last))


def _ordered(element: Element, version: Version, parent: str) -> Element:
    """What is known, in its order."""
    shape = version.shape(element.tag, parent)
    if shape is None:
        return element
    known = {child.tag for child in shape.children}
    element.children = [
        _ordered(child, version, element.tag)
        for child in sorted(element.children, key=lambda child: shape.rank(child.tag))
        if child.tag in known
    ]
    element.attributes = {
        name: value for name, value in element.attributes.items() if name in shape.attributes
    }
    return element


# From elements to things


def thing_of(element: Element, kind: Any) -> Any:
    """The thing that an element tells. Raises Misread."""
    values = {name: _read(element, metadata) for name, metadata in _fields(kind)}
    return kind(**values)


def _read(element: Element, metadata: dict[str, Any]) -> Any:
    if "attribute" in metadata:
        return _value(element, metadata["attribute"], metadata["sort"])
    if metadata.get("text") == ".":
        return element.text
    *way, last = (metadata.get("text") or metadata.get("part") or metadata["parts"]).split("/")
    here: Element | None = element
    for tag in way:
        here = next(here.each(tag), None) if here else None
    found = list(here.each(last)) if here else []
    if "text" in metadata:
        return found[0].text if found else ""
    read = tuple(thing_of(one, metadata["kind"]) for one in found)
    return read if "parts" in metadata else (read[0] if read else None)


def _value(element: Element, name: str, sort: Sort) -> Any:
    text = element.attributes.get(name)
    if text is None:
        return NOTHING[sort]
    try:
        match sort:
            case Sort.REFS:
                return tuple(text.split())
            case Sort.WHOLE:
                return int(text)
            case Sort.DAY:
                return date.fromisoformat(text)
            case Sort.FLAG:
                return {"1": True, "true": True, "0": False, "false": False}[text.strip()]
    except (ValueError, KeyError):
        raise Misread(element, name, text) from None
    return text
