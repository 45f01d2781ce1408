"""One backup: the files, the database at one moment, the files again; then the manifest, without which it is not one."""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from preau.foundation import boards, db
from preau.foundation.backups import engines, media, place, sealing
from preau.foundation.backups.faults import BackupRefused, disk_errors, passing_room
from preau.foundation.backups.place import Manifest, Place

NOTHING = "nothing of this backup is kept, the former ones stand"


@dataclass(frozen=True)
class Taken:
    folder: Path
    manifest: Manifest
    new_objects: int
    dropped: int


def take(
    root: Path, recipients: Sequence[str], keys_for: Sequence[str], *, keep: timedelta, now: datetime
) -> Taken:
    """Keep everything under `root`, sealed for `recipients`; the keys of this site for `keys_for` alone. Raises BackupRefused."""
    sealed_for, holders = sealing.recipients_of(recipients), sealing.recipients_of(keys_for)
    if not sealed_for:
        raise BackupRefused("BACKUP_RECIPIENTS names no key of age: a backup is not written in clear.")
    with db.only_one("backup") as alone, passing_room() as room, disk_errors(NOTHING):
        if not alone:
            raise BackupRefused("another backup is being taken.")
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _Taking(Place(root), sealed_for, holders, now).all(keep, room)


class _Taking:
    def __init__(self, kept: Place, recipients: Sequence[Any], holders: Sequence[Any], now: datetime) -> None:
        self.place, self.recipients, self.holders, self.now = kept, recipients, holders, now
        self.folder = kept.root / now.strftime(place.STAMP)
        self.part = kept.root / f"{self.folder.name}.part"
        self.sealed: dict[str, tuple[int, str]] = {}
        # Path below MEDIA_ROOT → object, digest, weight; and what this backup has just written.
        self.files: dict[str, tuple[str, str, int]] = {}
        self.made: list[Path] = []
        self.objects = kept.objects()

    def all(self, keep: timedelta, room: Path) -> Taken:
        if self.folder.exists():
            raise BackupRefused(f"{self.folder.name} is there already.")
        for left in self.place.unfinished():
            shutil.rmtree(left)
        try:
            self.part.mkdir(mode=0o700)
            digests = media.Digests(room / "digests.json")
            with TemporaryDirectory(dir=room) as passing:
                # Twice: a file that goes while the database is read was kept before, one that comes is kept after.
                self._take_files(digests)
                counts = self._take_database(Path(passing))
                self._take_files(digests)
            digests.keep()
            manifest = self._close(counts)
            # Last: from here on it is a backup, and nothing of it may be taken away.
            self.part.replace(self.folder)
        except BaseException:
            # A full disk is given back what this backup took of it; stopped once it has its name, it is whole.
            if not self.folder.exists():
                shutil.rmtree(self.part, ignore_errors=True)
                for path in self.made:
                    path.unlink(missing_ok=True)
            raise
        with disk_errors(f"{self.folder.name} is whole, the former ones are not tidied"):
            _flush(self.place.root)
            dropped = self.place.prune(self.now - keep)
        return Taken(self.folder, manifest, len(self.made), dropped)

    def _take_files(self, digests: media.Digests) -> None:
        for inner, known in media.walk():
            with suppress(FileNotFoundError):
                digest = digests.of(inner, known)
                self.files[inner] = self._keep(inner, digest, known.st_size)
                if self.files[inner][1] != digest:
                    # It changed since it was read: what was sealed is what is told of.
                    digests.forget(inner)

    def _name(self, digest: str) -> str:
        """Of the object of these bytes for these recipients: others have it written anew. Nobody without SECRET_KEY knows of what it is the name."""
        text = "\n".join([digest, *sorted(str(one) for one in self.recipients)])
        return salted_hmac("preau.backups", text, algorithm="sha256").hexdigest()

    def _is_there(self, name: str) -> bool:
        target = self.place.object_path(name)
        if not target.is_file():
            return False
        if name not in self.objects:
            self.objects[name] = (target.stat().st_size, place.digest_of(target))
        return target.stat().st_size == self.objects[name][0]

    def _keep(self, inner: str, digest: str, size: int) -> tuple[str, str, int]:
        """The object of a file, written where no backup has it; the digest and weight of what is in it."""
        if self._is_there(name := self._name(digest)):
            return name, digest, size
        passing = self.place.object_path(name).with_suffix(".part")
        passing.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        passing.unlink(missing_ok=True)
        self.made.append(passing)
        with (Path(settings.MEDIA_ROOT) / inner).open("rb") as file:
            source = sealing.Read(file)
            sealed = sealing.seal(source, passing, self.recipients)
        digest = source.sha.hexdigest()
        name = self._name(digest)
        target = self.place.object_path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._is_there(name):
            # The file has become what another one is.
            self.made.remove(passing)
            passing.unlink()
        else:
            passing.replace(target)
            self.made[-1] = target
            self.objects[name] = sealed
        return name, digest, source.size

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
        names = sorted({name for name, _digest, _size in self.files.values()})
        listed = "".join("{} {} {}\n".format(name, *self.objects[name]) for name in names).encode()
        _write(self.part / place.OBJECTS, listed)
        self.sealed[place.OBJECTS] = (len(listed), place.digest_of(self.part / place.OBJECTS))
        manifest = Manifest(
            place.FORM,
            self.now.isoformat(timespec="seconds"),
            settings.VERSION,
            connection.vendor,
            engines.migrations(),
            counts,
            len(self.files),
            sum(size for _name, _digest, size in self.files.values()),
            self.sealed,
        )
        keep_ledgers(self.place, self.now)
        _write(self.part / place.MANIFEST, manifest.to_bytes())
        _flush(self.part)
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
    values = {
        "SECRET_KEY": settings.SECRET_KEY,
        "SECRET_KEY_FALLBACKS": ",".join(settings.SECRET_KEY_FALLBACKS),
        "VAPID_PRIVATE_KEY": settings.VAPID_PRIVATE_KEY,
    }
    return "".join(f"{name}='{value}'\n" for name, value in values.items() if value).encode()


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
