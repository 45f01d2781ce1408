"""Where the lists of a school come from. Préau does not call the GAR: its web services want a certificate that each ENT holds.

`ListSource` is all that a client must offer; `FolderSource` is the stand-in used here: a folder in which somebody, or the program of
the operator that does call the GAR, puts its answers, one file or more for each school (`0350000A.json`, `0350000A-abonnements.xml`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from preau.domains.mediacentre.imports.reading import LARGEST


class ListSource(Protocol):
    """Gives the answers of the GAR for a school, as they came: each a name and its bytes. The list of resources comes first."""

    def answers(self, uai: str) -> Iterator[tuple[str, bytes]]: ...


@dataclass(frozen=True)
class FolderSource:
    """Answers that lie in a folder, by the UAI that begins their names."""

    folder: Path

    def answers(self, uai: str) -> Iterator[tuple[str, bytes]]:
        named = re.compile(rf"{re.escape(uai)}(-[a-z]+)?\.(json|xml)")
        for path in sorted(self.folder.iterdir(), key=lambda one: (one.stem != uai, one.name)):
            if path.is_file() and named.fullmatch(path.name):
                with path.open("rb") as file:
                    # One byte more than is read, so that a file that is too heavy is said to be.
                    yield path.name, file.read(LARGEST + 1)
