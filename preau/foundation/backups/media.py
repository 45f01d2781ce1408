"""The files of people below MEDIA_ROOT: walked, known by their digest, and matched with the rows that name them."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import FileField

from preau.foundation import boards
from preau.foundation.backups.place import digest_of

# What is arriving and what is being made: it begins again, or is sent again.
PASSING = ("fichiers/medias/envois/", "fichiers/medias/travail/")
TWO_DAYS = 2 * 86_400


def walk() -> Iterator[tuple[str, os.stat_result]]:
    """Each file that stays, by its path below MEDIA_ROOT. One that goes meanwhile is not told of."""
    root = Path(settings.MEDIA_ROOT)
    for folder, _folders, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder, name)
            inner = path.relative_to(root).as_posix()
            if name.endswith(".part") or inner.startswith(PASSING) or path.is_symlink():
                continue
            try:
                yield inner, path.stat()
            except FileNotFoundError:
                continue


class Digests:
    """The digest of each file, read again only when its weight or its date has changed since the last backup."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        try:
            self._before: dict[str, list[object]] = json.loads(cache.read_text())
        except (OSError, ValueError):
            self._before = {}
        self._now: dict[str, list[object]] = {}

    def of(self, inner: str, known: os.stat_result) -> str:
        """Raises FileNotFoundError when the file has gone."""
        mark: list[object] = [known.st_size, known.st_mtime_ns, known.st_ino]
        held = self._now.get(inner) or self._before.pop(inner, None)
        if held is None or held[:3] != mark:
            held = [*mark, digest_of(Path(settings.MEDIA_ROOT) / inner)]
        self._now[inner] = held
        return str(held[3])

    def forget(self, inner: str) -> None:
        self._now.pop(inner, None)

    def keep(self) -> None:
        passing = self.cache.with_name(f"{self.cache.name}.part")
        passing.touch(mode=0o600)
        passing.write_text(json.dumps(self._now))
        passing.replace(self.cache)


@dataclass
class Verified:
    """What `verify` found: rows whose file is there and whole, rows without a file, files that changed, files that no row names."""

    right: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    young: int = 0

    @property
    def is_well(self) -> bool:
        return not (self.missing or self.changed or self.unknown)


def verify(now: float, *, quick: bool = False) -> Verified:
    """Each row has its file, of its weight and digest; each file its row. `quick` reads no file.

    A file younger than two days may wait for its row, or for the sweep of the night.
    """
    found, named, root = Verified(), set(), Path(settings.MEDIA_ROOT)
    for row in rows():
        named.add(row.path)
        path = root / row.path
        if not path.is_file():
            if row.must_be:
                found.missing.append(row.path)
        elif (row.size is not None and path.stat().st_size != row.size) or (
            row.digest and not quick and digest_of(path) != row.digest
        ):
            found.changed.append(row.path)
        else:
            found.right += 1
    for inner, known in walk():
        if inner in named:
            continue
        if now - known.st_mtime < TWO_DAYS:
            found.young += 1
        else:
            found.unknown.append(inner)
    return found


def rows() -> Iterator[boards.KeptFile]:
    """What the rows of every house say that MEDIA_ROOT holds: columns of files by themselves, the rest by the board."""
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, FileField):
                names = model._base_manager.exclude(**{column.name: ""}).values_list(column.name, flat=True)  # noqa: SLF001
                yield from (boards.KeptFile(name) for name in names.iterator() if name)
    for entry in boards.kept_files:
        yield from entry.rows()
