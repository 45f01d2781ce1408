"""Records of an XML file that others wrote, one after the other, each as a small tree that knows its lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from preau.foundation.reading import LONGEST_RECORD, LONGEST_VALUE, UnreadableFile, XmlReader


@dataclass(slots=True)
class Node:
    """An element with its attributes, its text and its children; `line` is where it opens."""

    tag: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def said(self, *tags: str) -> str:
        """What the first of these children that says something says."""
        for tag in tags:
            for child in self.children:
                if child.tag == tag and child.text:
                    return child.text
        return ""

    def told(self, name: str) -> str:
        """An attribute without the blanks that some programs pad it with; "" when it is not there."""
        return " ".join(self.attributes.get(name, "").split())

    def each(self, tag: str, *below: str) -> Iterator["Node"]:
        """The elements at the end of this path."""
        for child in self.children:
            if child.tag == tag:
                yield from child.each(*below) if below else (child,)


class RecordReader(XmlReader):
    """A child class says what a record is (`is_record`), and may change what is kept of its texts (`safe`).

    `nodes`: how many elements were kept.
    """

    deepest = 16

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.nodes = 0
        self._open: list[Node] = []
        self._parts: list[str] = []
        self._length = self._size = self._passed = 0

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """The root opens. Raises UnreadableFile for one that is not read."""

    def is_record(self) -> bool:
        """Is the element that opens at the end of `path` a record?"""
        raise NotImplementedError

    def passes_over(self, tag: str) -> bool:
        """Of a record, what nobody asks for."""
        return False

    def safe(self, text: str, tag: str) -> str:
        """What is kept of a text."""
        return text

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) == 1:
            self.begin(tag, attributes)
        elif self._passed or (self._open and self.passes_over(tag)):
            self._passed += 1
        elif self._open or self.is_record():
            values = {name: self.safe(value, name) for name, value in attributes.items()}
            node = Node(tag, self.line, values)
            if self._open:
                self._open[-1].children.append(node)
            self._open.append(node)
            self.nodes += 1
            self._weigh(32 + sum(map(len, attributes.values())))
        self._parts, self._length = [], 0

    def end(self, tag: str) -> None:
        if self._passed:
            self._passed -= 1
        elif self._open:
            node = self._open.pop()
            if not node.children:
                node.text = self.safe(" ".join("".join(self._parts).split()), tag)
            if not self._open:
                self.found.append(node)
                self._size = 0
        self._parts, self._length = [], 0

    def text(self, data: str) -> None:
        if self._open and not self._passed:
            self._length += len(data)
            if self._length > LONGEST_VALUE:
                raise UnreadableFile(_("Une valeur dépasse 100 000 caractères."))
            self._weigh(len(data))
            self._parts.append(data)

    def _weigh(self, more: int) -> None:
        self._size += more
        if self._size > LONGEST_RECORD:
            raise UnreadableFile(_("Un enregistrement dépasse un million de caractères."))
