"""Bytes that people send, each under a name that nobody typed, in a folder that no server shows by itself.

A file is written under a passing name, flushed to the disk, then given its own: a process killed in between leaves nothing
that anybody could open, and what is left over is swept.
"""

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from os import O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY, fdopen
from os import open as open_file
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from preau.foundation.uploads import CHUNK, NoRoom

NAME = re.compile(r"[0-9a-f]{32}(?:-[a-z]+)?")
FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class VaultFile:
    """What was written: its name, its weight, and the digest of its bytes."""

    name: str
    size: int
    digest: str


def new_name() -> str:
    """Thirty-two hexadecimal signs: nobody guesses them, and any disk holds them."""
    return secrets.token_hex(16)


def room() -> Path:
    return Path(settings.MEDIA_ROOT) / "fichiers"


def inner_path(name: str) -> str:
    """Where a file lies in the room: « ab/ab12… ». Raises FileNotFoundError for a name that is none of ours."""
    if not NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return f"{name[:2]}/{name}"


def path_of(name: str) -> Path:
    return room() / inner_path(name)


def write(source: IO[bytes], name: str) -> VaultFile:
    """Copy all of a file into the room. Raises UploadRefused when the disk is full; nothing of it is left then."""
    digest, size, target = hashlib.sha256(), 0, path_of(name)
    source.seek(0)
    with _passing(target) as file:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return VaultFile(name, size, digest.hexdigest())


@contextmanager
def _passing(target: Path) -> Iterator[IO[bytes]]:
    """A file that its owner reads (and the group of the web server, `FILES_ACCEL`), under its own name once it is whole and on the disk."""
    passing = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=settings.FOLDERS_MODE)
        flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW
        with fdopen(open_file(passing, flags, settings.FILES_MODE), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        passing.replace(target)
    except BaseException as error:
        passing.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            sentence = _("Préau n’a plus assez de place pour vos fichiers. Réessayez plus tard.")
            raise NoRoom(sentence) from error
        raise


def keep_once(name: str, same: str) -> bool:
    """Keep the bytes of two files that are the same in one place of the disk, each under its name, until the last is removed; False where the
    disk cannot, or where `same` has just gone: then `name` keeps its own."""
    target = path_of(name)
    passing = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        os.link(path_of(same), passing, follow_symlinks=False)
        # Their date is that of the last sending: the sweep takes what is old and has no row yet.
        os.utime(passing)
        passing.replace(target)
    except OSError:
        passing.unlink(missing_ok=True)
        return False
    return True


def remove(name: str) -> None:
    """Remove a file of the room; one that is not there is removed already."""
    path_of(name).unlink(missing_ok=True)


def left_before(moment: datetime) -> Iterator[Path]:
    """Everything in the room that has not changed since that moment, passing names included."""
    limit = moment.timestamp()
    for path in room().glob("??/*") if room().is_dir() else ():
        try:
            if path.stat().st_mtime < limit:
                yield path
        except FileNotFoundError:
            continue
