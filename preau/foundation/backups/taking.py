"""One backup: the files, the database at one moment, the files again; then the manifest, without which it is not one."""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from preau.foundation import boards, db
from preau.foundation.backups import engines, media, place, sealing
from preau.foundation.backups.faults import BackupRefused, said
from preau.foundation.backups.place import Manifest, Place

NOTHING = "nothing of this backup is kept, the former ones stand"


@dataclass(frozen=True)
class Taken:
    folder: Path
    manifest: Manifest
    new_objects: int
    dropped: int


def code_version() -> str:
    with suppress(PackageNotFoundError):
        return version("preau")
    return "0"


def take(
    root: Path, recipients: Sequence[str], keys_for: Sequence[str], *, keep: timedelta, now: datetime
) -> Taken:
    """Keep everything under `root`, sealed for `recipients`; the keys of this site for `keys_for` alone. Raises BackupRefused."""
    sealed_for, holders = sealing.recipients_of(recipients), sealing.recipients_of(keys_for)
    if not sealed_for:
        raise BackupRefused("BACKUP_RECIPIENTS names no key of age: a backup is not written in clear.")
    with db.only_one("backup") as alone, said(NOTHING):
        if not alone:
            raise BackupRefused("another backup is being taken.")
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _Taking(Place(root), sealed_for, holders, now).all(keep)


class _Taking:
    def __init__(self, kept: Place, recipients: Sequence[Any], holders: Sequence[Any], now: datetime) -> None:
        self.place, self.recipients, self.holders, self.now = kept, recipients, holders, now
        self.folder = kept.root / now.strftime(place.STAMP)
        self.part = kept.root / f"{self.folder.name}.part"
        self.sealed: dict[str, tuple[int, str]] = {}
        # Path below MEDIA_ROOT → object, digest, weight; and what this backup has just written.
        self.files: dict[str, tuple[str, str, int]] = {}
        self.made: list[Path] = []

    def all(self, keep: timedelta) -> Taken:
        if self.folder.exists():
            raise BackupRefused(f"{self.folder.name} is there already.")
        for left in self.place.unfinished():
            shutil.rmtree(left)
        room = Path(settings.VAR_DIR) / "backups"
        room.mkdir(exist_ok=True, mode=0o700)
        try:
            self.part.mkdir(mode=0o700)
            digests = media.Digests(room / "digests.json")
            with TemporaryDirectory(dir=room) as passing:
                # Twice: a file that goes while the database is read was kept before, one that comes is kept after.
                self._take_files(digests)
                counts = self._take_database(Path(passing))
                self._take_files(digests)
            manifest = self._close(counts)
            digests.keep()
        except BaseException:
            # A full disk is given back what this backup took of it.
            shutil.rmtree(self.part, ignore_errors=True)
            for path in self.made:
                path.unlink(missing_ok=True)
            raise
        return Taken(self.folder, manifest, len(self.made), self.place.prune(self.now - keep))

    def _take_files(self, digests: media.Digests) -> None:
        for inner, known in media.walk():
            with suppress(FileNotFoundError):
                digest = digests.of(inner, known)
                self.files[inner] = (self._keep(inner, digest), digest, known.st_size)

    def _keep(self, inner: str, digest: str) -> str:
        """The name of the object of these bytes, written where no backup has it. Nobody without SECRET_KEY knows of what it is the name."""
        name = salted_hmac("preau.backups", digest, algorithm="sha256").hexdigest()
        target = self.place.object_path(name)
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            passing = target.with_name(f"{name}.part")
            passing.unlink(missing_ok=True)
            self.made.append(passing)
            with (Path(settings.MEDIA_ROOT) / inner).open("rb") as source:
                sealing.seal(source, passing, self.recipients)
            passing.replace(target)
            self.made[-1] = target
        return name

    def _take_database(self, room: Path) -> engines.Counts:
        with engines.dumped(room) as (stream, count):
            self.sealed[place.DATABASE] = sealing.seal(stream, self.part / place.DATABASE, self.recipients)
            return count()

    def _seal(self, name: str, content: bytes, recipients: Sequence[Any]) -> None:
        self.sealed[name] = sealing.seal(BytesIO(content), self.part / name, recipients)

    def _close(self, counts: engines.Counts) -> Manifest:
        self._seal(place.FILES, json.dumps(self.files).encode(), self.recipients)
        if self.holders:
            self._seal(place.KEYS, keys_of_this_site(), self.holders)
        weights = {
            name: self.place.object_path(name).stat().st_size for name, _digest, _size in self.files.values()
        }
        listed = "".join(f"{name} {size}\n" for name, size in sorted(weights.items())).encode()
        _write(self.part / place.OBJECTS, listed)
        self.sealed[place.OBJECTS] = (len(listed), place.digest_of(self.part / place.OBJECTS))
        manifest = Manifest(
            place.FORM,
            self.now.isoformat(timespec="seconds"),
            code_version(),
            connection.vendor,
            engines.migrations(),
            counts,
            len(self.files),
            sum(size for _name, _digest, size in self.files.values()),
            self.sealed,
        )
        keep_ledgers(self.place, self.now)
        _write(self.part / place.MANIFEST, manifest.to_bytes())
        self.part.replace(self.folder)
        _flush(self.place.root)
        return manifest


def keep_ledgers(kept: Place, now: datetime) -> list[Path]:
    """What was erased so far, house by house, in a new file each. Raises OSError."""
    room = kept.root / "erasures"
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = []
    for entry in boards.ledgers:
        target = room / f"{now.strftime(place.STAMP)}-{entry.key}.txt"
        passing = target.with_suffix(".part")
        try:
            _write(passing, entry.write())
            passing.replace(target)
        except BaseException:
            passing.unlink(missing_ok=True)
            raise
        found.append(target)
    return found


def keys_of_this_site() -> bytes:
    """What no backup opens without: as lines of an environment file."""
    told = {
        "SECRET_KEY": settings.SECRET_KEY,
        "SECRET_KEY_FALLBACKS": ",".join(settings.SECRET_KEY_FALLBACKS),
        "VAPID_PRIVATE_KEY": settings.VAPID_PRIVATE_KEY,
    }
    return "".join(f"{name}='{value}'\n" for name, value in told.items() if value).encode()


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
