"""The versions of an official format, as data: what each element holds, in which order, within which limits."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FORMATS = Path(__file__).parent / "formats"
UNBOUNDED = 1 << 31


class UnknownVersion(Exception):
    """No file describes this version of the format."""


@dataclass(frozen=True)
class Kind:
    """What a value may be: words by default. `least` and `most`: letters, or how many references; `digits`: so many of them and nothing
    else; `places`: after the point of a decimal."""

    sort: str = "words"
    least: int = 0
    most: int = UNBOUNDED
    lowest: int | None = None
    highest: int | None = None
    one_of: tuple[str, ...] = ()
    solid: bool = False
    digits: int = 0
    places: int = 0


@dataclass(frozen=True)
class Child:
    tag: str
    least: int
    most: int


@dataclass(frozen=True)
class Shape:
    """What an element may hold. `unique`: tag, attributes that tell its children apart, and those that may be absent. `free`: its
    children stand in any order."""

    attributes: Mapping[str, tuple[Kind, bool]] = field(default_factory=dict)
    children: tuple[Child, ...] = ()
    text: Kind | None = None
    unique: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    free: bool = False

    def rank(self, tag: str) -> int:
        """The place of a child among the others; after them all, when there is none."""
        return next((place for place, one in enumerate(self.children) if one.tag == tag), len(self.children))


@dataclass(frozen=True)
class Version:
    """One version of a format. `current`: the one that the ministry takes today, where it is known; `reads`: the versions of files
    that this description reads. `prefix`: the one of the root, where the elements inside are of no namespace."""

    format: str
    version: str
    current: str
    reads: tuple[str, ...]
    namespace: str
    root: str
    targets: Mapping[str, str]
    shapes: Mapping[str, Shape]
    prefix: str = ""

    def shape(self, tag: str, parent: str = "") -> Shape | None:
        return self.shapes.get(f"{parent}/{tag}") or self.shapes.get(tag)

    def limit(self, tag: str, attribute: str = "") -> int:
        """How many letters a text or an attribute may have."""
        shape = self.shapes[tag]
        kind = shape.attributes[attribute][0] if attribute else shape.text
        return kind.most if kind else 0


def _kind(table: Mapping[str, Any]) -> Kind:
    facts = dict(table)
    facts["one_of"] = tuple(facts.get("one_of", ()))
    return Kind(facts.pop("is", "words"), **facts)


def _child(text: str) -> Child:
    tag, _space, count = text.partition(" ")
    least, most = {"": (1, 1), "?": (0, 1), "*": (0, UNBOUNDED), "+": (1, UNBOUNDED)}.get(count, (0, 0))
    if most == 0:
        low, _dash, high = count.partition("-")
        least, most = int(low), int(high or low)
    return Child(tag, least, most)


def _unique(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    always, _dash, maybe = text.partition(" - ")
    tag, *names = always.split()
    return tag, tuple(names), tuple(maybe.split())


def _shapes(table: Mapping[str, Any]) -> Iterator[tuple[str, Shape]]:
    kinds = {name: _kind(facts) for name, facts in table["kinds"].items()}
    for tag, facts in table["elements"].items():
        attributes = {
            name: (kinds[kind.removesuffix("!").strip()], kind.endswith("!"))
            for name, kind in facts.get("attributes", {}).items()
        }
        text = facts.get("text")
        yield (
            tag,
            Shape(
                attributes,
                tuple(map(_child, facts.get("children", ()))),
                kinds[text] if text else None,
                tuple(map(_unique, facts.get("unique", ()))),
                facts.get("free", False),
            ),
        )


@cache
def version_of(name: str, number: str = "") -> Version:
    """The description of a format: of one version, else the newest that stands here. Raises UnknownVersion."""
    found = {path.stem.rpartition("-")[2]: path for path in FORMATS.glob(f"{name}-*.toml")}
    newest = max(found, key=lambda one: [int(part) for part in one.split(".")], default="")
    path = found.get(number or newest)
    if path is None:
        raise UnknownVersion(f"{name} {number}".strip())
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Version(
        table["format"],
        table["version"],
        table.get("current", ""),
        tuple(table["reads"]),
        table["namespace"],
        table["root"],
        table["targets"],
        dict(_shapes(table)),
        table.get("prefix", ""),
    )
