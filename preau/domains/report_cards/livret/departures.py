"""Where elements depart from the description of their version: all that its schema would refuse, said without a schema."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from preau.domains.report_cards.livret.tree import Element
from preau.domains.report_cards.livret.versions import Kind, Shape, Version
from preau.foundation.xmltext import UNSAYABLE

NAME = re.compile(r"[^\W\d][\w.\-·]*")
NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?", re.ASCII)


class Fault(StrEnum):
    """What is wrong."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too-long"
    TOO_SHORT = "too-short"
    BLANK = "blank"
    FORBIDDEN = "forbidden-sign"
    NOT_A_WORD = "not-in-list"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_DAY = "not-a-day"
    NOT_A_FLAG = "not-yes-or-no"
    NOT_AN_ID = "not-an-identifier"
    DOUBLE_ID = "identifier-twice"
    LOST = "reference-lost"
    DOUBLE = "said-twice"
    TOO_MANY = "too-many"
    TOO_FEW = "too-few"
    DISORDER = "disorder"


@dataclass(frozen=True)
class Departure:
    """`path`: the elements from the root to the one concerned; `name`: an attribute, or the tag of a child. `other`: the first of two
    that say the same."""

    fault: Fault
    path: tuple[Element, ...]
    name: str = ""
    value: str = ""
    kind: Kind = field(default_factory=Kind)
    other: Element | None = None

    @property
    def element(self) -> Element:
        return self.path[-1]


def departures(root: Element, version: Version) -> Iterator[Departure]:
    """All of them, in the order of the elements; references last."""
    walk = _Walk(version)
    if root.tag != version.root:
        yield Departure(Fault.UNKNOWN, (root,))
        return
    yield from walk.element((root,))
    yield from walk.lost()


class _Walk:
    """`ids`: the element of each identifier; `refs`: what points at one, to be looked for at the end."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.ids: dict[str, Element] = {}
        self.refs: list[tuple[tuple[Element, ...], str, str]] = []

    def element(self, path: tuple[Element, ...]) -> Iterator[Departure]:
        element = path[-1]
        shape = self.version.shape(element.tag, path[-2].tag if len(path) > 1 else "")
        if shape is None:
            yield Departure(Fault.UNKNOWN, path)
            return
        yield from self._attributes(path, shape)
        yield from self._text(path, shape)
        yield from self._children(path, shape)
        for child in element.children:
            yield from self.element((*path, child))
        yield from self._doubles(path, shape)

    def _attributes(self, path: tuple[Element, ...], shape: Shape) -> Iterator[Departure]:
        attributes = path[-1].attributes
        for name, (kind, required) in shape.attributes.items():
            if name in attributes:
                yield from self._value(path, name, attributes[name], kind)
            elif required:
                yield Departure(Fault.MISSING, path, name, kind=kind)
        for name in attributes.keys() - shape.attributes.keys():
            yield Departure(Fault.UNKNOWN, path, name, attributes[name])

    def _text(self, path: tuple[Element, ...], shape: Shape) -> Iterator[Departure]:
        text = path[-1].text
        if shape.text is not None:
            yield from self._value(path, "", text, shape.text)
        elif text.strip() or (text and not shape.children):
            yield Departure(Fault.UNKNOWN, path, "", text)

    def _value(self, path: tuple[Element, ...], name: str, value: str, kind: Kind) -> Iterator[Departure]:
        """An attribute, or the text of the element where `name` is empty."""
        if UNSAYABLE.search(value):
            yield Departure(Fault.FORBIDDEN, path, name, value, kind)
            return
        if kind.sort in {"ref", "refs"}:
            refs = value.split()
            if len(refs) < max(1, kind.least) or (kind.sort == "ref" and len(refs) > 1):
                yield Departure(Fault.TOO_FEW, path, name, value, kind)
            for ref in refs:
                if NAME.fullmatch(ref):
                    self.refs.append((path, name, ref))
                else:
                    yield Departure(Fault.NOT_AN_ID, path, name, ref, kind)
        elif kind.sort == "id":
            yield from self._identify(path, name, value.strip(), kind)
        elif fault := fault_of(value, kind):
            yield Departure(fault, path, name, value, kind)

    def _identify(self, path: tuple[Element, ...], name: str, value: str, kind: Kind) -> Iterator[Departure]:
        if not NAME.fullmatch(value):
            yield Departure(Fault.NOT_AN_ID, path, name, value, kind)
        elif value in self.ids:
            yield Departure(Fault.DOUBLE_ID, path, name, value, kind, self.ids[value])
        else:
            self.ids[value] = path[-1]

    def _children(self, path: tuple[Element, ...], shape: Shape) -> Iterator[Departure]:
        children = path[-1].children
        known = {child.tag for child in shape.children}
        for child in children:
            if child.tag not in known:
                yield Departure(Fault.UNKNOWN, (*path, child))
        ranks = [shape.rank(child.tag) for child in children if child.tag in known]
        if ranks != sorted(ranks) and not shape.free:
            yield Departure(Fault.DISORDER, path)
        for child_shape in shape.children:
            count = sum(child.tag == child_shape.tag for child in children)
            if count < child_shape.least:
                fault = Fault.TOO_FEW if count else Fault.MISSING
                yield Departure(fault, path, child_shape.tag, str(count), Kind(least=child_shape.least))
            elif count > child_shape.most:
                yield Departure(
                    Fault.TOO_MANY, path, child_shape.tag, str(count), Kind(most=child_shape.most)
                )

    def _doubles(self, path: tuple[Element, ...], shape: Shape) -> Iterator[Departure]:
        for tag, names, maybe in shape.unique:
            seen: dict[tuple[str, ...], Element] = {}
            for child in path[-1].each(tag):
                attributes = child.attributes
                key = (
                    *(attributes.get(name, "").strip() for name in names),
                    *(attributes.get(one, "") for one in maybe),
                )
                if not all(key[: len(names)]):
                    continue
                if key in seen:
                    yield Departure(Fault.DOUBLE, (*path, child), names[0], key[0], other=seen[key])
                else:
                    seen[key] = child

    def lost(self) -> Iterator[Departure]:
        """References to nothing, or to something of another sort."""
        for path, name, ref in self.refs:
            found, wanted = self.ids.get(ref), self.version.targets.get(name)
            if found is None or (wanted and found.tag != wanted):
                yield Departure(Fault.LOST, path, name, ref)


def fault_of(value: str, kind: Kind) -> Fault | None:
    """What is wrong with words, a number, a day or a flag."""
    if kind.sort == "number":
        return _fault_of_number(value.strip(), kind)
    if kind.sort == "flag":
        return None if value.strip() in {"0", "1", "true", "false"} else Fault.NOT_A_FLAG
    if kind.sort == "decimal":
        return _fault_of_decimal(value.strip(), kind)
    if kind.sort in {"day", "moment"}:
        right = _is_day(value) if kind.sort == "day" else MOMENT.fullmatch(value) and _is_moment(value)
        return None if right else Fault.NOT_A_DAY
    return next((fault for fault, is_wrong in _faults_of_words(value, kind) if is_wrong), None)


def _faults_of_words(value: str, kind: Kind) -> Iterator[tuple[Fault, bool]]:
    yield Fault.FORBIDDEN, "\r" in value and kind.solid
    yield Fault.TOO_LONG, len(value) > kind.most
    yield Fault.NOT_A_WORD, bool(kind.one_of) and value not in kind.one_of
    yield Fault.TOO_SHORT, len(value) < kind.least
    yield Fault.NOT_A_WORD, bool(kind.digits) and not (value.isascii() and value.isdigit())
    yield Fault.BLANK, kind.solid and not value.strip(" \t\n")


def _fault_of_number(value: str, kind: Kind) -> Fault | None:
    if not NUMBER.fullmatch(value):
        return Fault.NOT_A_NUMBER
    number = int(value)
    low, high = kind.lowest, kind.highest
    within = (low is None or number >= low) and (high is None or number <= high)
    return None if within else Fault.NOT_A_NUMBER


def _fault_of_decimal(value: str, kind: Kind) -> Fault | None:
    """With a point, and no more places than the kind has."""
    if not DECIMAL.fullmatch(value):
        return Fault.NOT_A_NUMBER
    after = value.partition(".")[2].rstrip("0")
    number = Decimal(value)
    low, high = kind.lowest, kind.highest
    within = (low is None or number >= low) and (high is None or number <= high)
    return None if within and len(after) <= kind.places else Fault.NOT_A_NUMBER


def _is_day(value: str) -> bool:
    try:
        return bool(DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_moment(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False
