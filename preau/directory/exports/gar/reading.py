"""Reads the files back, record by record, as the GAR will."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

CHUNK = 1 << 16


@dataclass
class Record:
    """`values` are the leaves in the order of the file: (name, text). `nodes` counts every element."""

    name: str
    line: int
    values: list[tuple[str, str]] = field(default_factory=list)
    nodes: int = 1

    def all(self, name: str) -> list[str]:
        return [text for leaf, text in self.values if leaf == name]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")


class Reader:
    """The records of one file; `root` is known once it is read. Raises expat.ExpatError when it is not XML."""

    def __init__(self, path: Path, namespace: str) -> None:
        self.path, self.root = path, ""
        self._space = f"{namespace} "
        self._found: list[Record] = []
        self._depth = 0
        self._text: list[str] = []
        self._leaf = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.CharacterDataHandler = self._text.append

    def __iter__(self) -> Iterator[Record]:
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                self._parser.Parse(chunk)
                done = self._found[: len(self._found) - (self._depth > 1)]
                del self._found[: len(done)]
                yield from done
            self._parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
        yield from self._found

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        # A name of another namespace keeps it, and is then nothing that anybody knows.
        name = tag.removeprefix(self._space)
        self._depth += 1
        self._leaf = True
        self._text.clear()
        if self._depth == 1:
            self.root = name
        elif self._depth == 2:
            self._found.append(Record(name, self._parser.CurrentLineNumber))
        else:
            self._found[-1].nodes += 1

    def _end(self, tag: str) -> None:
        if self._leaf and self._depth > 2:
            self._found[-1].values.append((tag.removeprefix(self._space), "".join(self._text)))
        self._leaf = False
        self._depth -= 1
