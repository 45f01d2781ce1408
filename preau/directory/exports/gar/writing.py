"""Writes records into numbered files, none of which holds more than 10 000 nodes."""

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from preau.directory.exports.gar.records import Node
from preau.directory.exports.gar.words import LIMIT, Degree

# What XML 1.0 cannot hold, even escaped.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(folder: Path, stem: str, degree: Degree, kind: str, nodes: Iterable[Node], limit: int) -> int:
    """Write the files of one kind, `<stem>_<kind>_0000.xml` and so on; the answer is how many records they hold."""
    with Files(folder, stem, degree, kind, limit) as files:
        for node in nodes:
            files.add(node)
    return files.records


class Files(AbstractContextManager["Files"]):
    """The numbered files of one kind. There is one, even when it is empty: a complete delivery says that nobody is there."""

    def __init__(self, folder: Path, stem: str, degree: Degree, kind: str, limit: int = LIMIT) -> None:
        self._name = f"{folder}/{stem}_{kind}"
        self._root = f"men:GAR-ENT-{kind}"
        self._namespace = degree.namespace
        self._limit = limit
        # The root is a node too.
        self._number, self._nodes = 0, 1
        self.records = 0
        self._file: IO[str]

    def __enter__(self) -> "Files":
        self._file = self._open()
        return self

    def __exit__(self, *error: Any) -> None:
        self._close()

    def add(self, node: Node) -> None:
        weight = weight_of(node)
        # A record is never cut: one that is too long by itself is refused by the check.
        if self._nodes + weight > self._limit and self._nodes > 1:
            self._close()
            self._number, self._nodes = self._number + 1, 1
            self._file = self._open()
        self._nodes += weight
        self.records += 1
        self._file.write(text_of(node) + "\n")

    def _open(self) -> IO[str]:
        path = Path(f"{self._name}_{self._number:04d}.xml")
        file = path.open("w", encoding="utf-8", newline="\n")
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<{self._root} xmlns:men="{self._namespace}" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Version="1.0">\n'
        )
        return file

    def _close(self) -> None:
        self._file.write(f"</{self._root}>\n")
        self._file.close()


def weight_of(node: Node) -> int:
    """How many elements a record is made of: the GAR counts them all."""
    inside = node[1]
    return 1 if isinstance(inside, str) else 1 + sum(map(weight_of, inside))


def text_of(node: Node) -> str:
    name, inside = node
    written = escape(NOT_XML.sub("", inside)) if isinstance(inside, str) else "".join(map(text_of, inside))
    return f"<men:{name}>{written}</men:{name}>"
